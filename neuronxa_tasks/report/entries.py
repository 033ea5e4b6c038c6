"""Take the scores of one language out of its entry in a results file and the record beside it."""

import functools
import math
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from neuronxa_tasks.benchmarks import resolve_language
from neuronxa_tasks.measures import (
    DEFAULT_ACTIVATION,
    DEFAULT_POOLING,
    Representation,
    metric_named,
)
from neuronxa_tasks.report.values import UNKNOWN, Alignment


def alignments(
    corpus: str, code: str, values: Mapping[str, Any], config: Any, *, retrieval: bool
) -> Iterator[Alignment]:
    """The alignment scores and baselines of a task, or its retrieval scores.

    Args:
        corpus: Of the task.
        code: Its language, as the corpus has it.
        values: Its entry among the results.
        config: Its entry among the configurations, or None.
        retrieval: Which of the two.

    Raises:
        AttributeError: A damaged entry, as are KeyError, TypeError and ValueError.
    """
    record = _record(config)
    condition = _condition(corpus, record)
    tokens = record.get("tokens", {})
    pivot, own = (sum(tokens.get(side, ())) for side in ("pivot", "language"))
    for key, given in values.items():
        name, _, filter_name = key.partition(",")
        described = _described(name)
        if described is None or (described["family"] == "retrieval") != retrieval:
            continue
        kept = record.get("metrics", {}).get(name, {})
        stderr = number(values.get(f"{name}_stderr,{filter_name}"))
        layer_scores = tuple(
            math.nan if score is None else float(score) for score in kept.get("layer_scores", ())
        )
        shares = np.asarray(kept.get("outcomes", ()), dtype=np.float64)
        if not retrieval:
            aligned = np.asarray(kept.get("aligned_layers", ()), dtype=np.float64)
            shares = aligned / max(1, len(layer_scores))
        yield Alignment(
            corpus=corpus,
            language=resolve_language(code) or code,
            metric=name,
            measure=described["measure"],
            activation=described["activation"],
            pooling=described["pooling"],
            condition=condition,
            # Under --limit the results are of fewer pairs than the record.
            value=number(kept.get("score", given)),
            stderr=_standard_error(shares) if len(shares) else stderr,
            first_layer=int(kept.get("first_layer", 1)),
            layer_scores=layer_scores,
            shares=shares,
            tokens=own / pivot if pivot else math.nan,
            digest=record.get("sha256", {}).get("language", UNKNOWN),
            permutation_p=number(kept.get("permutation_p")),
            by_pairs={int(m): float(score) for m, score in kept.get("by_pairs", {}).items()},
            best_layer=int(kept["best_layer"]) if "best_layer" in kept else None,
        )


def number(value: Any) -> float:
    """A finite number, or NaN: the harness writes "N/A" where it has no value."""
    finite = isinstance(value, int | float) and math.isfinite(value)
    return float(value) if finite else math.nan


@functools.cache
def _described(name: str) -> dict[str, str] | None:
    """What a metric's name says, or None of what is no metric of ours."""
    metric = metric_named(name)
    if metric is None:
        return None
    kind, pooling, activation = vars(metric.representation).values()
    plain = Representation(kind, DEFAULT_POOLING, DEFAULT_ACTIVATION[kind])
    return {
        "family": metric.family,
        "measure": replace(metric, representation=plain).name,
        "activation": activation or "",
        "pooling": pooling,
    }


def _record(config: Any) -> Mapping[str, Any]:
    record = config["metadata"].get("neuronxa", {}) if config and config.get("metadata") else {}
    return dict(record)


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
