"""Correlation over languages, with its uncertainty."""

import functools
import math
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from scipy import stats

from neuronxa_tasks.data.branches import branch
from neuronxa_tasks.data.languages import family
from neuronxa_tasks.report.compute.resampling import (
    CONFIDENCE,
    Array,
    draws_of_groups,
    percentile_intervals,
)

# Below this number of languages a correlation says nothing.
MINIMUM = 5

Interval = tuple[float, float]
NO_INTERVAL: Interval = (math.nan, math.nan)

# What languages are drawn by: each by itself, or with all that are related to it.
LANGUAGES, BRANCHES, FAMILIES = "bootstrap", "branch", "family"


@dataclass(frozen=True)
class Correlation:
    """How two columns go together.

    Attributes:
        n: Number of languages.
        pearson: Pearson's r, the paper's coefficient.
        fisher: 95 % interval of r by Fisher's z.
        drawn: 95 % intervals of r by the bootstrap (percentiles), by what was drawn; NaN where
            there are too few groups.
        p: Two-sided p of r.
        spearman: Spearman's rank correlation.
        spearman_p: Its two-sided p.
    """

    n: int
    pearson: float
    fisher: Interval
    drawn: Mapping[str, Interval]
    p: float
    spearman: float
    spearman_p: float


def impossible(x: Array, y: Array) -> str | None:
    """Why two columns have no correlation, or None if they have one.

    Args:
        x: Shape (n,).
        y: Shape (n,).
    """
    if len(x) < MINIMUM:
        return f"languages that have both: {len(x)}, needed: {MINIMUM}"
    if np.ptp(x) == 0 or np.ptp(y) == 0:
        return "every language has the same value"
    return None


def correlate(columns: Array, y: Array, draws: Mapping[str, Array | None]) -> list[Correlation]:
    """Correlation of every column with y, where it is possible.

    Args:
        columns: Shape (n, k).
        y: Shape (n,).
        draws: Shares of the n languages, shape (resamples, n), by name; None where there are too
            few groups.

    Returns:
        One for every column.

    Example:
        >>> x = np.arange(6.0)
        >>> (result,) = correlate(x[:, None], x**2, {})
        >>> round(result.pearson, 3), result.spearman
        (0.96, 1.0)
    """
    drawn = {
        name: [NO_INTERVAL] * columns.shape[1]
        if weights is None
        else percentile_intervals(weighted_pearson(columns, y, weights))
        for name, weights in draws.items()
    }
    found = []
    for place, x in enumerate(columns.T):
        pearson, spearman = stats.pearsonr(x, y), stats.spearmanr(x, y)
        fisher = pearson.confidence_interval(CONFIDENCE)
        found.append(
            Correlation(
                n=len(x),
                pearson=float(pearson.statistic),
                fisher=(float(fisher.low), float(fisher.high)),
                drawn={name: intervals[place] for name, intervals in drawn.items()},
                p=float(pearson.pvalue),
                spearman=float(spearman.statistic),
                spearman_p=float(spearman.pvalue),
            )
        )
    return found


def weighted_pearson(columns: Array, y: Array, weights: Array) -> Array:
    """Pearson's r of every column with y, with languages in the shares that the weights give.

    Args:
        columns: Shape (n, k).
        y: Shape (n,).
        weights: Shape (draws, n), rows of sum 1.

    Returns:
        Shape (draws, k); NaN where a draw is constant.
    """
    x = columns - columns.mean(axis=0)
    y = (y - y.mean())[:, None]
    # A draw is a weight per language, so its moments are one matrix product.
    moments = weights @ np.hstack([x, x * y, x**2, y, y**2])
    k = x.shape[1]
    mean_x, product, square_x, mean_y, square_y = np.split(
        moments, [k, 2 * k, 3 * k, 3 * k + 1], axis=1
    )
    covariance = product - mean_x * mean_y
    variance_x = square_x - mean_x**2
    variance_y = square_y - mean_y**2
    # What rounding leaves of no variance at all would divide by almost nothing.
    variance = np.where(variance_x < 1e-12 * x.var(axis=0), np.nan, variance_x)
    variance = variance * np.where(variance_y < 1e-12 * y.var(), np.nan, variance_y)
    return np.asarray(covariance / np.sqrt(variance))


@dataclass(frozen=True)
class Difference:
    """By how much one predictor's correlation is above another's.

    Attributes:
        value: The one r less the other.
        drawn: Its 95 % intervals by the bootstrap (percentiles), by what was drawn; NaN where
            there are too few groups.
        p: Two-sided p of no difference (Williams 1959).
    """

    value: float
    drawn: Mapping[str, Interval]
    p: float


