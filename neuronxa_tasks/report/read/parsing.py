"""Take scores and analyses out of a results file's content."""

import hashlib
import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from neuronxa_tasks.data.benchmarks import (
    PARITIES,
    TASKS_WITHOUT_FLORES,
    Benchmark,
    benchmark_of_task,
)
from neuronxa_tasks.data.corpora import CORPORA
from neuronxa_tasks.data.languages import ENGLISH
from neuronxa_tasks.data.own_text import OWN_TASK
from neuronxa_tasks.errors import ReportError
from neuronxa_tasks.identity.model_identity import Model
from neuronxa_tasks.report.read.alignments import alignments, measured
from neuronxa_tasks.report.read.model_of_file import model_of
from neuronxa_tasks.report.read.records import record_of
from neuronxa_tasks.report.read.scores import LEADING, Alignment, Column, ResultsFile, Score
from neuronxa_tasks.results.analyses import ANALYSES
from neuronxa_tasks.results.names import clean_name
from neuronxa_tasks.results.parity_record import ParityRecord
from neuronxa_tasks.results.ranges import POSITIVE, range_of_benchmark
from neuronxa_tasks.results.run_record import Run, RunConfig, TaskRun
from neuronxa_tasks.results.validation import fault, shown

# The corpus, `_retrieval` or nothing, and the language.
ALIGNMENT_TASK = re.compile(
    rf"neuronxa_({'|'.join(CORPORA)})(_retrieval)?_([a-z]{{3}}(?:_[A-Z][a-z]{{3}})?)"
)
_METRIC_TITLES = {"rankc": "RankC", "bits_per_byte": "bits per byte"}

# Pairs of parity, unless set.
_N_PAIRS = 100

# Tables with an entry per task, and the harness's names for the fields of `TaskRun`.
_TABLES = ("results", "configs", "n-shot", "n-samples")
_TASK_FIELDS = {"n_shot": "n-shot", "n_samples": "n-samples"}


@dataclass
class _Found:
    """What has been read of a file so far, and what could not be."""

    aligned: list[Alignment]
    retrieved: list[Alignment]
    scores: list[Score]
    problems: list[str]


def parse_results(content: Any, path: str) -> ResultsFile:
    """The scores of a results file's content.

    Args:
        content: The JSON object that the harness wrote, or would write.
        path: The file that it is the content of.

    Raises:
        ReportError: It is not a results file of the harness, says something impossible of the
            run as a whole, or names no model.
    """
    path = clean_name(path)
    analysis = isinstance(content, Mapping) and "neuronxa_analysis" in content
    if not analysis and not (
        isinstance(content, Mapping) and {"results", "configs"} <= content.keys()
    ):
        raise ReportError(
            "not a results file of lm_eval, which has `results` and `configs`; "
            "other figures can be joined by --scores"
        )
    for key in _TABLES:
        if not isinstance(content.get(key), Mapping | None):
            raise ReportError(f"damaged: `{key}` should be a table, but is {shown(content[key])}")
    general = {key: value for key, value in content.items() if key in Run.model_fields}
    try:
        run = Run.model_validate(general)
    except ValidationError as error:
        raise ReportError(f"damaged: {fault(error)}") from error
    model = _model_of_run(content, run)
    if analysis:
        return _parse_analysis(content, path, run, model)
    found = _Found([], [], [], [])
    for task, values in (content["results"] or {}).items():
        try:
            _parse_task(content, run, task, values, found)
        except ValidationError as error:
            found.problems.append(_damaged(path, task, fault(error)))
        except ValueError as error:
            found.problems.append(_damaged(path, task, str(error)))
    rows: list[Alignment | Score] = [*found.aligned, *found.retrieved, *found.scores]
    problems = [
        f"{path}: {row.metric} of {row.language} is no number and left out"
        for row in rows
        if math.isnan(row.value)
    ]
    if missing := _missing(content):
        problems.append(f"{path}: the run ended before {missing}: the same command makes it whole")
    tasks = content["results"] or {}
    return ResultsFile(
        path=path,
        date=run.date or 0.0,
        model=model,
        alignments=tuple(row for row in found.aligned if not math.isnan(row.value)),
        scores=tuple(row for row in found.scores if not math.isnan(row.value)),
        retrievals=tuple(row for row in found.retrieved if not math.isnan(row.value)),
        settings=_settings(run),
        skipped=tuple((t, TASKS_WITHOUT_FLORES[t]) for t in tasks if t in TASKS_WITHOUT_FLORES),
        problems=(*found.problems, *problems),
    )


