"""How well chance would align: in one layer, and by permutations of a mean over layers.

A random order of the language's sentences moves a layer's m pairs of mutual nearest neighbours and
changes none, so that m / n of them become true pairs in the mean: a share m / n^2 of n. Appendix E
of the paper takes similarities as independent, for which m is n^2 / (2 n - 1) in the mean, and
chance 1 / (2 n - 1). Hubs, which are near to everything, leave far fewer.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import stats

from neuronxa_tasks.measures import metric_named
from neuronxa_tasks.report.columns import METRIC_KEY
from neuronxa_tasks.report.compute.effective_pairs import effective_pairs

SIGNIFICANT = 0.05

_Floats = npt.NDArray[np.float64]


def ideal_chance(pairs: npt.ArrayLike) -> _Floats:
    """Share of pairs that chance aligns where similarities are independent (Appendix E).

    Args:
        pairs: Numbers of sentence pairs, n, of any shape.

    Example:
        >>> round(float(ideal_chance(100)), 4)
        0.005
    """
    return np.asarray(1 / (2 * np.asarray(pairs, dtype=np.float64) - 1))


def binomial_p(aligned: npt.ArrayLike, pairs: npt.ArrayLike) -> _Floats:
    """How probably chance aligns at least so many pairs in one layer (equation 5 of the paper).

    Args:
        aligned: Numbers of aligned pairs, k, of any shape.
        pairs: Numbers of sentence pairs, n, likewise.

    Example:
        >>> binomial_p([0, 5], 100).round(6)
        array([1.00e+00, 1.62e-04])
    """
    p = stats.binom.sf(np.asarray(aligned) - 1, np.asarray(pairs), ideal_chance(pairs))
    return np.asarray(p, dtype=np.float64)


def matching_p(aligned: npt.ArrayLike, neighbours: npt.ArrayLike, pairs: npt.ArrayLike) -> _Floats:
    """How probably a random order aligns at least so many of the pairs of one layer.

    Which of m mutual neighbours a random order makes true pairs is the matching problem; their
    number is close to Poisson's distribution with its mean m / n.

    Args:
        aligned: Numbers of aligned pairs, k, of any shape.
        neighbours: Numbers of mutual nearest neighbours, m, likewise.
        pairs: Numbers of sentence pairs, n, likewise.

    Example:
        >>> matching_p([0, 1, 2], 5, 100).round(4)
        array([1.    , 0.0488, 0.0012])
    """
    mean = np.asarray(neighbours) / np.asarray(pairs)
    return np.asarray(stats.poisson.sf(np.asarray(aligned) - 1, mean), dtype=np.float64)


def layer_chance(
    scores: _Floats, pairs: npt.NDArray[np.int64], neighbours: _Floats
) -> tuple[_Floats, _Floats]:
    """What chance does in many layers.

    Args:
        scores: Share of aligned pairs per layer, shape (m,).
        pairs: Number of sentence pairs of each, 0 where unknown, shape (m,).
        neighbours: Number of mutual nearest neighbours of each, NaN where unknown, as in results
            from before it was kept, which have the paper's idealisation; shape (m,).

    Returns:
        The share that chance aligns, and the p of the score, each of shape (m,), NaN where the
        number of pairs is unknown or the score is no share.
    """
    chance, p = np.full((2, len(scores)), np.nan)
    countable = (pairs > 0) & (scores >= 0) & (scores <= 1)
    counted = countable & np.isfinite(neighbours)
    ideal = countable & ~counted
    n, m = pairs[counted], neighbours[counted]
    chance[counted], chance[ideal] = m / np.square(n, dtype=np.float64), ideal_chance(pairs[ideal])
    p[counted] = matching_p(np.rint(scores[counted] * n), m, n)
    p[ideal] = binomial_p(np.rint(scores[ideal] * pairs[ideal]), pairs[ideal])
    return chance, p


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
        layers: One row per layer of each, as `long_table.layer_table` gives them.

    Returns:
        Rows of `rows.RobustnessRow`, one per metric whose number of pairs is known, `not_above`
        still a tuple of codes.
    """
    return pd.DataFrame() if alignments.empty else pd.DataFrame(_above_chance(alignments, layers))


def _above_chance(alignments: pd.DataFrame, layers: pd.DataFrame) -> Iterator[dict[str, Any]]:
    known = layers.dropna(subset=["p"])
    known = known.assign(
        sure=known["p"] < SIGNIFICANT,
        neighbours=known["mutual_neighbours"].to_numpy(np.float64, na_value=np.nan),
    )
    means = dict(iter(known.groupby(METRIC_KEY, observed=True)))
    for (label, condition, metric), block in alignments.groupby(METRIC_KEY, sort=False):
        key = str(label), str(condition), str(metric)
        if key not in means:
            continue
        own = means[key]
        neighbours = own.groupby("layer")["neighbours"].mean()
        tested = block.dropna(subset=["permutation_p"])
        above = corrected(tested["permutation_p"]) < SIGNIFICANT
        yield {
            "label": label,
            "condition": condition,
            "metric": metric,
            "pairs": int(block["shares"].map(len).max()),
            "chance": float(own["chance"].mean()),
            "neighbours": float(neighbours.mean()),
            "neighbours_low": float(neighbours.min()),
            "neighbours_high": float(neighbours.max()),
            "effective_pairs": effective_pairs(block),
            "languages": len(tested),
            "above": int(above.sum()),
            "not_above": tuple(sorted(tested.loc[~above, "language"])),
            "layers": float(own["sure"].mean()),
        }


def idealised(alignments: pd.DataFrame) -> Iterator[str]:
    """Says which files' layers are compared with the paper's idealisation of chance."""
    if alignments.empty:
        return
    countables = alignments["metric"].map(countable) & (alignments["shares"].map(len) > 0)
    older = alignments[countables & (alignments["mutual_neighbours"].map(len) == 0)]
    if files := list(dict.fromkeys(older["file"])):
        yield (
            f"{', '.join(files)}: without the number of mutual nearest neighbours, so that chance "
            "in a layer is the paper's 1 / (2n - 1), for independent similarities; measure again "
            "for its own"
        )


def countable(metric: str) -> bool:
    """Whether a metric's layer is a share of aligned pairs, of which chance says something."""
    found = metric_named(metric)
    return found is not None and found.family == "alignment"
