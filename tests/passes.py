"""The passes of a model through text, told apart."""

import torch


def is_probe(input_ids: torch.Tensor) -> bool:
    """Whether a pass is one of those before a run: for neurons, and for what padding changes."""
    return input_ids.shape in ((1, 4), (2, 8))
