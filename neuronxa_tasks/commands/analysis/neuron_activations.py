"""How often every neuron is active in each language, read layer by layer from stored states."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import torch
from torch import Tensor

from neuronxa_tasks.alignment import neuron_correlations
from neuronxa_tasks.commands.analysis.states_on_disk import LanguageOnDisk
from neuronxa_tasks.measures import DEFAULT_POOLING, Representation

# Times the number of tokens, the number at which the neuron is active.
ACTIVE = Representation("nas", "mean", "gate")

# What is correlated over pairs.
STATES = Representation("nas", DEFAULT_POOLING, "gate")


@dataclass(frozen=True)
class NeuronActivations:
    """The neurons of K languages, of which memory holds one layer at a time.

    Attributes:
        languages: With the states that `ACTIVE` and `STATES` name, the pivot first.
    """

    languages: Sequence[LanguageOnDisk]

    @cached_property
    def tokens(self) -> tuple[int, ...]:
        """Tokens of every language."""
        return tuple(sum(_lengths(language)) for language in self.languages)

    def counts(self, layer: int) -> Tensor:
        """At how many tokens each neuron is active in each language.

        Args:
            layer: Its place among the layers that have neurons, from 0.

        Returns:
            Shape `(K, d)`, int64.
        """
        return torch.stack([_active_tokens(language, layer) for language in self.languages])

    def probabilities(self, layer: int) -> Tensor:
        """The share of tokens at which each neuron is active, shape `(K, d)`, float64."""
        return self.counts(layer).double() / torch.tensor(self.tokens)[:, None]

    def correlations(self, layer: int) -> Tensor:
        """Each neuron's correlation over pairs with the pivot's: what ANC on NAS averages.

        Returns:
            Shape `(K, d)`, float64; the pivot's own are NaN.
        """
        pivot, *others = self.languages
        states = _states(pivot, layer)
        own = torch.full((states.shape[1],), torch.nan, dtype=torch.float64)
        return torch.stack(
            [own, *(neuron_correlations(states, _states(other, layer)) for other in others)]
        )


def _lengths(language: LanguageOnDisk) -> list[int]:
    return [len(ids) for ids in language.token_ids]


def _states(language: LanguageOnDisk, layer: int) -> Tensor:
    return language.states.pooled(STATES, layer, _lengths(language))


def _active_tokens(language: LanguageOnDisk, layer: int) -> Tensor:
    lengths = _lengths(language)
    shares = language.states.pooled(ACTIVE, layer, lengths)
    return (shares * torch.tensor(lengths)[:, None]).round().sum(dim=0).long()
