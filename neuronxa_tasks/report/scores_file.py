"""Read outside figures, such as COMET scores, from a CSV file."""

import csv
import io
import math
import re
from dataclasses import replace
from pathlib import Path

from neuronxa_tasks.benchmarks import resolve_language
from neuronxa_tasks.errors import ReportError
from neuronxa_tasks.measures import metric_named
from neuronxa_tasks.model_arguments import normal_revision
from neuronxa_tasks.model_identity import Model
from neuronxa_tasks.report.join import ENDINGS
from neuronxa_tasks.report.values import ResultsFile, Score

# Columns of the joined table, which no benchmark can be called.
RESERVED = frozenset(
    [
        *("label", "condition", "corpus", "language", "name", "script", "family", "resource"),
        "tokens",
    ]
)
COLUMNS = ("model", "revision", "language", "benchmark", "value", "n_shot")


def read_scores(path: Path) -> list[ResultsFile]:
    """The figures of a file with the header `model,revision,language,benchmark,value,n_shot`.

    Args:
        path: The file; `revision` and `n_shot` may be empty, `language` is any known code.

    Returns:
        One value per model of the file; lines that cannot be used are named in the first.

    Raises:
        ReportError: There is no such file, or its header is another one.
    """
    if not path.is_file():
        raise ReportError(f"Expected `--scores` to be a file, but there is no {path}")
    scores: dict[Model, list[Score]] = {}
    problems: list[str] = []
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise ReportError(f"Expected UTF-8 in {path}: {error}") from error
    with io.StringIO(text, newline="") as file:
        reader = csv.DictReader(file)
        if tuple(reader.fieldnames or ()) != COLUMNS:
            raise ReportError(
                f"Expected the header {','.join(COLUMNS)} in {path}, "
                f"but got {','.join(reader.fieldnames or ())}"
            )
        for row in reader:
            try:
                score = _score(row)
            except ValueError as error:
                problems.append(f"{path}, line {reader.line_num}: {error}; the line is left out")
                continue
            scores.setdefault(_model(row["model"], row["revision"]), []).append(score)
    if not scores:
        raise ReportError(f"{path} has no line that can be used: {'; '.join(problems) or 'empty'}")
    date = path.stat().st_mtime
    files = [ResultsFile(str(path), date, model, (), tuple(rows)) for model, rows in scores.items()]
    return [replace(files[0], problems=tuple(problems)), *files[1:]]


def _model(name: str, revision: str) -> Model:
    name, _, own = name.strip().partition("@")
    return Model(name, normal_revision(revision or own))


def _score(row: dict[str, str | None]) -> Score:
    if None in row.values() or None in row:
        raise ValueError(f"expected {len(COLUMNS)} values")
    given = {key: str(value).strip() for key, value in row.items()}
    language = resolve_language(given["language"])
    if language is None:
        raise ValueError(f"unknown language {given['language']!r}")
    try:
        value = float(given["value"])
        n_shot = int(given["n_shot"]) if given["n_shot"] else None
    except ValueError:
        raise ValueError(
            f"expected numbers for value and n_shot, "
            f"but got {given['value']!r} and {given['n_shot']!r}"
        ) from None
    if not math.isfinite(value) or not given["model"] or not given["benchmark"]:
        raise ValueError("expected a model, a benchmark and a finite value")
    benchmark = given["benchmark"]
    column = re.sub(f"({'|'.join(filter(None, ENDINGS.values()))})$", "", benchmark)
    if benchmark in RESERVED or metric_named(column):
        raise ValueError(f"{benchmark!r} is the name of another column")
    heading = benchmark if n_shot is None else f"{benchmark} ({n_shot}-shot)"
    return Score(benchmark, heading, "value", language, value, math.nan, n_shot, whole=True)
