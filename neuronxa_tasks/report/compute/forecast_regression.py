"""Regression on languages whose errors and intervals come from languages that were left out.

Ridge regression with a penalty of 1 on standardised predictors shrinks a slope as one more
language without any relation would, and an effect of a model as one more language at the level of
all models would: partial pooling.
"""

import math
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from neuronxa_tasks.report.compute.resampling import SEED, Array

Labels = npt.NDArray[np.generic]

_PERMUTATIONS = 199


@dataclass(frozen=True)
class Panel:
    """The same languages in one model, or in several.

    Attributes:
        x: Standardised predictors, shape (models, languages, k); k may be 0, which is the mean.
        y: Scores, shape (models, languages).
        families: The family of each language, shape (languages,).
        bounds: The least and the greatest score that there can be.
    """

    x: Array
    y: Array
    families: Labels
    bounds: tuple[float, float]

    def groups(self, left_out: str) -> Labels:
        """The group of every score, by which it is left out: `language`, `family` or `model`.

        Returns:
            Shape (models * languages,).
        """
        models, languages = self.y.shape
        if left_out == "model":
            return np.repeat(np.arange(models), languages)
        return np.tile(self.families if left_out == "family" else np.arange(languages), models)

    @property
    def rows(self) -> tuple[Array, Array]:
        """Predictors, with an effect for each of several models, and scores, a row per score."""
        models, languages = self.y.shape
        x = self.x.reshape(models * languages, self.x.shape[2])
        if models > 1:
            x = np.hstack([x, np.repeat(np.eye(models), languages, axis=0)])
        return x, self.y.ravel()


@dataclass(frozen=True)
class Prediction:
    """Predicted scores with their intervals, each of shape (n,)."""

    value: Array
    low: Array
    high: Array


def left_out_predictions(panel: Panel, left_out: str) -> Array:
    """Every score as predicted by a fit on what is not of its group.

    Args:
        panel: Scores of two groups or more.
        left_out: What a group is, as in `Panel.groups`.

    Returns:
        Shape (models * languages,).
    """
    x, y = panel.rows
    fits, own = _fits(x, y, panel.groups(left_out))
    return np.asarray(np.clip(np.einsum("ni,ni->n", _design(x), fits[own]), *panel.bounds))


def predict(panel: Panel, new: Array, left_out: str, confidence: float) -> Prediction:
    """Scores of languages that have none, with CV+ intervals.

    The folds of CV+ (Barber et al. 2021, Predictive inference with the jackknife+, section 3) are
    whole groups, so that an interval says how far off a score of a group is that was not seen.

    Args:
        panel: What is known, of two groups or more.
        new: Predictors, shape (n, k).
        left_out: What a group is, as in `Panel.groups`.
        confidence: How often an interval is to hold, such as 0.9.
    """
    x, y = panel.rows
    # Effects of the panel's models are not of a model of which nothing is known.
    new = np.hstack([new, np.zeros((len(new), x.shape[1] - new.shape[1]))])
    return _predict(x, y, panel.groups(left_out), new, panel.bounds, confidence)


def predict_left_out(panel: Panel, left_out: str, confidence: float) -> Prediction:
    """Every known score with its interval, as `predict` gives it from the other groups alone.

    Args:
        panel: Scores of three groups or more.
        left_out: What a group is, as in `Panel.groups`.
        confidence: How often an interval is to hold.
    """
    (x, y), groups = panel.rows, panel.groups(left_out)
    found = np.empty((3, len(y)))
    for group in np.unique(groups):
        of, others = groups == group, groups != group
        one = _predict(x[others], y[others], groups[others], x[of], panel.bounds, confidence)
        found[:, of] = one.value, one.low, one.high
    return Prediction(*found)


def error(predicted: Array, y: Array) -> float:
    """Root mean squared error, in the unit of the scores."""
    return float(np.sqrt(np.mean((predicted - y) ** 2)))


