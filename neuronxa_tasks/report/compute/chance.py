"""How well chance would align: the binomial of one layer, and permutations of a mean over layers.

Appendix E of the paper: unrelated sentences are each other's nearest among n pairs with probability
1 / (2 n - 1), since a pair has to beat the 2 n - 2 others of its row and column.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import stats

from neuronxa_tasks.measures import metric_named

SIGNIFICANT = 0.05


def chance_level(pairs: int) -> float:
    """Share of unrelated pairs that are aligned by chance.

    Args:
        pairs: Number of sentence pairs, n.

    Example:
        >>> round(chance_level(100), 4)
        0.005
    """
    return 1 / (2 * pairs - 1)


def binomial_p(aligned: npt.ArrayLike, pairs: int) -> npt.NDArray[np.float64]:
    """How probably chance aligns at least so many pairs in one layer (equation 5 of the paper).

    Args:
        aligned: Numbers of aligned pairs, k, of any shape.
        pairs: Number of sentence pairs, n.

    Example:
        >>> binomial_p([0, 5], 100).round(6)
        array([1.00e+00, 1.62e-04])
    """
    p = stats.binom.sf(np.asarray(aligned) - 1, pairs, chance_level(pairs))
    return np.asarray(p, dtype=np.float64)


def layer_p(
    scores: npt.NDArray[np.float64], pairs: npt.NDArray[np.int64]
) -> npt.NDArray[np.float64]:
    """`binomial_p` of many layers.

    Args:
        scores: Share of aligned pairs per layer, shape (m,).
        pairs: Number of sentence pairs of each, 0 where unknown, shape (m,).

    Returns:
        Shape (m,), NaN where the number of pairs is unknown.
    """
    found = np.full(len(scores), np.nan)
    for n in np.unique(pairs[pairs > 0]):
        own = (pairs == n) & (scores >= 0) & (scores <= 1)
        # Every possible count once: there are a thousand times as many layers.
        found[own] = binomial_p(np.arange(n + 1), int(n))[np.rint(scores[own] * n).astype(int)]
    return found


def corrected(p: pd.Series) -> pd.Series:
    """Values of p corrected for their number (Benjamini and Hochberg), NaN where there is none."""
    known = p.dropna()
    if known.empty:
        return p
    return pd.Series(stats.false_discovery_control(known.to_numpy()), known.index).reindex(p.index)


def robustness(alignments: pd.DataFrame, layers: pd.DataFrame) -> pd.DataFrame:
    """What of every model's alignment is above chance, per condition and metric.

    Args:
        alignments: Rows of alignment scores.
        layers: One row per layer of each, with `p`.

    Returns:
        One row per metric whose number of pairs is known: `pairs`, `chance` (of one layer),
        `languages` (with a p by permutation), `above` (of them, corrected p below 0.05),
        `not_above` (the codes of the others) and `layers` (share of single layers whose
        binomial p is below 0.05).
    """
    return pd.DataFrame() if alignments.empty else pd.DataFrame(_rows(alignments, layers))


def _rows(alignments: pd.DataFrame, layers: pd.DataFrame) -> Iterator[dict[str, Any]]:
    keys = ["label", "condition", "metric"]
    known = layers.dropna(subset=["p"])
    sure = (known["p"] < SIGNIFICANT).groupby([known[key] for key in keys], observed=True).mean()
    for (label, condition, metric), block in alignments.groupby(keys, sort=False):
        if (label, condition, metric) not in sure.index:
            continue
        pairs = int(block["shares"].map(len).max())
        tested = block.dropna(subset=["permutation_p"])
        above = corrected(tested["permutation_p"]) < SIGNIFICANT
        yield {
            "label": label,
            "condition": condition,
            "metric": metric,
            "pairs": pairs,
            "chance": chance_level(pairs),
            "languages": len(tested),
            "above": int(above.sum()),
            "not_above": ", ".join(sorted(tested.loc[~above, "language"])),
            "layers": float(sure.loc[(str(label), str(condition), str(metric))]),
        }


def countable(metric: str) -> bool:
    """Whether a metric's layer is a share of aligned pairs, of which chance says something."""
    found = metric_named(metric)
    return found is not None and found.family == "alignment"
