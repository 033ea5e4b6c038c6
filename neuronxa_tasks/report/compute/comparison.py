"""Two models on the same sentence pairs, language by language."""

import math
from dataclasses import fields

import numpy as np
import pandas as pd
from scipy import stats

from neuronxa_tasks.data.languages import language_name
from neuronxa_tasks.errors import ReportError
from neuronxa_tasks.report.compute.chance import corrected
from neuronxa_tasks.report.compute.resampling import CONFIDENCE, article_error
from neuronxa_tasks.report.read.scores import Condition

# Scores are compared only where these agree.
_SETTINGS = tuple(field.name for field in fields(Condition))


def compare(alignments: pd.DataFrame, first: str, second: str) -> pd.DataFrame:
    """The paired difference of two models, per metric and language.

    Args:
        alignments: Rows of alignment scores.
        first: Label of a model.
        second: Label of another.

    Returns:
        One row per condition, metric and language that both have on the same text: `a`, `b`,
        `difference` (first less second), its 95 % interval `low`, `high` (Student's t over
        pairs), and `p`, corrected for the number of languages (Benjamini and Hochberg);
        `articles_low`, `articles_high` and `articles_p`, likewise over articles instead of
        pairs, NaN where these are unknown.

    Raises:
        ReportError: A model is unknown, or they have no language in common under one setting.
    """
    known = list(dict.fromkeys(alignments["label"])) if not alignments.empty else []
    for label in (first, second):
        if label not in known:
            raise ReportError(
                f"Expected `--compare` to name two of {', '.join(known) or 'no models'}, "
                f"but got {label!r}"
            )
    key = [*_SETTINGS, "condition", "metric", "language", "digest"]
    columns = [*key, "value", "shares", "articles"]
    a, b = (alignments.loc[alignments["label"] == label, columns] for label in (first, second))
    both = a.merge(b, on=key, suffixes=("_a", "_b"))
    both = both[both["shares_a"].map(len).eq(both["shares_b"].map(len))]
    both = both[both["shares_a"].map(len) > 1].reset_index(drop=True)
    if both.empty:
        raise ReportError(
            f"{first} and {second} have no language in common that was measured on the same "
            "sentence pairs under the same settings"
        )
    pairs = zip(both["shares_a"], both["shares_b"], both["articles_a"], strict=True)
    tests = [(*_paired(x - y), *_by_articles(x - y, articles)) for x, y, articles in pairs]
    ends = ["low", "high", "p"]
    columns = ["difference", *ends, *(f"articles_{end}" for end in ends)]
    table = pd.DataFrame(tests, columns=columns)
    for p in ("p", "articles_p"):
        table[p] = table[p].groupby([both["condition"], both["metric"]]).transform(corrected)
    about = pd.DataFrame(
        {
            "condition": both["condition"],
            "metric": both["metric"],
            "language": both["language"],
            "name": both["language"].map(language_name),
            "a": both["value_a"],
            "b": both["value_b"],
        }
    )
    return pd.concat([about, table], axis=1)


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
