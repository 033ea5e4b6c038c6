import math
from collections.abc import Callable
from functools import partial

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from neuronxa_tasks.alignment import anc, cka, debiased_cka, sads, svcca
from tests import reference

Floats = NDArray[np.float64]
Measure = Callable[[torch.Tensor, torch.Tensor], float]

MEASURES: dict[str, Measure] = {
    "cka": cka,
    "debiased_cka": debiased_cka,
    "svcca": partial(svcca, k=3),
    "svcca_variance": partial(svcca, variance=0.9),
    "anc": anc,
    "absolute_anc": partial(anc, absolute=True),
    "sads": sads,
}
every_measure = pytest.mark.parametrize("measure", MEASURES.values(), ids=MEASURES.keys())
seeds = st.integers(0, 2**31)


def related(seed: int, n: int = 9, d: int = 14) -> tuple[torch.Tensor, torch.Tensor]:
    """Two languages that have something in common, neither of them centred."""
    random = np.random.default_rng(seed)
    x = random.normal(size=(n, d)) + random.normal(size=d)
    y = 0.7 * x @ random.normal(size=(d, d)) / math.sqrt(d) + random.normal(size=(n, d)) + 0.3
    return torch.tensor(x, dtype=torch.float32), torch.tensor(y, dtype=torch.float32)


def independent(n: int, d: int) -> tuple[torch.Tensor, torch.Tensor]:
    generator = torch.Generator().manual_seed(n + d)
    return torch.randn(n, d, generator=generator), torch.randn(n, d, generator=generator)


def rotation(seed: int, d: int = 14) -> torch.Tensor:
    q, _ = np.linalg.qr(np.random.default_rng(seed).normal(size=(d, d)))
    return torch.tensor(q)


def as_arrays(x: torch.Tensor, y: torch.Tensor) -> tuple[Floats, Floats]:
    return x.double().numpy(), y.double().numpy()


def cka_of_features(x: Floats, y: Floats) -> float:
    """From the d x d products of dimensions, which the package never forms."""
    x, y = x - x.mean(axis=0), y - y.mean(axis=0)
    return float(np.linalg.norm(y.T @ x) ** 2 / (np.linalg.norm(x.T @ x) * np.linalg.norm(y.T @ y)))


def unbiased_hsic(x: Floats, y: Floats) -> float:
    """Song et al. (2012), equation 5, entry by entry and without centring."""
    n = len(x)
    k = [[0.0 if i == j else float(x[i] @ x[j]) for j in range(n)] for i in range(n)]
    l = [[0.0 if i == j else float(y[i] @ y[j]) for j in range(n)] for i in range(n)]  # noqa: E741
    trace = sum(k[i][j] * l[j][i] for i in range(n) for j in range(n))
    sums = sum(map(sum, k)) * sum(map(sum, l))
    rows = sum(sum(k[i]) * sum(l[i]) for i in range(n))
    return (trace + sums / ((n - 1) * (n - 2)) - 2 * rows / (n - 2)) / (n * (n - 3))


def debiased_by_row_norms(x: Floats, y: Floats) -> float:
    """The same from the row norms of centred features, one square root per side."""
    n = len(x)
    x, y = x - x.mean(axis=0), y - y.mean(axis=0)

    def product(a: Floats, b: Floats) -> float:
        rows_a, rows_b = (a**2).sum(axis=1), (b**2).sum(axis=1)
        correction = rows_a.sum() * rows_b.sum() / ((n - 1) * (n - 2))
        return float(np.linalg.norm(a.T @ b) ** 2 - n / (n - 2) * rows_a @ rows_b + correction)

    return product(x, y) / (math.sqrt(product(x, x)) * math.sqrt(product(y, y)))


def svcca_of_covariances(x: Floats, y: Floats, k_x: int, k_y: int) -> float:
    """Singular vectors of the features, then CCA as an eigenvalue problem of covariances."""

    def leading(a: Floats, k: int) -> Floats:
        a = a - a.mean(axis=0)
        return a @ np.linalg.svd(a, full_matrices=False)[2][:k].T

    a, b = leading(x, k_x), leading(y, k_y)
    aa, ab, bb = a.T @ a, a.T @ b, b.T @ b
    squares = np.linalg.eigvals(np.linalg.solve(aa, ab) @ np.linalg.solve(bb, ab.T))
    highest = np.sort(squares.real)[::-1][: min(k_x, k_y)]
    return float(np.sqrt(np.clip(highest, 0, None)).mean())


@given(seeds)
def test_cka_equals_its_form_in_feature_space(seed: int) -> None:
    x, y = related(seed)
    assert cka(x, y) == pytest.approx(cka_of_features(*as_arrays(x, y)))