def skill(predicted: Array, mean: Array, y: Array) -> float:
    """1 less the squared error over that of the mean: 1 is perfect, 0 is no better than the mean.

    Example:
        >>> y = np.array([0.0, 1.0, 2.0])
        >>> skill(y, np.ones(3), y), skill(np.ones(3), np.ones(3), y)
        (1.0, 0.0)
    """
    return 1 - float(np.sum((predicted - y) ** 2) / np.sum((mean - y) ** 2))


def p_of_skill(panel: Panel, left_out: str) -> float:
    """How probably predictors that have nothing to do with the scores give as much skill.

    A permutation test: the predictors' means of families change places, and so do languages within
    a family, the same in every model. What families share stays shared, so that related languages
    do not count as independent ones.

    Args:
        panel: Scores of two groups or more.
        left_out: By which groups skill is measured, as in `Panel.groups`.

    Returns:
        One-sided; at least 1 / 200.
    """
    generator = np.random.default_rng(SEED)
    _, family = np.unique(panel.families, return_inverse=True)
    share = (family == np.arange(family.max() + 1)[:, None]).astype(float)
    share /= share.sum(axis=1, keepdims=True)
    means = np.einsum("fl,mlk->mfk", share, panel.x)
    deviations = panel.x - means[:, family]
    in_order = np.argsort(family, kind="stable")
    worse = 0
    own = _squared_error(panel, panel.x, left_out)
    for _ in range(_PERMUTATIONS):
        place = np.empty_like(in_order)
        place[in_order] = np.lexsort((generator.random(len(family)), family))
        others = generator.permutation(len(share))[family]
        worse += _squared_error(panel, means[:, others] + deviations[:, place], left_out) > own
    return 1 - worse / (1 + _PERMUTATIONS)


def _squared_error(panel: Panel, x: Array, left_out: str) -> float:
    moved = replace(panel, x=x)
    return float(np.sum((left_out_predictions(moved, left_out) - panel.y.ravel()) ** 2))


def _predict(
    x: Array, y: Array, groups: Labels, new: Array, bounds: tuple[float, float], confidence: float
) -> Prediction:
    fits, own = _fits(x, y, groups)
    residuals = np.abs(y - np.clip(np.einsum("ni,ni->n", _design(x), fits[own]), *bounds))
    every = np.clip(_design(new) @ fits.T, *bounds)
    around = every[:, own]
    rank = math.ceil(round(confidence * (len(y) + 1), 9))
    if rank > len(y):
        # Of so few scores none is extreme enough: only the bounds are sure.
        low, high = (np.full(len(new), bound) for bound in bounds)
    else:
        low = np.sort(around - residuals, axis=1)[:, len(y) - rank]
        high = np.sort(around + residuals, axis=1)[:, rank - 1]
    return Prediction(every[:, -1], np.clip(low, *bounds), np.clip(high, *bounds))


def _fits(x: Array, y: Array, groups: Labels) -> tuple[Array, npt.NDArray[np.intp]]:
    """Ridge regressions without each group, all at once, and last the one with all.

    scikit-learn's `Ridge` gives the same, one fit after another; a report needs thousands.

    Args:
        x: Shape (n, k).
        y: Shape (n,).
        groups: Shape (n,).

    Returns:
        Intercepts and slopes, shape (groups + 1, k + 1), and the place of each row's group.
    """
    names, own = np.unique(groups, return_inverse=True)
    kept = np.vstack([own != np.arange(len(names))[:, None], np.ones(len(y), bool)]).astype(float)
    design = _design(x)
    products = design[:, :, None] * design[:, None, :]
    size = design.shape[1]
    gram = (kept @ products.reshape(len(y), -1)).reshape(-1, size, size)
    penalty = np.diag([0.0, *np.ones(size - 1)])
    moments = kept @ (design * y[:, None])
    fits = np.linalg.solve(gram + penalty, moments[:, :, None])[:, :, 0]
    return np.asarray(fits, np.float64), own


def _design(x: Array) -> Array:
    return np.hstack([np.ones((len(x), 1)), x])
