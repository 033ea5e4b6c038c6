"""Ways in which an input can be damaged, as strategies: JSON, tables, text, bytes, no file."""

import copy
import csv
import hashlib
import io
import json
import os
import socket
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import strategies as st

DEEP = 100_000
LONG = 100_000
DIGITS = 5_000

# Texts that break one output or another: HTML, Vega, CSV in a spreadsheet, Markdown, LaTeX, a
# terminal, UTF-8, a file name.
TEXTS: Mapping[str, str] = {
    "an empty text": "",
    "a space": " ",
    "a NUL": "a\0b",
    "a bell": "a\a",
    "an escape sequence": "\x1b[31mred\x1b]0;title\a",
    "a newline": "a\nb",
    "a line separator": "a\u2028b",
    "a noncharacter": "a\ufffeb",
    "a lone surrogate": "a\ud800b",
    "text from right to left": "a\u202eb",
    "a formula": "=1+1",
    "a formula with @": "@SUM(A1)",
    "a backslash at the end": "a\\",
    "a path of Windows": r"C:\users\x",
    "a pipe": "a|b",
    "TeX": r"\input{x} & 50 % of $y$",
    "markup": "</script><script>alert(1)</script>",
    "quotation marks": "'\"`",
    "a number": "0.5",
    "not a number": "nan",
    "a column of ours": "value",
    "a language": "deu_Latn",
    "a step of 23 digits": "checkpoint-99999999999999999999999",
    "a long text": "x" * LONG,
}

# JSON as it stands in a file: some of it no value of Python could be written as.
VALUES: Mapping[str, str] = {
    "null": "null",
    "true": "true",
    "false": "false",
    "zero": "0",
    "-5": "-5",
    "a half": "0.5",
    "fifty": "50",
    "1e308": "1e308",
    "-1e308": "-1e308",
    "1e999": "1e999",
    "10^30": "1" + "0" * 30,
    "2^63": str(2**63),
    "5,000 digits": "1" * DIGITS,
    "NaN": "NaN",
    "Infinity": "Infinity",
    "-Infinity": "-Infinity",
    "an empty list": "[]",
    "an empty table": "{}",
    "a list in a list": "[[[0]]]",
    "a list of 100,000": f"[{','.join('0' * LONG)}]",
    "a table": '{"a": {"b": [1]}}',
    "a list in 100,000 lists": "[" * DEEP + "]" * DEEP,
    **{what: json.dumps(text) for what, text in TEXTS.items()},
}

_MARK = "\u0394damaged\u0394"
_ENCODED = json.dumps(_MARK)

# What stands in a file's place without being one.
PLACES: Mapping[str, Callable[[Path], None]] = {
    "nothing": lambda path: None,
    "a folder": Path.mkdir,
    "a pipe": os.mkfifo,
    "a link to itself": lambda path: path.symlink_to(path.name),
    "a link to nothing": lambda path: path.symlink_to("missing"),
    "a socket": lambda path: _bind(path),
}


@dataclass(frozen=True)
class Damaged:
    """An input that was damaged.

    Attributes:
        what: What was done to it, in words.
        data: The file's bytes; None where there is no file.
        place: What is there instead, a key of `PLACES`.
        name: Of the file, where there are several.
    """

    what: str
    data: bytes | None = field(repr=False)
    place: str = ""
    name: str = ""

    def put(self, path: Path) -> Path:
        """Write it in place of what is there, in a folder that is made if it is missing."""
        path.parent.mkdir(parents=True, exist_ok=True)
        path.unlink(missing_ok=True)
        if self.data is None:
            PLACES[self.place](path)
        else:
            path.write_bytes(self.data)
        return path


