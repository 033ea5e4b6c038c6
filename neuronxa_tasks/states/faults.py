"""Say where in a model NaN or infinity appears first."""

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from neuronxa_tasks.states.decoder import Decoder
from neuronxa_tasks.states.experts import ExpertSite
from neuronxa_tasks.states.sites import Site


def first_fault(decoder: Decoder, sites: Sequence[Site | ExpertSite], input_ids: Tensor) -> str:
    """The first place at which a forward pass is not finite.

    Args:
        decoder: The decoder.
        sites: Its neurons.
        input_ids: One sentence, shape `(1, T)`.

    Returns:
        A layer's number and the name of the module whose input is at fault.
    """
    places = {site.down: f"layer {site.layer} ({site.down})" for site in sites}
    for index, name in enumerate(decoder.layer_names):
        places[name] = f"layer {index} (input of {name})"
    seen: list[str] = []
    handles = []
    for name, place in places.items():

        def hook(
            module: nn.Module,
            args: tuple[Tensor, ...],
            kwargs: dict[str, Tensor],
            place: str = place,
        ) -> None:
            if not torch.isfinite(args[0] if args else kwargs["hidden_states"]).all():
                seen.append(place)

        module = decoder.model.get_submodule(name)
        handles.append(module.register_forward_pre_hook(hook, with_kwargs=True))
    try:
        decoder(input_ids)
    finally:
        for handle in handles:
            handle.remove()
    return seen[0] if seen else "the final norm"
