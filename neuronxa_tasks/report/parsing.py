"""Take scores and analyses out of a results file's content."""

import hashlib
import math
import re
from collections.abc import Iterator, Mapping
from typing import Any

from neuronxa_tasks.benchmarks import TASKS_WITHOUT_FLORES, Benchmark, benchmark_of_task
from neuronxa_tasks.errors import ReportError
from neuronxa_tasks.report.entries import alignments, number
from neuronxa_tasks.report.identity import model_of
from neuronxa_tasks.report.values import LEADING, Alignment, Analysis, ResultsFile, Score

_ALIGNMENT_TASK = re.compile(
    r"neuronxa_(flores|tatoeba|miniature)(_retrieval)?_([a-z]{3}(?:_[A-Z][a-z]{3})?)"
)
_ANALYSES = ("matrix", "inspection")
_METRIC_TITLES = {"rankc": "RankC"}


def parse_results(content: Any, path: str) -> ResultsFile:
    """The scores of a results file's content.

    Args:
        content: The JSON object that the harness wrote, or would write.
        path: Where it came from.

    Raises:
        ReportError: It is not a results file of the harness, or names no model.
    """
    analysis = isinstance(content, Mapping) and "neuronxa_analysis" in content
    if not analysis and not (
        isinstance(content, Mapping) and {"results", "configs"} <= content.keys()
    ):
        raise ReportError(
            "not a results file of lm_eval, which has `results` and `configs`; "
            "other figures can be joined by --scores"
        )
    for key in ("results", "configs", "config", "n-shot", "n-samples"):
        if not isinstance(table := content.get(key, {}), Mapping | None):
            raise ReportError(f"damaged: `{key}` is {type(table).__name__}, not a table")
    if not isinstance(content.get("date") or 0.0, int | float):
        raise ReportError(f"damaged: `date` is {content['date']!r}, not a number of seconds")
    if analysis:
        return _parse_analysis(content, path)
    results, configs = content["results"] or {}, content["configs"] or {}
    aligned: list[Alignment] = []
    retrieved: list[Alignment] = []
    scores: list[Score] = []
    problems: list[str] = []
    for task, values in results.items():
        alignment_task = _ALIGNMENT_TASK.fullmatch(task)
        benchmark = benchmark_of_task(task)
        try:
            if alignment_task:
                corpus, retrieval, code = alignment_task.groups()
                config = configs.get(task)
                # A list, so that what came before a damaged entry is left out with it.
                found = list(
                    alignments(corpus, code, values, config, retrieval=retrieval is not None)
                )
                (retrieved if retrieval else aligned).extend(found)
            elif benchmark:
                scores += list(_scores(content, task, *benchmark, values))
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            problems.append(f"{path}: the entry of {task} is damaged and left out: {error}")
    rows: list[Alignment | Score] = [*aligned, *retrieved, *scores]
    problems += [
        f"{path}: {row.metric} of {row.language} is no number and left out"
        for row in rows
        if math.isnan(row.value)
    ]
    if missing := _missing(content):
        problems.append(f"{path}: the run ended before {missing}: the same command makes it whole")
    return ResultsFile(
        path=path,
        date=float(content.get("date") or 0),
        model=model_of(content),
        alignments=tuple(row for row in aligned if not math.isnan(row.value)),
        scores=tuple(row for row in scores if not math.isnan(row.value)),
        retrievals=tuple(row for row in retrieved if not math.isnan(row.value)),
        settings=_settings(content),
        skipped=tuple((t, TASKS_WITHOUT_FLORES[t]) for t in results if t in TASKS_WITHOUT_FLORES),
        problems=tuple(problems),
    )


def _parse_analysis(content: Mapping[str, Any], path: str) -> ResultsFile:
    kind = content["neuronxa_analysis"]
    found: tuple[Analysis, ...] = ()
    problems: tuple[str, ...] = ()
    if kind not in _ANALYSES:
        known = ", ".join(_ANALYSES)
        problems = (f"{path}: an analysis of another kind than {known}, left out: {kind!r}",)
    elif not isinstance(content.get(kind), Mapping):
        problems = (f"{path}: damaged and left out: `{kind}` is no table",)
    else:
        found = (Analysis(kind, content[kind]),)
    return ResultsFile(
        path=path,
        date=float(content.get("date") or 0),
        model=model_of(content),
        alignments=(),
        scores=(),
        analyses=found,
        settings=_settings(content),
        problems=problems,
    )


def _scores(
    content: Mapping[str, Any],
    task: str,
    benchmark: Benchmark,
    language: str,
    values: Mapping[str, Any],
) -> Iterator[Score]:
    n_shot = (content.get("n-shot") or {}).get(task)
    subset = _subset(content, task)
    notes = [
        *([f"{n_shot}-shot"] if n_shot is not None else []),
        *subset,
        *(["chat template"] if content.get("chat_template") else []),
    ]
    if instruction := content.get("system_instruction"):
        notes.append(f"system instruction {hashlib.sha256(instruction.encode()).hexdigest()[:6]}")
    ending = f" ({', '.join(notes)})" if notes else ""
    several = len(set(benchmark.metrics) & set(LEADING)) > 1
    for key, value in values.items():
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
            value=number(value),
            stderr=number(values.get(f"{metric}_stderr,{filter_name}")),
            n_shot=n_shot,
            whole=not subset,
        )


def _subset(content: Mapping[str, Any], task: str) -> list[str]:
    """Says that a benchmark was run on some of its documents."""
    limit = (content.get("config") or {}).get("limit")
    counts = (content.get("n-samples") or {}).get(task)
    if counts and counts["effective"] == counts["original"]:
        return []
    if limit:
        return [f"limit {limit}"]
    return [f"{counts['effective']} samples"] if counts else []


def _missing(content: Mapping[str, Any]) -> str:
    """What a run that ended early has not come to."""
    ours = content.get("neuronxa")
    missing = ours.get("missing") if isinstance(ours, Mapping) else None
    return ", ".join(map(str, missing)) if isinstance(missing, list) else ""


def _settings(content: Mapping[str, Any]) -> dict[str, str]:
    config = content.get("config") or {}
    parameters = config.get("model_num_parameters")
    packages = {
        package: content.get(f"{package}_version") for package in ("lm_eval", "transformers")
    }
    settings = {
        "backend": str(config.get("model") or ""),
        "dtype": str(config.get("model_dtype") or "").removeprefix("torch."),
        "parameters": f"{parameters:,}" if isinstance(parameters, int) else "",
        "versions": ", ".join(f"{name} {number}" for name, number in packages.items() if number),
    }
    return {key: value for key, value in settings.items() if value}
