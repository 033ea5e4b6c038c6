"""Find the neurons of every feed-forward layer, by running a few tokens and looking.

No model names: a site is a module whose input is the activation itself, or its product
with another projection, whatever the module is called and whichever class it has.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import torch

from neuronxa_tasks.errors import ModelError
from neuronxa_tasks.states.decoder import Decoder
from neuronxa_tasks.states.doubling import doubling_activation
from neuronxa_tasks.states.experts import ExpertSite
from neuronxa_tasks.states.gates import (
    Explanation,
    Gate,
    by_function,
    by_module,
    by_numbers,
)
from neuronxa_tasks.states.mixing import mixing_modules
from neuronxa_tasks.states.running_layer import RunningLayer, look_at
from neuronxa_tasks.states.traced_pass import Pass, Trace, run_traced
from neuronxa_tasks.states.unexplained import (
    NeuronsUnknown,
    check_experts,
    check_no_network,
    check_nothing_beside_experts,
    unclear,
)

CPU = torch.device("cpu")


@dataclass(frozen=True)
class Site:
    """The neurons of one layer.

    Attributes:
        layer: Layer number, from 1.
        down: Name inside the decoder of the module whose input is the product
            `act(gate(x)) * up(x)`, or `act(fc(x))` where there is no gate.
        gate: Where the gate's activation is; None where there is no gate.
        width: Number of neurons.
    """

    layer: int
    down: str
    gate: Gate | None
    width: int


def find_sites(decoder: Decoder, device: torch.device = CPU) -> tuple[Site | ExpertSite, ...]:
    """Find the neurons of every layer by forward passes over four tokens.

    A layer that text does not reach, or that provably has no feed-forward network, has no site.

    Args:
        decoder: The decoder; it is left as it was.
        device: Where token ids go.

    Returns:
        One site per dense layer; for a layer with experts one per shared expert and one for
        all its routed experts; in order of layers.

    Raises:
        NeuronsUnknown: Experts of an unknown form, some layer's neurons cannot be told, or none
            has any.
        ModelError: The decoder does not run on text alone, or its activations are not finite.
    """
    return sites_of(decoder, run_traced(decoder, device), device)


def sites_of(decoder: Decoder, ran: Pass, device: torch.device) -> tuple[Site | ExpertSite, ...]:
    """Find the neurons of every layer, with one forward pass at hand.

    Args:
        decoder: The decoder; it is left as it was.
        ran: What ran in it.
        device: Where token ids go.

    Returns:
        As `find_sites`.

    Raises:
        NeuronsUnknown: As `find_sites`.
        ModelError: Activations are not finite.
    """
    _check_finite(ran)
    layers = [
        look_at(ran, number, name, module)
        for number, (name, module) in enumerate(
            zip(decoder.layer_names, decoder.layers, strict=True), start=1
        )
        if name in ran.ran
    ]
    parents = {trace.parent for layer in layers for trace in layer.candidates}
    mixing = mixing_modules(decoder, device, parents & ran.ran)
    dense = {layer.name: _dense_sites(decoder, ran, layer, mixing, device) for layer in layers}
    empty = [layer for layer in layers if not dense[layer.name] and not layer.experts]
    for layer in layers:
        known = [site.down for site in dense[layer.name]] + [site.down for site in layer.experts]
        check_experts(decoder, device, ran, layer, known)
        if layer.experts and not dense[layer.name]:
            check_nothing_beside_experts(ran, layer, mixing)
    check_no_network(decoder, device, ran, empty)
    sites: list[Site | ExpertSite] = []
    for layer in layers:
        sites += [*dense[layer.name], *layer.experts]
    if not sites:
        raise NeuronsUnknown(
            f"Expected a feed-forward network in some layer of {type(decoder.model).__name__}, "
            "but it has none: there are no neurons to measure"
        )
    return tuple(sites)


def _check_finite(ran: Pass) -> None:
    for trace in ran.traces:
        if not torch.isfinite(trace.output).all():
            raise ModelError(
                f"Expected finite activations, but {trace.name} gives NaN or infinity for the "
                "first tokens that were tried: are the weights damaged, or does their dtype "
                "overflow (try dtype=float32)?"
            )


def _dense_sites(
    decoder: Decoder, ran: Pass, layer: RunningLayer, mixing: Collection[str], device: torch.device
) -> list[Site]:
    """The dense networks of a layer: one, or beside experts any number."""

    def by_parents_numbers(
        candidate: Trace, inside: Sequence[Trace], elementwise: Sequence[Trace]
    ) -> Explanation | None:
        parent = decoder.model.get_submodule(candidate.parent)
        return by_numbers(candidate, inside, elementwise, parent)

    def by_doubling(
        candidate: Trace, inside: Sequence[Trace], elementwise: Sequence[Trace]
    ) -> Explanation | None:
        if candidate.parent in mixing:
            return None
        beside = [trace for trace in elementwise if trace.name.startswith(f"{candidate.parent}.")]
        gate = doubling_activation(decoder, candidate, candidate.parent, beside, device)
        return Explanation(Gate(gate.name)) if gate else None

    mixed: list[Site] = []
    for explain in (by_module, by_function, by_parents_numbers, by_doubling):
        found: list[Site] = []
        for trace in layer.candidates:
            if any(f"{trace.name}.".startswith(f"{site.down}.") for site in found):
                continue
            if explanation := explain(trace, layer.inside, layer.activations):
                _check_one_vector_per_token(ran, trace)
                width = trace.input.shape[-1]
                found.append(Site(layer.number, trace.name, explanation.gate, width))
        # A gate on what attention gives looks like a network, but sees other tokens.
        own = [site for site in found if site.down.rpartition(".")[0] not in mixing]
        mixed = mixed or found
        if own:
            return _checked(layer, own)
    return _checked(layer, mixed)


def _check_one_vector_per_token(ran: Pass, trace: Trace) -> None:
    if not ran.has_one_vector_per_token(trace.input.shape):
        raise NeuronsUnknown(
            f"Expected one vector per token, but {trace.name} takes {tuple(trace.input.shape)} "
            f"for {ran.tokens} tokens: which states are the sentence's cannot be told"
        )


def _checked(layer: RunningLayer, found: list[Site]) -> list[Site]:
    if len(found) > 1 and not layer.experts:
        raise unclear(layer, [site.down for site in found])
    return found
