"""Mean scores over all, Head and Long-tail languages, with intervals."""

import math
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import norm

from neuronxa_tasks.data.corpora import has_own_english_sides
from neuronxa_tasks.data.languages import ENGLISH
from neuronxa_tasks.report.columns import ALL, METRIC_KEY, RESOURCES
from neuronxa_tasks.report.compute.joined_table import resources
from neuronxa_tasks.report.compute.resampling import (
    CONFIDENCE,
    group_resamples,
    missed_or_found,
    percentile_interval,
    resamples,
)


def group_means(scores: pd.DataFrame, others: Sequence[str] = ()) -> pd.DataFrame:
    """One row per model, condition, metric and group; English is in none.

    Args:
        scores: Rows of alignment or retrieval scores.
        others: Further columns to take the mean of.
    """
    if scores.empty:
        return pd.DataFrame()
    resource = resources(scores["corpus"], scores["language"])
    needed = [*METRIC_KEY, "language", "corpus", "value", "stderr", "shares", "articles", *others]
    table = scores[needed].assign(resource=resource)
    return pd.DataFrame(_means(table[table["language"] != ENGLISH], others))


def _means(table: pd.DataFrame, others: Sequence[str]) -> Iterator[dict[str, Any]]:
    for (label, condition, metric), block in table.groupby(METRIC_KEY, sort=False):
        for group in (ALL, *RESOURCES):
            members = block if group == ALL else block[block["resource"] == group]
            if members.empty:
                continue
            low, high = mean_interval(members)
            by_articles = _article_interval(members)
            yield {
                "label": label,
                "condition": condition,
                "group": group,
                "metric": metric,
                "value": members["value"].mean(),
                "low": low,
                "high": high,
                "articles_low": by_articles[0],
                "articles_high": by_articles[1],
                "languages": len(members),
                **{name: members[name].mean() for name in others},
            }


def mean_interval(members: pd.DataFrame) -> tuple[float, float]:
    """95 % interval of the mean over languages.

    Args:
        members: Rows of one model's scores, one per language.

    Returns:
        NaN where outcomes of pairs are unknown, or not as many for every language.
    """
    shares = members["shares"].tolist()
    sizes = {len(share) for share in shares}
    if not has_own_english_sides(members["corpus"].iloc[0]):
        if len(sizes) > 1 or min(sizes) < 2:
            return math.nan, math.nan
        # Languages share their sentences, so a pair is drawn for all of them at once.
        return percentile_interval(resamples(min(sizes)) @ np.mean(shares, axis=0))
    # Few of a language's sentences are another's too, so their errors are nearly independent.
    errors = members["stderr"].mask(missed_or_found(shares), 0.0)
    error = float(np.sqrt(np.square(errors).sum(skipna=False)) / len(members))
    mean, reach = float(members["value"].mean()), float(norm.ppf((1 + CONFIDENCE) / 2)) * error
    return mean - reach, mean + reach


def _article_interval(members: pd.DataFrame) -> tuple[float, float]:
    """Likewise with whole articles drawn, where all languages have the same."""
    articles = set(members["articles"])
    shared = articles.pop()
    if articles or len(set(shared)) < 2 or any(members["shares"].map(len) != len(shared)):
        return math.nan, math.nan
    return percentile_interval(group_resamples(shared) @ np.mean(list(members["shares"]), axis=0))
