"""Which modules let a token see others, and what that proves of a layer."""

from collections.abc import Collection, Iterator
from typing import Any

import torch
from torch import Tensor, nn

from neuronxa_tasks.states.decoder import Decoder
from neuronxa_tasks.states.traced_pass import first_output, first_tensor, run_again

# What a token's output may differ by, relative to the largest, without having seen another.
TOLERANCE = 1e-3


def mixing_modules(decoder: Decoder, device: torch.device, names: Collection[str]) -> set[str]:
    """Those of some modules in which a token's output depends on another token's input.

    Args:
        decoder: The decoder; it is left as it was.
        device: Where token ids go.
        names: Of modules inside the decoder that run on hidden states.
    """
    mixing: set[str] = set()

    def again(name: str, module: nn.Module, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        hidden = first_tensor(args, kwargs)
        if hidden is None:
            return

        def given(value: Any, changed: bool) -> Any:
            # An attention may take queries, keys and values one by one.
            if not isinstance(value, Tensor) or value.shape != hidden.shape:
                return value
            copy = value.clone()
            if changed:
                # Tokens are the last dimension but one, whether sentences have their own or not.
                copy[..., 0, :] = 3 * copy[..., 0, :] + 1
            return copy

        outputs = []
        for changed in (False, True):
            own_args = [given(value, changed) for value in args]
            own_kwargs = {key: given(value, changed) for key, value in kwargs.items()}
            # Hooks that change arguments have run.
            outputs.append(first_output(module.forward(*own_args, **own_kwargs)))
        if _later_tokens_differ(outputs[0], outputs[1], hidden.shape[-2]):
            mixing.add(name)

    run_again(decoder, device, names, again)
    return mixing


def _later_tokens_differ(one: Tensor | None, other: Tensor | None, tokens: int) -> bool:
    if one is None or other is None or one.ndim < 2 or not one.shape[-2] == tokens > 1:
        return False
    difference = (one - other)[..., 1:, :].abs().max()
    return bool(difference > TOLERANCE * one[..., 1:, :].abs().max())


def suspects(layer: str, module: nn.Module, ran: Collection[str]) -> list[str]:
    """Names of the modules of a layer that could be a feed-forward network, by their matrices."""
    return [
        name
        for name, inner in module.named_modules(prefix=layer)
        if name in ran and len(list(matrices(inner))) > 1
    ]


def proves_no_network(
    layer: str, module: nn.Module, ran: Collection[str], mixing: Collection[str]
) -> bool:
    """Whether a layer has no feed-forward network, which keeps every token to itself.

    A network has two matrices or more. So there is none where every module that has as many mixes
    tokens, and the layer itself has fewer outside such modules.

    Args:
        layer: Name of the layer inside the decoder.
        module: The layer.
        ran: Names of the modules that ran.
        mixing: Names of those that mix tokens.
    """
    inner = suspects(layer, module, ran)
    if any(name not in mixing for name in inner):
        return False
    parts = [name for name in inner if name != layer]
    outside = [
        name
        for name in matrices(module, layer)
        if not any(name.startswith(f"{part}.") for part in parts)
    ]
    return len(outside) < 2


def matrices(module: nn.Module, prefix: str = "") -> Iterator[str]:
    """Names of a module's weights of two dimensions or more, buffers of packed ones included."""
    for tensors in (module.named_parameters, module.named_buffers):
        for name, tensor in tensors(prefix=prefix):
            if tensor.ndim > 1:
                yield name
