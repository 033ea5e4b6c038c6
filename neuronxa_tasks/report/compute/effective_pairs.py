"""On how many pairs a score hangs."""

import math

import numpy as np
import pandas as pd

from neuronxa_tasks.data.corpora import has_own_english_sides


def effective_pairs(scores: pd.DataFrame) -> float:
    r"""How many pairs carry the scores of several languages: the participation ratio.

    $(\sum_i a_i)^2 / \sum_i a_i^2$, where $a_i$ is what pair i adds in all languages together: n
    where every pair adds the same, 1 where one adds all.

    Args:
        scores: Rows of one metric.

    Returns:
        NaN where languages have other sentences than each other, or no pair is aligned.
    """
    shares = list(scores["shares"])
    shared = not has_own_english_sides(scores["corpus"].iloc[0])
    if not shared or len({len(share) for share in shares}) > 1:
        return math.nan
    added = np.sum(shares, axis=0)
    return float(added.sum() ** 2 / (added @ added)) if added.any() else math.nan
