"""Draws and intervals against loops that take one thing at a time."""

import math

import numpy as np
import pytest

from neuronxa_tasks.report.compute.coefficients import weighted_pearson
from neuronxa_tasks.report.compute.resampling import (
    RESAMPLES,
    SEED,
    article_error,
    article_intervals,
    draws_of_groups,
    group_resamples,
    intervals,
    percentile_interval,
    resamples,
)
from tests.reference import naive_pearson


@pytest.fixture
def columns() -> tuple[np.ndarray, np.ndarray]:
    generator = np.random.default_rng(3)
    x = generator.random(30)
    return x, x + 0.8 * generator.random(30)


def test_the_bootstrap_resamples_languages(columns: tuple[np.ndarray, ...]) -> None:
    x, y = columns
    draws = np.random.default_rng(SEED).multinomial(30, np.full(30, 1 / 30), size=RESAMPLES)
    found = weighted_pearson(x[:, None], y, resamples(30))[:50, 0]
    for counts, value in zip(draws[:50], found, strict=True):
        drawn = np.repeat(np.arange(30), counts)
        assert value == pytest.approx(naive_pearson(x[drawn].tolist(), y[drawn].tolist()))


def test_related_languages_are_drawn_and_left_out_together(columns: tuple[np.ndarray, ...]) -> None:
    x, y = columns
    branches = [f"branch{i % 11}" for i in range(30)]
    names = sorted(set(branches))
    draws = draws_of_groups(branches)
    assert draws is not None
    counts = np.random.default_rng(SEED).multinomial(11, np.full(11, 1 / 11), size=RESAMPLES)
    drawn = weighted_pearson(x[:, None], y, draws)[:, 0]
    for count, value in zip(counts[:50], drawn, strict=False):
        members = [
            i
            for name, times in zip(names, count, strict=True)
            for _ in range(times)
            for i, branch in enumerate(branches)
            if branch == name
        ]
        assert value == pytest.approx(naive_pearson(x[members].tolist(), y[members].tolist()))


def test_a_constant_resample_has_no_value() -> None:
    x = np.array([1.0] * 9 + [2])
    values = weighted_pearson(x[:, None], np.arange(10.0), resamples(10))[:, 0]
    assert np.isnan(values[resamples(10)[:, 9] == 0]).all()
    low, high = percentile_interval(values)
    assert -1 <= low <= high <= 1
    assert np.isnan(percentile_interval(np.full(100, np.nan))).all()


def test_fewer_than_ten_groups_are_not_drawn() -> None:
    assert draws_of_groups(["Romance"] * 20 + [*"abcdefgh"]) is None
    assert draws_of_groups([*"abcdefghij"]) is not None


def test_whole_articles_are_drawn() -> None:
    articles = (0, 0, 0, 1, 2, 2, 3)
    values = np.array([1.0, 1, 0, 0, 1, 0, 1])
    generator = np.random.default_rng(1)
    means = []
    for _ in range(4000):
        drawn = generator.integers(0, 4, 4)
        means.append(np.concatenate([values[np.array(articles) == a] for a in drawn]).mean())
    (low,), (high,) = article_intervals([values], [articles])
    assert (low, high) == pytest.approx(tuple(np.percentile(means, [2.5, 97.5])), abs=0.03)
    assert group_resamples(articles).sum(axis=1) == pytest.approx(np.ones(RESAMPLES))


def test_articles_of_one_pair_each_are_pairs() -> None:
    values = np.random.default_rng(2).random(40)
    alone = tuple(range(40))
    assert article_error(values, alone) == pytest.approx(values.std(ddof=1) / math.sqrt(40))
    assert np.array(article_intervals([values], [alone])) == pytest.approx(
        np.array(intervals([values]))
    )


def test_pairs_that_go_together_have_a_larger_error() -> None:
    values = np.repeat(np.random.default_rng(3).random(20), 5)
    articles = np.repeat(np.arange(20), 5).tolist()
    assert article_error(values, articles) > 2 * values.std(ddof=1) / 10


def test_one_article_or_none_that_is_known_has_neither_error_nor_interval() -> None:
    values = np.array([0.0, 1.0])
    assert math.isnan(article_error(values, [4, 4]))
    assert np.isnan(article_intervals([values, values], [(4, 4), ()])).all()


@pytest.mark.parametrize(("outcome", "ends"), [(0.0, (0, 0.0370)), (1.0, (0.9630, 1))])
def test_where_all_are_alike_the_interval_is_wilsons(
    outcome: float, ends: tuple[float, float]
) -> None:
    (low,), (high,) = intervals([np.full(100, outcome)])
    assert (low, high) == pytest.approx(ends, abs=5e-5)


def test_intervals_over_branches_hold_where_those_over_languages_do_not() -> None:
    generator = np.random.default_rng(11)
    branches = np.repeat(np.arange(20), 5)
    kinds = {"languages": draws_of_groups(range(100)), "branches": draws_of_groups(branches)}
    held = dict.fromkeys(kinds, 0)
    for _ in range(200):
        # Of every score 0.7 is the branch's, and the two are not correlated at all.
        x, y = (
            generator.standard_normal(20)[branches] * 0.7**0.5
            + generator.standard_normal(100) * 0.3**0.5
            for _ in range(2)
        )
        for name, draws in kinds.items():
            assert draws is not None
            low, high = percentile_interval(weighted_pearson(x[:, None], y, draws)[:, 0])
            held[name] += low <= 0 <= high
    assert held["languages"] < 0.8 * 200
    assert held["branches"] > 0.88 * 200
