"""Models two by two on the same sentence pairs, over all languages and language by language."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import fields
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from neuronxa_tasks.data.corpora import has_own_english_sides
from neuronxa_tasks.data.languages import ENGLISH, language_name
from neuronxa_tasks.errors import ReportError
from neuronxa_tasks.report.compute.chance import SIGNIFICANT, corrected
from neuronxa_tasks.report.compute.joint_means import JointMeans
from neuronxa_tasks.report.compute.resampling import CONFIDENCE, article_error
from neuronxa_tasks.report.compute.rows import ComparedMeansRow
from neuronxa_tasks.report.read.scores import Condition

# Scores are compared only where these agree.
_SETTINGS = tuple(field.name for field in fields(Condition))

# What two compared models are of; `label` is the one that `other` is subtracted from.
_PAIR = ["label", "other", "condition", "metric"]


def compare(alignments: pd.DataFrame, labels: Sequence[str]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The paired differences of every two of some models.

    Args:
        alignments: Rows of alignment scores.
        labels: Labels of two models or more.

    Returns:
        Rows of `ComparedMeansRow`, one per two models, condition and metric, p corrected for the
        number of pairs of models (Benjamini and Hochberg); English is in no mean. And rows of
        `ComparisonRow`, one per language too that both have on the same text: the interval
        `low`, `high` by Student's t over pairs, and `p`, corrected for the number of languages.
        `articles_low`, `articles_high` and `articles_p` are likewise over articles instead of
        pairs, NaN where these are unknown.

    Raises:
        ReportError: A model is unknown, or two have no language in common under one setting.
    """
    known = list(dict.fromkeys(alignments["label"])) if not alignments.empty else []
    if len(set(labels)) < 2:
        raise ReportError(
            f"Expected `--compare` to name two models or more, but got {', '.join(labels)}: "
            f"name others of {', '.join(known) or 'no models'}"
        )
    for label in labels:
        if label not in known:
            raise ReportError(
                f"Expected `--compare` to name two of {', '.join(known) or 'no models'}, "
                f"but got {label!r}: write a label as it is there, or measure that model, too"
            )
    pairs = list(combinations(dict.fromkeys(labels), 2))
    for first, second in pairs:
        if _joined(alignments, first, second).empty:
            raise ReportError(
                f"{first} and {second} have no language in common that was measured on the same "
                "sentence pairs under the same settings"
            )
    return differences(alignments, pairs)


def differences(
    alignments: pd.DataFrame, pairs: Sequence[tuple[str, str]]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """What `compare` gives of some pairs of labels; nothing of two that have nothing in common."""
    joined = [_joined(alignments, *pair) for pair in pairs]
    both = pd.concat(joined, ignore_index=True) if joined else pd.DataFrame()
    if both.empty:
        return pd.DataFrame(), pd.DataFrame()
    sides = zip(both["shares_a"], both["shares_b"], both["articles_a"], strict=True)
    tests = [(*_paired(x - y), *_by_articles(x - y, articles)) for x, y, articles in sides]
    table = both.assign(name=both["language"].map(language_name))
    ends = ["low", "high", "p"]
    found = ["difference", *ends, *(f"articles_{end}" for end in ends)]
    table[found] = tests
    for p in ("p", "articles_p"):
        table[p] = table.groupby(_PAIR)[p].transform(corrected)
    means = pd.DataFrame(
        [
            dict(zip(_PAIR, pair, strict=True)) | row
            for pair, block in table[table["language"] != ENGLISH].groupby(_PAIR, sort=False)
            for row in _overall(block)
        ],
        columns=ComparedMeansRow.columns(),
    )
    means["p"] = means.groupby(["condition", "metric"])["p"].transform(corrected)
    return means, table[[*_PAIR, "language", "name", "a", "b", *found]]


def _joined(alignments: pd.DataFrame, first: str, second: str) -> pd.DataFrame:
    """The languages that both models have on the same pairs under the same settings."""
    key = [*_SETTINGS, "condition", "metric", "language", "digest"]
    columns = [*key, "value", "shares", "articles"]
    a, b = (alignments.loc[alignments["label"] == label, columns] for label in (first, second))
    both = a.merge(b, on=key, suffixes=("_a", "_b"))
    both = both[both["shares_a"].map(len).eq(both["shares_b"].map(len))]
    both = both[both["shares_a"].map(len) > 1]
    return both.assign(label=first, other=second).rename(columns={"value_a": "a", "value_b": "b"})


def _paired(difference: np.ndarray[tuple[int], np.dtype[np.float64]]) -> tuple[float, ...]:
    mean = float(difference.mean())
    if np.ptp(difference) == 0:
        return mean, mean, mean, 1.0 if mean == 0 else 0.0
    test = stats.ttest_1samp(difference, 0.0)
    low, high = test.confidence_interval(CONFIDENCE)
    return mean, float(low), float(high), float(test.pvalue)


def _by_articles(
    difference: np.ndarray[tuple[int], np.dtype[np.float64]], articles: tuple[int, ...]
) -> tuple[float, ...]:
    """Student's t with the standard error clustered by articles: both ends, and p."""
    if len(articles) != len(difference):
        return math.nan, math.nan, math.nan
    mean, error = float(difference.mean()), article_error(difference, articles)
    if not error > 0:
        return math.nan, math.nan, math.nan
    t = stats.t(len(set(articles)) - 1)
    reach = error * float(t.ppf((1 + CONFIDENCE) / 2))
    return mean - reach, mean + reach, 2 * float(t.sf(abs(mean) / error))


def _overall(block: pd.DataFrame) -> Iterator[dict[str, Any]]:
    own_pairs = has_own_english_sides(block["corpus"].iloc[0])
    joint = JointMeans.of([list(block["shares_a"]), list(block["shares_b"])], own_pairs)
    if not joint:
        return
    difference, reach = float(joint.difference[0, 1]), float(joint.reach()[0, 1])
    sure = block["p"] < SIGNIFICANT
    yield {
        "languages": len(block),
        "a": float(joint.means[0]),
        "b": float(joint.means[1]),
        "difference": difference,
        "low": difference - reach,
        "high": difference + reach,
        "p": float(joint.p()[0, 1]),
        "ahead": int((sure & (block["difference"] > 0)).sum()),
        "behind": int((sure & (block["difference"] < 0)).sum()),
    }
