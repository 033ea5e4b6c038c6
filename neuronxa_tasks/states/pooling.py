"""From token states to sentence states: the weights of every token."""

from collections.abc import Sequence

import torch
from torch import Tensor

from neuronxa_tasks.measures import Pooling


def pooling_weights(lengths: Tensor, width: int, poolings: Sequence[Pooling]) -> Tensor:
    r"""Weights that pool right-padded token states into sentence states.

    `weighted` is equation 3 of the paper, $w_t = t / \sum_{k=1}^{T} k$; `mean` is $1 / T$;
    `last` takes the last token alone. Padding has weight 0.

    Args:
        lengths: Tokens per sentence without padding, shape `(B,)`, each at least 1.
        width: Tokens per sentence with padding, T.
        poolings: P poolings.

    Returns:
        Weights of shape `(B, P, T)`, float32, each row summing to 1.

    Example:
        >>> pooling_weights(torch.tensor([3, 1]), 3, ["weighted"])[:, 0]
        tensor([[0.1667, 0.3333, 0.5000],
                [1.0000, 0.0000, 0.0000]])
    """
    position = torch.arange(1, width + 1, device=lengths.device, dtype=torch.float32)
    length = lengths[:, None].to(torch.float32)
    inside = (position <= length).to(torch.float32)
    rows = {
        "weighted": inside * position / (length * (length + 1) / 2),
        "mean": inside / length,
        "last": (position == length).to(torch.float32),
    }
    return torch.stack([rows[pooling] for pooling in poolings], dim=1)
