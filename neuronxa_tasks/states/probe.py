"""A few tokens that show how a model works, and whether others change what it computes."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

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


@contextmanager
def text_alone(model: object) -> Iterator[None]:
    """Say of a model that stops inside the block that it needs more than token ids.

    Args:
        model: What runs.

    Raises:
        ModelError: It stops.
    """
    try:
        yield
    except ModelError:
        raise
    except (TypeError, ValueError, NotImplementedError) as error:
        raise ModelError(
            f"Expected {type(model).__name__} to run on text alone, but it stops with "
            f"{str(error).strip().splitlines()[0]!r}: it needs another input beside token ids, or "
            "another model, so its states cannot be taken"
        ) from error


def check_causal(run: Run, vocabulary: int, device: torch.device) -> None:
    """Check that neither padding nor later tokens change the vectors of a sentence's tokens.

    Args:
        run: Runs the model.
        vocabulary: Number of token embeddings.
        device: Where token ids go.

    Raises:
        ModelError: They do, as where a model attends in both directions, or does so unless there
            is padding.
    """
    tokens = probe_tokens(vocabulary, device)
    length = tokens.shape[1]
    batch = tokens.new_zeros(2, 2 * length)
    batch[0, :length], batch[1] = tokens, tokens.repeat(1, 2)
    mask = torch.ones_like(batch)
    mask[0, length:] = 0
    with torch.inference_mode():
        alone, together = run(tokens, None)[0], run(batch, mask)[:, :length]
    padded, continued = (_difference(alone, other) for other in together)
    bound = TOLERANCE * torch.finfo(alone.dtype).eps ** 0.5
    if padded > bound:
        raise ModelError(
            "Expected a sentence's states to be the same alone and beside a longer one, but "
            f"padding changes them by {padded:.0%}: the model's attention depends on the batch, "
            "so its scores would depend on --batch_size; its scores cannot be taken"
        )
    if continued > bound:
        raise ModelError(
            "Expected a causal language model, but the tokens that follow change the states of a "
            f"sentence's first ones by {continued:.0%}: it reads in both directions; if it can be "
            "a decoder, load it as one (is_decoder in its configuration)"
        )


def _difference(one: Tensor, other: Tensor) -> float:
    """Largest difference of a token's vector, relative to its length."""
    differences = (other.float() - one.float()).norm(dim=1) / one.float().norm(dim=1)
    return float(differences.max())
