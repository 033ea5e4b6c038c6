"""Average neuron-wise correlation of paired sentences (Del and Fishel, 2022)."""

import torch
from torch import Tensor

from neuronxa_tasks.alignment.centring import centred


def neuron_correlations(x: Tensor, y: Tensor) -> Tensor:
    """Pearson's correlation over sentences of every dimension, 0 where a side is constant.

    Args:
        x: The pivot's n sentences, shape `(n, d)`.
        y: Their translations, likewise.

    Returns:
        Shape `(d,)`, float64, in [-1, 1].

    Example:
        >>> x = torch.tensor([[1.0, 5.0, 7.0], [2.0, 3.0, 7.0]])
        >>> y = torch.tensor([[1.0, 5.0, 0.0], [3.0, 9.0, 2.0]])
        >>> neuron_correlations(x, y).round(decimals=6).tolist()
        [1.0, -1.0, 0.0]
    """
    x, y = centred(x), centred(y)
    scale = x.norm(dim=0) * y.norm(dim=0)
    correlations: Tensor = torch.einsum("nd,nd->d", x, y) / scale
    return correlations.masked_fill(scale == 0, 0.0).clamp(-1, 1)


def anc(x: Tensor, y: Tensor, absolute: bool = False) -> float:
    """Mean over dimensions of Pearson's correlation over sentences.

    A dimension that is constant on a side counts as 0.

    Args:
        x: The pivot's n sentences, shape `(n, d)`.
        y: Their translations, likewise.
        absolute: Whether to average the correlations' absolute values, which are about 0.08 for
            100 independent pairs.

    Returns:
        In [-1, 1], or [0, 1] if absolute.

    Example:
        >>> x = torch.tensor([[1.0, 5.0, 7.0], [2.0, 3.0, 7.0]])
        >>> y = torch.tensor([[1.0, 5.0, 0.0], [3.0, 9.0, 2.0]])
        >>> round(anc(x, y), 6), round(anc(x, y, absolute=True), 6)
        (0.0, 0.666667)
    """
    correlations = neuron_correlations(x, y)
    return float((correlations.abs() if absolute else correlations).mean())
