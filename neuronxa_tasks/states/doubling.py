"""Tell a gate by what it does: double its activation, and the down projection's input doubles."""

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, nn

from neuronxa_tasks.states.decoder import Decoder
from neuronxa_tasks.states.gates import same
from neuronxa_tasks.states.traced_pass import Trace, replaced_output, run_again


def doubling_activation(
    decoder: Decoder,
    down: Trace,
    around: str,
    activations: Sequence[Trace],
    device: torch.device,
) -> Trace | None:
    """The first of some modules in proportion to whose output another's input grows.

    Args:
        decoder: The decoder; it is left as it was.
        down: The module whose input is looked at.
        around: Name of the module that holds them all, which is run once more for each.
        activations: The modules.
        device: Where token ids go.
    """
    found: list[Trace] = []

    def again(name: str, outer: nn.Module, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        for trace in activations:
            taken: list[Tensor] = []
            handle = down.module.register_forward_pre_hook(
                lambda module, args, taken=taken: taken.append(args[0].detach().clone())
            )
            try:
                with replaced_output(trace.module, lambda output: 2 * output):
                    outer.forward(*args, **kwargs)
            finally:
                handle.remove()
            if len(taken) == 1 and same(taken[0], 2 * down.input):
                found.append(trace)
                return

    if activations:
        run_again(decoder, device, [around], again)
    return found[0] if found else None
