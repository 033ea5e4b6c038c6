"""Columns that lie near an end of their range, where differences between languages are lost."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from neuronxa_tasks.data.benchmarks import BENCHMARKS, PARITIES
from neuronxa_tasks.data.languages import ENGLISH
from neuronxa_tasks.measures import metric_named
from neuronxa_tasks.report.columns import MEAN, SERIES
from neuronxa_tasks.report.compute.joined_table import FOUR_CHOICES
from neuronxa_tasks.report.compute.resampling import Array
from neuronxa_tasks.report.read.scores import Column
from neuronxa_tasks.results.ranges import range_of_metric

Range = tuple[float, float]

# How near an end is near, as a share of the range, and in how many of the languages it counts.
_NEAR = 0.05
_MANY = 1 / 3

_CHANCE = {benchmark.name: benchmark.chance or 0.0 for benchmark in BENCHMARKS}


def near_end(values: Array, ends: Range) -> str:
    """At which end of their range a third of the values or more lie; empty if at none.

    Args:
        values: Shape (n,).
        ends: Lowest and highest value that a column can have.

    Example:
        >>> near_end(np.array([0.01, 0.02, 0.5, 0.6]), (0.0, 1.0))
        'near 0 in 2 of 4 languages'
    """
    low, high = ends
    reach = _NEAR * (high - low)
    for end, near in ((low, values <= low + reach), (high, values >= high - reach)):
        if len(values) and near.mean() >= _MANY:
            return f"near {end:g} in {near.sum()} of {len(values)} languages"
    return ""


def with_saturation(
    table: pd.DataFrame, languages: pd.DataFrame, benchmarks: Mapping[str, Column]
) -> pd.DataFrame:
    """Correlations with `saturation`: what of their two columns lies near an end of its range.

    Args:
        table: Rows of `correlations`.
        languages: The joined table; English is left out.
        benchmarks: The benchmarks' columns by their heading. Chance is the lower end of a
            benchmark, where it has one; of outside scores no range is known.
    """
    if table.empty:
        return table
    ranges = {heading: _range(heading, benchmarks) for heading in table["benchmark"].unique()}
    blocks = dict(list(languages[languages["language"] != ENGLISH].groupby(SERIES)))
    keys = table[[*SERIES, "metric", "benchmark"]].itertuples(index=False, name=None)
    return table.assign(
        saturation=[
            _said(blocks[label, condition], metric, heading, ranges[heading])
            for label, condition, metric, heading in keys
        ]
    )


def _said(block: pd.DataFrame, metric: str, heading: str, ends: Range | None) -> str:
    known = metric_named(metric)
    x, y = (block[name].to_numpy(np.float64) for name in (metric, heading))
    both = ~np.isnan(x) & ~np.isnan(y)
    found: Sequence[tuple[str, Array, Range | None]] = (
        (metric, x, range_of_metric(known) if known else None),
        (heading, y, ends),
    )
    parts = [
        f"{name} {said}"
        for name, values, own in found
        if own and (said := near_end(values[both], own))
    ]
    return "; ".join(parts)


def _range(heading: str, benchmarks: Mapping[str, Column]) -> Range | None:
    if heading.startswith(MEAN):
        return FOUR_CHOICES, 1.0
    name = benchmarks[heading].benchmark
    # The ratio of parity has no upper end.
    return (_CHANCE[name], 1.0) if name in _CHANCE and name not in PARITIES else None
