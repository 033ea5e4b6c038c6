"""What `neuronxa matrix` found, as tables: every two languages, and the nearest of each."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from neuronxa_tasks.data.languages import family, script_name
from neuronxa_tasks.results.analyses import Matrix

KEYS = ["label", "condition", "metric"]

NEAREST = 3


@dataclass(frozen=True)
class _Matrix:
    """One metric's matrix.

    Attributes:
        label: The model.
        corpus: Of the sentences.
        condition: On which text.
        text: Digest of the languages and their sentences.
        metric: Name.
        codes: N languages.
        upper: Scores above the diagonal, row by row, N (N - 1) / 2 of them.
    """

    label: str
    corpus: str
    condition: str
    text: str
    metric: str
    codes: tuple[str, ...]
    upper: npt.NDArray[np.float64]


def matrix_table(contents: Sequence[tuple[str, Matrix]]) -> pd.DataFrame:
    """The score of every two languages.

    Args:
        contents: Model's label and its matrix, oldest first: of two with the same languages and
            sentences the last counts.

    Returns:
        Columns `label`, `corpus`, `condition` (corpus, number of pairs and of languages),
        `metric`, `language`, `other`, `value`. Every two languages stand there in both orders, a
        language with itself not at all.
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
        here = wide.reindex(columns=[("other", place), ("value", place)])
        about[f"nearest_{place}"] = here["other", place]
        about[f"value_{place}"] = pd.to_numeric(here["value", place])
    for kind, of, others in (
        ("family", family, "families"),
        ("script", script_name, "scripts"),
    ):
        names = {code: of(code) for code in matrix["language"].unique()}
        same = matrix["language"].map(names) == matrix["other"].map(names)
        for column, chosen in ((f"within_{kind}", same), (f"across_{others}", ~same)):
            about[column] = matrix[chosen].groupby(keys)["value"].mean()
    return about.reset_index()


def _matrices(label: str, content: Matrix) -> Iterator[_Matrix]:
    codes = tuple(content.languages)
    condition = f"{content.corpus.upper()}, {content.n_pairs} pairs, {len(codes)} languages"
    text = hashlib.sha256(json.dumps([codes, content.sha256]).encode()).hexdigest()[:12]
    for metric, entry in content.metrics.items():
        upper = np.array(entry.scores, dtype=np.float64)
        yield _Matrix(label, content.corpus, condition, text, metric, codes, upper)


def _both_triangles(matrix: _Matrix, condition: str) -> pd.DataFrame:
    codes = np.array(matrix.codes)
    first, second = np.triu_indices(len(codes), k=1)
    square = np.zeros((len(codes), len(codes)))
    square[first, second] = square[second, first] = matrix.upper
    language, other = np.nonzero(~np.eye(len(codes), dtype=bool))
    return pd.DataFrame(
        {
            "label": matrix.label,
            "corpus": matrix.corpus,
            "condition": condition or matrix.condition,
            "metric": matrix.metric,
            "language": codes[language],
            "other": codes[other],
            "value": square[language, other],
        }
    )
