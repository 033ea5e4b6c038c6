"""Take the scores of one language out of its entry in a results file and the record beside it."""

import functools
import math
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt
from pydantic import TypeAdapter

from neuronxa_tasks.data.codes import resolve_language
from neuronxa_tasks.data.corpora import has_own_english_sides
from neuronxa_tasks.measures import (
    DEFAULT_ACTIVATION,
    DEFAULT_POOLING,
    Metric,
    Representation,
    metric_named,
)
from neuronxa_tasks.report.read.records import record_of
from neuronxa_tasks.report.read.scores import UNKNOWN, Alignment, Condition, Unknown
from neuronxa_tasks.results.fields import Code
from neuronxa_tasks.results.ranges import POSITIVE, outside, range_of_metric
from neuronxa_tasks.results.record import LanguageRecord, MetricEntry
from neuronxa_tasks.results.validation import shown

_T = TypeVar("_T")

_CODE: TypeAdapter[str] = TypeAdapter(Code)


def alignments(
    corpus: str, code: str, values: Mapping[str, Any], config: Any, *, retrieval: bool
) -> Iterator[Alignment]:
    """The alignment scores and baselines of a task, or its retrieval scores.

    Args:
        corpus: Name of the task's corpus.
        code: The task's language, in the corpus's own code.
        values: Its entry among the results.
        config: Its entry among the configurations, or None.
        retrieval: Whether to read the retrieval scores, or else all others.

    Raises:
        ValueError: A field does not fit; pydantic's own error is one.
    """
    record = record_of(config, LanguageRecord)
    condition = _condition(corpus, record)
    pivot, own = sum(record.tokens.pivot), sum(record.tokens.language)
    language = resolve_language(code) or _CODE.validate_python(code)
    for key in values:
        name, _, filter_name = key.partition(",")
        metric = metric_named(name)
        if metric is None or (metric.family == "retrieval") != retrieval:
            continue
        kept = record.metrics.get(name, MetricEntry())
        shares = _shares(metric, kept)
        if "score" in kept.model_fields_set:
            # Under --limit the results are of fewer pairs than the record.
            value = math.nan if kept.score is None else kept.score
        else:
            value = measured(values, key, range_of_metric(metric))
        yield Alignment(
            language=language,
            metric=name,
            measure=_measure(metric),
            activation=metric.representation.activation or "",
            pooling=metric.representation.pooling,
            condition=condition,
            value=value,
            stderr=(
                _standard_error(shares)
                if len(shares)
                else measured(values, f"{name}_stderr,{filter_name}", POSITIVE)
            ),
            layers=kept.layer_numbers(metric.representation.first_layer),
            layer_scores=tuple(math.nan if s is None else s for s in kept.layer_scores),
            shares=shares,
            tokens=own / pivot if pivot else math.nan,
            digest=record.sha256.language or UNKNOWN,
            articles=tuple(record.articles),
            surface=record.surface.score if record.surface else math.nan,
            mutual_neighbours=tuple(kept.mutual_neighbours),
            permutation_p=math.nan if kept.permutation_p is None else kept.permutation_p,
            by_pairs=kept.by_pairs,
            best_layer=kept.best_layer,
            held_out=math.nan if kept.held_out is None else kept.held_out,
        )


def measured(values: Mapping[str, Any], key: str, ends: tuple[float, float]) -> float:
    """The number of an entry of the results, or NaN: the harness writes "N/A" where it has none.

    Args:
        values: An entry of the results: numbers by metric and filter.
        key: The metric and the filter, joined by a comma.
        ends: The lowest and the highest value that there can be.

    Raises:
        ValueError: It is no number, or one that cannot be.
    """
    given = values.get(key)
    if given is None or given == "N/A" or (isinstance(given, float) and not math.isfinite(given)):
        return math.nan
    if isinstance(given, bool) or not isinstance(given, int | float):
        raise ValueError(f"`{key}` should be a number, but is {shown(given)}")
    if outside(given, ends):
        raise ValueError(
            f"`{key}` should be from {ends[0]:g} to {ends[1]:g}, but is {shown(given)}"
        )
    return float(given)


@functools.cache
def _measure(metric: Metric) -> str:
    """The metric's name without activation and pooling, which have columns of their own."""
    kind = metric.representation.kind
    plain = Representation(kind, DEFAULT_POOLING, DEFAULT_ACTIVATION[kind])
    return replace(metric, representation=plain).name


def _shares(metric: Metric, kept: MetricEntry) -> npt.NDArray[np.float64]:
    if metric.family == "retrieval":
        return np.asarray(kept.outcomes, dtype=np.float64)
    return np.asarray(kept.aligned_layers, dtype=np.float64) / max(1, len(kept.layer_scores))


def _standard_error(shares: npt.NDArray[np.float64]) -> float:
    n = len(shares)
    if n < 2:
        return math.nan
    deviations = shares - shares.sum() / n
    return math.sqrt(float(deviations @ deviations) / (n - 1) / n)


def _condition(corpus: str, record: LanguageRecord) -> Condition:
    digest = record.sha256.pivot
    if has_own_english_sides(corpus) and record.source:
        # The source stands for the English sides of all languages.
        digest = f"{record.source.dataset}@{record.source.revision}"
    return Condition(
        corpus=corpus,
        pivot=_said(record.pivot),
        n_pairs=_said(record.n_pairs),
        bos=_said(record.bos),
        corpus_digest=_said(digest),
        lines=record.lines or "",
        score_version=_said(record.score_version),
    )


def _said(value: _T | None) -> _T | Unknown:
    return UNKNOWN if value is None else value
