"""Semantic alignment of paired sentences by their cosines (Zeng et al., 2025)."""

from torch import Tensor

from neuronxa_tasks.alignment.cosine import cosine_similarity


def sads(x: Tensor, y: Tensor) -> float:
    """Mean cosine of the pairs minus that of all other sentences across the two languages.

    Args:
        x: The pivot's n sentences, shape `(n, d)`, n at least 2.
        y: Their translations, likewise.

    Returns:
        In [-2, 2]; 0 where all sentences of a side are equal, NaN where one is zero.

    Example:
        >>> import torch
        >>> sads(torch.eye(3), torch.eye(3))
        1.0
    """
    n = len(x)
    cosines = cosine_similarity(x.double(), y.double())
    pairs = cosines.trace()
    return float(pairs / n - (cosines.sum() - pairs) / (n * (n - 1)))
