"""How a score, and what it predicts, change with the number of sentence pairs."""

import functools
import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from neuronxa_tasks.data.languages import ENGLISH
from neuronxa_tasks.report.columns import LANGUAGE_KEY, METRIC_KEY, RESOURCES
from neuronxa_tasks.report.compute.coefficients import impossible
from neuronxa_tasks.report.compute.resampling import SEED, Array
from neuronxa_tasks.report.compute.rows import StabilityRow
from neuronxa_tasks.report.in_parallel import in_parallel

_HALVINGS = 20


def stability(
    alignments: pd.DataFrame, languages: pd.DataFrame, headings: Sequence[str]
) -> pd.DataFrame:
    """Scores of the first pairs alone, by their number.

    Args:
        alignments: Rows of alignment scores.
        languages: The joined table; English is left out.
        headings: Names of its benchmark columns.

    Returns:
        One row per model, condition, metric and number of `pairs`: `languages`, their mean score
        over `all`, `head` and `longtail`, `order` (Spearman's rank correlation with the score of
        all pairs, over languages), `reliability` (of all pairs), and per heading Pearson's r with
        that benchmark. NaN where there are too few languages, or all have the same value.
    """
    known = alignments[alignments["by_pairs"].map(bool)] if len(alignments) else alignments
    if known.empty:
        return pd.DataFrame(columns=[*StabilityRow.columns(), *headings])
    given = known[[*LANGUAGE_KEY, "metric", "value", "by_pairs", "shares"]].assign(
        pairs=known["by_pairs"].map(list),
        score=known["by_pairs"].map(lambda scores: list(scores.values())),
    )
    rows = given.drop(columns="by_pairs").explode(["pairs", "score"], ignore_index=True)
    rows = rows.astype({"pairs": "int64", "score": "float64"})
    rows = rows[rows["language"] != ENGLISH].merge(
        languages[[*LANGUAGE_KEY, "resource", *headings]], on=LANGUAGE_KEY
    )
    found = pd.DataFrame(
        _by_number_of_pairs(rows, headings), columns=[*StabilityRow.columns(), *headings]
    )
    return found.drop(columns=[heading for heading in headings if found[heading].isna().all()])


def _by_number_of_pairs(rows: pd.DataFrame, headings: Sequence[str]) -> list[dict[str, Any]]:
    keys = [*METRIC_KEY, "pairs"]
    needed = ["score", "value", "resource", "shares", *headings]
    groups = [
        (dict(zip(keys, group, strict=True)), block)
        for group, block in rows.groupby(keys, sort=False)[needed]
    ]
    return in_parallel(functools.partial(_row, headings), groups)


def _row(headings: Sequence[str], given: tuple[dict[str, Any], pd.DataFrame]) -> dict[str, Any]:
    about, block = given
    score, whole = (block[name].to_numpy(np.float64) for name in ("score", "value"))
    means = {
        resource: score[block["resource"] == resource].mean()
        for resource in RESOURCES
        if (block["resource"] == resource).any()
    }
    return {
        **about,
        "languages": len(block),
        "all": score.mean(),
        **means,
        "order": _pearson(stats.rankdata(score), stats.rankdata(whole)),
        "reliability": reliability(block["shares"].tolist(), int(about["pairs"])),
        **{h: _pearson(score, block[h].to_numpy(np.float64)) for h in headings},
    }


def reliability(rows: Sequence[Array], pairs: int) -> float:
    """How alike languages are told apart by other pairs as many: split-half reliability.

    The mean over 20 seeded halvings of the pairs, the same for all languages, of Pearson's r over
    languages between the scores of both halves, stepped up to all pairs by 2 r / (1 + r)
    (Spearman and Brown). Prefixes of the pairs are among all pairs; halves share none.

    Args:
        rows: What each pair of a language scores among all candidates, one row per language.
        pairs: How many pairs there are.

    Returns:
        NaN where rows are of another number of pairs, or languages too few or alike.
    """
    if any(len(row) != pairs for row in rows):
        return math.nan
    scores, generator = np.stack(rows), np.random.default_rng(SEED)
    found = []
    for _ in range(_HALVINGS):
        order = generator.permutation(pairs)
        halves = scores[:, order[: pairs // 2]], scores[:, order[pairs // 2 :]]
        r = _pearson(*(half.mean(axis=1) for half in halves))
        found.append(2 * r / (1 + r) if r > -1 else math.nan)
    return float(np.mean(found))


def _pearson(score: Array, other: Array) -> float:
    known = np.isfinite(score) & np.isfinite(other)
    x, y = score[known], other[known]
    return math.nan if impossible(x, y) else float(np.corrcoef(x, y)[0, 1])
