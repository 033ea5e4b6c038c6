"""Cosine similarity between the sentences of two languages."""

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
        >>> import torch
        >>> cosine_similarity(torch.tensor([[1.0, 0.0]]), torch.tensor([[2.0, 0.0], [0.0, 3.0]]))
        tensor([[1., 0.]])
    """
    x = x / x.norm(dim=1, keepdim=True)
    y = y / y.norm(dim=1, keepdim=True)
    return x @ y.T
