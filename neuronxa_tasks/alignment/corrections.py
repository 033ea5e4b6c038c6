"""Corrections of the cosine: what all sentences of a side have in common, and hubs among them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from torch import Tensor

from neuronxa_tasks.alignment.centring import centred_sentences
from neuronxa_tasks.alignment.cosine import pair_similarities


@dataclass(frozen=True)
class Correction:
    """What is done to states and cosines before sentences are compared.

    Attributes:
        centred: Whether the mean over the sentences of its own side is subtracted from each
            state.
        neighbours: How many nearest neighbours CSLS looks at; None for plain cosines.
    """

    centred: bool = False
    neighbours: int | None = None


UNCORRECTED = Correction()


def csls(similarity: Tensor, k: int) -> Tensor:
    r"""Cross-domain similarity local scaling (Conneau et al., ICLR 2018, section 2.3).

    $\mathrm{csls}_{ij} = 2 c_{ij} - r_i - r_j$, where $r_i$ is the mean cosine of the pivot's
    sentence i to its k nearest of the language, and $r_j$ that of the language's sentence j to
    its k nearest of the pivot: a hub, which is near to everything, is near to nothing.

    Args:
        similarity: Cosines of n pairs, shape `(n, n)`, rows the pivot's sentences and columns
            the language's.
        k: How many neighbours, all n where there are fewer.

    Returns:
        Shape `(n, n)`; NaN wherever a neighbour's cosine is.

    Example:
        >>> import torch
        >>> csls(torch.tensor([[0.5, 0.0], [0.5, 0.25]]), k=1)
        tensor([[ 0.0000, -0.7500],
                [ 0.0000, -0.2500]])
    """
    k = min(k, len(similarity))
    of_rows = similarity.topk(k, dim=1).values.mean(dim=1, keepdim=True)
    of_columns = similarity.topk(k, dim=0).values.mean(dim=0, keepdim=True)
    return 2 * similarity - of_rows - of_columns


class LayerPairs:
    """The sentences of n pairs in one layer, compared under any correction.

    Args:
        x: The pivot's distinct sentences, shape `(m, d)`.
        y: The language's, likewise, its own m.
        x_rows: Row of each of the n pairs in `x`, shape `(n,)`.
        y_rows: Row of each pair in `y`, shape `(n,)`.
    """

    def __init__(self, x: Tensor, y: Tensor, x_rows: Tensor, y_rows: Tensor) -> None:
        self._x, self._y = x, y
        self._x_rows, self._y_rows = x_rows, y_rows
        self._centred: dict[int, Tensor] = {}

    def similarity(self, correction: Correction, first: int) -> Tensor:
        """Similarities of the first pairs as they are without the others.

        Args:
            correction: How they are corrected.
            first: How many pairs.

        Returns:
            Shape `(first, first)`, on the CPU: rows the pivot's sentences, columns the language's.
        """
        if correction.centred:
            cosines = self._centred_cosines(first)
        else:
            cosines = self._cosines[:first, :first]
        return cosines if correction.neighbours is None else csls(cosines, correction.neighbours)

    @cached_property
    def _cosines(self) -> Tensor:
        return pair_similarities(self._x, self._y, self._x_rows, self._y_rows)

    def _centred_cosines(self, first: int) -> Tensor:
        if first not in self._centred:
            x, x_rows = centred_sentences(self._x, self._x_rows[:first])
            y, y_rows = centred_sentences(self._y, self._y_rows[:first])
            self._centred[first] = pair_similarities(x, y, x_rows, y_rows)
        return self._centred[first]


def layers_of_pairs(
    pivot: Sequence[Tensor], language: Sequence[Tensor], pivot_rows: Tensor, language_rows: Tensor
) -> Iterator[LayerPairs]:
    """The sentences of n pairs, layer by layer.

    Args:
        pivot: One tensor of shape `(m, d)` per layer, the pivot's distinct sentences.
        language: Likewise for the language, its own m.
        pivot_rows: Row of each of the n pairs in `pivot`, shape `(n,)`.
        language_rows: Row of each pair in `language`, shape `(n,)`.
    """
    for x, y in zip(pivot, language, strict=True):
        yield LayerPairs(x, y, pivot_rows, language_rows)
