"""Correlation of every alignment metric with every benchmark, over languages."""

import functools
import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from neuronxa_tasks.data.languages import ENGLISH
from neuronxa_tasks.report.columns import SERIES, SURFACE, TOKENS, TRIVIAL
from neuronxa_tasks.report.compute.chance import SIGNIFICANT, corrected
from neuronxa_tasks.report.compute.coefficients import (
    BRANCHES,
    LANGUAGES,
    Correlation,
    Interval,
    correlate,
    impossible,
    kin_draws,
    paired_differences,
    partial,
)
from neuronxa_tasks.report.compute.joined_table import run_alike
from neuronxa_tasks.report.compute.report_tables import each_row
from neuronxa_tasks.report.compute.resampling import Array
from neuronxa_tasks.report.in_parallel import in_parallel
from neuronxa_tasks.report.read.scores import Column

# Codes, in the order of a table's rows.
Languages = tuple[str, ...]

# Columns that no row has where no correlation was possible.
_COMPUTED = ("reason", "p", "pearson", "partial_n", "partial_surface_n")


def correlations(
    languages: pd.DataFrame, metrics: Sequence[str], headings: Sequence[str]
) -> pd.DataFrame:
    """One row per model, condition, metric and benchmark.

    Args:
        languages: The joined table; English is left out.
        metrics: Names of its metrics.
        headings: Names of its benchmark columns.
    """
    found = pd.DataFrame(
        [
            {"label": label, "condition": condition, **row}
            for label, condition, rows in _of_blocks(_correlate, languages, metrics, headings)
            for row in rows
        ]
    )
    if found.empty:
        return found
    found = found.reindex(columns=list(dict.fromkeys([*found, *_COMPUTED])))
    return found.assign(
        p_corrected=corrected(found["p"].astype("float64")),
        partial_n=found["partial_n"].astype("Int64"),
        partial_surface_n=found["partial_surface_n"].astype("Int64"),
    )


def correlation_differences(
    languages: pd.DataFrame, metrics: Sequence[str], headings: Sequence[str]
) -> pd.DataFrame:
    """By how much the correlations of each two metrics differ, over the languages that have all.

    Tokens predict inversely: theirs is the strength of the correlation.

    Returns:
        Columns of `DifferenceRow`. Two are told `apart` where p, corrected for the whole table
        (Benjamini and Hochberg), is below 0.05, and the interval over branches, where there is
        one, leaves out 0.
    """
    found = pd.DataFrame(
        [
            {"label": label, "condition": condition, **row}
            for label, condition, rows in _of_blocks(_differ, languages, metrics, headings)
            for row in rows
        ]
    )
    if found.empty:
        return found
    found["p_corrected"] = corrected(found["p"])
    includes_none = (found["branch_low"] <= 0) & (found["branch_high"] >= 0)
    return found.assign(apart=(found["p_corrected"] < SIGNIFICANT) & ~includes_none)


def with_highest(table: pd.DataFrame, differences: pd.DataFrame) -> pd.DataFrame:
    """Mark the alignment metrics whose correlation with a benchmark no other's is surely above.

    Args:
        table: Rows of `correlations`.
        differences: Rows of `correlation_differences`.

    Returns:
        The table with `highest`: False for what may be no correlation at all (corrected p of
        0.05 or more), and for every metric of a benchmark where no two can be told apart.
    """
    if table.empty:
        return table
    keys = [*SERIES, "benchmark"]
    apart = differences[differences["apart"]] if len(differences) else differences
    lower = {
        (*(getattr(row, key) for key in keys), row.other if row.difference > 0 else row.metric)
        for row in each_row(apart)
    }
    ours = ~table["metric"].isin(TRIVIAL)
    named = table[[*keys, "metric"]].itertuples(index=False, name=None)
    below = pd.Series([row in lower for row in named], table.index)
    some_below = (below & ours).groupby([table[key] for key in keys]).transform("any")
    sure = (table["pearson"] > 0) & (table["p_corrected"] < SIGNIFICANT)
    return table.assign(highest=ours & sure & ~below & some_below)


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


