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
from neuronxa_tasks.report.columns import METRIC_KEY
from neuronxa_tasks.results.analyses import Matrix

NEAREST = 3

_ABOUT = ("label", "corpus", "condition", "metric")


@dataclass(frozen=True)
class _Matrix:
    """One metric's matrix.

    Attributes:
        label: The model's label.
        corpus: Name of the corpus that the sentences are from.
        condition: Corpus, number of pairs and number of languages.
        text: Digest of the languages and their sentences.
        metric: The metric's name.
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
        language with itself not at all. Empty without contents.
    """
    newest = {
        (m.label, m.condition, m.text, m.metric): m
        for label, content in contents
        for m in _matrices(label, content)
    }
    if not newest:
        return pd.DataFrame()
    # Where the text or the choice of languages differs too, the condition has to tell.
    texts = Counter(condition for condition, _ in {(m.condition, m.text) for m in newest.values()})
    several = {condition for condition, count in texts.items() if count > 1}
    tables = []
    for m in newest.values():
        table = both_orders(m.codes, m.upper)
        condition = f"{m.condition}, text {m.text}" if m.condition in several else m.condition
        for place, about in enumerate((m.label, m.corpus, condition, m.metric)):
            table.insert(place, _ABOUT[place], about)
        tables.append(table)
    return pd.concat(tables, ignore_index=True)


def both_orders(codes: Sequence[str], upper: npt.NDArray[np.float64]) -> pd.DataFrame:
    """A matrix as every file has it: a row for every two languages, in both orders.

    Args:
        codes: N languages.
        upper: Scores above the diagonal, row by row, shape (N (N - 1) / 2,).

    Returns:
        Columns `language`, `other` and `value`; a language with itself is not there.

    Example:
        >>> both_orders(["deu", "fra"], np.array([0.5])).to_dict("list")
        {'language': ['deu', 'fra'], 'other': ['fra', 'deu'], 'value': [0.5, 0.5]}
    """
    names = np.array(codes)
    first, second = np.triu_indices(len(names), k=1)
    square = np.zeros((len(names), len(names)))
    square[first, second] = square[second, first] = upper
    language, other = np.nonzero(~np.eye(len(names), dtype=bool))
    value = square[language, other]
    return pd.DataFrame({"language": names[language], "other": names[other], "value": value})


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
    if matrix.empty:
        return pd.DataFrame()
    keys = [*METRIC_KEY, "language"]
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


def text_digest(codes: Sequence[str], sha256: Sequence[str]) -> str:
    """What tells the text of some languages from another.

    Args:
        codes: Of the languages.
        sha256: Digest of each one's sentences.
    """
    return hashlib.sha256(json.dumps([codes, sha256]).encode()).hexdigest()[:12]


def _matrices(label: str, content: Matrix) -> Iterator[_Matrix]:
    codes = tuple(content.languages)
    condition = f"{content.corpus.upper()}, {content.n_pairs} pairs, {len(codes)} languages"
    text = text_digest(codes, content.sha256)
    for metric, entry in content.metrics.items():
        upper = np.array(entry.scores, dtype=np.float64)
        yield _Matrix(label, content.corpus, condition, text, metric, codes, upper)
