"""Cosine similarity between the sentences of two languages."""

from collections.abc import Iterator, Sequence

import torch
from torch import Tensor


def cosine_similarity(x: Tensor, y: Tensor) -> Tensor:
    r"""Cosine of every vector of one set with every vector of another.

    $c_{ij} = x_i \cdot y_j / (\lVert x_i \rVert \lVert y_j \rVert)$

    Args:
        x: Vectors of shape `(n, d)`, float32 or float64.
        y: Vectors of shape `(m, d)`, likewise.

    Returns:
        Shape `(n, m)`. NaN wherever a vector is zero.

    Example:
        >>> cosine_similarity(torch.tensor([[1.0, 0.0]]), torch.tensor([[2.0, 0.0], [0.0, 3.0]]))
        tensor([[1., 0.]])
    """
    # Dividing the n x m products spares two copies of vectors that are far longer than n and m.
    return (x @ y.T).div_(torch.outer(x.norm(dim=1), y.norm(dim=1)))


def layer_similarities(
    pivot: Sequence[Tensor], language: Sequence[Tensor], pivot_rows: Tensor, language_rows: Tensor
) -> Iterator[Tensor]:
    """Cosine of the sentences of n pairs with each other, layer by layer.

    Args:
        pivot: One tensor of shape `(m, d)` per layer, the pivot's distinct sentences.
        language: Likewise for the language, its own m.
        pivot_rows: Row of each of the n pairs in `pivot`, shape `(n,)`.
        language_rows: Row of each pair in `language`, shape `(n,)`.

    Yields:
        Shape `(n, n)`, on the CPU: rows the pivot's sentences, columns the language's.
    """
    # Copies of a sentence take one cosine, so that they tie exactly.
    for x, y in zip(pivot, language, strict=True):
        yield cosine_similarity(x, y).cpu()[pivot_rows][:, language_rows]
