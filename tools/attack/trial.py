"""Try a command on a damaged input, and judge what it did."""

import io
import math
import re
import signal
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import ExitStack, contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest.mock import patch

import altair
import pandas as pd
import vl_convert

from neuronxa_tasks.cli import main

# Of computing, and how many times as many where other processes have the processor.
SECONDS = 10.0
WAITING = 4

# A first call imports what it needs.
PREPARING = 300.0

# A table of a report, and the column that names the model.
TABLES = {
    "languages.csv": "label",
    "long.parquet": "model",
    "matrix.csv": "label",
    "failing_pairs.csv": "label",
    "map.csv": "label",
    "neurons.csv": "label",
    "ablation.csv": "label",
}

# Columns that hold a share, whatever stands behind the name.
_SHARE = re.compile(r"(nasca|navca|mexa|nas_|embedding_|Belebele|m-ARC|m-MMLU).*")
_SHARES = {
    "long.parquet": ("value", "stderr", "p"),
    "matrix.csv": ("value",),
    "neuron_overlap.csv": ("value",),
    "retrieval.csv": ("value", "stderr", "low", "high"),
}
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
def time_limit(seconds: float = SECONDS) -> Iterator[None]:
    """Ends what takes too long.

    Args:
        seconds: Of computing; what waits may take `WAITING` times as many.

    Raises:
        TooSlowError: It did.
    """

    def ring(*_: Any) -> None:
        raise TooSlowError("it takes too long")

    clocks = {signal.SIGPROF: signal.ITIMER_PROF, signal.SIGALRM: signal.ITIMER_REAL}
    before = {number: signal.signal(number, ring) for number in clocks}
    signal.setitimer(signal.ITIMER_PROF, seconds)
    signal.setitimer(signal.ITIMER_REAL, seconds * WAITING)
    try:
        yield
    finally:
        for number, clock in clocks.items():
            signal.setitimer(clock, 0)
            signal.signal(number, before[number])


def command(*arguments: str | Path, quiet: bool = True, seconds: float = SECONDS) -> Outcome:
    """Run a command in this process, with streams that encode as a terminal's do.

    Args:
        arguments: Those of `neuronxa`.
        quiet: Whether it says nothing but text: no progress bars.
        seconds: How long it may take.

    Raises:
        AssertionError: It ended in another way than with an exit code and a sentence.
    """
    buffers = io.BytesIO(), io.BytesIO()
    out, err = (
        io.TextIOWrapper(buffer, "utf-8", errors, write_through=True)
        for buffer, errors in zip(buffers, ("strict", "backslashreplace"), strict=True)
    )
    with time_limit(seconds), redirect_stdout(out), redirect_stderr(err):
        try:
            code = main([str(argument) for argument in arguments])
        except SystemExit as error:
            code = error.code if isinstance(error.code, int) else 1
    outcome = Outcome(code, *(buffer.getvalue().decode() for buffer in buffers))
    text = outcome.out + outcome.err
    assert "Traceback (most recent call last)" not in text, text[-2000:]
    assert code in (0, 1, 2), f"exit code {code}"
    if code == 2:
        assert re.search(r"^neuronxa( \w+)?: ", outcome.err, re.MULTILINE), "it does not say why"
    assert code == 0 or text.strip(), f"exit code {code} without a word"
    obeyed = _CONTROL.search(text) if quiet else None
    assert not obeyed, f"a control character is printed: {obeyed and obeyed[0]!r}"
    return outcome


@contextmanager
def undrawn() -> Iterator[None]:
    """Reports without figures, which take seconds; their charts are made and looked at.

    What would abort the process that draws, as control characters do, is an error instead.
    """

    def drawn(chart: dict[str, Any]) -> str:
        assert not any(map(_CONTROL.search, _texts(chart))), "a chart has control characters"
        return '<svg width="1" height="1"/>'

    def at_once(self: Any, function: Any, *arguments: Any) -> Future[Any]:
        done: Future[Any] = Future()
        done.set_result(function(*arguments))
        return done

    with ExitStack() as stack:
        stack.enter_context(patch.object(vl_convert, "vegalite_to_svg", drawn))
        for name in ("svg_to_png", "svg_to_pdf"):
            stack.enter_context(patch.object(vl_convert, name, lambda *_, **__: b""))
        stack.enter_context(patch.object(vl_convert, "javascript_bundle", lambda *_: ""))
        stack.enter_context(patch.object(ProcessPoolExecutor, "submit", at_once))
        stack.enter_context(altair.utils.schemapi.debug_mode(False))
        yield


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
        names = [str(name) for name in expected]
        columns = [n for n in names if n != "condition" and not n.startswith("Mean of")]
        missing = set(columns) - set(map(str, together[name]))
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
        "neuron_overlap.csv",
        "retrieval.csv",
        "correlations.csv",
    ):
        if not (folder / name).is_file():
            continue
        table = _read(folder / name)
        for column in map(str, table.select_dtypes(["number", "bool"])):
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
    return table.sort_values([*map(str, table)], key=lambda c: c.astype(str)).reset_index(drop=True)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from (key, *_texts(inner))
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner)
