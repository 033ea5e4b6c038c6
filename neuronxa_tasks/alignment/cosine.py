"""Cosine similarity between the sentences of two languages."""

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


def pair_similarities(x: Tensor, y: Tensor, x_rows: Tensor, y_rows: Tensor) -> Tensor:
    """Cosine of the sentences of n pairs with each other, in one layer.

    Args:
        x: The pivot's distinct sentences, shape `(m, d)`.
        y: The language's, likewise, its own m.
        x_rows: Row of each of the n pairs in `x`, shape `(n,)`.
        y_rows: Row of each pair in `y`, shape `(n,)`.

    Returns:
        Shape `(n, n)`, on the CPU: rows the pivot's sentences, columns the language's.
    """
    # Copies of a sentence take one cosine, so that they tie exactly.
    return cosine_similarity(x, y).cpu()[x_rows][:, y_rows]
