"""Retrieval: finding a sentence's translation by its similarity (section 3.1 of the paper)."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from neuronxa_tasks.alignment.corrections import UNCORRECTED, Correction, layers_of_pairs
from neuronxa_tasks.alignment.maxima import strict_maxima


@dataclass(frozen=True)
class Retrieval:
    """Which of n sentences are found among n candidates in each of L layers.

    Attributes:
        forward: Whether each of the pivot's sentences finds its translation, shape `(L, n)`, bool.
        backward: Whether each of the language's finds the pivot's, likewise.
    """

    forward: Tensor
    backward: Tensor

    @property
    def both(self) -> Tensor:
        """Whether the two sentences of each pair find each other, shape `(L, n)`, bool."""
        return self.forward & self.backward


def retrieve(
    pivot: Sequence[Tensor], language: Sequence[Tensor], pivot_rows: Tensor, language_rows: Tensor
) -> Retrieval:
    """Which sentences are nearest to their translations, in every layer and both directions.

    A sentence is found where its cosine is strictly above that of every other candidate. A tie
    is a miss, and so is a comparison with NaN.

    Args:
        pivot: One tensor of shape `(m, d)` per layer, the pivot's distinct sentences.
        language: Likewise for the language, its own m.
        pivot_rows: Row of each of the n pairs in `pivot`, shape `(n,)`.
        language_rows: Row of each pair in `language`, shape `(n,)`.

    Example:
        >>> x = torch.tensor([[1.0, 0.0], [0.0, 1.0]])
        >>> y = torch.tensor([[1.0, 0.0], [0.8, 0.6]])
        >>> retrieval = retrieve([x], [y], torch.arange(2), torch.arange(2))
        >>> retrieval.forward, retrieval.backward
        (tensor([[True, True]]), tensor([[ True, False]]))
    """
    sides = pivot, language, pivot_rows, language_rows
    return retrieve_corrected(*sides, [UNCORRECTED])[UNCORRECTED]


def retrieve_corrected(
    pivot: Sequence[Tensor],
    language: Sequence[Tensor],
    pivot_rows: Tensor,
    language_rows: Tensor,
    corrections: Sequence[Correction],
) -> dict[Correction, Retrieval]:
    """Retrieval under several corrections, by one pass over the layers.

    Args:
        pivot: As for `retrieve`, and so are the others.
        language: Sentences compared with the pivot's.
        pivot_rows: Rows of the pairs in `pivot`.
        language_rows: Rows of the pairs in `language`.
        corrections: How similarities are corrected.
    """
    forward: dict[Correction, list[Tensor]] = {correction: [] for correction in corrections}
    backward: dict[Correction, list[Tensor]] = {correction: [] for correction in corrections}
    for layer in layers_of_pairs(pivot, language, pivot_rows, language_rows):
        for correction in corrections:
            similarity = layer.similarity(correction, len(pivot_rows))
            forward[correction].append(strict_maxima(similarity, dim=-1).diagonal())
            backward[correction].append(strict_maxima(similarity, dim=-2).diagonal())
    return {
        correction: Retrieval(torch.stack(forward[correction]), torch.stack(backward[correction]))
        for correction in corrections
    }


# Halvings of the pairs, whose mean is taken.
HALVINGS = 20


def held_out_share(outcomes: Tensor) -> float:
    """The share of sentences that are found in a layer chosen on other sentences.

    The best layer of all sentences is chosen on those that it is scored on, and so a little too
    good. Here the pairs are halved at random, the layer is chosen on one half and scored on the
    other, both ways; the mean over 20 seeded halvings. Candidates remain all n.

    Args:
        outcomes: As for `best_layer`, n at least 2.

    Example:
        >>> held_out_share(torch.tensor([[True, False], [False, True]]))
        0.0
    """
    n = outcomes.shape[1]
    generator = torch.Generator().manual_seed(0)
    found = 0
    for _ in range(HALVINGS):
        order = torch.randperm(n, generator=generator)
        for chosen, scored in (
            (order[: n // 2], order[n // 2 :]),
            (order[n // 2 :], order[: n // 2]),
        ):
            found += int(outcomes[best_layer(outcomes[:, chosen]), scored].sum())
    return found / (HALVINGS * n)


def best_layer(outcomes: Tensor) -> int:
    """The layer in which most sentences are found, the first of several.

    The paper takes the maximum over layers of retrieval's accuracy (section 3.1): that of
    `outcomes[best_layer(outcomes)]`.

    Args:
        outcomes: One direction of a `Retrieval`, shape `(L, n)`, bool.

    Example:
        >>> best_layer(torch.tensor([[True, False], [True, True], [True, True]]))
        1
    """
    return int(outcomes.sum(dim=1).argmax())
