"""Read outside figures, such as COMET scores, from a CSV file."""

import csv
import math
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from neuronxa_tasks.data.benchmarks import BENCHMARKS
from neuronxa_tasks.data.codes import resolve_language
from neuronxa_tasks.errors import ReportError
from neuronxa_tasks.identity.model_arguments import normal_revision
from neuronxa_tasks.identity.model_identity import Model
from neuronxa_tasks.measures import metric_named
from neuronxa_tasks.report.columns import ENDINGS, MEAN, OWN_COLUMNS
from neuronxa_tasks.report.read.scores import ResultsFile, Score
from neuronxa_tasks.results.names import clean_name
from neuronxa_tasks.results.validation import shown

HEADER = ("model", "revision", "language", "benchmark", "value", "n_shot")

# Spreadsheets write a semicolon where the comma is the decimal sign.
_DELIMITERS = (",", ";", "\t")

# Outside figures have any range, but none needs more: beyond it is a slip or an overflow.
_LARGEST = 1e9
_MOST_SHOTS = 10_000

_ACCURACIES = {name for b in BENCHMARKS if "acc" in b.metrics for name in (b.name, b.label)}

_WHOLE = re.compile(r"(\d+)(?:\.0+)?")


def read_scores(path: Path) -> list[ResultsFile]:
    """The figures of a file with the header `model,revision,language,benchmark,value,n_shot`.

    Args:
        path: The file, UTF-8, or UTF-16 with a byte order mark; values are separated as the
            header's are, by comma, semicolon or tab. `revision` and `n_shot` may be empty,
            `language` is any known code.

    Returns:
        One value per model of the file; lines that cannot be used are named in the first.

    Raises:
        ReportError: The file cannot be read, or its header is another one.
    """
    lines = _lines(path)
    delimiter = _delimiter(path, lines[0] if lines else "")
    problems: list[str] = []
    rows: list[tuple[int, dict[str, str]]] = []
    for number, line in enumerate(lines[1:], start=2):
        # One by one, so that a quote that is never closed costs its own line only.
        try:
            rows += [(number, row) for row in _values(line, delimiter)]
        except ValueError as error:
            problems.append(_left_out(path, number, error))
    revision, note = _revisions([row["revision"] for _, row in rows])
    if note:
        problems.append(f"{path}: {note}")
    scores: dict[Model, list[Score]] = {}
    lines_of: dict[tuple[Model, str, str], int] = {}
    for number, row in rows:
        try:
            score = _score(row, decimal_comma=delimiter == ";")
            model = _model(row["model"], revision(row["revision"]))
            first = lines_of.setdefault((model, score.heading, score.language), number)
            if first != number:
                raise ValueError(f"{score.heading} of {score.language} stands in line {first}")
        except ValueError as error:
            problems.append(_left_out(path, number, error))
            continue
        scores.setdefault(model, []).append(score)
    if not scores:
        raise ReportError(f"{path} has no line that can be used: {'; '.join(problems) or 'empty'}")
    date = path.stat().st_mtime
    files = [ResultsFile(str(path), date, model, (), tuple(rows)) for model, rows in scores.items()]
    return [replace(files[0], problems=tuple(problems)), *files[1:]]


def _left_out(path: Path, number: int, error: ValueError) -> str:
    return f"{path}, line {number}: {error}; the line is left out"


def _lines(path: Path) -> list[str]:
    try:
        # Asked first, since reading a pipe would wait for whoever writes to it.
        if not path.exists():
            raise ReportError(f"Expected `--scores` to be a file, but there is no {path}")
        if not path.is_file():
            raise ReportError(f"Expected `--scores` to be a file, but {path} is another thing")
        content = path.read_bytes()
    except OSError as error:
        raise ReportError(f"Expected `--scores` to be a file, but {error}") from error
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        try:
            text = content.decode("utf-16")
        except UnicodeDecodeError as error:
            raise ReportError(
                f"Expected UTF-16 in {path}, as it begins, but {error}: save it as CSV in UTF-8"
            ) from error
    else:
        # What is no UTF-8 costs its own line only.
        text = content.decode("utf-8-sig", "surrogateescape")
    # Not `splitlines`, for which a name may have the end of a line in it.
    return re.split(r"\r\n|\n|\r", text)


