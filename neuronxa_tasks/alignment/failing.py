"""Which pairs fail in the layer in which most are aligned, and what they are taken for."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor

from neuronxa_tasks.alignment.cosine import pair_similarities
from neuronxa_tasks.alignment.retrieval import best_layer
from neuronxa_tasks.alignment.weak import best_wrong, weak_alignment

Side = Literal["pivot", "language"]


@dataclass(frozen=True)
class BestLayer:
    """The layer in which most of n pairs are aligned, the first of several.

    Attributes:
        position: Which of the L layers.
        aligned: Whether each pair is weakly aligned, in every layer, shape `(L, n)`, bool.
        similarity: Cosines in the best layer, shape `(n, n)`, rows the pivot's sentences.
        pivot: States of the pivot's sentences in the best layer, shape `(n, d)`.
        language: Likewise of the language's.
    """

    position: int
    aligned: Tensor
    similarity: Tensor
    pivot: Tensor
    language: Tensor

    @property
    def aligned_here(self) -> Tensor:
        """Whether each pair is weakly aligned in the best layer, shape `(n,)`, bool."""
        return self.aligned[self.position]

    @property
    def share(self) -> float:
        """Share of pairs that are aligned in the best layer."""
        return float(self.aligned_here.double().mean())


def best_alignment(
    pivot: Sequence[Tensor], language: Sequence[Tensor], pivot_rows: Tensor, language_rows: Tensor
) -> BestLayer:
    """Find the layer in which most pairs are weakly aligned (equation 4 of the paper).

    Args:
        pivot: One tensor of shape `(m, d)` per layer, the pivot's distinct sentences.
        language: Likewise for the language, its own m.
        pivot_rows: Row of each of the n pairs in `pivot`, shape `(n,)`.
        language_rows: Row of each pair in `language`, shape `(n,)`.

    Example:
        >>> pairs, same = torch.tensor([0, 1]), torch.eye(2)
        >>> found = best_alignment([torch.ones(2, 2), same], [same, same], pairs, pairs)
        >>> found.position, found.share
        (1, 1.0)
    """
    aligned = torch.stack(
        [
            weak_alignment(pair_similarities(x, y, pivot_rows, language_rows))
            for x, y in zip(pivot, language, strict=True)
        ]
    )
    position = best_layer(aligned)
    x, y = pivot[position], language[position]
    return BestLayer(
        position=position,
        aligned=aligned,
        similarity=pair_similarities(x, y, pivot_rows, language_rows),
        pivot=x.cpu()[pivot_rows],
        language=y.cpu()[language_rows],
    )


@dataclass(frozen=True)
class FailingPair:
    """A pair that is not weakly aligned in the best layer.

    Attributes:
        pair: Its number, from 0.
        aligned_layers: In how many layers it is aligned all the same.
        margin: Its cosine minus that of its nearest wrong neighbour, to six digits; zero is a
            tie, None where a vector is zero and has no cosine.
        neighbour: Number of the pair to which that neighbour belongs; None likewise.
        side: Where the neighbour stands: `language` where the pivot's sentence is nearest to a
            wrong translation, `pivot` where the translation is nearest to a wrong sentence of
            the pivot.
    """

    pair: int
    aligned_layers: int
    margin: float | None
    neighbour: int | None
    side: Side


def failing_pairs(best: BestLayer) -> list[FailingPair]:
    """The pairs that fail in the best layer, the lowest margin first.

    Each is listed with its nearest wrong neighbour, of whichever side is nearer.
    """
    similarity = best.similarity
    wrong, nearest = best_wrong(similarity).max(dim=1)
    margins = (similarity.diagonal() - wrong).tolist()
    layers = best.aligned.sum(dim=0)
    failing = []
    for pair in (~best.aligned_here).nonzero().flatten().tolist():
        neighbour = int(nearest[pair])
        in_language = bool(similarity[pair, neighbour] >= similarity[neighbour, pair])
        known = math.isfinite(margins[pair])
        failing.append(
            FailingPair(
                pair=pair,
                aligned_layers=int(layers[pair]),
                # Cosines are float32, whose seventh digit is noise.
                margin=round(margins[pair], 6) if known else None,
                neighbour=neighbour if known else None,
                side="language" if in_language else "pivot",
            )
        )
    return sorted(failing, key=lambda row: -math.inf if row.margin is None else row.margin)
