"""What `neuronxa matrix` found, as tables: every two languages, and the nearest of each."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from neuronxa_tasks.errors import ReportError
from neuronxa_tasks.languages import family, script_name
from neuronxa_tasks.measures import metric_named

KEYS = ["label", "condition", "metric"]

NEAREST = 3


@dataclass(frozen=True)
class _Matrix:
    """One metric's matrix.

    Attributes:
        label: The model.
        condition: On which text.
        text: Digest of the languages and their sentences.
        metric: Name.
        codes: N languages.
        upper: Scores above the diagonal, row by row, N (N - 1) / 2 of them.
    """

    label: str
    condition: str
    text: str
    metric: str
    codes: tuple[str, ...]
    upper: npt.NDArray[np.float64]


def matrix_table(contents: Sequence[tuple[str, Mapping[str, Any]]]) -> pd.DataFrame:
    """The score of every two languages.

    Args:
        contents: Model's label, and what a file of `neuronxa matrix` holds under `matrix`,
            oldest first: of two with the same languages and sentences the last counts.

    Returns:
        Columns `label`, `condition` (corpus, number of pairs and of languages), `metric`,
        `language`, `other`, `value`. Every two languages stand there in both orders, a language
        with itself not at all.

    Raises:
        ReportError: A content is damaged.
    """
    newest = {
        (m.label, m.condition, m.text, m.metric): m
        for label, content in contents
        for m in _matrices(label, content)
    }
    # Where the text or the choice of languages differs too, the condition has to tell.
    texts = Counter(condition for condition, _ in {(m.condition, m.text) for m in newest.values()})
    return pd.concat(
        [
            _both_triangles(m, f"{m.condition}, text {m.text}" if texts[m.condition] > 1 else "")
            for m in newest.values()
        ],
        ignore_index=True,
    )


def neighbours(matrix: pd.DataFrame) -> pd.DataFrame:
    """The languages that each language is best aligned with.

    Args:
        matrix: As `matrix_table` gives it.

    Returns:
        One row per `label`, `condition`, `metric` and `language`: codes `nearest_1`,
        `nearest_2`, `nearest_3` and their scores `value_1`, `value_2`, `value_3` (missing where
        there are fewer languages), and the mean score with all others, `mean`, with those of the
        same family and of others, `within_family` and `across_families`, and likewise
        `within_script` and `across_scripts` (NaN where there are none).
    """
    keys = [*KEYS, "language"]
    best = matrix.sort_values("value", ascending=False, kind="stable")
    best = best.assign(place=best.groupby(keys).cumcount() + 1)
    wide = best[best["place"] <= NEAREST].pivot(
        index=keys, columns="place", values=["other", "value"]
    )
    about = matrix.groupby(keys, sort=False)["value"].mean().rename("mean").to_frame()
    for place in range(1, NEAREST + 1):
        about[f"nearest_{place}"] = wide.get(("other", place))
        about[f"value_{place}"] = pd.to_numeric(wide.get(("value", place)))
    for kind, of, others in (
        ("family", family, "families"),
        ("script", script_name, "scripts"),
    ):
        names = {code: of(code) for code in matrix["language"].unique()}
        same = matrix["language"].map(names) == matrix["other"].map(names)
        for column, chosen in ((f"within_{kind}", same), (f"across_{others}", ~same)):
            about[column] = matrix[chosen].groupby(keys)["value"].mean()
    return about.reset_index()


def _matrices(label: str, content: Mapping[str, Any]) -> Iterator[_Matrix]:
    try:
        codes = tuple(str(code) for code in content["languages"])
        digests = [str(digest) for digest in content["sha256"]]
        condition = (
            f"{str(content['corpus']).upper()}, {int(content['n_pairs'])} pairs, "
            f"{len(codes)} languages"
        )
        uppers = {
            str(name): np.array(found["scores"], dtype=np.float64)
            for name, found in content["metrics"].items()
        }
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ReportError(f"damaged: `matrix` of {label} cannot be read: {error!r}") from error
    pairs = len(codes) * (len(codes) - 1) // 2
    text = hashlib.sha256(json.dumps([codes, digests]).encode()).hexdigest()[:12]
    for metric, upper in uppers.items():
        if metric_named(metric) is None or len(set(codes)) < max(2, len(codes)):
            raise ReportError(
                f"damaged: `matrix` of {label} has the metric {metric!r} of {len(codes)} "
                f"languages, {len(set(codes))} of them different"
            )
        # A comparison with NaN is false.
        if upper.shape != (pairs,) or not ((upper >= 0) & (upper <= 1)).all():
            raise ReportError(
                f"damaged: `matrix` of {label} should have {pairs} scores from 0 to 1 for "
                f"{metric}, but has {upper.size}, or others"
            )
        yield _Matrix(label, condition, text, metric, codes, upper)


def _both_triangles(matrix: _Matrix, condition: str) -> pd.DataFrame:
    codes = np.array(matrix.codes)
    first, second = np.triu_indices(len(codes), k=1)
    square = np.zeros((len(codes), len(codes)))
    square[first, second] = square[second, first] = matrix.upper
    language, other = np.nonzero(~np.eye(len(codes), dtype=bool))
    return pd.DataFrame(
        {
            "label": matrix.label,
            "condition": condition or matrix.condition,
            "metric": matrix.metric,
            "language": codes[language],
            "other": codes[other],
            "value": square[language, other],
        }
    )
