"""Neurons where a user says they are: down projections and gates by name, checked as they run."""

from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

import torch

from neuronxa_tasks.errors import SettingsError
from neuronxa_tasks.states.decoder import Decoder
from neuronxa_tasks.states.doubling import doubling_activation
from neuronxa_tasks.states.gates import Gate
from neuronxa_tasks.states.sites import Site
from neuronxa_tasks.states.traced_pass import Pass, Trace


@dataclass(frozen=True)
class Named:
    """Which modules take neurons, and which give gates' activations.

    Attributes:
        down_projections: Patterns of names inside the decoder, such as
            `layers.*.mlp.down_proj`, where `*` stands for any characters but a dot.
        gates: Likewise, of the modules that give the gate's activation; none where networks have
            no gate.
    """

    down_projections: tuple[str, ...]
    gates: tuple[str, ...] = ()


def named_sites(
    decoder: Decoder, ran: Pass, named: Named, device: torch.device
) -> tuple[Site, ...]:
    """The sites that a user names.

    Args:
        decoder: The decoder; it is left as it was.
        ran: What ran in it.
        named: The names.
        device: Where token ids go.

    Raises:
        SettingsError: A pattern matches no module, a module that did not run on every token once,
            one whose output is no part of the residual stream, or a gate that its down
            projection's input is not proportional to.
    """
    downs = _matching(decoder, ran, "down_projections", named.down_projections)
    gates = _matching(decoder, ran, "gates", named.gates)
    sites = []
    for trace in downs:
        number, layer = _layer_of(decoder, trace)
        if trace.output.shape[-1] not in (ran.widths.get(layer), ran.hidden):
            raise SettingsError(
                f"Expected `down_projections` to match modules that give {ran.hidden} numbers per "
                f"token, but {trace.name} gives {trace.output.shape[-1]}: it is no down projection"
            )
        gate = _gate_of(decoder, trace, layer, gates, device) if named.gates else None
        sites.append(Site(number, trace.name, gate, trace.input.shape[-1]))
    return tuple(sorted(sites, key=lambda site: site.layer))


def _matching(decoder: Decoder, ran: Pass, key: str, patterns: Sequence[str]) -> list[Trace]:
    names = [name for name, _ in decoder.layers.named_modules(prefix=decoder.layers_name)]
    traces: dict[str, list[Trace]] = {}
    for trace in ran.traces:
        traces.setdefault(trace.name, []).append(trace)
    found: dict[str, Trace] = {}
    for pattern in patterns:
        matched = [name for name in names if _matches(name, pattern)]
        if not matched:
            raise SettingsError(
                f"Expected `{key}` to match modules inside {decoder.layers_name}, but {pattern!r} "
                f"matches none: names are such as {names[-1]!r}"
            )
        for name in matched:
            own = traces.get(name, [])
            if len(own) != 1 or not ran.has_one_vector_per_token(own[0].input.shape):
                raise SettingsError(
                    f"Expected `{key}` to match modules that take one vector per token once, but "
                    f"{name} ran so {len(own)} times: name the projection itself"
                )
            found[name] = own[0]
    return list(found.values())


def _matches(name: str, pattern: str) -> bool:
    parts, patterns = name.split("."), pattern.split(".")
    return len(parts) == len(patterns) and all(map(fnmatchcase, parts, patterns))


def _layer_of(decoder: Decoder, trace: Trace) -> tuple[int, str]:
    names = enumerate(decoder.layer_names, start=1)
    return next((n, name) for n, name in names if f"{trace.name}.".startswith(f"{name}."))


def _gate_of(
    decoder: Decoder, down: Trace, layer: str, gates: Sequence[Trace], device: torch.device
) -> Gate:
    inside = [trace for trace in gates if trace.name.startswith(f"{layer}.")]
    fitting = [trace for trace in inside if trace.output.shape[-1] == down.input.shape[-1]]
    activation = doubling_activation(decoder, down, layer, fitting, device)
    if activation is None:
        raise SettingsError(
            f"Expected `gates` to match a module in {layer} in proportion to whose output the "
            f"input of {down.name} grows, but of "
            f"{', '.join(trace.name for trace in inside) or 'none there'} it does not: name what "
            "gives the activation itself, or leave `gates` out where there is none"
        )
    return Gate(activation.name)
