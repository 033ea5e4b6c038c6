"""Where a decoder's states are: layers that text reaches, their neurons, and what is missing."""

from collections.abc import Mapping
from dataclasses import dataclass

import torch

from neuronxa_tasks.measures import Kind, Representation
from neuronxa_tasks.states.decoder import Decoder
from neuronxa_tasks.states.experts import ExpertSite
from neuronxa_tasks.states.named import Named, named_sites
from neuronxa_tasks.states.sites import CPU, Site, sites_of
from neuronxa_tasks.states.traced_pass import Pass, run_traced
from neuronxa_tasks.states.unexplained import NeuronsUnknown


@dataclass(frozen=True)
class Layout:
    """Where a decoder's states are.

    Attributes:
        sites: Where its neurons are, one or more for every layer that has some.
        running: Numbers of the layers that text reaches, from 1, in order.
        missing: Why states of a kind cannot be taken, for each that cannot.
        named: How the user named the sites; None where they were found.
    """

    sites: tuple[Site | ExpertSite, ...]
    running: tuple[int, ...]
    missing: Mapping[Kind, str]
    named: Named | None = None

    def layers(self, representation: Representation) -> tuple[int, ...]:
        """True numbers of the layers of some states, in order; 0 is the token embeddings'."""
        return (0, *self.running) if representation.kind == "embedding" else self.with_neurons

    @property
    def with_neurons(self) -> tuple[int, ...]:
        """True numbers of the layers that have neurons, in order."""
        return tuple(dict.fromkeys(site.layer for site in self.sites))

    def described(self) -> list[tuple[int, str, str | None]]:
        """Layer, module and gate of every site, None where a site has no gate of its own."""
        return [
            (
                site.layer,
                site.down,
                site.gate.module if isinstance(site, Site) and site.gate else None,
            )
            for site in self.sites
        ]


def find_layout(decoder: Decoder, device: torch.device = CPU, named: Named | None = None) -> Layout:
    """Find a decoder's states by forward passes over four tokens.

    Args:
        decoder: The decoder; it is left as it was.
        device: Where token ids go.
        named: Where its neurons are, if the user says so.

    Raises:
        SettingsError: The neurons are not where the user says.
        ModelError: The decoder does not run on text alone, or its activations are not finite.
    """
    ran = run_traced(decoder, device)
    running = tuple(
        number for number, name in enumerate(decoder.layer_names, start=1) if name in ran.ran
    )
    missing: dict[Kind, str] = {}
    sites: tuple[Site | ExpertSite, ...] = ()
    try:
        sites = (
            named_sites(decoder, ran, named, device) if named else sites_of(decoder, ran, device)
        )
    except NeuronsUnknown as error:
        missing |= dict.fromkeys(("nas", "nav"), str(error))
    if streams := _several_streams(decoder, ran):
        missing["embedding"] = streams
    return Layout(sites, running, missing, named)


def _several_streams(decoder: Decoder, ran: Pass) -> str:
    """Why layers have no one hidden state per token; empty where they have."""
    for name in decoder.layer_names:
        shape = ran.inputs.get(name)
        if shape is not None and not ran.has_one_vector_per_token(shape):
            return (
                f"Expected one hidden state per token between layers, but {name} takes "
                f"{tuple(shape)} for {ran.tokens} tokens: the model keeps several residual streams"
            )
    return ""
