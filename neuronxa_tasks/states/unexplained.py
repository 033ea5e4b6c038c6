"""Refuse what nothing explains, so that no network is left out in silence."""

from collections.abc import Collection, Sequence

import torch

from neuronxa_tasks.errors import ModelError
from neuronxa_tasks.states.decoder import Decoder
from neuronxa_tasks.states.mixing import matrices, mixing_modules, proves_no_network, suspects
from neuronxa_tasks.states.running_layer import RunningLayer
from neuronxa_tasks.states.traced_pass import Pass


class NeuronsUnknown(ModelError):
    """A model has no neurons, or which they are cannot be told."""


def unclear(layer: RunningLayer, found: Sequence[str]) -> NeuronsUnknown:
    """The error for a layer in which not exactly one network was found.

    Args:
        layer: The layer.
        found: Names of the down projections that were.
    """
    seen = ", ".join(
        f"{trace.name.removeprefix(f'{layer.name}.')} ({trace.input.shape[-1]})"
        for trace in layer.inside
    )
    return NeuronsUnknown(
        f"Expected one feed-forward network in {layer.name}, that is one module whose input is "
        f"act(gate(x)) * up(x) or act(fc(x)), but found {' and '.join(found) or 'none'}: "
        "name it by the settings `down_projections` and `gates`; "
        f"looked at these modules (and input widths): {seen}"
    )


def check_no_network(
    decoder: Decoder, device: torch.device, ran: Pass, layers: Sequence[RunningLayer]
) -> None:
    """Check that layers in which nothing was found have no network.

    Args:
        decoder: The decoder.
        device: Where token ids go.
        ran: What ran in it.
        layers: The layers.

    Raises:
        NeuronsUnknown: One may have.
    """
    names = [name for layer in layers for name in suspects(layer.name, layer.module, ran.ran)]
    mixing = mixing_modules(decoder, device, names) if names else set()
    for layer in layers:
        if not proves_no_network(layer.name, layer.module, ran.ran, mixing):
            raise unclear(layer, [])


def check_nothing_beside_experts(ran: Pass, layer: RunningLayer, mixing: Collection[str]) -> None:
    """Check that a layer in which experts alone were found has no network beside them.

    Args:
        ran: What ran in the decoder.
        layer: The layer.
        mixing: Names of modules that mix tokens.

    Raises:
        NeuronsUnknown: It may have.
    """
    networks = set(suspects(layer.name, layer.module, ran.ran)) - set(mixing)
    projections = [trace for trace in layer.candidates if any(matrices(trace.module))]
    for parent in ({trace.parent for trace in projections} & networks) - {layer.name}:
        if not any(f"{site.down}.".startswith(f"{parent}.") for site in layer.experts):
            raise unclear(layer, [])


def check_experts(
    decoder: Decoder,
    device: torch.device,
    ran: Pass,
    layer: RunningLayer,
    known: Sequence[str],
) -> None:
    """Check that what is called experts is known, seen through, or part of no network.

    Args:
        decoder: The decoder.
        device: Where token ids go.
        ran: What ran in it.
        layer: The layer.
        known: Names of the modules at which neurons were found.

    Raises:
        NeuronsUnknown: Some experts are none of these.
    """
    around = {
        name: [
            outer
            for outer, _ in layer.module.named_modules(prefix=layer.name)
            if outer in ran.ran and name.startswith(f"{outer}.") and outer != layer.name
        ]
        for name, module in layer.module.named_modules(prefix=layer.name)
        if (name.rpartition(".")[2] == "experts" or "Expert" in type(module).__name__)
        and name in ran.ran
        and not any(f"{site}.".startswith(f"{name}.") for site in known)
        and not any(name.startswith(f"{site}.") for site in known)
    }
    # Experts of an attention are none of a feed-forward network.
    outer_names = {outer for outers in around.values() for outer in outers}
    mixing = mixing_modules(decoder, device, outer_names) if outer_names else set()
    for name, outers in around.items():
        if not mixing.intersection(outers):
            raise NeuronsUnknown(
                f"Expected experts in one of the forms of transformers, but {name} is a "
                f"{type(decoder.model.get_submodule(name)).__name__}: its neurons cannot be told, "
                "unless the settings `down_projections` and `gates` name them"
            )