def _parse_task(
    content: Mapping[str, Any], run: Run, task: str, values: Any, found: _Found
) -> None:
    """Add what a task of ours or of a benchmark has.

    Raises:
        ValueError: A field does not fit: nothing of the task is added.
    """
    own_task = OWN_TASK.fullmatch(task)
    if own_task and own_task[1] in CORPORA:
        raise ValueError(f"its text is called {own_task[1]}, which is another corpus")
    alignment_task = own_task or ALIGNMENT_TASK.fullmatch(task)
    benchmark = benchmark_of_task(task)
    if not alignment_task and not benchmark:
        return
    if not isinstance(values, Mapping):
        raise ValueError(f"it should be a table, but is {shown(values)}")
    config = (content["configs"] or {}).get(task)
    if alignment_task:
        corpus, retrieval, code = alignment_task.groups()
        rows = [*alignments(corpus, code, values, config, retrieval=retrieval is not None)]
        (found.retrieved if retrieval else found.aligned).extend(rows)
    if benchmark:
        given = {
            field: table[task]
            for field, key in _TASK_FIELDS.items()
            if task in (table := content.get(key) or {})
        }
        task_run = TaskRun.model_validate(given)
        subset = _subset(run, task_run)
        column = Column(name := benchmark[0].name, task_run.n_shot, (*subset, *_changes(run)))
        if name in PARITIES:
            # Its sentences are run raw, without shots and templates.
            own = _parity_changes(record_of(config, ParityRecord))
            column = Column(name, None, (*subset, *own))
        found.scores += [*_scores(column, *benchmark, values, whole=not subset)]


def _damaged(path: str, task: str, why: str) -> str:
    return f"{path}: the entry of {task} is damaged and left out: {why}"


def _model_of_run(content: Mapping[str, Any], run: Run) -> Model:
    config = run.config or RunConfig()
    # A model that was handed over in Python has no arguments, and its name is in their place.
    name = run.model_name or (None if config.model_args else config.model)
    return model_of({**content, "config": config.model_dump(), "model_name": name})


def _parse_analysis(content: Mapping[str, Any], path: str, run: Run, model: Model) -> ResultsFile:
    kind = content["neuronxa_analysis"]
    analyses, problems = [], []
    if not isinstance(kind, str) or kind not in ANALYSES:
        known = ", ".join(ANALYSES)
        problems.append(
            f"{path}: an analysis of another kind than {known}, left out: {shown(kind)}"
        )
    else:
        try:
            analyses.append(ANALYSES[kind].model_validate(content.get(kind)))
        except ValidationError as error:
            problems.append(f"{path}: damaged and left out: in `{kind}`, {fault(error)}")
    return ResultsFile(
        path=path,
        date=run.date or 0.0,
        model=model,
        alignments=(),
        scores=(),
        analyses=tuple(analyses),
        settings=_settings(run),
        problems=tuple(problems),
    )


def _scores(
    column: Column, benchmark: Benchmark, language: str, values: Mapping[str, Any], *, whole: bool
) -> Iterator[Score]:
    ending = f" ({column.how})" if column.how else ""
    several = len(set(benchmark.metrics) & set(LEADING)) > 1
    for key in values:
        metric, _, filter_name = key.partition(",")
        if metric not in benchmark.metrics:
            continue
        title = _METRIC_TITLES.get(metric, metric)
        heading = f"{benchmark.label}{ending}"
        if several:
            heading = f"{benchmark.label} {title}{ending}"
        elif metric != benchmark.metrics[0]:
            heading = f"{heading} {title}"
        yield Score(
            benchmark=benchmark.name,
            heading=heading,
            metric=metric,
            language=language,
            value=measured(values, key, range_of_benchmark(metric)),
            stderr=measured(values, f"{metric}_stderr,{filter_name}", POSITIVE),
            n_shot=column.n_shot,
            whole=whole,
            changes=column.changes,
        )


def _changes(run: Run) -> Iterator[str]:
    if run.chat_template:
        yield "chat template"
    if instruction := run.system_instruction:
        text = instruction.encode("utf-8", "surrogatepass")
        yield f"system instruction {hashlib.sha256(text).hexdigest()[:6]}"


def _parity_changes(record: ParityRecord) -> Iterator[str]:
    settings = record.settings
    if record.pivot not in (ENGLISH, None):
        yield f"pivot {record.pivot}"
    if settings.n_pairs not in (_N_PAIRS, None):
        yield f"{settings.n_pairs} pairs"
    if settings.parity_first:
        yield f"from line {settings.parity_first}"


def _subset(run: Run, task: TaskRun) -> list[str]:
    """Says that a benchmark was run on some of its documents."""
    limit, counts = run.config and run.config.limit, task.n_samples
    if counts and counts.effective == counts.original:
        return []
    if limit:
        return [f"limit {limit:g}"]
    return [f"{counts.effective} samples"] if counts else []


def _missing(content: Mapping[str, Any]) -> str:
    """What a run that ended early has not come to."""
    ours = content.get("neuronxa")
    missing = ours.get("missing") if isinstance(ours, Mapping) else None
    return ", ".join(clean_name(str(m)) for m in missing) if isinstance(missing, list) else ""


def _settings(run: Run) -> dict[str, str]:
    config = run.config or RunConfig()
    packages = {"lm_eval": run.lm_eval_version, "transformers": run.transformers_version}
    parameters = config.model_num_parameters or 0
    settings = {
        "backend": config.model or "",
        "dtype": (config.model_dtype or "").removeprefix("torch."),
        "parameters": str(parameters) if parameters > 0 else "",
        "versions": ", ".join(f"{name} {number}" for name, number in packages.items() if number),
    }
    return {key: value for key, value in settings.items() if value}
