"""How much a score depends on the corpus: one metric on two corpora, over their languages."""

from collections.abc import Iterator
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd

from neuronxa_tasks.data.languages import ENGLISH
from neuronxa_tasks.report.columns import METRIC_KEY
from neuronxa_tasks.report.compute.coefficients import correlate, impossible


def between_corpora(alignments: pd.DataFrame) -> pd.DataFrame:
    """One row per model, metric and two settings of different corpora with the same pivot.

    Over the languages that both have, without English; nothing where these are fewer than five.

    Args:
        alignments: Rows of alignment scores.

    Returns:
        Rows of `rows.CorpusRow`.
    """
    if alignments.empty:
        return pd.DataFrame()
    others = alignments[alignments["language"] != ENGLISH]
    return pd.DataFrame(
        row
        for (label, metric), block in others.groupby(["label", "metric"], sort=False)
        for row in _rows(str(label), str(metric), block)
    )


def _rows(label: str, metric: str, block: pd.DataFrame) -> Iterator[dict[str, Any]]:
    settings = list(block.groupby(["condition", "corpus", "pivot"], sort=False))
    for ((condition, corpus, pivot), one), ((other, *there), two) in combinations(settings, 2):
        if corpus == there[0] or pivot != there[1]:
            continue
        both = one.merge(two, on="language", suffixes=("", "_other"))
        x, y = (both[column].to_numpy(np.float64) for column in ("value", "value_other"))
        if impossible(x, y):
            continue
        (found,) = correlate(x[:, None], y, {})
        yield {
            **dict(zip(METRIC_KEY, (label, condition, metric), strict=True)),
            "other": other,
            "n": found.n,
            "pearson": found.pearson,
            "low": found.fisher[0],
            "high": found.fisher[1],
            "spearman": found.spearman,
            "difference": float((x - y).mean()),
        }
