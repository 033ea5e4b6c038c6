"""Means over languages that share pairs, against loops over pairs and languages."""

import math

import numpy as np
import pytest
from scipy import stats

from neuronxa_tasks.report.compute.joint_means import JointMeans


def models(k: int, languages: int, pairs: int, seed: int, gap: float = 0.0) -> list[list]:
    """Models whose pairs are hard for all of them, and for each in all languages alike."""
    generator = np.random.default_rng(seed)
    hard = generator.beta(0.4, 1.2, pairs)
    made = []
    for number in range(k):
        own = hard + generator.normal(0, 0.1, pairs) - gap * number
        made.append(
            [np.clip(own + generator.normal(0, 0.2, pairs), 0, 1) for _ in range(languages)]
        )
    return made


def test_a_difference_is_students_t_over_pairs_of_the_mean_over_languages() -> None:
    a, b = models(2, 5, 40, seed=1, gap=0.05)
    joint = JointMeans.of([a, b], own_pairs=False)
    assert joint
    differences = [
        sum(float(a[language][pair] - b[language][pair]) for language in range(5)) / 5
        for pair in range(40)
    ]
    expected = stats.ttest_1samp(differences, 0.0)
    assert joint.difference[0, 1] == pytest.approx(sum(differences) / 40)
    assert joint.p()[0, 1] == pytest.approx(expected.pvalue)
    low, high = expected.confidence_interval(0.95)
    assert joint.difference[0, 1] - joint.reach()[0, 1] == pytest.approx(low)
    assert joint.difference[0, 1] + joint.reach()[0, 1] == pytest.approx(high)


def test_its_interval_is_that_of_drawing_pairs_for_all_languages_at_once() -> None:
    a, b = models(2, 5, 100, seed=2, gap=0.05)
    joint = JointMeans.of([a, b], own_pairs=False)
    assert joint
    generator = np.random.default_rng(4)
    drawn = []
    for _ in range(1500):
        pairs = generator.integers(0, 100, 100)
        drawn.append(
            np.mean([x[pairs].mean() - y[pairs].mean() for x, y in zip(a, b, strict=True)])
        )
    low, high = np.percentile(drawn, [2.5, 97.5])
    reach = joint.reach()[0, 1]
    assert (joint.difference[0, 1] - reach, joint.difference[0, 1] + reach) == pytest.approx(
        (low, high), abs=0.15 * reach
    )


def test_errors_of_languages_with_sentences_of_their_own_add_up() -> None:
    generator = np.random.default_rng(6)
    sizes = (30, 50, 1000)
    a, b = ([generator.random(n) for n in sizes] for _ in range(2))
    joint = JointMeans.of([a, b], own_pairs=True)
    assert joint
    variances = [float(np.var(x - y, ddof=1)) / len(x) for x, y in zip(a, b, strict=True)]
    assert joint.error[0, 1] == pytest.approx(math.sqrt(sum(variances)) / 3)
    freedom = sum(variances) ** 2 / sum(
        v**2 / (n - 1) for v, n in zip(variances, sizes, strict=True)
    )
    assert joint.freedom[0, 1] == pytest.approx(freedom)


def test_what_is_the_same_differs_by_nothing_and_what_differs_alike_in_every_pair_surely() -> None:
    ((one,),) = models(1, 1, 20, seed=3)
    joint = JointMeans.of([[one], [one], [one - 0.01]], own_pairs=False)
    assert joint
    assert joint.p()[0, 1] == 1
    assert joint.surely_above().tolist() == [[False, False, True]] * 2 + [[False] * 3]


def test_nothing_is_said_without_pairs_or_of_languages_that_share_other_pairs() -> None:
    assert JointMeans.of([[np.ones(0)], [np.ones(0)]], own_pairs=False) is None
    ragged = [[np.ones(3), np.ones(4)]] * 2
    assert JointMeans.of(ragged, own_pairs=False) is None
    assert JointMeans.of(ragged, own_pairs=True)


@pytest.mark.parametrize("pairs", [10, 100])
def test_equal_models_are_told_apart_as_often_as_it_says(pairs: int) -> None:
    p = []
    for seed in range(400):
        joint = JointMeans.of(models(2, 4, pairs, seed), own_pairs=False)
        assert joint
        p.append(joint.p()[0, 1])
    assert 0.02 < np.mean(np.array(p) < 0.05) < 0.08


def test_of_many_equal_models_none_is_above_another() -> None:
    told = 0
    for seed in range(60):
        joint = JointMeans.of(models(12, 3, 100, seed), own_pairs=False)
        assert joint
        told += bool(joint.surely_above().any())
    assert told <= 6
