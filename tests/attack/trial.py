"""Try a command on a damaged input, and judge what it did."""

import io
import math
import re
import signal
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from neuronxa_tasks.cli import main

# Of computing, and of waiting where other processes have the processor.
SECONDS = 10.0
SECONDS_WAITED = 20.0

# A table of a report, and the column that names the model.
TABLES = {
    "languages.csv": "label",
    "long.parquet": "model",
    "matrix.csv": "label",
    "failing_pairs.csv": "label",
    "map.csv": "label",
}

# Columns that hold a share, whatever stands behind the name.
_SHARE = re.compile(r"(nasca|navca|mexa|nas_|embedding_|Belebele|m-ARC|m-MMLU).*")
_SHARES = {"long.parquet": ("value", "stderr", "p"), "matrix.csv": ("value",)}
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


class TooSlowError(Exception):
    """It took longer than any damaged input may."""


@dataclass(frozen=True)
class Outcome:
    """What a command did.

    Attributes:
        code: Its exit code.
        out: What it said on standard output.
        err: What it said on standard error.
    """

    code: int
    out: str
    err: str


@contextmanager
def time_limit() -> Iterator[None]:
    """Ends what takes too long.

    Raises:
        TooSlowError: It did.
    """

    def ring(*_: Any) -> None:
        raise TooSlowError(f"more than {SECONDS:g} s of computing or {SECONDS_WAITED:g} s in all")

    clocks = {signal.SIGPROF: signal.ITIMER_PROF, signal.SIGALRM: signal.ITIMER_REAL}
    before = {number: signal.signal(number, ring) for number in clocks}
    signal.setitimer(signal.ITIMER_PROF, SECONDS)
    signal.setitimer(signal.ITIMER_REAL, SECONDS_WAITED)
    try:
        yield
    finally:
        for number, clock in clocks.items():
            signal.setitimer(clock, 0)
            signal.signal(number, before[number])


def command(*arguments: str | Path, quiet: bool = True) -> Outcome:
    """Run a command in this process, with streams that encode as a terminal's do.

    Args:
        arguments: Those of `neuronxa`.
        quiet: Whether it says nothing but text: no progress bars.

    Raises:
        AssertionError: It ended in another way than with an exit code and a sentence.
    """
    out, err = (
        io.TextIOWrapper(io.BytesIO(), "utf-8", errors, write_through=True)
        for errors in ("strict", "backslashreplace")
    )
    with time_limit(), redirect_stdout(out), redirect_stderr(err):
        try:
            code = main([str(argument) for argument in arguments])
        except SystemExit as error:
            code = error.code if isinstance(error.code, int) else 1
    said = [stream.buffer.getvalue().decode() for stream in (out, err)]  # type: ignore[attr-defined]
    outcome = Outcome(code, *said)
    text = outcome.out + outcome.err
    assert "Traceback (most recent call last)" not in text, text[-2000:]
    assert code in (0, 1, 2), f"exit code {code}"
    if code == 2:
        assert re.search(r"^neuronxa( \w+)?: ", outcome.err, re.MULTILINE), "it does not say why"
    assert code == 0 or text.strip(), f"exit code {code} without a word"
    obeyed = _CONTROL.search(text) if quiet else None
    assert not obeyed, f"a control character is printed: {obeyed and obeyed[0]!r}"
    return outcome


def tables_of(folder: Path, label: str) -> dict[str, pd.DataFrame]:
    """The rows of one model in every table of a report."""
    found = {}
    for name, column in TABLES.items():
        if (folder / name).is_file():
            table = _read(folder / name)
            table = table.astype(dict.fromkeys(table.select_dtypes("category"), object))
            found[name] = table[table[column] == label].reset_index(drop=True)
    return found


def check_same(alone: Mapping[str, pd.DataFrame], folder: Path, label: str) -> None:
    """Check that a model's rows are what they were without any damaged input.

    Args:
        alone: What `tables_of` gave then.
        folder: Of the report.
        label: Of the model.

    Raises:
        AssertionError: They are not.
    """
    together = tables_of(folder, label)
    for name, expected in alone.items():
        assert name in together, f"{name} is not written any more"
        # Settings are told apart where they differ between models, so their name is relative.
        columns = [c for c in expected if c != "condition" and not c.startswith("Mean of")]
        missing = set(columns) - set(together[name])
        assert not missing, f"{name} has lost {', '.join(sorted(missing))}"
        before, after = (_sorted(table[columns]) for table in (expected, together[name]))
        pd.testing.assert_frame_equal(before, after, check_dtype=False, obj=name)


def check_possible(folder: Path) -> None:
    """Check that a report shows no number that cannot be.

    Raises:
        AssertionError: It does.
    """
    for name in (
        "languages.csv",
        "long.parquet",
        "matrix.csv",
        "retrieval.csv",
        "correlations.csv",
    ):
        if not (folder / name).is_file():
            continue
        table = _read(folder / name)
        for column in table.select_dtypes(["number", "bool"]):
            values = [float(value) for value in table[column].dropna()]
            assert all(map(math.isfinite, values)), f"{name}: {column} is infinite"
            if column in _SHARES.get(name, ()) or _SHARE.fullmatch(column):
                impossible = [value for value in values if not 0 <= value <= 1]
                assert not impossible, f"{name}: {column} is {impossible[0]}"
            if column in ("pearson", "spearman", "partial"):
                assert all(abs(value) <= 1 for value in values), f"{name}: {column} is beyond 1"


def _read(path: Path) -> pd.DataFrame:
    if path.suffix == ".parquet":
        return pd.read_parquet(path)
    return pd.read_csv(path, encoding="utf-8-sig", low_memory=False)


def _sorted(table: pd.DataFrame) -> pd.DataFrame:
    return table.sort_values(list(table), key=lambda c: c.astype(str)).reset_index(drop=True)
