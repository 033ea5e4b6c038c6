"""A layer as it ran, and which of its modules may take its neurons."""

from collections.abc import Sequence
from dataclasses import dataclass

from torch import nn

from neuronxa_tasks.states.expert_forms import experts_of
from neuronxa_tasks.states.experts import ExpertSite
from neuronxa_tasks.states.gates import is_elementwise
from neuronxa_tasks.states.traced_pass import Pass, Trace


@dataclass(frozen=True)
class RunningLayer:
    """A layer that text reaches.

    Attributes:
        number: From 1.
        name: Inside the decoder.
        module: The layer.
        inside: What ran in it.
        activations: Of these, modules that map each number by itself.
        candidates: Of these, modules whose input may be neurons, wrappers before what they wrap.
        experts: Its experts.
    """

    number: int
    name: str
    module: nn.Module
    inside: Sequence[Trace]
    activations: Sequence[Trace]
    candidates: Sequence[Trace]
    experts: Sequence[ExpertSite]


def look_at(ran: Pass, number: int, name: str, module: nn.Module) -> RunningLayer:
    """What is known of a layer before anything in it is explained.

    Args:
        ran: What ran in the decoder.
        number: The layer's number, from 1.
        name: Its name inside the decoder.
        module: The layer.
    """
    inside = ran.inside(name)
    activations = [trace for trace in inside if is_elementwise(trace)]
    # The residual stream, of which some models keep several side by side.
    residual = {ran.widths.get(name), ran.hidden}
    candidates = [
        trace
        for trace in inside
        # A router's network gives a number per expert, and a norm's gate lies in a norm.
        if ran.widths.get(trace.parent) in residual
        and not any("norm" in part for part in trace.parent.removeprefix(name).split("."))
        and trace not in activations
    ]
    candidates.sort(key=lambda trace: trace.name.count("."))
    experts = [
        ExpertSite(number, inner_name, experts.count, experts.width)
        for inner_name, inner in module.named_modules(prefix=name)
        if inner_name in ran.ran and (experts := experts_of(inner))
    ]
    return RunningLayer(number, name, module, inside, activations, candidates, experts)
