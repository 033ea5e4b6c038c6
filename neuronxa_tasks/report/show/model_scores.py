"""What a model's own page says elsewhere: its scores under one setting, as plain values."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any

import pandas as pd

from neuronxa_tasks.data.corpora import CORPORA
from neuronxa_tasks.data.corpus import Corpus
from neuronxa_tasks.report.compute.report_tables import Report, each_row


@dataclass(frozen=True)
class Mean:
    """A mean over languages, with its 95 % interval over pairs, NaN where there is none."""

    metric: str
    group: str
    value: float
    low: float
    high: float
    languages: int


@dataclass(frozen=True)
class ModelScores:
    """A model under one setting.

    Attributes:
        label: The model's, as in the report.
        model: Its name alone.
        condition: Label of the setting.
        corpus: Of the sentences.
        date: When its newest results file was made, in UTC; None where unknown.
        version: Of this package.
        metrics: Names of its metrics, the paper's order.
        means: Over groups of languages.
        languages: The report's rows of its languages.
        not_above: Codes of the languages whose score of the first metric is not above chance.
        tested: How many languages that is known of.
    """

    label: str
    model: str
    condition: str
    corpus: Corpus
    date: datetime | None
    version: str
    metrics: tuple[str, ...]
    means: tuple[Mean, ...]
    languages: pd.DataFrame
    not_above: tuple[str, ...]
    tested: int

    @property
    def file_name(self) -> str:
        """Its label and setting as the name of a file."""
        return re.sub(r"[^A-Za-z0-9.=_-]+", "_", f"{self.label}_{self.condition}").strip("._")


def model_scores(report: Report) -> Iterator[ModelScores]:
    """Every model under each of its settings."""
    if report.groups.empty:
        return
    models = {row.label: row for row in each_row(report.models)}
    tables = dict(iter(report.languages.groupby(["label", "condition"])))
    for (label, condition), groups in report.groups.groupby(["label", "condition"], sort=False):
        present = set(groups["metric"])
        metrics = tuple(metric for metric in report.metrics if metric in present)
        tested = _of(report.robustness, label, condition, metrics[0])
        about = models[label]
        if not (corpus := _corpus(str(condition))):
            continue
        yield ModelScores(
            label=str(label),
            model=about.model,
            condition=str(condition),
            corpus=corpus,
            date=_date(getattr(about, "date", None)),
            version=report.version,
            metrics=metrics,
            means=tuple(
                Mean(row.metric, row.group, row.value, row.low, row.high, int(row.languages))
                for row in each_row(groups)
            ),
            languages=tables[label, condition].dropna(subset=list(metrics), how="all"),
            not_above=tuple(code for codes in tested.get("not_above", ()) for code in codes),
            tested=int(tested["languages"].sum()) if len(tested) else 0,
        )


def _of(table: pd.DataFrame, label: Any, condition: Any, metric: str) -> pd.DataFrame:
    if table.empty:
        return table
    own = (table["label"] == label) & (table["condition"] == condition)
    found: pd.DataFrame = table[own & (table["metric"] == metric)]
    return found


def _corpus(condition: str) -> Corpus | None:
    """The bundled corpus that a setting's label begins with; none of a user's own text."""
    return CORPORA.get(condition.partition(",")[0].lower())


def _date(seconds: float | None) -> datetime | None:
    return None if pd.isna(seconds) else datetime.fromtimestamp(float(seconds or 0), timezone.utc)
