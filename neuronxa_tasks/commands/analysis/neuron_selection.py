"""Choose the language-specific neurons of all layers, with one layer in memory at a time."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from neuronxa_tasks.alignment.language_neurons import (
    Thresholds,
    activation_entropy,
    lowest,
    quantile,
)
from neuronxa_tasks.commands.analysis.neuron_activations import NeuronActivations


@dataclass(frozen=True)
class SelectedNeurons:
    """The neurons of L layers and K languages.

    Attributes:
        bar: The probability above which a neuron is of a language, or shared where it is above it
            in all.
        entropy: LAPE of each layer's neurons, shape `(d,)`.
        specific: Each layer's language-specific neurons, by their places, shape `(s,)`.
        members: Which of those are of which language, shape `(K, s)`, bool.
    """

    bar: float
    entropy: Sequence[Tensor]
    specific: Sequence[Tensor]
    members: Sequence[Tensor]

    def of_language(self, language: int) -> list[Tensor]:
        """Each layer's neurons of one language, by their places."""
        return [
            own[member[language]] for own, member in zip(self.specific, self.members, strict=True)
        ]


def select_neurons(
    activations: NeuronActivations, layers: int, thresholds: Thresholds
) -> SelectedNeurons:
    """Find each language's neurons.

    Args:
        activations: Of all languages.
        layers: How many layers have neurons.
        thresholds: What makes a neuron one of a language.
    """
    histograms = [torch.zeros(tokens + 1, dtype=torch.int64) for tokens in activations.tokens]
    for layer in range(layers):
        for histogram, counts in zip(histograms, activations.counts(layer), strict=True):
            histogram += torch.bincount(counts, minlength=len(histogram))
    least = quantile(histograms, activations.tokens, thresholds.filter)
    bar = quantile(histograms, activations.tokens, thresholds.bar)
    entropy, counting = [], []
    for layer in range(layers):
        probabilities = activations.probabilities(layer)
        entropy.append(activation_entropy(probabilities))
        counting.append((probabilities > least).any(dim=0))
    chosen = torch.zeros(sum(map(len, entropy)), dtype=torch.bool)
    chosen[lowest(torch.cat(entropy), torch.cat(counting), thresholds.share)] = True
    specific = [own.nonzero().flatten() for own in torch.split(chosen, [len(e) for e in entropy])]
    members = [activations.probabilities(layer)[:, own] > bar for layer, own in enumerate(specific)]
    return SelectedNeurons(bar, entropy, specific, members)
