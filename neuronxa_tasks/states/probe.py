"""A few tokens that show how a model works, and whether padding changes what it computes."""

from collections.abc import Callable

import torch
from torch import Tensor

from neuronxa_tasks.errors import ModelError

# By what multiple of the square root of the dtype's precision a token may differ between two
# batches: far more than rounding adds up to, far less than another attention mask makes.
TOLERANCE = 4

# Vectors of every token, shape (B, T, d), from token ids and a mask, both of shape (B, T).
Run = Callable[[Tensor, Tensor | None], Tensor]


def probe_tokens(vocabulary: int, device: torch.device) -> Tensor:
    """Four tokens from all over the vocabulary, shape `(1, 4)`."""
    size = vocabulary
    tokens = [size // 5, 2 * size // 5, 3 * size // 5, 4 * size // 5]
    return torch.tensor([tokens], device=device)


def check_padding(run: Run, vocabulary: int, device: torch.device) -> None:
    """Check that padding beside a sentence does not change its tokens' vectors.

    Args:
        run: Runs the model.
        vocabulary: Number of token embeddings.
        device: Where token ids go.

    Raises:
        ModelError: It does, as where a model attends in both directions unless there is padding.
    """
    tokens = probe_tokens(vocabulary, device)
    length = tokens.shape[1]
    batch = tokens.new_zeros(2, 2 * length)
    batch[0, :length], batch[1] = tokens, tokens.repeat(1, 2)
    mask = torch.ones_like(batch)
    mask[0, length:] = 0
    with torch.inference_mode():
        alone, padded = run(tokens, None)[0], run(batch, mask)[0, :length]
    difference = (padded.float() - alone.float()).norm(dim=1) / alone.float().norm(dim=1)
    if bool((difference > TOLERANCE * torch.finfo(alone.dtype).eps ** 0.5).any()):
        raise ModelError(
            "Expected a sentence's states to be the same alone and beside a longer one, but "
            f"padding changes them by {float(difference.max()):.0%}: the model's attention depends "
            "on the batch, so its scores would depend on --batch_size; its scores cannot be taken"
        )