@given(seeds)
def test_debiased_cka_is_the_ratio_of_unbiased_estimates(seed: int) -> None:
    x, y = related(seed)
    a, b = as_arrays(x, y)
    expected = unbiased_hsic(a, b) / math.sqrt(unbiased_hsic(a, a) * unbiased_hsic(b, b))
    assert debiased_cka(x, y) == pytest.approx(expected, abs=1e-9)
    assert debiased_cka(x, y) == pytest.approx(debiased_by_row_norms(a, b), abs=1e-9)


@given(seeds, st.integers(1, 8))
def test_svcca_equals_cca_of_covariances(seed: int, k: int) -> None:
    x, y = related(seed)
    expected = svcca_of_covariances(*as_arrays(x, y), k, k)
    assert svcca(x, y, k=k) == pytest.approx(expected, abs=1e-5)


@given(seeds, st.sampled_from([0.5, 0.9, 0.99]))
def test_svcca_keeps_the_fewest_directions_that_hold_the_variance(
    seed: int, variance: float
) -> None:
    x, y = related(seed)

    def needed(a: Floats) -> int:
        squares = np.linalg.svd(a - a.mean(axis=0), compute_uv=False) ** 2
        return next(k for k in range(1, 10) if squares[:k].sum() >= variance * squares.sum())

    a, b = as_arrays(x, y)
    expected = svcca_of_covariances(a, b, needed(a), needed(b))
    assert svcca(x, y, variance=variance) == pytest.approx(expected, abs=1e-5)


@given(seeds)
def test_anc_is_the_mean_of_each_dimensions_pearson_correlation(seed: int) -> None:
    x, y = related(seed)
    a, b = as_arrays(x, y)
    each = [np.corrcoef(a[:, j], b[:, j])[0, 1] for j in range(a.shape[1])]
    assert anc(x, y) == pytest.approx(np.mean(each))
    assert anc(x, y, absolute=True) == pytest.approx(np.mean(np.abs(each)))


@given(seeds)
def test_sads_is_the_mean_cosine_of_pairs_minus_that_of_all_others(seed: int) -> None:
    x, y = related(seed)
    a, b = as_arrays(x, y)
    n = len(a)
    pairs = [reference.cosine(a[i], b[i]) for i in range(n)]
    others = [reference.cosine(a[i], b[j]) for i in range(n) for j in range(n) if i != j]
    assert sads(x, y) == pytest.approx(np.mean(pairs) - np.mean(others))


def test_values_worked_by_hand() -> None:
    x = torch.tensor([[1.0, 0.0], [-1.0, 0.0], [0.0, 1.0], [0.0, -1.0]])
    y = torch.tensor([[1.0], [-1.0], [0.0], [0.0]])
    # X'X = 2 I, Y'Y = 2 and Y'X = (2, 0): 4 / (sqrt(8) * 2).
    assert cka(x, y) == pytest.approx(1 / math.sqrt(2))
    # Off the diagonal K is -1 between opposites, L only between the first two. Centred there,
    # K is -2/3 between opposites and 1/3 elsewhere, and L is half of that.
    assert debiased_cka(x, y) == pytest.approx(1.0)
    # Y lies along X's first direction, whose variance equals that of the second.
    assert svcca(x, y, k=2) == pytest.approx(1.0)
    assert anc(x, torch.cat([y, -x[:, 1:]], dim=1)) == pytest.approx(0.0)
    assert anc(x, torch.cat([y, -x[:, 1:]], dim=1), absolute=True) == pytest.approx(1.0)
    # Pairs 1, 1, 1, 1; among the twelve others four are -1 and the rest 0.
    assert sads(x, x) == pytest.approx(1 + 4 / 12)


@every_measure
@given(seed=seeds, order=st.permutations(range(9)))
def test_the_order_of_pairs_does_not_matter(measure: Measure, seed: int, order: list[int]) -> None:
    x, y = related(seed)
    assert measure(x[order], y[order]) == pytest.approx(measure(x, y), abs=1e-9)


@every_measure
@given(seed=seeds, scale=st.floats(0.01, 100))
def test_the_scale_of_a_language_does_not_matter(measure: Measure, seed: int, scale: float) -> None:
    x, y = (side.double() for side in related(seed))
    assert measure(x, scale * y) == pytest.approx(measure(x, y), abs=1e-9)


@every_measure
@given(seed=seeds)
def test_the_two_languages_are_treated_alike(measure: Measure, seed: int) -> None:
    x, y = related(seed)
    assert measure(x, y) == pytest.approx(measure(y, x), abs=1e-9)


