"""The page's tables of forecasts: which there are or why not, and what they are worth."""

from typing import Any

import pandas as pd

from neuronxa_tasks.report.compute.forecast_validation import FORECAST
from neuronxa_tasks.report.compute.report_tables import Report, each_row
from neuronxa_tasks.report.show.number_formats import percent
from neuronxa_tasks.report.show.series import series_of, with_series
from neuronxa_tasks.report.show.tables.cells import (
    NOTHING,
    Cell,
    Table,
    decimal,
    probability,
    whole,
)

_GROUPS = {"family": "families", "model": "models"}


def forecast_tables(report: Report) -> list[Table]:
    """A row per model and benchmark, and then one per predictor, with its errors."""
    if report.forecast_validation.empty:
        return []
    rows = with_series(report, report.forecast_validation)
    several = len(series_of(report)) > 1
    return [_verdicts(report, rows, several), *_errors(rows, several)]


def _verdicts(report: Report, rows: pd.DataFrame, several: bool) -> Table:
    decisive = rows[(rows["predictor"] == FORECAST) & (rows["left_out"] != "language")]
    new = report.forecasts[report.forecasts["measured"].isna()]
    counts = new.groupby(["label", "condition", "benchmark"]).size()
    columns = ["Forecasts", "Languages fitted", "Left out in turn", "Skill", "p", "Intervals held"]
    cells = []
    for row in each_row(decisive):
        names = [
            Cell(row.benchmark),
            *([Cell(row.series, model=row.label)] if several else []),
        ]
        if not row.forecast:
            cells.append([*names, Cell(f"none: {row.reason}", span=len(columns))])
            continue
        cells.append(
            [
                *names,
                whole(counts.get((row.label, row.condition, row.benchmark), 0)),
                whole(row.languages),
                Cell(f"{row.groups} {_GROUPS[row.left_out]}", float(row.groups)),
                decimal(row.skill, 2),
                probability(row.p),
                Cell(percent(row.covered), float(row.covered)),
            ]
        )
    heads = ["Benchmark", *(["Model"] if several else []), *columns]
    return Table("Which benchmarks can be forecast", heads, cells, 1 + several)


def _errors(rows: pd.DataFrame, several: bool) -> list[Table]:
    known = rows.dropna(subset=["error"])
    if known.empty:
        return []
    left_out = [name for name in ("language", "family", "model") if name in set(known["left_out"])]
    keys = ["benchmark", "series", "predictor"]
    wide = known.pivot_table(index=keys, columns="left_out", values=["error", "skill"], sort=False)
    languages = known.groupby(keys, sort=False)["languages"].first()
    cells = []
    for place, (key, found) in enumerate(wide.iterrows()):
        benchmark, series, predictor = _texts(key)
        names = [Cell(benchmark), *([Cell(series)] if several else [])]
        numbers = [
            decimal(found[what, group]) if (what, group) in wide else NOTHING
            for group in left_out
            for what in ("error", "skill")
        ]
        cells.append(
            [
                *names,
                Cell(predictor, place),
                whole(languages[benchmark, series, predictor]),
                *numbers,
            ]
        )
    heads = ["Benchmark", *(["Model"] if several else []), "Predictor", "Languages"]
    heads += [f"{what}, one {group} left out" for group in left_out for what in ("Error", "Skill")]
    return [Table("What the forecast is up against", heads, cells, 2 + several)]


def _texts(key: Any) -> tuple[str, ...]:
    return tuple(map(str, key))
