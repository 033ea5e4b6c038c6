"""The page's tables of the languages that each language is best aligned with."""

from collections.abc import Hashable
from typing import Any

import pandas as pd

from neuronxa_tasks.data.languages import language_name
from neuronxa_tasks.report.columns import METRIC_KEY
from neuronxa_tasks.report.compute.report_tables import Report
from neuronxa_tasks.report.show.leading_metrics import leading_metrics
from neuronxa_tasks.report.show.number_formats import metric_title, number
from neuronxa_tasks.report.show.tables.cells import NOTHING, Cell, Table, decimal

_MEANS = {
    "mean": "Mean with all",
    "within_family": "Same family",
    "across_families": "Other families",
    "within_script": "Same script",
    "across_scripts": "Other scripts",
}
_NEAREST = {1: "Nearest", 2: "Second", 3: "Third"}


def neighbour_tables(report: Report) -> list[Table]:
    """A table per model, text and metric of the report's matrix."""
    if report.neighbours.empty:
        return []
    several = report.neighbours["label"].nunique() > 1
    leading = leading_metrics(report.neighbours["metric"].unique())
    heads = ["Language", *_NEAREST.values(), *_MEANS.values()]
    tables = []
    for (label, condition, metric), own in report.neighbours.groupby(METRIC_KEY, sort=False):
        rows = [
            [
                Cell(language_name(row["language"]), note=row["language"]),
                *(_near(row, place) for place in _NEAREST),
                *(decimal(row[column]) for column in _MEANS),
            ]
            for row in own.sort_values("mean", ascending=False).to_dict("records")
        ]
        subject = f"{label}, {condition}" if several else str(condition)
        caption = f"{metric_title(str(metric))} with other languages: {subject}"
        folded = metric not in leading
        tables.append(Table(caption, heads, rows, 1 + len(_NEAREST), folded=folded))
    return tables


def _near(row: dict[Hashable, Any], place: int) -> Cell:
    code = row[f"nearest_{place}"]
    if pd.isna(code):
        return NOTHING
    return Cell(language_name(code), note=number(row[f"value_{place}"]))
