"""Statistics against definitions written out, one number at a time."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from neuronxa_tasks.report.compute.resampling import (
    RESAMPLES,
    SEED,
    Difference,
    article_error,
    article_intervals,
    article_resamples,
    correlate,
    impossible,
    intervals,
    paired_differences,
    partial,
    resampled_pearson,
    resamples,
)
from tests.reference import naive_pearson


def naive_ranks(x: list[float]) -> list[float]:
    return [
        sum(other < value for other in x) + (sum(other == value for other in x) + 1) / 2
        for value in x
    ]


@pytest.fixture
def columns() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    generator = np.random.default_rng(3)
    x = generator.random(30)
    return x, x + 0.3 * generator.random(30), x + 0.6 * generator.random(30)


def test_both_coefficients_are_the_textbooks(columns: tuple[np.ndarray, ...]) -> None:
    x, y, _ = (column.round(1).tolist() for column in columns)
    found = correlate(np.array(x), np.array(y))
    assert found.pearson == pytest.approx(naive_pearson(x, y))
    assert found.spearman == pytest.approx(naive_pearson(naive_ranks(x), naive_ranks(y)))


def test_the_interval_is_fishers(columns: tuple[np.ndarray, ...]) -> None:
    found = correlate(columns[0], columns[1])
    z, reach = math.atanh(found.pearson), 1.959964 / math.sqrt(len(columns[0]) - 3)
    assert found.fisher == pytest.approx((math.tanh(z - reach), math.tanh(z + reach)))


def test_the_bootstrap_resamples_languages(columns: tuple[np.ndarray, ...]) -> None:
    x, y, _ = columns
    draws = np.random.default_rng(SEED).multinomial(30, np.full(30, 1 / 30), size=RESAMPLES)
    for counts, value in zip(draws[:50], resampled_pearson(x[:, None], y)[:50, 0], strict=True):
        drawn = np.repeat(np.arange(30), counts)
        assert value == pytest.approx(naive_pearson(x[drawn].tolist(), y[drawn].tolist()))


def test_a_constant_resample_has_no_value() -> None:
    x = np.array([1.0, 1, 1, 1, 2])
    values = resampled_pearson(x[:, None], np.arange(5.0))[:, 0]
    constant = resamples(5)[:, 4] == 0
    assert np.isnan(values[constant]).all()
    low, high = correlate(x, np.arange(5.0)).bootstrap
    assert -1 <= low <= high <= 1


def test_the_same_seed_gives_the_same_interval(columns: tuple[np.ndarray, ...]) -> None:
    assert correlate(columns[0], columns[1]) == correlate(columns[0], columns[1])


def test_a_predictor_differs_from_itself_by_nothing(columns: tuple[np.ndarray, ...]) -> None:
    x, _, y = columns
    assert paired_differences(np.stack([x, x], axis=1), y) == [Difference(0.0, (0.0, 0.0), 1.0)]


def test_a_far_better_predictor_is_told_apart(columns: tuple[np.ndarray, ...]) -> None:
    x, near, _ = columns
    noise = np.random.default_rng(5).random(30)
    (found,) = paired_differences(np.stack([x, noise], axis=1), near)
    assert found.value == pytest.approx(
        naive_pearson(x.tolist(), near.tolist()) - naive_pearson(noise.tolist(), near.tolist())
    )
    assert 0 < found.interval[0] < found.value < found.interval[1]
    assert found.p < 0.01


def test_partial_correlation_is_that_of_residuals(columns: tuple[np.ndarray, ...]) -> None:
    x, y, given_column = columns
    design = np.stack([np.ones(30), given_column], axis=1)
    rest_x, rest_y = (v - design @ np.linalg.lstsq(design, v, rcond=None)[0] for v in (x, y))
    expected = naive_pearson(rest_x.tolist(), rest_y.tolist())
    assert partial(x, y, given_column) == pytest.approx(expected)


def test_given_itself_nothing_is_left_to_correlate(columns: tuple[np.ndarray, ...]) -> None:
    assert partial(columns[0], columns[1], columns[0]) is None


@given(n=st.integers(0, 12))
def test_fewer_than_five_languages_have_a_reason_and_no_number(n: int) -> None:
    reason = impossible(np.arange(float(n)), np.arange(float(n)))
    assert (reason is None) == (n >= 5)


def test_a_constant_column_has_a_reason() -> None:
    assert impossible(np.ones(9), np.arange(9.0)) == "every language has the same value"


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
    assert article_resamples(articles).sum(axis=1) == pytest.approx(np.ones(RESAMPLES))


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
