"""Parallel text of the user's own: two aligned files, or one file that has both sides."""

import json
import os
import re
from collections.abc import Sequence
from pathlib import Path

from neuronxa_tasks.data.bitext import Bitext, Provenance, check_bitext, chosen_lines
from neuronxa_tasks.data.corpus import Sides
from neuronxa_tasks.data.hub import load_columns
from neuronxa_tasks.data.text_files import read_lines
from neuronxa_tasks.data.tmx import read_tmx
from neuronxa_tasks.errors import BitextError

# The names of corpora, which cannot have an underscore, and of tasks on them.
OWN_NAME = re.compile(r"[a-z][a-z0-9-]*")
OWN_TASK = re.compile(
    rf"neuronxa_own_({OWN_NAME.pattern})(_retrieval)?"
    r"_([A-Za-z]{2,3}(?:[_-][A-Za-z0-9]{2,8}){0,3})"
)

# Files are read whole, where a dataset has splits.
_WHOLE = "all"


def read_own_files(files: Sequence[str], columns: tuple[str, str], *, named: bool) -> Sides:
    """Both sides of the user's files.

    Args:
        files: The pivot's and the language's lines; or one file of both, which its name's ending
            says to be `.tsv`, `.jsonl` or `.tmx`.
        columns: What one file calls the pivot's side and the language's.
        named: Whether the user named them, so that a TSV has to have them in its first line;
            else that may do without a header, with the pivot's sentences first.

    Raises:
        BitextError: A file cannot be read, or is of another format.
    """
    # Of a user that is not there it leaves the path as it is.
    paths = [Path(os.path.expanduser(file)) for file in files]  # noqa: PTH111
    if len(paths) == 2:
        return read_lines(paths[0]), read_lines(paths[1])
    match paths[0].suffix.lower():
        case ".tsv":
            return _read_tsv(paths[0], columns, named)
        case ".jsonl":
            return _read_json_lines(paths[0], columns)
        case ".tmx":
            one, other = read_tmx(paths[0], columns)
            return one, other
    raise BitextError(
        f"Expected one file of both sides to end in .tsv, .jsonl or .tmx, but got {files[0]}: "
        "rename it, or give two files, the pivot's first"
    )


def own_bitext(
    corpus: str,
    pivot: str,
    language: str,
    sides: Sides,
    source: Provenance,
    n_pairs: int | None,
    first: int = 1,
    among: Sequence[int] = (),
) -> Bitext:
    """The user's text, checked as that of every corpus is.

    Args:
        corpus: Its name.
        pivot: The pivot's code.
        language: The language's.
        sides: The whole text of both.
        source: Where it comes from.
        n_pairs: How many pairs, the first in file order; None for all.
        first: Line of the first pair, counted from 1.
        among: Lines that alone may be taken, going up; empty for all.

    Raises:
        BitextError: The sentences are not parallel, or too few.
    """
    where = f"{corpus} {pivot} and {language}"
    checked = check_bitext(*sides, where)
    lines = chosen_lines(len(checked[0]), n_pairs, first, among, where)
    of_pivot, own = (tuple(side[line - 1] for line in lines) for side in checked)
    return Bitext(corpus, pivot, language, of_pivot, own, source, lines)


def provenance_of(files: Sequence[str]) -> Provenance:
    """What a record says of the user's files; the digests of the sentences stand beside it."""
    return Provenance(", ".join(files), None, _WHOLE)


def read_own_dataset(
    source: Provenance, configuration: str | None, columns: tuple[str, str]
) -> Sides:
    """Both sides of a dataset on the Hub.

    Raises:
        BitextError: They cannot be had at that revision, or are no texts.
    """
    one, other = load_columns(source, configuration, columns, "`bitext: FILE`")
    for column, sentences in zip(columns, (one, other), strict=True):
        if odd := [sentence for sentence in sentences if not isinstance(sentence, str)]:
            raise BitextError(
                f"Expected texts in the column {column!r} of {source.dataset}, but got "
                f"{type(odd[0]).__name__}: name another in `columns`"
            )
    return one, other


def _read_tsv(file: Path, columns: tuple[str, str], named: bool) -> Sides:
    rows = [line.split("\t") for line in read_lines(file)]
    first = rows[0]
    if all(first.count(column) == 1 for column in columns):
        places, width, begin = [first.index(column) for column in columns], len(first), 2
    elif named:
        raise BitextError(
            f"Expected the first line of {file} to name the columns {' and '.join(columns)} once "
            f"each, but it has {', '.join(first)[:200]}: correct `columns`"
        )
    else:
        places, width, begin = [0, 1], 2, 1
    body = rows[begin - 1 :]
    for number, row in enumerate(body, start=begin):
        if len(row) != width:
            raise BitextError(
                f"Expected {width} columns in every line of {file}, but line {number} has "
                f"{len(row)}: separate them by one tab, and name them in the first line and in "
                "`columns` if there are more than two"
            )
    return [row[places[0]] for row in body], [row[places[1]] for row in body]


def _read_json_lines(file: Path, columns: tuple[str, str]) -> Sides:
    sides: Sides = ([], [])
    for number, line in enumerate(read_lines(file), start=1):
        try:
            entry = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise BitextError(
                f"Expected JSON in every line of {file}, but line {number} is none: {error}"
            ) from error
        for side, column in zip(sides, columns, strict=True):
            sentence = entry.get(column) if isinstance(entry, dict) else None
            # Half of a surrogate pair is written in JSON, but is no character.
            if not isinstance(sentence, str) or any("\ud800" <= c <= "\udfff" for c in sentence):
                raise BitextError(
                    f"Expected a text under {column!r} in every line of {file}, but line {number} "
                    "has none: name the keys in `columns`"
                )
            side.append(sentence)
    return sides
