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
    correlate,
    differences,
    impossible,
    partial,
    resampled_pearson,
    resamples,
)


def naive_pearson(x: list[float], y: list[float]) -> float:
    mean_x, mean_y = sum(x) / len(x), sum(y) / len(y)
    above = sum((a - mean_x) * (b - mean_y) for a, b in zip(x, y, strict=True))
    below = sum((a - mean_x) ** 2 for a in x) * sum((b - mean_y) ** 2 for b in y)
    return above / math.sqrt(below)


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
    assert differences(np.stack([x, x], axis=1), y) == [Difference(0.0, (0.0, 0.0), 1.0)]


def test_a_far_better_predictor_is_told_apart(columns: tuple[np.ndarray, ...]) -> None:
    x, near, _ = columns
    noise = np.random.default_rng(5).random(30)
    (found,) = differences(np.stack([x, noise], axis=1), near)
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
