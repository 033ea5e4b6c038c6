"""Drawing things anew: pairs, languages, or whole branches of related languages."""

import functools
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import stats

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


@dataclass(frozen=True, eq=False)
class Draws:
    """Draws of n things, and all things but some.

    Attributes:
        drawn: The share of each thing in every draw, shape (resamples, n), rows of sum 1.
        left_out: Their shares with one group at a time left out, shape (groups, n).
    """

    drawn: Array
    left_out: Array

    @classmethod
    def of_groups(cls, groups: Sequence[object]) -> "Draws | None":
        """Draws of whole groups, since the things of one group are not independent.

        Args:
            groups: The group of each thing, of any kind, shape (n,); things that are independent
                are groups of their own.

        Returns:
            None where there are fewer than ten groups.

        Example:
            >>> Draws.of_groups([*"aabcdefghij"]).left_out[1].round(2)
            array([0.1, 0.1, 0. , 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1])
        """
        names, places = np.unique(np.array(groups, dtype=str), return_inverse=True)
        if len(names) < LEAST_GROUPS:
            return None
        member = np.eye(len(names))[:, places]
        weights = (resamples(len(names)) @ member, 1 - member)
        return cls(*(weight / weight.sum(axis=1, keepdims=True) for weight in weights))


@dataclass(frozen=True, eq=False)
class Accelerated:
    """The bias-corrected and accelerated bootstrap (BCa; Efron 1987) of one statistic.

    `scipy.stats.bootstrap` gives the same interval in hundreds of times as long, since it cannot
    draw by weights, and draws no groups.

    Attributes:
        observed: The statistic.
        drawn: It in every draw, NaN where it has no value, shape (resamples,).
        left_out: It with one group at a time left out, shape (groups,).
    """

    observed: float
    drawn: Array
    left_out: Array

    def interval(self) -> tuple[float, float]:
        """The 95 % interval; NaN where hardly a draw has a value."""
        drawn = self._known()
        if drawn is None:
            return math.nan, math.nan
        bias, acceleration = self._corrections(drawn)
        z = bias + stats.norm.ppf([(1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2])
        tails = stats.norm.cdf(bias + z / (1 - acceleration * z))
        low, high = np.quantile(drawn, tails)
        return float(low), float(high)

    def _known(self) -> Array | None:
        drawn = self.drawn[np.isfinite(self.drawn)]
        return drawn if len(drawn) > len(self.drawn) / 2 else None

    def _corrections(self, drawn: Array) -> tuple[float, float]:
        bias = float(stats.norm.ppf(_share_below(drawn, self.observed)))
        left_out = self.left_out[np.isfinite(self.left_out)]
        influence = left_out.mean() - left_out
        spread = float(np.square(influence).sum()) ** 1.5
        return bias, float((influence**3).sum()) / (6 * spread) if spread > 0 else 0.0


def _share_below(drawn: Array, value: float) -> float:
    """The share of draws below a value, ties by half, never 0 or 1."""
    below = np.sum(drawn < value) + np.sum(drawn == value) / 2
    return float((below + 0.5) / (len(drawn) + 1))


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