def _of_blocks(
    function: Callable[[Sequence[str], Sequence[str], pd.DataFrame], list[dict[str, Any]]],
    languages: pd.DataFrame,
    metrics: Sequence[str],
    headings: Sequence[str],
) -> Iterator[tuple[str, str, list[dict[str, Any]]]]:
    """Label, condition and rows of each model under each condition."""
    others = languages[(languages["language"] != ENGLISH) & (languages["condition"] != "")]
    blocks = {
        key: block.select_dtypes("number").set_axis(
            pd.Index(block["language"].tolist(), dtype=object)
        )
        for key, block in others.groupby(SERIES, sort=False)
    }
    found = in_parallel(functools.partial(function, metrics, headings), list(blocks.values()))
    for (label, condition), rows in zip(blocks, found, strict=True):
        yield str(label), str(condition), rows


def _columns(block: pd.DataFrame, *names: str) -> tuple[Languages, list[Array]]:
    """The languages that have all of some columns, and these columns over them."""
    # Taking several columns at once makes a table, for longer than all else here takes.
    values = np.column_stack([block[name].to_numpy(np.float64) for name in names])
    known = np.isfinite(values).all(axis=1)
    return tuple(block.index[known]), list(values[known].T)


def _correlate(
    metrics: Sequence[str], headings: Sequence[str], block: pd.DataFrame
) -> list[dict[str, Any]]:
    rows = []
    # Older results do not have the surface.
    trivial = [name for name in TRIVIAL if name == TOKENS or block[name].notna().any()]
    for heading in headings:
        given = {name: _columns(block, name, heading) for name in (*metrics, *trivial)}
        found = _correlations(given)
        for metric, (_, (x, y)) in given.items():
            row: dict[str, Any] = {"metric": metric, "benchmark": heading, "n": len(x)}
            if reason := impossible(x, y):
                rows.append({**row, "reason": reason})
                continue
            own = found[metric]
            row |= {"pearson": own.pearson, "p": own.p} | _ends("fisher", own.fisher)
            for name, interval in own.drawn.items():
                row |= _ends(name, interval)
            row |= {"spearman": own.spearman, "spearman_p": own.spearman_p}
            if metric not in TRIVIAL:
                row |= _partial("partial", *_columns(block, metric, heading, TOKENS)[1])
                row |= _partial("partial_surface", *_columns(block, metric, heading, SURFACE)[1])
            rows.append(row)
    return rows


def _correlations(given: Mapping[str, tuple[Languages, list[Array]]]) -> dict[str, Correlation]:
    """The correlations that are possible, of all columns over the same languages at once."""
    alike: dict[Languages, list[str]] = {}
    for name, (codes, (x, y)) in given.items():
        if not impossible(x, y):
            alike.setdefault(codes, []).append(name)
    found: dict[str, Correlation] = {}
    for codes, names in alike.items():
        columns = np.stack([given[name][1][0] for name in names], axis=1)
        y = given[names[0]][1][1]
        found |= zip(names, correlate(columns, y, kin_draws(codes)), strict=True)
    return found


def _partial(name: str, x: Array, y: Array, given: Array) -> dict[str, float]:
    if impossible(x, given) or impossible(y, given) or not (found := partial(x, y, given)):
        return {}
    values = {name: found.value, f"{name}_p": found.p, f"{name}_n": found.n}
    return values | _ends(name, found.interval)


def _ends(name: str, interval: Interval) -> dict[str, float]:
    return {f"{name}_low": interval[0], f"{name}_high": interval[1]}


def _differ(
    metrics: Sequence[str], headings: Sequence[str], block: pd.DataFrame
) -> list[dict[str, Any]]:
    # A metric that this model was not measured by would leave no language.
    measured = [name for name in (*metrics, *TRIVIAL) if block[name].notna().any()]
    rows = []
    for heading in headings:
        codes, (*columns, y) = _columns(block, *measured, heading)
        predictors = {
            name: -column if name == TOKENS else column
            for name, column in zip(measured, columns, strict=True)
            if not impossible(column, y)
        }
        if len(predictors) < 2:
            continue
        given = np.stack(list(predictors.values()), axis=1)
        found = paired_differences(given, y, kin_draws(codes))
        for pair, difference in zip(itertools.combinations(predictors, 2), found, strict=True):
            low, high = difference.drawn[LANGUAGES]
            rows.append(
                {
                    "benchmark": heading,
                    "metric": pair[0],
                    "other": pair[1],
                    "n": len(y),
                    "difference": difference.value,
                    "low": low,
                    "high": high,
                    **_ends(BRANCHES, difference.drawn[BRANCHES]),
                    "p": difference.p,
                }
            )
    return rows