def paired_differences(
    columns: Array, y: Array, draws: Mapping[str, Array | None]
) -> list[Difference]:
    """Difference of each two columns' correlations with y, over the same languages.

    Args:
        columns: Shape (n, k).
        y: Shape (n,).
        draws: As `correlate` takes them.

    Returns:
        One for every pair of columns, in the order of `itertools.combinations`.
    """
    r = np.asarray(np.corrcoef(np.column_stack([columns, y]), rowvar=False))
    drawn = {
        name: np.full_like(columns, np.nan)
        if weights is None
        else weighted_pearson(columns, y, weights)
        for name, weights in draws.items()
    }
    pairs = list(combinations(range(columns.shape[1]), 2))
    first, second = (list(side) for side in zip(*pairs, strict=True))
    spread = {
        name: percentile_intervals(values[:, first] - values[:, second])
        for name, values in drawn.items()
    }
    return [
        Difference(
            value=float(r[a, -1] - r[b, -1]),
            drawn={name: intervals[place] for name, intervals in spread.items()},
            p=williams_p(r[a, -1], r[b, -1], r[a, b], len(y)),
        )
        for place, (a, b) in enumerate(pairs)
    ]


def williams_p(first: float, second: float, between: float, n: int) -> float:
    """Two-sided p that two predictors correlate alike with a third column (Williams 1959).

    Args:
        first: Pearson's r of one predictor with the column.
        second: Of the other.
        between: Of the two predictors.
        n: Number of languages, above 3.

    Example:
        >>> round(williams_p(0.4, 0.5, 0.1, 103), 2)
        0.37
    """
    determinant = 1 - first**2 - second**2 - between**2 + 2 * first * second * between
    mean = (first + second) / 2
    variance = 2 * (n - 1) / (n - 3) * determinant + mean**2 * (1 - between) ** 3
    # Predictors that are the same up to rounding.
    if variance <= 1e-12:
        return 1.0
    t = (first - second) * math.sqrt((n - 1) * (1 + between) / variance)
    return float(2 * stats.t.sf(abs(t), n - 3))


@dataclass(frozen=True)
class Partial:
    """Pearson's r of two columns given a third.

    Attributes:
        n: Number of languages that have all three.
        value: The partial correlation.
        interval: Its 95 % interval by Fisher's z, for which the third column costs one language.
        p: Two-sided p by Student's t with n - 3 degrees of freedom.
    """

    n: int
    value: float
    interval: Interval
    p: float


def partial(x: Array, y: Array, given: Array) -> Partial | None:
    """The partial correlation; None where the third column is all of one of the others.

    Args:
        x: Shape (n,).
        y: Shape (n,).
        given: Shape (n,).

    Example:
        >>> x, y = np.array([1.0, 2, 3, 5, 4]), np.array([2.0, 1, 3, 4, 5])
        >>> round(partial(x, y, np.array([0.0, 1, 0, 1, 0])).value, 3)
        0.964
    """
    xy, xz, yz = (float(np.corrcoef(a, b)[0, 1]) for a, b in ((x, y), (x, given), (y, given)))
    left = (1 - xz**2) * (1 - yz**2)
    if left <= 1e-12:
        return None
    # Rounding alone brings it beyond 1.
    r, n = float(np.clip((xy - xz * yz) / left**0.5, -1, 1)), len(x)
    if abs(r) == 1:
        return Partial(n, r, (r, r), 0.0)
    z, reach = np.arctanh(r), float(stats.norm.ppf((1 + CONFIDENCE) / 2)) / math.sqrt(n - 4)
    t = r * math.sqrt((n - 3) / (1 - r**2))
    interval = float(np.tanh(z - reach)), float(np.tanh(z + reach))
    return Partial(n, r, interval, float(2 * stats.t.sf(abs(t), n - 3)))


@functools.lru_cache(maxsize=8)
def kin_draws(languages: tuple[str, ...]) -> Mapping[str, Array | None]:
    """Draws of languages, each by itself and with those that it is related to.

    Args:
        languages: Codes, shape (n,); one that is not known to be related to any is alone.
    """
    groups = {
        LANGUAGES: languages,
        BRANCHES: [branch(code) or code for code in languages],
        FAMILIES: [family(code) or code for code in languages],
    }
    return {name: draws_of_groups(of_each) for name, of_each in groups.items()}