def _delimiter(path: Path, header: str) -> str:
    for delimiter in _DELIMITERS:
        if tuple(name.strip(' "') for name in header.split(delimiter)) == HEADER:
            return delimiter
    raise ReportError(f"Expected the header {','.join(HEADER)} in {path}, but got {shown(header)}")


def _values(line: str, delimiter: str) -> Iterator[dict[str, str]]:
    """The values of a line; none where it is empty."""
    if re.search("[\ud800-\udfff]", line):
        raise ValueError("expected UTF-8: save the file as CSV in UTF-8")
    try:
        (values,) = csv.reader([line], delimiter=delimiter, strict=True)
    except csv.Error as error:
        raise ValueError(f"expected {len(HEADER)} values, but {error}") from None
    if not values:
        return
    if len(values) != len(HEADER):
        raise ValueError(f"expected {len(HEADER)} values, but got {len(values)}")
    yield {name: value.strip() for name, value in zip(HEADER, values, strict=True)}


def _revisions(given: Sequence[str]) -> tuple[Callable[[str], str], str]:
    """How revisions are to be read, and what a reader should know of it.

    A column of whole numbers with a gap, written by pandas, has `128.0` for 128.
    """
    known = [revision for revision in given if revision]
    numbers = [revision for revision in known if re.fullmatch(r"\d+\.0", revision)]
    if not numbers or len(known) == len(given) or len(numbers) < len(known):
        return str, ""
    note = (
        "its revisions are whole numbers with a decimal, as programs write those of a column with "
        f"gaps, so {numbers[0]} is read as {numbers[0].removesuffix('.0')}"
    )
    return lambda revision: revision.removesuffix(".0"), note


def _model(name: str, revision: str) -> Model:
    name, _, own = clean_name(name).partition("@")
    return Model(name, normal_revision(clean_name(revision) or own))


def _score(given: dict[str, str], decimal_comma: bool) -> Score:
    language = resolve_language(given["language"])
    if language is None:
        raise ValueError(f"unknown language {shown(given['language'])}")
    benchmark, model = clean_name(given["benchmark"]), clean_name(given["model"])
    if not benchmark or not model:
        raise ValueError("expected a model and a benchmark")
    column = re.sub(f"({'|'.join(filter(None, ENDINGS.values()))})$", "", benchmark)
    if benchmark in OWN_COLUMNS or benchmark.startswith(MEAN) or metric_named(column):
        raise ValueError(f"{benchmark!r} is the name of another column: call it otherwise")
    value = _value(given["value"], decimal_comma, accuracy=benchmark in _ACCURACIES)
    n_shot = _shots(given["n_shot"])
    heading = benchmark if n_shot is None else f"{benchmark} ({n_shot}-shot)"
    return Score(benchmark, heading, "value", language, value, math.nan, n_shot, whole=True)


def _value(text: str, decimal_comma: bool, accuracy: bool) -> float:
    try:
        value = float(text.replace(",", ".") if decimal_comma else text)
    except ValueError:
        raise ValueError(f"expected a number for value, but got {shown(text)}") from None
    if accuracy and not 0 <= value <= 1:
        raise ValueError(f"expected an accuracy from 0 to 1, but got {shown(text)}")
    # A comparison with NaN is false.
    if not abs(value) <= _LARGEST:
        raise ValueError(f"expected a finite value up to {_LARGEST:.0e}, but got {shown(text)}")
    return value


def _shots(text: str) -> int | None:
    if not text:
        return None
    whole = _WHOLE.fullmatch(text) if text.isascii() and len(text) < 20 else None
    if not whole or int(whole[1]) > _MOST_SHOTS:
        raise ValueError(
            f"expected a whole number up to {_MOST_SHOTS} for n_shot, but got {shown(text)}"
        )
    return int(whole[1])
