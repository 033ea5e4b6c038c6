"""Correlation over languages, with its uncertainty."""

import functools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import numpy.typing as npt
from scipy import stats

Array = npt.NDArray[np.float64]

# Below this number of languages a correlation says nothing.
MINIMUM = 5
RESAMPLES = 2000
SEED = 0
CONFIDENCE = 0.95


@dataclass(frozen=True)
class Correlation:
    """How two columns go together.

    Attributes:
        n: Number of languages.
        pearson: Pearson's r, the paper's coefficient.
        fisher: 95 % interval of r by Fisher's z.
        bootstrap: 95 % interval of r over resampled languages.
        p: Two-sided p of r.
        spearman: Spearman's rank correlation.
        spearman_p: Its two-sided p.
    """

    n: int
    pearson: float
    fisher: tuple[float, float]
    bootstrap: tuple[float, float]
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


def correlate(x: Array, y: Array) -> Correlation:
    """Correlation of two columns for which it is possible.

    Args:
        x: Shape (n,).
        y: Shape (n,).

    Example:
        >>> x = np.arange(6.0)
        >>> result = correlate(x, x**2)
        >>> round(result.pearson, 3), result.spearman
        (0.96, 1.0)
    """
    pearson = stats.pearsonr(x, y)
    spearman = stats.spearmanr(x, y)
    fisher = pearson.confidence_interval(CONFIDENCE)
    return Correlation(
        n=len(x),
        pearson=float(pearson.statistic),
        fisher=(float(fisher.low), float(fisher.high)),
        bootstrap=percentile_interval(resampled_pearson(x[:, None], y)[:, 0]),
        p=float(pearson.pvalue),
        spearman=float(spearman.statistic),
        spearman_p=float(spearman.pvalue),
    )


def resampled_pearson(columns: Array, y: Array) -> Array:
    """Pearson's r of every column with y, over languages resampled jointly.

    Args:
        columns: Shape (n, k).
        y: Shape (n,).

    Returns:
        Shape (resamples, k); NaN where a resample is constant.
    """
    weights = resamples(len(y))
    x = columns - columns.mean(axis=0)
    y = (y - y.mean())[:, None]
    # A resample is a weight per language, so its moments are matrix products.
    mean_x, mean_y = weights @ x, weights @ y
    covariance = weights @ (x * y) - mean_x * mean_y
    variance_x = weights @ x**2 - mean_x**2
    variance_y = weights @ y**2 - mean_y**2
    # What rounding leaves of no variance at all would divide by almost nothing.
    variance = np.where(variance_x < 1e-12 * x.var(axis=0), np.nan, variance_x)
    variance = variance * np.where(variance_y < 1e-12 * y.var(), np.nan, variance_y)
    return np.asarray(covariance / np.sqrt(variance))


@functools.cache
def resamples(n: int) -> Array:
    """Draws of n things from n with replacement, as the share of each, seeded.

    Args:
        n: Number of values to draw from.

    Returns:
        Shape (resamples, n), rows of sum 1.
    """
    draws = np.random.default_rng(SEED).multinomial(n, np.full(n, 1 / n), size=RESAMPLES)
    return np.asarray(draws / n)


def percentile_interval(values: Array) -> tuple[float, float]:
    """The middle 95 % of resampled values, those without a value left out."""
    tail = 50 * (1 - CONFIDENCE)
    low, high = np.nanpercentile(values, [tail, 100 - tail])
    return float(low), float(high)


@functools.lru_cache(maxsize=8)
def article_resamples(articles: tuple[int, ...]) -> Array:
    """Draws of whole articles with replacement, as the share of each pair, seeded.

    Args:
        articles: Number of the article that each of n pairs is from.

    Returns:
        Shape (resamples, n), rows of sum 1.
    """
    _, places = np.unique(articles, return_inverse=True)
    weights = resamples(int(places.max()) + 1)[:, places]
    return np.asarray(weights / weights.sum(axis=1, keepdims=True))


def article_error(values: Array, articles: Sequence[int]) -> float:
    r"""Standard error of a mean over pairs whose articles, not themselves, are independent.

    $\sqrt{\frac{k}{k - 1} \sum_a u_a^2} / n$, where $u_a$ is the sum over article a of what its
    values are above the mean: the standard error clustered by k articles.

    Args:
        values: Shape (n,).
        articles: Number of the article of each, shape (n,).

    Returns:
        NaN where there are fewer than two articles.

    Example:
        >>> round(article_error(np.array([1.0, 0.0, 0.0, 1.0]), [0, 1, 2, 3]), 4)
        0.2887
    """
    names, places = np.unique(articles, return_inverse=True)
    if len(names) < 2:
        return math.nan
    sums = np.bincount(places, values - values.mean())
    return math.sqrt(len(names) / (len(names) - 1) * float(sums @ sums)) / len(values)


