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
# Of one permutation; more are permuted in parts.
_SCORES_AT_ONCE = 500


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

        Raises:
            ValueError: Several models are to be left out by anything but `model`.
        """
        models, languages = self.y.shape
        if left_out == "model":
            return np.repeat(np.arange(models), languages)
        if models > 1:
            raise ValueError(f"Expected models to be left out, but got `left_out={left_out!r}`")
        names: Labels = self.families if left_out == "family" else np.arange(languages)
        return names

    def where(self, kept: npt.NDArray[np.bool_]) -> "Panel":
        """Some of the models, or some of the languages of one model.

        Args:
            kept: Shape (models * languages,), whole groups.
        """
        of = kept.reshape(self.y.shape)
        models, languages = of.any(axis=1), of.any(axis=0)
        return replace(
            self,
            x=self.x[models][:, languages],
            y=self.y[models][:, languages],
            families=self.families[languages],
        )


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
    x = panel.x[None]
    return np.asarray(_of_left_out(panel, x, *_fits(panel, x, left_out))[0])


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
    x, y = panel.x[None], panel.y.ravel()
    fits, own = _fits(panel, x, left_out)
    residuals = np.abs(y - _of_left_out(panel, x, fits, own)[0])
    every = np.clip(_design(new) @ fits[0].T, *panel.bounds)
    around = every[:, own]
    rank = math.ceil(round(confidence * (len(y) + 1), 9))
    if rank > len(y):
        # Of so few scores none is extreme enough: only the bounds are sure.
        low, high = (np.full(len(new), bound) for bound in panel.bounds)
    else:
        low = np.sort(around - residuals, axis=1)[:, len(y) - rank]
        high = np.sort(around + residuals, axis=1)[:, rank - 1]
    return Prediction(every[:, -1], np.clip(low, *panel.bounds), np.clip(high, *panel.bounds))


def predict_left_out(panel: Panel, left_out: str, confidence: float) -> Prediction:
    """Every known score with its interval, as `predict` gives it from the other groups alone.

    Args:
        panel: Scores of three groups or more.
        left_out: What a group is, as in `Panel.groups`.
        confidence: How often an interval is to hold.
    """
    groups = panel.groups(left_out)
    found = np.empty((3, panel.y.size))
    for group in np.unique(groups):
        of = groups == group
        new = panel.where(of).x.reshape(int(of.sum()), panel.x.shape[2])
        one = predict(panel.where(~of), new, left_out, confidence)
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
    others = np.empty((_PERMUTATIONS, len(family)), np.intp)
    place = np.empty_like(others)
    for number in range(_PERMUTATIONS):
        place[number, in_order] = np.lexsort((generator.random(len(family)), family))
        others[number] = generator.permutation(len(share))[family]
    worse = 0
    own = _squared_errors(panel, panel.x[None], left_out)
    # In parts, since every permutation is a copy of the predictors.
    for part in np.array_split(np.arange(_PERMUTATIONS), 1 + panel.y.size // _SCORES_AT_ONCE):
        moved = np.moveaxis(means[:, others[part]] + deviations[:, place[part]], 1, 0)
        worse += int(np.sum(_squared_errors(panel, moved, left_out) > own))
    return 1 - worse / (1 + _PERMUTATIONS)


def _squared_errors(panel: Panel, x: Array, left_out: str) -> Array:
    predicted = _of_left_out(panel, x, *_fits(panel, x, left_out))
    return np.asarray(np.sum((predicted - panel.y.ravel()) ** 2, axis=1))


def _of_left_out(panel: Panel, x: Array, fits: Array, own: npt.NDArray[np.intp]) -> Array:
    """`left_out_predictions` from several sets of predictors.

    Args:
        panel: Scores, families and bounds.
        x: Shape (sets, models, languages, k).
        fits: As `_fits` gives them.
        own: Likewise.

    Returns:
        Shape (sets, models * languages).
    """
    design = _design(x.reshape(len(x), panel.y.size, x.shape[3]))
    return np.asarray(np.clip(np.sum(design * fits[:, own], axis=2), *panel.bounds))


def _fits(panel: Panel, x: Array, left_out: str) -> tuple[Array, npt.NDArray[np.intp]]:
    """Ridge regressions without each group, all at once, and last the one with all.

    scikit-learn's `Ridge` gives the same, one fit after another; a report needs thousands. Where
    there are several models, each has an effect. It is shrunk like a slope and predicts nothing of
    a model that is left out, so that only what it takes from the other coefficients is computed
    (the Schur complement of the effects).

    Args:
        panel: Scores, families and bounds.
        x: Shape (sets, models, languages, k).
        left_out: What a group is.

    Returns:
        Intercepts and slopes, shape (sets, groups + 1, k + 1), and the place of each score's group.
    """
    names, own = np.unique(panel.groups(left_out), return_inverse=True)
    member = (own == np.arange(len(names))[:, None]).astype(float)
    design, y = _design(x.reshape(len(x), panel.y.size, x.shape[3])), panel.y.ravel()
    size = design.shape[2]
    products = (design[..., :, None] * design[..., None, :]).reshape(*design.shape[:2], size**2)
    gram = (member @ products).reshape(len(x), len(names), size, size)
    moments = member @ (design * y[:, None])
    models, languages = panel.y.shape
    if models > 1:
        sums = member @ design
        gram -= sums[..., :, None] * sums[..., None, :] / (languages + 1)
        moments -= sums * (member @ y)[:, None] / (languages + 1)
    kept = np.vstack([1 - np.eye(len(names)), np.ones(len(names))])
    gram = np.tensordot(kept, gram, (1, 1)).swapaxes(0, 1) + np.diag([0.0, *np.ones(size - 1)])
    fits = np.linalg.solve(gram, (kept @ moments)[..., None])[..., 0]
    return np.asarray(fits, np.float64), own


def _design(x: Array) -> Array:
    return np.concatenate([np.ones((*x.shape[:-1], 1)), x], axis=-1)
