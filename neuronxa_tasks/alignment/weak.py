"""Weak alignment: pairs that are each other's nearest neighbours (equation 4 of the paper)."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial

import torch
from torch import Tensor

from neuronxa_tasks.alignment.corrections import UNCORRECTED, Correction, layers_of_pairs
from neuronxa_tasks.alignment.maxima import mutual_matches
from neuronxa_tasks.alignment.permutation import permutation_p

# Fewer pairs than one has are scored too, to show how a score depends on their number.
PAIR_COUNTS = (10, 20, 50, 100, 200, 500, 1000)


def weak_alignment(similarity: Tensor) -> Tensor:
    r"""Which pairs are weakly aligned.

    Pair i is aligned where $c_{ii} > c_{ij}$ and $c_{ii} > c_{ji}$ for every $j \ne i$.
    A tie is a miss, and so is a comparison with NaN.

    Args:
        similarity: Similarities of n pairs, shape `(..., n, n)`, rows the pivot's sentences
            and columns the language's, n at least 2.

    Returns:
        Booleans of shape `(..., n)`.

    Example:
        >>> weak_alignment(torch.tensor([[0.9, 0.1, 0.2], [0.3, 0.8, 0.8], [0.1, 0.2, 0.7]]))
        tensor([ True, False, False])
    """
    return mutual_matches(similarity).diagonal(dim1=-2, dim2=-1)


def best_wrong(similarity: Tensor) -> Tensor:
    """The similarity of every pair to each wrong candidate, of either side, whichever is higher.

    Args:
        similarity: As for `weak_alignment`, shape `(..., n, n)`.

    Returns:
        Shape `(..., n, n)`: row i holds the larger of $c_{ij}$ and $c_{ji}$, minus infinity
        where j is i.
    """
    n = similarity.shape[-1]
    itself = torch.eye(n, dtype=torch.bool, device=similarity.device)
    either = torch.maximum(similarity, similarity.transpose(-2, -1))
    return either.masked_fill(itself, -torch.inf)


@dataclass(frozen=True)
class Alignment:
    """How n pairs are aligned in each of L layers.

    Attributes:
        aligned: Whether each pair is weakly aligned in each layer, shape `(L, n)`, bool.
        matches: In how many layers each two sentences are each other's nearest neighbours, shape
            `(n, n)`, int32.
        mutual_neighbours: How many of the $n^2$ pairs of two sentences, true or not, are that in
            each layer, shape `(L,)`, int64. Chance aligns their number over $n^2$; where hubs
            are near to everything they are few.
        similarity: Mean over layers of the similarities, shape `(n, n)`.
        by_pairs: The mean over layers that the first m pairs have without the others, by m: n
            and whatever of 10, 20, 50, 100, 200, 500 and 1000 is below it.
    """

    aligned: Tensor
    matches: Tensor
    mutual_neighbours: Tensor
    similarity: Tensor
    by_pairs: Mapping[int, float]

    @property
    def layer_scores(self) -> Tensor:
        """Share of aligned pairs in each layer, shape `(L,)`, float64."""
        return self.aligned.double().mean(dim=1)

    @property
    def aligned_layers(self) -> Tensor:
        """In how many layers each pair is aligned, shape `(n,)`, int64."""
        return self.aligned.sum(dim=0)

    @cached_property
    def margin(self) -> Tensor:
        """Similarity of each pair minus that of its nearest wrong neighbour, shape `(n,)`."""
        return self.similarity.diagonal() - self._nearest_wrong[0]

    @property
    def nearest(self) -> Tensor:
        """Which pair that neighbour belongs to, shape `(n,)`, int64."""
        return self._nearest_wrong[1]

    @cached_property
    def permutation_p(self) -> float:
        """How likely so high a mean over layers is by chance (`permutation_p`)."""
        return permutation_p(self.matches)

    @cached_property
    def _nearest_wrong(self) -> tuple[Tensor, Tensor]:
        wrong, nearest = best_wrong(self.similarity).max(dim=-1)
        return wrong, nearest


def align(
    pivot: Sequence[Tensor], language: Sequence[Tensor], pivot_rows: Tensor, language_rows: Tensor
) -> Alignment:
    """Weak alignment of sentence pairs in every layer, by the paper's definition.

    Args:
        pivot: One tensor of shape `(m, d)` per layer, the pivot's distinct sentences.
        language: Likewise for the language, its own m.
        pivot_rows: Row of each of the n pairs in `pivot`, shape `(n,)`.
        language_rows: Row of each pair in `language`, shape `(n,)`.
    """
    sides = pivot, language, pivot_rows, language_rows
    return align_corrected(*sides, [UNCORRECTED])[UNCORRECTED]


def align_corrected(
    pivot: Sequence[Tensor],
    language: Sequence[Tensor],
    pivot_rows: Tensor,
    language_rows: Tensor,
    corrections: Sequence[Correction],
) -> dict[Correction, Alignment]:
    """Weak alignment under several corrections, by one pass over the layers.

    Args:
        pivot: As for `align`, and so are the others.
        language: Sentences compared with the pivot's.
        pivot_rows: Rows of the pairs in `pivot`.
        language_rows: Rows of the pairs in `language`.
        corrections: How similarities are corrected.
    """
    sums = {correction: _Sums(len(pivot_rows)) for correction in corrections}
    for layer in layers_of_pairs(pivot, language, pivot_rows, language_rows):
        for correction, own in sums.items():
            own.add(partial(layer.similarity, correction))
    return {correction: own.alignment() for correction, own in sums.items()}


class _Sums:
    """What is kept of the layers of n pairs."""

    def __init__(self, n: int) -> None:
        self._n = n
        self._aligned: list[Tensor] = []
        self._mutual_neighbours: list[Tensor] = []
        self._of_first: dict[int, int] = {m: 0 for m in PAIR_COUNTS if m < n}
        self._matches = torch.zeros(n, n, dtype=torch.int32)
        self._total = torch.zeros(n, n)

    def add(self, similarity_of_first: Callable[[int], Tensor]) -> None:
        similarity = similarity_of_first(self._n)
        match = mutual_matches(similarity)
        self._aligned.append(match.diagonal())
        self._mutual_neighbours.append(match.sum())
        for m in self._of_first:
            self._of_first[m] += int(weak_alignment(similarity_of_first(m)).sum())
        self._matches += match
        self._total += similarity

    def alignment(self) -> Alignment:
        layers = len(self._aligned)
        counts = {**self._of_first, self._n: int(self._matches.diagonal().sum())}
        return Alignment(
            aligned=torch.stack(self._aligned),
            matches=self._matches,
            mutual_neighbours=torch.stack(self._mutual_neighbours),
            similarity=self._total / layers,
            by_pairs={m: count / (m * layers) for m, count in counts.items()},
        )