def article_intervals(
    rows: Sequence[Array], articles: Sequence[tuple[int, ...]]
) -> tuple[Array, Array]:
    """95 % interval of every row's mean, over whole articles resampled.

    Args:
        rows: Of any lengths.
        articles: Number of the article of each value, empty where unknown.

    Returns:
        Both ends, shape (rows,), NaN where articles are unknown or fewer than two.
    """
    ends = np.full((2, len(rows)), np.nan)
    for place, (row, own) in enumerate(zip(rows, articles, strict=True)):
        if len(row) == len(own) and len(set(own)) > 1:
            ends[:, place] = percentile_interval(article_resamples(own) @ row)
    return ends[0], ends[1]


def missed_or_found(rows: Sequence[Array]) -> npt.NDArray[np.bool_]:
    """Where every value of a row is 0, or every one 1, so that resamples could not differ."""
    return np.array([len(row) > 0 and np.ptp(row) == 0 and row[0] in (0, 1) for row in rows], bool)


def intervals(rows: Sequence[Array]) -> tuple[Array, Array]:
    """95 % interval of every row's mean, over its values resampled.

    Where all are 0, or all are 1, resamples say nothing: there it is Wilson's interval of the share
    of pairs that are not so, by which the mean is bounded.

    Args:
        rows: Of any lengths, values from 0 to 1; fewer than two have no interval.

    Returns:
        Both ends, shape (rows,), NaN where there is none.

    Example:
        >>> low, high = intervals([np.repeat([0.0, 1.0], 50), np.ones(1)])
        >>> low.round(1), high.round(1)
        (array([0.4, nan]), array([0.6, nan]))
        >>> low, high = intervals([np.zeros(100)])
        >>> low.round(3), high.round(3)
        (array([0.]), array([0.037]))
    """
    ends = np.full((2, len(rows)), np.nan)
    lengths = np.array([len(row) for row in rows])
    tail = 50 * (1 - CONFIDENCE)
    for length in np.unique(lengths[lengths > 1]):
        places = np.flatnonzero(lengths == length)
        # In parts, since every row has thousands of means.
        for part in np.array_split(places, math.ceil(len(places) / 256)):
            means = np.stack([rows[place] for place in part]) @ resamples(int(length)).T
            ends[:, part] = np.percentile(means, [tail, 100 - tail], axis=1)
    for place in np.flatnonzero(missed_or_found(rows) & (lengths > 1)).tolist():
        found = stats.binomtest(int(rows[place].sum()), int(lengths[place]))
        ends[:, place] = found.proportion_ci(CONFIDENCE, "wilson")
    return ends[0], ends[1]


@dataclass(frozen=True)
class Difference:
    """By how much one predictor's correlation is above another's.

    Attributes:
        value: The one r less the other.
        interval: Its 95 % interval over resampled languages.
        p: Two-sided p of no difference.
    """

    value: float
    interval: tuple[float, float]
    p: float


def paired_differences(columns: Array, y: Array) -> list[Difference]:
    """Paired bootstrap of each two columns' correlations with y.

    Args:
        columns: Shape (n, k).
        y: Shape (n,).

    Returns:
        One for every pair of columns, in the order of `itertools.combinations`.
    """
    observed = [float(np.corrcoef(column, y)[0, 1]) for column in columns.T]
    resampled = resampled_pearson(columns, y)
    found = []
    for a, b in combinations(range(len(observed)), 2):
        drawn = resampled[:, a] - resampled[:, b]
        drawn = drawn[np.isfinite(drawn)]
        beyond = int(min(np.sum(drawn <= 0), np.sum(drawn >= 0)))
        p = min(1.0, 2 * (1 + beyond) / (1 + len(drawn)))
        found.append(Difference(observed[a] - observed[b], percentile_interval(drawn), p))
    return found


def partial(x: Array, y: Array, given: Array) -> float | None:
    """Pearson's r of x and y given a third column; None where that column is all of one of them.

    Args:
        x: Shape (n,).
        y: Shape (n,).
        given: Shape (n,).

    Example:
        >>> x, y = np.array([1.0, 2, 3, 5, 4]), np.array([2.0, 1, 3, 4, 5])
        >>> round(partial(x, y, np.array([0.0, 1, 0, 1, 0])), 3)
        0.964
    """
    xy, xz, yz = (float(np.corrcoef(a, b)[0, 1]) for a, b in ((x, y), (x, given), (y, given)))
    left = (1 - xz**2) * (1 - yz**2)
    return (xy - xz * yz) / left**0.5 if left > 1e-12 else None
