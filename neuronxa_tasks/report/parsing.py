"""Take alignment and benchmark scores out of a results file's content."""

import hashlib
import math
import re
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from neuronxa_tasks.benchmarks import (
    TASKS_WITHOUT_FLORES,
    Benchmark,
    benchmark_of_task,
    resolve_language,
)
from neuronxa_tasks.errors import ReportError
from neuronxa_tasks.measures import ALL_METRICS
from neuronxa_tasks.report.identity import model_of
from neuronxa_tasks.report.values import UNKNOWN, Alignment, ResultsFile, Score

_ALIGNMENT_TASK = re.compile(r"neuronxa_(flores|tatoeba|miniature)_([a-z]{3}(?:_[A-Z][a-z]{3})?)")
_REPRESENTATIONS = {
    name: {
        "measure": metric.measure,
        "activation": metric.representation.activation or "",
        "pooling": metric.representation.pooling,
    }
    for name, metric in ALL_METRICS.items()
}


def parse_results(content: Any, path: str) -> ResultsFile:
    """The scores of a results file's content.

    Args:
        content: The JSON object that the harness wrote, or would write.
        path: Where it came from.

    Raises:
        ReportError: It is not a results file of the harness, or names no model.
    """
    if not isinstance(content, Mapping) or not {"results", "configs"} <= content.keys():
        raise ReportError(
            "not a results file of lm_eval, which has `results` and `configs`; "
            "other figures can be joined by --scores"
        )
    for key in ("results", "configs", "config", "n-shot", "n-samples"):
        if not isinstance(table := content.get(key, {}), Mapping | None):
            raise ReportError(f"damaged: `{key}` is {type(table).__name__}, not a table")
    if not isinstance(content.get("date") or 0.0, int | float):
        raise ReportError(f"damaged: `date` is {content['date']!r}, not a number of seconds")
    results, configs = content["results"] or {}, content["configs"] or {}
    alignments: list[Alignment] = []
    scores: list[Score] = []
    problems: list[str] = []
    for task, values in results.items():
        alignment_task = _ALIGNMENT_TASK.fullmatch(task)
        benchmark = benchmark_of_task(task)
        try:
            if alignment_task:
                corpus, code = alignment_task.groups()
                record = _record(configs.get(task))
                # As lists, so that what came before a damaged entry is left out with it.
                alignments += list(_alignments(corpus, code, values, record))
            elif benchmark:
                scores += list(_scores(content, task, *benchmark, values))
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            problems.append(f"{path}: the entry of {task} is damaged and left out: {error}")
    both: list[Alignment | Score] = [*alignments, *scores]
    problems += [
        f"{path}: {row.metric} of {row.language} is no number and left out"
        for row in both
        if math.isnan(row.value)
    ]
    return ResultsFile(
        path=path,
        date=float(content.get("date") or 0),
        model=model_of(content),
        alignments=tuple(row for row in alignments if not math.isnan(row.value)),
        scores=tuple(row for row in scores if not math.isnan(row.value)),
        settings=_settings(content),
        skipped=tuple((t, TASKS_WITHOUT_FLORES[t]) for t in results if t in TASKS_WITHOUT_FLORES),
        problems=tuple(problems),
    )


def _record(config: Any) -> Mapping[str, Any]:
    record = config["metadata"].get("neuronxa", {}) if config and config.get("metadata") else {}
    return dict(record)


def _number(value: Any) -> float:
    # The harness writes "N/A" where it has no value.
    finite = isinstance(value, int | float) and math.isfinite(value)
    return float(value) if finite else math.nan


def _alignments(
    corpus: str, code: str, values: Mapping[str, Any], record: Mapping[str, Any]
) -> Iterator[Alignment]:
    condition = _condition(corpus, record)
    tokens = record.get("tokens", {})
    pivot, own = (sum(tokens.get(side, ())) for side in ("pivot", "language"))
    for key, given in values.items():
        name, _, filter_name = key.partition(",")
        if name not in _REPRESENTATIONS:
            continue
        kept = record.get("metrics", {}).get(name, {})
        stderr = _number(values.get(f"{name}_stderr,{filter_name}"))
        layer_scores = tuple(float(score) for score in kept.get("layer_scores", ()))
        aligned = np.asarray(kept.get("aligned_layers", ()), dtype=np.float64)
        shares = aligned / max(1, len(layer_scores))
        yield Alignment(
            corpus=corpus,
            language=resolve_language(code) or code,
            metric=name,
            condition=condition,
            # Under --limit the results are of fewer pairs than the record.
            value=_number(kept.get("score", given)),
            stderr=_standard_error(shares) if len(shares) else stderr,
            first_layer=int(kept.get("first_layer", 1)),
            layer_scores=layer_scores,
            shares=shares,
            tokens=own / pivot if pivot else math.nan,
            digest=record.get("sha256", {}).get("language", UNKNOWN),
            **_REPRESENTATIONS[name],
        )


def _standard_error(shares: npt.NDArray[np.float64]) -> float:
    n = len(shares)
    if n < 2:
        return math.nan
    deviations = shares - shares.sum() / n
    return math.sqrt(float(deviations @ deviations) / (n - 1) / n)


def _condition(corpus: str, record: Mapping[str, Any]) -> tuple[Any, ...]:
    digest = record.get("sha256", {}).get("pivot")
    if corpus == "tatoeba" and (source := record.get("source")):
        # Every language has an English side of its own here: the source stands for them.
        digest = f"{source['dataset']}@{source['revision']}"
    pivot, n_pairs, bos, version = (
        UNKNOWN if record.get(key) is None else record[key]
        for key in ("pivot", "n_pairs", "bos", "score_version")
    )
    condition = (corpus, pivot, n_pairs, bos, digest or UNKNOWN, version)
    # A list, where a word or a number belongs, could be compared with nothing.
    hash(condition)
    return condition


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
    heading = f"{benchmark.label} ({', '.join(notes)})" if notes else benchmark.label
    for key, value in values.items():
        metric, _, filter_name = key.partition(",")
        if metric in benchmark.metrics:
            yield Score(
                benchmark=benchmark.name,
                heading=heading if metric == benchmark.metrics[0] else f"{heading} {metric}",
                metric=metric,
                language=language,
                value=_number(value),
                stderr=_number(values.get(f"{metric}_stderr,{filter_name}")),
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
