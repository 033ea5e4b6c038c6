"""Sentence states less their mean over sentences."""

import torch
from torch import Tensor


def centred(x: Tensor) -> Tensor:
    """Every dimension less its mean over sentences.

    Args:
        x: Shape `(n, d)`.

    Returns:
        Shape `(n, d)`, float64; a constant dimension is exactly zero.
    """
    # The mean of equal numbers may be off by a rounding, their difference is not.
    differences = x.double() - x[0].double()
    return differences - differences.mean(dim=0)


def centred_gram(x: Tensor) -> Tensor:
    """Inner products of the centred sentences, which stand for `(d, d)` matrices where n < d.

    Args:
        x: Shape `(n, d)`.

    Returns:
        Shape `(n, n)`, float64.
    """
    x = centred(x)
    return x @ x.T


def centred_sentences(x: Tensor, rows: Tensor) -> tuple[Tensor, Tensor]:
    """The states of n sentences less their mean, each distinct sentence once.

    Args:
        x: Distinct sentences, shape `(m, d)`, float32 or float64.
        rows: Row of each of the n sentences in `x`, shape `(n,)`, on the CPU.

    Returns:
        Those that `rows` names, as one state each, in the precision of `x`; sentences that are
        all equal are exactly zero. And the row of each of the n in them, shape `(n,)`.

    Example:
        >>> centred_sentences(torch.tensor([[1.0], [9.0], [4.0]]), torch.tensor([2, 0, 2]))
        (tensor([[-2.],
                [ 1.]]), tensor([1, 0, 1]))
    """
    kept, inverse, counts = torch.unique(rows, return_inverse=True, return_counts=True)
    states = x[kept.to(x.device)]
    # The mean of equal numbers may be off by a rounding, their difference is not.
    differences = states - states[0]
    weights = (counts.to(x) / len(rows))[None]
    return differences - weights @ differences, inverse
