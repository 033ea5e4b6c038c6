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
    models = both["label"].nunique()
    x, y = (both[name].to_numpy(np.float64) for name in (metric, heading))
    if models < 2 or impossible(x, y):
        return
    # Great means would cost digits.
    own = both[["language", "label"]].assign(x=x - x.mean(), y=y - y.mean(), present=1.0)
    wide = own.pivot(index="language", columns="label", values=["x", "y", "present"]).fillna(0.0)
    given = tuple(wide[name].to_numpy(np.float64) for name in ("x", "y", "present"))
    pooled, within = (float(r[0]) for r in _correlations(given, np.ones((1, len(wide)))))
    if not np.isfinite(within):
        return
    row = {"models": models, "n": len(x), "pooled": pooled, "within": within}
    draws = draws_of_groups(list(wide.index))
    if draws is not None:
        for name, values in zip(("pooled", "within"), _correlations(given, draws), strict=True):
            row[f"{name}_low"], row[f"{name}_high"] = percentile_interval(values)
    opposed = pooled * within < 0
    yield row | {"differ": "sign" if opposed else "much" if abs(pooled - within) > _MUCH else ""}


def _correlations(given: tuple[Array, ...], draws: Array) -> tuple[Array, Array]:
    """Pearson's r over all models at once, and after each model's own mean is subtracted.

    Args:
        given: x and y, 0 where a model lacks a language, and whether it has it, 1 or 0, each of
            shape (languages, models).
        draws: How much of each language there is in every draw, shape (draws, languages).

    Returns:
        Both of shape (draws,); NaN where nothing varies.
    """
    x, y, present = given
    count, sum_x, sum_y = draws @ present, draws @ x, draws @ y
    whole = count.sum(axis=1)
    # A draw that leaves all of a model out has no mean of it, and adds nothing.
    own = np.where(count > 0, count, 1)
    spread = (x**2).sum() * (y**2).sum() / present.sum() ** 2

    def correlation(within: bool) -> Array:
        def moment(total: Array, a: Array, b: Array) -> Array:
            means = (a * b / own).sum(axis=1) if within else a.sum(axis=1) * b.sum(axis=1) / whole
            return np.asarray((draws @ total.sum(axis=1) - means) / whole)

        variance = moment(x * x, sum_x, sum_x) * moment(y * y, sum_y, sum_y)
        known = np.where(variance > 1e-20 * spread, variance, np.nan)
        return moment(x * y, sum_x, sum_y) / np.sqrt(known)

    return correlation(within=False), correlation(within=True)
