"""Coefficients against definitions written out, one number at a time."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from neuronxa_tasks.report.compute.coefficients import (
    correlate,
    impossible,
    kin_draws,
    paired_differences,
    partial,
    williams_p,
)
from neuronxa_tasks.report.compute.resampling import draws_of_groups
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


DRAWS = {"bootstrap": draws_of_groups(range(30))}


def test_both_coefficients_are_the_textbooks(columns: tuple[np.ndarray, ...]) -> None:
    x, y, _ = (column.round(1).tolist() for column in columns)
    (found,) = correlate(np.array(x)[:, None], np.array(y), {})
    assert found.pearson == pytest.approx(naive_pearson(x, y))
    assert found.spearman == pytest.approx(naive_pearson(naive_ranks(x), naive_ranks(y)))


def test_the_interval_is_fishers(columns: tuple[np.ndarray, ...]) -> None:
    (found,) = correlate(columns[0][:, None], columns[1], {})
    z, reach = math.atanh(found.pearson), 1.959964 / math.sqrt(len(columns[0]) - 3)
    assert found.fisher == pytest.approx((math.tanh(z - reach), math.tanh(z + reach)))


def test_the_same_seed_gives_the_same_interval(columns: tuple[np.ndarray, ...]) -> None:
    x, y, _ = columns
    assert correlate(x[:, None], y, DRAWS) == correlate(x[:, None], y, DRAWS)


def test_too_few_groups_give_no_interval(columns: tuple[np.ndarray, ...]) -> None:
    (found,) = correlate(columns[0][:, None], columns[1], {"family": None})
    assert all(math.isnan(end) for end in found.drawn["family"])


def test_columns_at_once_are_as_each_alone(columns: tuple[np.ndarray, ...]) -> None:
    x, y, z = columns
    both = correlate(np.stack([x, z], axis=1), y, DRAWS)
    for one, found in zip((x, z), both, strict=True):
        (alone,) = correlate(one[:, None], y, DRAWS)
        assert found.spearman_p == alone.spearman_p
        assert found.drawn["bootstrap"] == pytest.approx(alone.drawn["bootstrap"])


def test_languages_are_drawn_by_themselves_by_branch_and_by_family() -> None:
    codes = tuple(
        "deu_Latn nld_Latn fra_Latn ita_Latn rus_Cyrl hin_Deva ell_Grek cym_Latn lit_Latn "
        "pes_Arab hye_Armn als_Latn xxx".split()
    )
    draws = kin_draws(codes)
    assert draws["family"] is None
    languages, branches = draws["bootstrap"], draws["branch"]
    assert languages is not None
    assert branches is not None
    # German and Dutch, French and Italian; what FLORES-200 does not have is alone.
    kin = [
        (a, b)
        for a in range(13)
        for b in range(a)
        if (branches[:, a] == branches[:, b]).all() or (languages[:, a] == languages[:, b]).all()
    ]
    assert kin == [(1, 0), (3, 2)]


def test_a_predictor_differs_from_itself_by_nothing(columns: tuple[np.ndarray, ...]) -> None:
    x, _, y = columns
    (found,) = paired_differences(np.stack([x, x], axis=1), y, DRAWS)
    assert (found.value, found.drawn["bootstrap"], found.p) == (0, (0, 0), 1)


def test_a_far_better_predictor_is_told_apart(columns: tuple[np.ndarray, ...]) -> None:
    x, near, _ = columns
    noise = np.random.default_rng(5).random(30)
    (found,) = paired_differences(np.stack([x, noise], axis=1), near, DRAWS)
    assert found.value == pytest.approx(
        naive_pearson(x.tolist(), near.tolist()) - naive_pearson(noise.tolist(), near.tolist())
    )
    low, high = found.drawn["bootstrap"]
    assert 0 < low < found.value < high
    assert found.p < 0.01


def test_equal_predictors_are_rarely_told_apart_however_few_the_languages() -> None:
    generator = np.random.default_rng(8)
    for n in (8, 30):
        p = []
        for _ in range(600):
            y, shared = generator.standard_normal((2, n))
            a, b = (y + shared + generator.standard_normal(n) for _ in range(2))
            r = np.corrcoef([a, b, y])
            p.append(williams_p(r[0, 2], r[1, 2], r[0, 1], n))
        assert 0.025 < np.mean(np.array(p) < 0.05) < 0.075


def test_partial_correlation_is_that_of_residuals(columns: tuple[np.ndarray, ...]) -> None:
    x, y, given_column = columns
    design = np.stack([np.ones(30), given_column], axis=1)
    rest_x, rest_y = (v - design @ np.linalg.lstsq(design, v, rcond=None)[0] for v in (x, y))
    found = partial(x, y, given_column)
    assert found
    assert (found.value, found.n) == (
        pytest.approx(naive_pearson(rest_x.tolist(), rest_y.tolist())),
        30,
    )
    reach = 1.959964 / math.sqrt(30 - 1 - 3)
    ends = (math.tanh(math.atanh(found.value) + side * reach) for side in (-1, 1))
    assert found.interval == pytest.approx(tuple(ends))
    # Student's t of the coefficient in a regression on both.
    both = np.column_stack([design, x])
    beta, (rest,), *_ = np.linalg.lstsq(both, y, rcond=None)
    error = math.sqrt(rest / 27 * np.linalg.inv(both.T @ both)[2, 2])
    assert found.p == pytest.approx(2 * stats.t.sf(abs(beta[2] / error), 27))


def test_given_itself_nothing_is_left_to_correlate(columns: tuple[np.ndarray, ...]) -> None:
    assert partial(columns[0], columns[1], columns[0]) is None


@given(n=st.integers(0, 12))
def test_fewer_than_five_languages_have_a_reason_and_no_number(n: int) -> None:
    reason = impossible(np.arange(float(n)), np.arange(float(n)))
    assert (reason is None) == (n >= 5)


def test_a_constant_column_has_a_reason() -> None:
    assert impossible(np.ones(9), np.arange(9.0)) == "every language has the same value"
