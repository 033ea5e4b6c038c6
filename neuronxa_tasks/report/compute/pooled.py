"""Simpson's paradox: what pooling several models does to a correlation over languages."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pandas as pd

from neuronxa_tasks.data.languages import ENGLISH
from neuronxa_tasks.report.compute.coefficients import impossible
from neuronxa_tasks.report.compute.resampling import (
    Array,
    draws_of_groups,
    percentile_interval,
)
from neuronxa_tasks.report.compute.rows import PooledRow

# By how much two correlations differ that differ much.
_MUCH = 0.2


def pooled_correlations(
    languages: pd.DataFrame, metrics: Sequence[str], headings: Sequence[str]
) -> pd.DataFrame:
    """Correlation over the languages of all models at once, beside that within models.

    Args:
        languages: The joined table; English is left out.
        metrics: Names of its metrics.
        headings: Names of its benchmark columns.

    Returns:
        Columns of `PooledRow`, one row per condition, metric and benchmark that several models
        have. Within models, each model's own means are subtracted from its scores. Intervals are
        95 %, by the bootstrap over languages, each drawn for all models at once.
    """
    others = languages[(languages["language"] != ENGLISH) & (languages["condition"] != "")]
    return pd.DataFrame(
        [
            {"condition": condition, "metric": metric, "benchmark": heading, **row}
            for condition, block in others.groupby("condition", sort=False)
            for heading in headings
            for metric in metrics
            for row in _pooled(block, metric, heading)
        ],
        columns=PooledRow.columns(),
    )


def _pooled(block: pd.DataFrame, metric: str, heading: str) -> Iterator[dict[str, Any]]:
    both = block.dropna(subset=[metric, heading])
    both = both[both.groupby("label")["language"].transform("size") > 1]
    names, models = np.unique(both["label"].to_numpy(str), return_inverse=True)
    x, y = (both[name].to_numpy(np.float64) for name in (metric, heading))
    if len(names) < 2 or impossible(x, y):
        return
    equal = np.full((1, len(x)), 1 / len(x))
    alike = np.zeros_like(models)
    pooled, within = (float(_within(x, y, of, equal)[0]) for of in (alike, models))
    if not np.isfinite(within):
        return
    row = {"models": len(names), "n": len(x), "pooled": pooled, "within": within}
    draws = draws_of_groups(tuple(both["language"]))
    if draws is not None:
        for name, of in (("pooled", alike), ("within", models)):
            low, high = percentile_interval(_within(x, y, of, draws))
            row |= {f"{name}_low": low, f"{name}_high": high}
    opposed = pooled * within < 0
    yield row | {"differ": "sign" if opposed else "much" if abs(pooled - within) > _MUCH else ""}


def _within(x: Array, y: Array, groups: np.ndarray[Any, Any], weights: Array) -> Array:
    """Pearson's r after each group's own mean is subtracted, in every draw.

    Args:
        x: Shape (n,).
        y: Shape (n,).
        groups: Number of the group of each, shape (n,).
        weights: Shape (draws, n), rows of sum 1.

    Returns:
        Shape (draws,); NaN where nothing varies within any group.
    """
    # One draw leaves a group out: then it has no mean, and adds nothing.
    member = np.eye(groups.max() + 1)[groups]
    mass = weights @ member
    mass = np.where(mass > 0, mass, 1)

    def moment(a: Array, b: Array) -> Array:
        between = (weights @ (member * a[:, None])) * (weights @ (member * b[:, None])) / mass
        return np.asarray(weights @ (a * b) - between.sum(axis=1))

    # Great means would cost digits.
    x, y = x - x.mean(), y - y.mean()
    variance = moment(x, x) * moment(y, y)
    least = 1e-20 * (x.var() * y.var())
    return moment(x, y) / np.sqrt(np.where(variance > least, variance, np.nan))
