"""Which neurons are of which language: activation probability entropy (Tang et al., 2024)."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor


@dataclass(frozen=True)
class Thresholds:
    """What makes a neuron one of a language.

    Attributes:
        filter: A neuron counts where its probability in some language is above this quantile of
            all probabilities.
        share: Of all neurons, how many are language-specific: those of the lowest entropy among
            the neurons that count.
        bar: A language-specific neuron is of each language in which its probability is above
            this quantile of all probabilities.
    """

    filter: float = 0.95
    share: float = 0.01
    bar: float = 0.95


def quantile(histograms: Sequence[Tensor], tokens: Sequence[int], share: float) -> float:
    """The k-th lowest of all N probabilities of activation, k being `share` of N, rounded.

    Every probability is a number of tokens over a language's tokens, so that histograms hold
    them all exactly, however many neurons there are.

    Args:
        histograms: Of every language how many neurons are active at 0, 1, … of its tokens.
        tokens: Of every language.
        share: Between 0 and 1.

    Example:
        >>> quantile([torch.tensor([1, 0, 1]), torch.tensor([0, 0, 1, 0, 1])], [2, 4], 0.5)
        0.5
    """
    values = np.concatenate(
        [np.arange(len(h)) / count for h, count in zip(histograms, tokens, strict=True)]
    )
    neurons = np.concatenate([h.numpy() for h in histograms])
    order = np.argsort(values, kind="stable")
    upto = np.cumsum(neurons[order])
    # As in the authors' code, which takes the k-th of k counted from 1.
    k = max(1, round(int(upto[-1]) * share))
    return float(values[order][np.searchsorted(upto, k)])


def activation_entropy(probabilities: Tensor) -> Tensor:
    r"""LAPE of every neuron: $-\sum_k p'_k \log p'_k$, $p'_k = p_k / \sum_k p_k$ (section 2.2).

    Args:
        probabilities: Of K languages and d neurons, shape `(K, d)`, float64.

    Returns:
        Shape `(d,)`, in nats: 0 for a neuron of one language, log K for one that does not tell
        languages apart, and NaN for one that is never active.

    Example:
        >>> activation_entropy(torch.tensor([[0.5, 0.1, 0.0], [0.0, 0.1, 0.0]])).tolist()
        [0.0, 0.6931471824645996, nan]
    """
    normalised = probabilities / probabilities.sum(dim=0)
    entropy: Tensor = torch.special.entr(normalised).sum(dim=0)
    return entropy


def lowest(entropy: Tensor, counts: Tensor, share: float) -> Tensor:
    """The language-specific neurons: those of the lowest entropy among those that count.

    Args:
        entropy: LAPE of all N neurons, shape `(N,)`.
        counts: Which of them count, shape `(N,)`.
        share: How many to take, as a share of all N; fewer where fewer count.

    Returns:
        Their numbers in ascending order; of equal entropies the first neurons.

    Example:
        >>> lowest(torch.tensor([0.3, 0.1, 0.0, 0.2]), torch.tensor([True, True, False, True]), 0.5)
        tensor([1, 3])
    """
    candidates = counts.nonzero().flatten()
    order = entropy[candidates].argsort(stable=True)
    return candidates[order[: round(len(entropy) * share)]].sort().values


def overlap(members: Tensor) -> Tensor:
    """How far two languages have the same neurons: Jaccard's index.

    Args:
        members: Which of S neurons are of each of K languages, shape `(K, S)`.

    Returns:
        Shape `(K, K)`, float64: neurons of both over neurons of either; 0 where neither has any.

    Example:
        >>> overlap(torch.tensor([[True, True, False], [False, True, True]]))[0, 1].item()
        0.3333333333333333
    """
    own = members.double()
    both = own @ own.T
    sizes = own.sum(dim=1)
    either = sizes[:, None] + sizes - both
    return both / either.clamp(min=1)
