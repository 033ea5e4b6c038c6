"""The models that a reader of the page may choose from, and where the page says more of each."""

from typing import Any

import pandas as pd

from neuronxa_tasks.report.compute.report_tables import FEW, Report, each_row
from neuronxa_tasks.report.show.charts.style import free_name
from neuronxa_tasks.report.show.series import leading_table, measured_series, with_series
from neuronxa_tasks.report.show.short_series import short_labels, short_series

# Numbers of parameters that models of one kind of machine stay below.
_SIZES = (1e9, 4e9, 10e9, 40e9, 100e9)


def model_anchors(report: Report) -> dict[str, str]:
    """The id of every model on the page, by its label."""
    names: dict[str, str] = {}
    for label in report.models["label"]:
        names[label] = free_name(names.values(), str(label))
    return {label: f"model-{name}" for label, name in names.items()}


def choice_of_models(report: Report) -> dict[str, Any] | None:
    """Models in the order of the leaderboard, with the series of charts; None of a single one."""
    if len(report.models) < 2:
        return None
    keys = measured_series(report)
    short = short_series(report)
    series: dict[str, list[str]] = {}
    for row in each_row(with_series(report, keys)):
        series.setdefault(row.label, []).append(short[row.series])
    leading = list(leading_table(report)["label"]) if len(report.leaderboard) else []
    about = {row.label: row for row in each_row(report.models)}
    parameters = {label: _parameters(row) for label, row in about.items()}
    labels = list(dict.fromkeys((*leading, *about)))
    known = [size for size in parameters.values() if size]
    return {
        "models": [
            {
                "label": label,
                "short": name,
                "parameters": parameters[label],
                "series": series.get(label, []),
            }
            for label, name in zip(labels, short_labels(labels).values(), strict=True)
        ],
        "few": FEW,
        "sizes": [limit for limit in _SIZES if known and min(known) <= limit < max(known)],
    }


def _parameters(row: Any) -> int | None:
    count = getattr(row, "parameters", None)
    return None if pd.isna(count) else int(count)
