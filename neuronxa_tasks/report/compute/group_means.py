"""Mean scores over all, Head and Long-tail languages, with intervals."""

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import norm

from neuronxa_tasks.data.languages import ENGLISH
from neuronxa_tasks.report.compute.joined_table import resources
from neuronxa_tasks.report.compute.resampling import CONFIDENCE, interval, resamples


def groups(scores: pd.DataFrame) -> pd.DataFrame:
    """One row per model, condition, metric and group; English is in none.

    Args:
        scores: Rows of alignment or retrieval scores.
    """
    if scores.empty:
        return pd.DataFrame()
    resource = resources(scores["corpus"], scores["language"])
    table = scores.assign(resource=resource)
    return pd.DataFrame(_rows(table[table["language"] != ENGLISH]))


def _rows(table: pd.DataFrame) -> Iterator[dict[str, Any]]:
    for (label, condition, metric), block in table.groupby(
        ["label", "condition", "metric"], sort=False
    ):
        for group in ("all", "head", "longtail"):
            members = block if group == "all" else block[block["resource"] == group]
            if members.empty:
                continue
            low, high = _interval(members)
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


def _interval(members: pd.DataFrame) -> tuple[float, float]:
    """95 % interval of the mean over languages."""
    shares = members["shares"].tolist()
    sizes = {len(share) for share in shares}
    if members["corpus"].iloc[0] != "tatoeba" and len(sizes) == 1 and min(sizes) > 1:
        # Languages share their sentences, so a pair is drawn for all of them at once.
        return interval(resamples(min(sizes)) @ np.mean(shares, axis=0))
    if members["corpus"].iloc[0] != "tatoeba":
        return math.nan, math.nan
    # Tatoeba has other sentences for every language, so their errors are independent.
    error = float(np.sqrt(np.square(members["stderr"]).sum(skipna=False)) / len(members))
    mean, reach = float(members["value"].mean()), float(norm.ppf((1 + CONFIDENCE) / 2)) * error
    return mean - reach, mean + reach