def _bind(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as server:
        # The name of a socket may have some hundred bytes only.
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            server.bind(f"/proc/self/fd/{folder}/{path.name}")
        finally:
            os.close(folder)


def no_file() -> st.SearchStrategy[Damaged]:
    """Something else in the file's place."""
    return st.sampled_from([Damaged(place, None, place) for place in PLACES])


@st.composite
def bytes_of(draw: st.DrawFn, data: bytes) -> Damaged:
    """A file that was cut, hit or encoded otherwise."""
    place = draw(st.integers(0, max(0, len(data) - 1)))
    byte = draw(st.integers(0, 255))
    text = data.decode("utf-8", "replace")
    what, found = draw(
        st.sampled_from(
            [
                (f"cut at byte {place}", data[:place]),
                (
                    f"bit {byte % 8} of byte {place} flipped",
                    data[:place]
                    + bytes([data[place] ^ 1 << byte % 8] if data else [])
                    + data[place + 1 :],
                ),
                (
                    f"byte {place} is {byte}",
                    data[:place] + bytes([byte]) + data[place + 1 :],
                ),
                (f"byte {byte} put in at {place}", data[:place] + bytes([byte]) + data[place:]),
                (f"100 bytes left out at {place}", data[:place] + data[place + 100 :]),
                (f"zeros from byte {place} on", data[:place] + bytes(len(data) - place)),
                (f"{place} bytes of the beginning left out", data[place:]),
                ("said twice", data * 2),
                ("empty", b""),
                ("some other text", b"not what was expected\n" * 100),
                ("a byte order mark", b"\xef\xbb\xbf" + data),
                ("in UTF-16", text.encode("utf-16")),
                ("in UTF-16 without a byte order mark", text.encode("utf-16-le")),
                ("in UTF-32", text.encode("utf-32")),
                ("in Latin-1", text.replace("e", "é").encode("latin-1", "replace")),
                ("lines end as in Windows", data.replace(b"\n", b"\r\n")),
                ("lines end as in old Macs", data.replace(b"\n", b"\r")),
            ]
        )
    )
    return Damaged(what, found)


@st.composite
def json_of(draw: st.DrawFn, content: Mapping[str, Any]) -> Damaged:
    """A JSON object of which one or two nodes were replaced, left out or renamed."""
    damaged: Any = copy.deepcopy(dict(content))
    said, texts = [], []
    for _ in range(draw(st.integers(1, 2))):
        *parents, key = draw(_node(damaged))
        holder = damaged
        for parent in parents:
            holder = holder[parent]
        where = "/".join(str(part)[:40] for part in (*parents, key))
        action = draw(st.sampled_from(["replace", "delete", "rename"]))
        if action == "replace":
            what = draw(st.sampled_from(list(VALUES)))
            holder[key] = _MARK
            texts.append(VALUES[what])
            said.append(f"{where} is {what}")
        elif action == "delete":
            del holder[key]
            said.append(f"{where} is left out")
        elif isinstance(holder, dict) and _MARK not in holder:
            what = draw(st.sampled_from(list(TEXTS)))
            items = [(_MARK if name == key else name, value) for name, value in holder.items()]
            holder.clear()
            holder.update(items)
            texts.append(json.dumps(TEXTS[what]))
            said.append(f"{where} is called {what}")
    text = json.dumps(damaged)
    for put in texts:
        text = text.replace(_ENCODED, put, 1)
    return Damaged("; ".join(said), text.encode())


@st.composite
def _node(draw: st.DrawFn, content: Any) -> tuple[Any, ...]:
    """The path of a node, those near the root more often than their many descendants."""
    path: list[Any] = []
    while isinstance(content, dict | list) and content:
        # All of a list's items are alike.
        keys = list(content) if isinstance(content, dict) else [0, len(content) - 1]
        if path and draw(st.integers(0, 3)) == 0:
            break
        path.append(draw(st.sampled_from(keys)))
        content = content[path[-1]]
    return tuple(path or ["missing"])


def json_files(content: Mapping[str, Any]) -> st.SearchStrategy[Damaged]:
    """A file of JSON, damaged in any way, in its nodes most often."""
    whole = json.dumps(content).encode()
    others = [Damaged(f"nothing but {what}", text.encode()) for what, text in VALUES.items()]
    nodes = json_of(content)
    return st.one_of(nodes, nodes, nodes, bytes_of(whole), st.sampled_from(others), no_file())


@st.composite
def _cells(draw: st.DrawFn, rows: Sequence[Sequence[str]]) -> Damaged:
    damaged = [list(row) for row in rows]
    line = draw(st.integers(1, len(rows) - 1))
    column = draw(st.integers(0, len(rows[line]) - 1))
    values = {**TEXTS, **{what: VALUES[what] for what in ("1e308", "-5", "10^30", "5,000 digits")}}
    what = draw(st.sampled_from(list(values)))
    damaged[line][column] = values[what]
    file = io.StringIO(newline="")
    csv.writer(file, lineterminator="\n").writerows(damaged)
    said = f"{rows[0][column]} of line {line + 1} is {what}"
    return Damaged(said, file.getvalue().encode("utf-8", "surrogatepass"))


def csv_cells(rows: Sequence[Sequence[str]]) -> st.SearchStrategy[Damaged]:
    """A well-formed table of which one cell is damaged, below the header."""
    return _cells(rows)


def csv_files(rows: Sequence[Sequence[str]]) -> st.SearchStrategy[Damaged]:
    """A table damaged in any way."""
    text = "".join(f"{','.join(row)}\n" for row in rows)
    forms = {
        "semicolons": text.replace(",", ";"),
        "tabs": text.replace(",", "\t"),
        "a quotation mark that is never closed": text.replace("\n", '\n"', 2),
        "another header": text.replace(rows[0][0], "other", 1),
        "a header alone": f"{','.join(rows[0])}\n",
        "too many cells": text.replace("\n", ",1,2\n"),
        "too few cells": text.replace(",", "", 7),
    }
    whole = [Damaged(what, form.encode()) for what, form in forms.items()]
    return st.one_of(_cells(rows), bytes_of(text.encode()), st.sampled_from(whole), no_file())


@st.composite
def lines_of(draw: st.DrawFn, text: str) -> Damaged:
    """A text of which one or all lines are damaged."""
    lines = text.splitlines()
    invisible = {
        "zero-width spaces": "\u200b" * 3,
        "byte order marks": "\ufeff" * 2,
        "NULs": "\0" * 5,
        "no-break spaces": "\u00a0" * 2,
    }
    values = {**TEXTS, **invisible, "the first line": lines[0]}
    what = draw(st.sampled_from(list(invisible)) | st.sampled_from(list(values)))
    number = draw(st.integers(0, len(lines)))
    if number == len(lines):
        lines, where = [values[what]] * len(lines), "every line"
    else:
        lines[number], where = values[what], f"line {number + 1}"
    data = "".join(f"{line}\n" for line in lines).encode("utf-8", "surrogatepass")
    return Damaged(f"{where} is {what}", data)


def text_files(text: str) -> st.SearchStrategy[Damaged]:
    """A text of one sentence a line, damaged in any way."""
    lines = lines_of(text)
    return st.one_of(lines, lines, bytes_of(text.encode()), no_file())


@st.composite
def _rows(draw: st.DrawFn, data: bytes) -> Damaged:
    values: Mapping[str, Any] = {
        "an empty blob": b"",
        "bytes that are no UTF-8": b"\xff\xfe",
        "a number": 5,
        "a huge number": 1e308,
        "an empty text": "",
        "null as JSON": b"null",
        "a list as JSON": b"[]",
        "a table as JSON": b"{}",
        "deep JSON": b"[" * DEEP,
    }
    not_utf8 = "a text that is no UTF-8"
    what = draw(st.sampled_from([*values, not_utf8]))
    with TemporaryDirectory() as folder:
        file = Path(folder, "copy.db")
        file.write_bytes(data)
        with closing(sqlite3.connect(file)) as connection, connection:
            (table,) = connection.execute("SELECT name FROM sqlite_master WHERE type='table'")
            columns = [row[1] for row in connection.execute(f"PRAGMA table_info({table[0]})")]
            column = draw(st.sampled_from(columns))
            # Names of the table's own, and no values.
            put = "CAST(x'ff' AS TEXT)" if what == not_utf8 else "?"
            change = f"UPDATE {table[0]} SET {column} = {put} WHERE rowid = 1"  # noqa: S608
            connection.execute(change, [values[what]] if what in values else [])
            said = f"{column} of the first row is {what}"
            if isinstance(values.get(what), bytes) and "sha256" in columns and draw(st.booleans()):
                checksum = hashlib.sha256(values[what]).hexdigest()
                connection.execute(f"UPDATE {table[0]} SET sha256 = ? WHERE rowid = 1", [checksum])  # noqa: S608
                said += ", which is what its checksum says"
        return Damaged(said, file.read_bytes())


def database_files(data: bytes) -> st.SearchStrategy[Damaged]:
    """A SQLite file of one table, damaged in its rows or its bytes."""
    return st.one_of(_rows(data), bytes_of(data), no_file())


def settings_of(keys: Sequence[str]) -> st.SearchStrategy[Damaged]:
    """One or two settings with any value that JSON can have, as the text of a JSON object."""
    unreadable = ("5,000 digits", "a list in 100,000 lists")
    values = {what: text for what, text in VALUES.items() if what not in unreadable}
    values |= {
        "a user that does not exist": '"~nosuchuser"',
        "all": '"all"',
        "a list of names": '["nasca", "cka", "svcca", "mean", "gate"]',
        "a list in a text": '"[nasca,,x]"',
        "nearly one": "0.9999999",
        "a list that holds a list": '[["nasca"]]',
        "a folder": '"."',
    }
    names = st.sampled_from([*keys, *(key.replace("_", "-") for key in keys), *TEXTS.values()])
    pairs = st.lists(st.tuples(names, st.sampled_from(list(values))), min_size=1, max_size=2)

    def made(given: list[tuple[str, str]]) -> Damaged:
        text = ", ".join(f"{json.dumps(key)}: {values[what]}" for key, what in given)
        said = "; ".join(f"{key[:40]!r} is {what}" for key, what in given)
        return Damaged(said, f"{{{text}}}".encode())

    return pairs.map(made)
