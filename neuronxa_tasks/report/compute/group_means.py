"""Mean scores over all, Head and Long-tail languages, with intervals."""

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import norm

from neuronxa_tasks.data.corpora import has_own_english_sides
from neuronxa_tasks.data.languages import ENGLISH
from neuronxa_tasks.report.columns import ALL, METRIC_KEY, RESOURCES
from neuronxa_tasks.report.compute.joined_table import resources
from neuronxa_tasks.report.compute.resampling import CONFIDENCE, percentile_interval, resamples


def group_means(scores: pd.DataFrame) -> pd.DataFrame:
    """One row per model, condition, metric and group; English is in none.

    Args:
        scores: Rows of alignment or retrieval scores.
    """
    if scores.empty:
        return pd.DataFrame()
    resource = resources(scores["corpus"], scores["language"])
    table = scores.assign(resource=resource)
    return pd.DataFrame(_means(table[table["language"] != ENGLISH]))


def _means(table: pd.DataFrame) -> Iterator[dict[str, Any]]:
    for (label, condition, metric), block in table.groupby(METRIC_KEY, sort=False):
        for group in (ALL, *RESOURCES):
            members = block if group == ALL else block[block["resource"] == group]
            if members.empty:
                continue
            low, high = _mean_interval(members)
            yield {
                "label": label,
                "condition": condition,
                "group": group,
                "metric": metric,
                "value": members["value"].mean(),
                "low": low,
                "high": high,
                "languages": len(members),
            }


def _mean_interval(members: pd.DataFrame) -> tuple[float, float]:
    """95 % interval of the mean over languages."""
    shares = members["shares"].tolist()
    sizes = {len(share) for share in shares}
    if not has_own_english_sides(members["corpus"].iloc[0]):
        if len(sizes) > 1 or min(sizes) < 2:
            return math.nan, math.nan
        # Languages share their sentences, so a pair is drawn for all of them at once.
        return percentile_interval(resamples(min(sizes)) @ np.mean(shares, axis=0))
    # Every language has other sentences, so their errors are independent.
    error = float(np.sqrt(np.square(members["stderr"]).sum(skipna=False)) / len(members))
    mean, reach = float(members["value"].mean()), float(norm.ppf((1 + CONFIDENCE) / 2)) * error
    return mean - reach, mean + reach
