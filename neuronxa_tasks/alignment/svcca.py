"""Singular vector canonical correlation analysis of paired sentences (Raghu et al., 2017)."""

import torch
from torch import Tensor

from neuronxa_tasks.alignment.centring import centred_gram


def svcca(x: Tensor, y: Tensor, k: int = 20, variance: float | None = None) -> float:
    """Mean canonical correlation between the leading directions of two languages.

    Each side is centred and keeps its k directions of highest variance, all of them where it has
    fewer; the correlations are as many as the smaller side keeps. The more directions, the
    higher the mean of independent sentences: at n = 100 about 0.4 with k = 20, and 0.99 with
    `variance=0.99`.

    Args:
        x: The pivot's n sentences, shape `(n, d)`.
        y: Their translations, likewise; d may differ.
        k: How many directions, below n.
        variance: Keep the fewest directions with this share of the variance instead of k.

    Returns:
        In [0, 1]; NaN where all sentences of a side are equal.

    Raises:
        ValueError: k is not below n, where any two languages correlate perfectly.

    Example:
        >>> x = torch.tensor([[1.0, 0.0], [0.0, 1.0], [3.0, 1.0], [2.0, 2.0]])
        >>> round(svcca(x, x @ torch.tensor([[2.0, 1.0], [0.0, 3.0]]), k=2), 6)
        1.0
    """
    n = len(x)
    if variance is None and k >= n:
        raise ValueError(f"Expected `k` to be below the number of sentences, but got {k} of {n}")
    of_x, of_y = (_leading(centred_gram(side), k, variance) for side in (x, y))
    # Canonical correlations are the cosines between the two subspaces.
    return float(torch.linalg.svdvals(of_x.T @ of_y).mean())


def _leading(gram: Tensor, k: int, variance: float | None) -> Tensor:
    """Scores of the sentences in the directions kept, orthonormal, shape `(n, kept)`."""
    ascending = torch.linalg.eigh(gram)
    variances, scores = ascending.eigenvalues.flip(0), ascending.eigenvectors.flip(1)
    noise = variances[0] * len(gram) * torch.finfo(gram.dtype).eps
    rank = int((variances > noise).sum())
    if variance is not None:
        shares = variances.cumsum(0) / variances.sum()
        k = 1 + int((shares < variance).sum())
    leading: Tensor = scores[:, : min(k, rank)]
    return leading
