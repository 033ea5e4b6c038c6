"""Drawing things anew: pairs, languages, or whole branches of related languages."""

import functools
import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]

RESAMPLES = 2000
SEED = 0
CONFIDENCE = 0.95

# Fewer languages or groups of them than this give intervals that are much too narrow.
LEAST_GROUPS = 10


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


def intervals(rows: Sequence[Array]) -> tuple[Array, Array]:
    """95 % interval of every row's mean, over its values resampled.

    Args:
        rows: Of any lengths; fewer than two values have no interval.

    Returns:
        Both ends, shape (rows,), NaN where there is none.

    Example:
        >>> low, high = intervals([np.repeat([0.0, 1.0], 50), np.ones(1)])
        >>> low.round(1), high.round(1)
        (array([0.4, nan]), array([0.6, nan]))
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
    return ends[0], ends[1]
