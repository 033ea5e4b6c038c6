"""Neurons of languages against the definitions, one neuron at a time."""

import math

import pytest
import torch

from neuronxa_tasks.alignment import anc, neuron_correlations
from neuronxa_tasks.alignment.language_neurons import (
    activation_entropy,
    lowest,
    overlap,
    quantile,
)
from tests.reference import naive_pearson

TOKENS = (7, 12, 30)


def counts(neurons: int = 40) -> torch.Tensor:
    torch.manual_seed(0)
    return torch.stack([torch.randint(0, tokens + 1, (neurons,)) for tokens in TOKENS])


@pytest.mark.parametrize("share", [0.001, 0.5, 0.9, 0.95, 0.999])
def test_a_quantile_is_the_kth_lowest_of_all_probabilities(share: float) -> None:
    found = counts()
    histograms = [
        torch.bincount(own, minlength=n + 1) for own, n in zip(found, TOKENS, strict=True)
    ]
    ranked = sorted(c / n for own, n in zip(found.tolist(), TOKENS, strict=True) for c in own)
    expected = ranked[max(1, round(len(ranked) * share)) - 1]
    assert quantile(histograms, TOKENS, share) == expected


def test_entropy_is_that_of_the_probabilities_over_their_sum() -> None:
    probabilities = counts().double() / torch.tensor(TOKENS)[:, None]
    probabilities[:, 3] = 0
    found = activation_entropy(probabilities)
    for neuron, column in enumerate(probabilities.T.tolist()):
        if not sum(column):
            assert math.isnan(found[neuron])
            continue
        expected = -sum(p / sum(column) * math.log(p / sum(column)) for p in column if p)
        assert float(found[neuron]) == pytest.approx(expected, abs=1e-12)


def test_a_neuron_of_one_language_has_no_entropy_and_of_all_alike_the_most() -> None:
    found = activation_entropy(torch.tensor([[0.3, 0.2], [0.0, 0.2], [0.0, 0.2]]).double())
    assert found.tolist() == pytest.approx([0, math.log(3)])


def test_only_neurons_that_count_are_specific_and_the_share_is_of_all() -> None:
    entropy = torch.tensor([0.5, math.nan, 0.1, 0.4, 0.1, 0.9, 0.0, 0.2, 0.3, 0.6])
    counting = torch.tensor([True, False, True, True, True, True, False, True, True, True])
    assert lowest(entropy, counting, 0.3).tolist() == [2, 4, 7]
    # Of two alike the first.
    assert lowest(entropy, counting, 0.1).tolist() == [2]
    assert lowest(entropy, counting & False, 0.5).tolist() == []


def test_overlap_is_jaccards_index() -> None:
    members = torch.rand(4, 30, generator=torch.Generator().manual_seed(1)) < 0.3
    members[3] = False
    found = overlap(members)
    sets = [set(row.nonzero().flatten().tolist()) for row in members]
    for i, own in enumerate(sets):
        for j, other in enumerate(sets):
            expected = len(own & other) / len(own | other) if own | other else 0
            assert float(found[i, j]) == pytest.approx(expected)


def test_correlations_are_pearsons_and_anc_is_their_mean() -> None:
    torch.manual_seed(2)
    x, y = torch.randn(9, 5), torch.randn(9, 5)
    x[:, 2] = 0.1
    found = neuron_correlations(x, y)
    for neuron in (0, 1, 3, 4):
        expected = naive_pearson(x[:, neuron].tolist(), y[:, neuron].tolist())
        assert float(found[neuron]) == pytest.approx(expected)
    assert float(found[2]) == 0
    assert anc(x, y) == pytest.approx(float(found.mean()))
