"""Every metric of one language from its sentence states and the pivot's."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import torch
from torch import Tensor

from neuronxa_tasks.alignment import (
    Alignment,
    Correction,
    align_corrected,
    anc,
    best_layer,
    cka,
    debiased_cka,
    retrieve_corrected,
    sads,
    svcca,
)
from neuronxa_tasks.harness.settings import Settings
from neuronxa_tasks.measures import ABSOLUTE, Family, Metric, Representation
from neuronxa_tasks.states import SentenceStates


@dataclass(frozen=True)
class Hits:
    """Which sentences are found in one direction.

    Attributes:
        found: Whether each of n pairs is found in each of L layers, shape `(L, n)`, bool.
        best: Place of the layer in which most are.
    """

    found: Tensor
    best: int

    @property
    def layer_scores(self) -> Tensor:
        """Share of sentences found in each layer, shape `(L,)`, float64."""
        return self.found.double().mean(dim=1)


@dataclass(frozen=True)
class Similarity:
    """What a baseline says of the language as a whole.

    Attributes:
        layer_scores: Shape `(L,)`, float64.
    """

    layer_scores: Tensor


Outcome = Alignment | Hits | Similarity


def score(
    metrics: Sequence[Metric],
    settings: Settings,
    pivot: SentenceStates,
    language: SentenceStates,
) -> dict[Metric, Outcome]:
    """The outcome of every metric.

    Args:
        metrics: What to measure.
        settings: The baselines' parameters.
        pivot: States of the n pivot sentences.
        language: States of the n sentences compared with them.
    """
    outcomes: dict[Metric, Outcome] = {}
    for metric in metrics:
        if metric.family == "baseline":
            outcomes[metric] = _similarity(_function(metric, settings), metric, pivot, language)
    by_states: dict[Representation, list[Metric]] = {}
    for metric in metrics:
        if metric.family != "baseline":
            by_states.setdefault(metric.representation, []).append(metric)
    for own in by_states.values():
        sides = _sides(own[0], pivot, language)
        alignments = align_corrected(*sides, _corrections(own, "alignment"))
        retrievals = retrieve_corrected(*sides, _corrections(own, "retrieval"))
        for metric in own:
            if metric.family == "alignment":
                outcomes[metric] = alignments[_correction(metric)]
            else:
                found: Tensor = getattr(retrievals[_correction(metric)], metric.measure)
                outcomes[metric] = Hits(found, best_layer(found))
    return {metric: outcomes[metric] for metric in metrics}


def _corrections(metrics: Sequence[Metric], family: Family) -> list[Correction]:
    """The different corrections of the metrics of a family."""
    return [*dict.fromkeys(_correction(m) for m in metrics if m.family == family)]


def _correction(metric: Metric) -> Correction:
    return Correction(metric.correction.startswith("centred"), metric.csls_k)


def _sides(
    metric: Metric, pivot: SentenceStates, language: SentenceStates
) -> tuple[Sequence[Tensor], Sequence[Tensor], Tensor, Tensor]:
    representation = metric.representation
    return (
        pivot.layers[representation],
        language.layers[representation],
        pivot.rows,
        language.rows,
    )


def _similarity(
    function: Callable[[Tensor, Tensor], float],
    metric: Metric,
    pivot: SentenceStates,
    language: SentenceStates,
) -> Similarity:
    pivot_layers, layers, pivot_rows, rows = _sides(metric, pivot, language)
    # In float64, which not every device has, and small beside a forward pass.
    return Similarity(
        torch.tensor(
            [
                function(x.cpu()[pivot_rows], y.cpu()[rows])
                for x, y in zip(pivot_layers, layers, strict=True)
            ],
            dtype=torch.float64,
        )
    )


def _function(metric: Metric, settings: Settings) -> Callable[[Tensor, Tensor], float]:
    functions: dict[str, Callable[[Tensor, Tensor], float]] = {
        "cka": cka,
        "cka_debiased": debiased_cka,
        "svcca": partial(svcca, k=settings.svcca_k, variance=settings.svcca_variance),
        "anc": partial(anc, absolute=settings.anc == ABSOLUTE),
        "sads": sads,
    }
    return functions[metric.measure]
