"""Sentence states less their mean over sentences."""

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