@pytest.mark.parametrize("name", ["cka", "debiased_cka", "svcca", "svcca_variance"])
@given(seed=seeds)
def test_rotating_and_moving_each_language_by_itself_does_not_matter(name: str, seed: int) -> None:
    x, y = (side.double() for side in related(seed))
    turned = MEASURES[name](x @ rotation(seed) + 5, y @ rotation(seed + 1) - 2)
    assert turned == pytest.approx(MEASURES[name](x, y), abs=1e-9)


@given(seeds)
def test_sads_keeps_under_a_rotation_of_both_and_anc_under_any_scale_of_a_dimension(
    seed: int,
) -> None:
    x, y = (side.double() for side in related(seed))
    assert sads(x @ rotation(seed), y @ rotation(seed)) == pytest.approx(sads(x, y))
    scales = torch.linspace(0.1, 30, 14)
    assert anc(x * scales + 4, y) == pytest.approx(anc(x, y), abs=1e-9)


@given(seeds)
def test_a_language_with_itself_reaches_the_highest_value(seed: int) -> None:
    x, _ = related(seed)
    for name in MEASURES.keys() - {"sads"}:
        assert MEASURES[name](x, x) == pytest.approx(1.0)


def test_biased_cka_of_independent_sentences_is_high_and_rises_with_the_dimensions() -> None:
    values = [cka(*independent(100, d)) for d in (50, 500, 4096)]
    assert values == sorted(values)
    assert values[1] == pytest.approx(0.83, abs=0.02)
    assert values[2] == pytest.approx(0.976, abs=0.005)


@pytest.mark.parametrize("d", [50, 500, 4096])
def test_the_noise_floors_of_independent_sentences(d: int) -> None:
    x, y = independent(100, d)
    assert debiased_cka(x, y) == pytest.approx(0.0, abs=0.05)
    assert svcca(x, y) == pytest.approx(0.4, abs=0.05)
    assert anc(x, y) == pytest.approx(0.0, abs=0.05)
    assert anc(x, y, absolute=True) == pytest.approx(0.08, abs=0.02)
    assert sads(x, y) == pytest.approx(0.0, abs=0.05)


def test_svcca_of_almost_all_variance_finds_perfect_likeness_in_noise() -> None:
    assert svcca(*independent(100, 4096), variance=0.99) > 0.95


@pytest.mark.parametrize("k", [9, 20])
def test_svcca_refuses_as_many_directions_as_pairs(k: int) -> None:
    with pytest.raises(ValueError, match=rf"`k` .* got {k} of 9"):
        svcca(*related(0), k=k)


def test_svcca_of_a_low_rank_keeps_what_there_is() -> None:
    x, y = related(0, n=30, d=4)
    wide = x.double() @ torch.randn(4, 50, dtype=torch.float64)
    assert svcca(wide, y, k=20) == pytest.approx(svcca(x, y, k=4))
    assert svcca(wide, y, variance=1.0) == pytest.approx(svcca(x, y, k=4))


def test_a_constant_dimension_counts_as_uncorrelated() -> None:
    x, y = related(0)
    # Their mean in floating point is not 0.1.
    constant = torch.full((9, 14), 0.1)
    assert anc(torch.cat([x, constant], dim=1), torch.cat([y, y], dim=1)) == pytest.approx(
        anc(x, y) / 2
    )


@pytest.mark.parametrize("value", [0.0, 0.1, 7.0])
def test_equal_sentences_have_no_cka_and_no_svcca_and_an_anc_of_zero(value: float) -> None:
    x, _ = related(0)
    equal = torch.full((9, 14), value)
    for name in ("cka", "debiased_cka", "svcca", "svcca_variance"):
        assert math.isnan(MEASURES[name](x, equal))
        assert math.isnan(MEASURES[name](equal, equal))
    assert anc(x, equal) == anc(equal, equal) == 0.0


def test_sads_is_zero_for_equal_sentences_and_unknown_where_one_is_zero() -> None:
    x, y = related(0)
    assert sads(x, torch.full((9, 14), 0.1)) == pytest.approx(0.0, abs=1e-12)
    y[3] = 0
    assert math.isnan(sads(x, y))


@pytest.mark.parametrize("n", [2, 3])
def test_debiased_cka_needs_four_pairs(n: int) -> None:
    assert math.isnan(debiased_cka(*related(0, n=n)))


def test_sides_may_differ_in_width_where_no_dimension_is_compared_with_another() -> None:
    x, y = related(0)
    for name in ("cka", "debiased_cka", "svcca", "svcca_variance"):
        padded = torch.cat([y, torch.zeros(9, 5)], dim=1)
        assert MEASURES[name](x, padded) == pytest.approx(MEASURES[name](x, y))
