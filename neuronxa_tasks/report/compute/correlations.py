"""Correlation of every alignment metric with every benchmark, over languages."""

import itertools
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from neuronxa_tasks.data.languages import ENGLISH
from neuronxa_tasks.report.columns import SERIES, SURFACE, TOKENS, TRIVIAL
from neuronxa_tasks.report.compute import resampling
from neuronxa_tasks.report.compute.joined_table import run_alike
from neuronxa_tasks.report.read.scores import Column

# Columns of the joined table, of one model under one condition.
Block = dict[str, resampling.Array]


def correlations(
    languages: pd.DataFrame, metrics: Sequence[str], headings: Sequence[str]
) -> pd.DataFrame:
    """One row per model, condition, metric and benchmark.

    Args:
        languages: The joined table; English is left out, as in the paper.
        metrics: Names of its metrics.
        headings: Names of its benchmark columns.
    """
    return pd.DataFrame(
        [
            {"label": label, "condition": condition, **row}
            for label, condition, block in _blocks(languages)
            for row in _correlate(block, metrics, headings)
        ]
    )


def correlation_differences(
    languages: pd.DataFrame, metrics: Sequence[str], headings: Sequence[str]
) -> pd.DataFrame:
    """By how much the correlations of each two metrics differ, over the languages that have all.

    Tokens predict inversely: theirs is the strength of the correlation.
    """
    return pd.DataFrame(
        [
            {"label": label, "condition": condition, "benchmark": heading, **row}
            for label, condition, block in _blocks(languages)
            for heading in headings
            for row in _differ(block, metrics, heading)
        ]
    )


def averages(
    table: pd.DataFrame, models: pd.DataFrame, benchmarks: Mapping[str, Column]
) -> pd.DataFrame:
    """Mean correlations over models, and over benchmarks of four choices, where there are several.

    Checkpoints, adapters and variants of one model are no models of their own here; benchmarks are
    averaged where they were run alike.

    Args:
        table: Rows of `correlations`.
        models: One row per model.
        benchmarks: The benchmarks' columns by their heading.

    Returns:
        Columns `over` (`models` or `benchmarks`), `label`, `benchmark`, `condition`, `metric`,
        `pearson`, `n` (how many correlations it is the mean of).
    """
    if table.empty:
        return table
    found = table.dropna(subset=["pearson"])
    found = found.assign(how=found["benchmark"].map(run_alike(benchmarks)))
    related = models.duplicated("series", keep=False) | models.duplicated("model", keep=False)
    alone = ~related & (models["adapter"] == "")
    whole = found["label"].isin(models.loc[alone, "label"])
    parts = []
    for over, rows, keys in (
        ("models", found[whole], ["benchmark"]),
        ("benchmarks", found.dropna(subset=["how"]), ["label", "how"]),
    ):
        grouped = rows.groupby([*keys, "condition", "metric"], sort=False)["pearson"]
        mean = grouped.agg(pearson="mean", n="size").reset_index()
        mean = mean.rename(columns={"how": "benchmark"})
        parts.append(mean[mean["n"] > 1].assign(over=over))
    columns = ["over", "label", "benchmark", "condition", "metric", "pearson", "n"]
    return pd.concat(parts).reindex(columns=columns).fillna({"label": "", "benchmark": ""})


def _blocks(languages: pd.DataFrame) -> Iterator[tuple[str, str, Block]]:
    others = languages[(languages["language"] != ENGLISH) & (languages["condition"] != "")]
    for (label, condition), block in others.groupby(SERIES, sort=False):
        numbers = block.select_dtypes("number")
        yield str(label), str(condition), {str(c): numbers[c].to_numpy(np.float64) for c in numbers}


def _columns(block: Block, *names: str) -> tuple[resampling.Array, ...]:
    """Columns over the rows that have all of them."""
    values = np.stack([block[name] for name in names])
    return tuple(values[:, np.isfinite(values).all(axis=0)])


def _correlate(
    block: Block, metrics: Sequence[str], headings: Sequence[str]
) -> Iterator[dict[str, Any]]:
    # Older results do not have the surface.
    trivial = [name for name in TRIVIAL if name == TOKENS or np.isfinite(block[name]).any()]
    for heading, metric in itertools.product(headings, [*metrics, *trivial]):
        x, y = _columns(block, metric, heading)
        row: dict[str, Any] = {"metric": metric, "benchmark": heading, "n": len(x)}
        if reason := resampling.impossible(x, y):
            yield {**row, "reason": reason}
            continue
        found = resampling.correlate(x, y)
        row |= {
            "pearson": found.pearson,
            "fisher_low": found.fisher[0],
            "fisher_high": found.fisher[1],
            "bootstrap_low": found.bootstrap[0],
            "bootstrap_high": found.bootstrap[1],
            "p": found.p,
            "spearman": found.spearman,
            "spearman_p": found.spearman_p,
        }
        if metric not in TRIVIAL:
            row |= {
                column: _partial(block, metric, heading, given)
                for column, given in (("partial", TOKENS), ("partial_surface", SURFACE))
            }
        yield row


def _partial(block: Block, metric: str, heading: str, given: str) -> float | None:
    x, y, third = _columns(block, metric, heading, given)
    if resampling.impossible(x, third) or resampling.impossible(y, third):
        return None
    return resampling.partial(x, y, third)


def _differ(block: Block, metrics: Sequence[str], heading: str) -> Iterator[dict[str, Any]]:
    # A metric that this model was not measured by would leave no language.
    measured = [name for name in (*metrics, *TRIVIAL) if np.isfinite(block[name]).any()]
    *columns, y = _columns(block, *measured, heading)
    predictors = {
        name: -column if name == TOKENS else column
        for name, column in zip(measured, columns, strict=True)
        if not resampling.impossible(column, y)
    }
    if len(predictors) < 2:
        return
    found = resampling.paired_differences(np.stack(list(predictors.values()), axis=1), y)
    for pair, difference in zip(itertools.combinations(predictors, 2), found, strict=True):
        yield {
            "metric": pair[0],
            "other": pair[1],
            "n": len(y),
            "difference": difference.value,
            "low": difference.interval[0],
            "high": difference.interval[1],
            "p": difference.p,
        }
