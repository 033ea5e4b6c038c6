"""Weak alignment: pairs that are each other's nearest neighbours (equation 4 of the paper)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import torch
from torch import Tensor

from neuronxa_tasks.alignment.cosine import layer_similarities
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
        similarity: Mean over layers of the similarities, shape `(n, n)`.
        by_pairs: The mean over layers that the first m pairs have without the others, by m: n
            and whatever of 10, 20, 50, 100, 200, 500 and 1000 is below it.
    """

    aligned: Tensor
    matches: Tensor
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
    """Weak alignment of sentence pairs in every layer.

    Args:
        pivot: One tensor of shape `(m, d)` per layer, the pivot's distinct sentences.
        language: Likewise for the language, its own m.
        pivot_rows: Row of each of the n pairs in `pivot`, shape `(n,)`.
        language_rows: Row of each pair in `language`, shape `(n,)`.
    """
    n = len(pivot_rows)
    aligned = []
    of_first: dict[int, int] = {m: 0 for m in PAIR_COUNTS if m < n}
    matches = torch.zeros(n, n, dtype=torch.int32)
    total = torch.zeros(n, n)
    for similarity in layer_similarities(pivot, language, pivot_rows, language_rows):
        match = mutual_matches(similarity)
        aligned.append(match.diagonal())
        for m in of_first:
            of_first[m] += int(weak_alignment(similarity[:m, :m]).sum())
        matches += match
        total += similarity
    of_first[n] = int(matches.diagonal().sum())
    return Alignment(
        aligned=torch.stack(aligned),
        matches=matches,
        similarity=total / len(aligned),
        by_pairs={m: count / (m * len(aligned)) for m, count in of_first.items()},
    )
