"""Drawing things anew: pairs, languages, or whole branches of related languages."""

import functools
import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from scipy import stats

from neuronxa_tasks.report.in_parallel import in_parallel

Array = npt.NDArray[np.float64]

RESAMPLES = 2000
SEED = 0
CONFIDENCE = 0.95

# Fewer languages or groups of them than this give intervals that are much too narrow.
LEAST_GROUPS = 10

_ROWS_AT_ONCE = 256


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


def draws_of_groups(groups: Sequence[object]) -> Array | None:
    """Draws of whole groups, since the things of one group are not independent.

    Args:
        groups: The group of each thing, of any kind, shape (n,); things that are independent are
            groups of their own.

    Returns:
        The share of each thing in every draw, shape (resamples, n), rows of sum 1; None where
        there are fewer than ten groups.

    Example:
        >>> draws = draws_of_groups([*"aabcdefghij"])
        >>> bool((draws[:, 0] == draws[:, 1]).all()), draws_of_groups([*"aab"]) is None
        (True, True)
    """
    names, places = np.unique(np.array(groups, dtype=str), return_inverse=True)
    if len(names) < LEAST_GROUPS:
        return None
    counts = resamples(len(names))[:, places]
    return np.asarray(counts / counts.sum(axis=1, keepdims=True))


def percentile_interval(values: Array) -> tuple[float, float]:
    """The middle 95 % of resampled values; NaN where fewer than half of them have a value."""
    known = values[np.isfinite(values)]
    if len(known) < len(values) / 2:
        return math.nan, math.nan
    tail = 50 * (1 - CONFIDENCE)
    low, high = np.percentile(known, [tail, 100 - tail])
    return float(low), float(high)


def percentile_intervals(columns: Array) -> list[tuple[float, float]]:
    """`percentile_interval` of every column.

    Args:
        columns: Shape (draws, k).
    """
    if np.isfinite(columns).all():
        tail = 50 * (1 - CONFIDENCE)
        lows, highs = np.percentile(columns, [tail, 100 - tail], axis=0)
        return list(zip(lows.tolist(), highs.tolist(), strict=True))
    return [percentile_interval(column) for column in columns.T]


@functools.lru_cache(maxsize=8)
def group_resamples(groups: tuple[int, ...]) -> Array:
    """Draws of whole groups with replacement, as the share of each thing, seeded.

    Args:
        groups: Number of the group that each of n things is of, such as a pair's article.

    Returns:
        Shape (resamples, n), rows of sum 1.
    """
    _, places = np.unique(groups, return_inverse=True)
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
    known = [
        own if len(row) == len(own) and len(set(own)) > 1 else ()
        for row, own in zip(rows, articles, strict=True)
    ]
    ends = _intervals_of_means(rows, known)
    return ends[0], ends[1]


def _intervals_of_means(rows: Sequence[Array], groups: Sequence[tuple[int, ...]]) -> Array:
    """The middle 95 % of every row's mean, over its groups of values resampled.

    Args:
        rows: Of any lengths.
        groups: Number of the group of each value; empty where there is to be no interval.

    Returns:
        Shape (2, rows).
    """
    ends = np.full((2, len(rows)), np.nan)
    alike: dict[tuple[int, ...], list[int]] = {}
    for place, of_each in enumerate(groups):
        alike.setdefault(of_each, []).append(place)
    alike.pop((), None)
    # In parts, since every row has thousands of means.
    parts = [
        (of_each, places[start : start + _ROWS_AT_ONCE])
        for of_each, places in alike.items()
        for start in range(0, len(places), _ROWS_AT_ONCE)
    ]
    given = [(of_each, np.stack([rows[place] for place in part])) for of_each, part in parts]
    for (_, part), found in zip(parts, in_parallel(_of_rows_alike, given), strict=True):
        ends[:, part] = found
    return ends


def _of_rows_alike(given: tuple[tuple[int, ...], Array]) -> Array:
    groups, rows = given
    return np.array(percentile_intervals(group_resamples(groups) @ rows.T)).T


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
    lengths = np.array([len(row) for row in rows])
    alone = {length: tuple(range(length)) if length > 1 else () for length in {*lengths.tolist()}}
    ends = _intervals_of_means(rows, [alone[len(row)] for row in rows])
    for place in np.flatnonzero(missed_or_found(rows) & (lengths > 1)).tolist():
        found = stats.binomtest(int(rows[place].sum()), int(lengths[place]))
        ends[:, place] = found.proportion_ci(CONFIDENCE, "wilson")
    return ends[0], ends[1]
