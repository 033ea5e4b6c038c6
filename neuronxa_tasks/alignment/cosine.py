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
