"""Means over the same languages and sentence pairs, and whether they differ by more than chance."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from neuronxa_tasks.report.compute.chance import SIGNIFICANT, corrected
from neuronxa_tasks.report.compute.resampling import CONFIDENCE, Array


@dataclass(frozen=True, eq=False)
class JointMeans:
    """Means of k models or metrics over the same languages, and how surely they differ.

    Attributes:
        means: Shape (k,).
        error: Standard error of each difference of two means, shape (k, k).
        freedom: Its degrees of freedom, shape (k, k).
    """

    means: Array
    error: Array
    freedom: Array

    @classmethod
    def of(cls, shares: Sequence[Sequence[Array]], own_pairs: bool) -> "JointMeans | None":
        """Means of scores that are shares of pairs.

        Where languages share their sentences a pair is one draw for all of them, so its mean over
        languages is what varies; where each has sentences of its own, their errors add up.

        Args:
            shares: Per model its score of every pair, per language, in the same order for all:
                k times L arrays of shape (pairs,), for a language of the same shape in all models.
            own_pairs: Whether every language has sentences of its own.

        Returns:
            None where nothing is known of pairs, or languages that share them have not as many.
        """
        sizes = {len(pairs) for pairs in shares[0]}
        if min(sizes) < 2 or (len(sizes) > 1 and not own_pairs):
            return None
        means = np.array([np.mean([of_one.mean() for of_one in one]) for one in shares])
        if own_pairs:
            blocks = [np.stack(of_language) for of_language in zip(*shares, strict=True)]
        else:
            blocks = [np.stack([np.mean(one, axis=0) for one in shares])]
        variances = [_variance_of_differences(block) for block in blocks]
        total = np.sum(variances, axis=0)
        # Welch and Satterthwaite; of one block its own pairs less one.
        weights = [
            variance**2 / (block.shape[1] - 1)
            for variance, block in zip(variances, blocks, strict=True)
        ]
        spread = np.sum(weights, axis=0)
        freedom = np.divide(total**2, spread, out=np.ones_like(total), where=spread > 0)
        return cls(means, np.sqrt(total) / len(blocks), freedom)

    @property
    def difference(self) -> Array:
        """Each mean less each other, shape (k, k)."""
        return self.means[:, None] - self.means

    def p(self) -> Array:
        """Two-sided p of each difference by Student's t over pairs, shape (k, k)."""
        difference = self.difference
        known = self.error > 0
        t = np.divide(difference, self.error, out=np.zeros_like(difference), where=known)
        # Where no pair differs from another in it, a difference is either none or sure.
        certain = np.where(np.isclose(difference, 0, atol=1e-12), 1.0, 0.0)
        return np.where(known, 2 * stats.t.sf(np.abs(t), self.freedom), certain)

    def reach(self) -> Array:
        """Half the width of each difference's 95 % interval, shape (k, k)."""
        return np.asarray(stats.t.ppf((1 + CONFIDENCE) / 2, self.freedom) * self.error)

    def surely_above(self) -> np.ndarray[tuple[int, int], np.dtype[np.bool_]]:
        """Whether the mean of the row is surely above that of the column, shape (k, k).

        It is where p, corrected for the number of pairs of models (Benjamini and Hochberg), is
        below 0.05.
        """
        above = np.triu_indices(len(self.means), k=1)
        sure = np.zeros((len(self.means),) * 2, dtype=bool)
        sure[above] = corrected(pd.Series(self.p()[above])) < SIGNIFICANT
        return (sure | sure.T) & (self.difference > 0)


def _variance_of_differences(block: Array) -> Array:
    """Of every two rows' difference of means, over columns: (k, pairs) to (k, k)."""
    deviation = block - block.mean(axis=1, keepdims=True)
    covariance = deviation @ deviation.T / (block.shape[1] - 1) / block.shape[1]
    own = np.diag(covariance)
    variance = own[:, None] + own - 2 * covariance
    # What rounding leaves of two rows that differ by a constant.
    return np.where(variance > 1e-12 * (own[:, None] + own), variance, 0.0)
