"""The page's leaderboard: ranks under each setting, and the models that cannot be ranked."""

from collections.abc import Sequence
from datetime import datetime, timezone
from typing import Any

import pandas as pd

from neuronxa_tasks.data.languages import ENGLISH
from neuronxa_tasks.report.columns import ALL, RESOURCES, SERIES
from neuronxa_tasks.report.compute.report_tables import Report, each_row
from neuronxa_tasks.report.show.leading_metrics import leading_metrics
from neuronxa_tasks.report.show.number_formats import metric_title
from neuronxa_tasks.report.show.tables.cells import NOTHING, Cell, Table, decimal, spread


def leaderboard_tables(report: Report) -> list[Table]:
    """Of each setting a table of the models that have all languages, and one of the others.

    Metrics that are not among the leading ones have a table of their own, folded.
    """
    if report.leaderboard.empty or len(report.leaderboard[SERIES].drop_duplicates()) == 1:
        return []
    leading = leading_metrics(report.metrics)
    found = []
    for condition, board in report.leaderboard.groupby("condition", sort=False):
        complete, first = board["languages"] == board["of"], board["metric"].isin(leading)
        found += [
            _ranking(report, str(condition), board[complete & first], False),
            _ranking(report, str(condition), board[complete & ~first], True),
            _others(board[~complete & first]),
        ]
    return [table for table in found if table.rows]


def _ranking(report: Report, condition: str, board: pd.DataFrame, folded: bool) -> Table:
    names = {ALL: "", **{group: f" {title}" for group, title in RESOURCES.items()}}
    columns = list(dict.fromkeys(zip(board["metric"], board["group"], strict=True)))
    cells = {(row.metric, row.group, row.label): row for row in each_row(board)}
    beside = pd.DataFrame() if folded else _beside(report, condition)
    about = {row.label: row for row in each_row(report.models)}
    rows = [
        [
            Cell(row.label, model=row.label),
            _rank(row),
            *(_mean(cells.get((*column, row.label)), column[1] == ALL) for column in columns),
            Cell(f"{row.languages} of {row.of}", float(row.languages)),
            *(beside.loc[row.label] if row.label in beside.index else [NOTHING] * beside.shape[1]),
            *_size_and_date(about[row.label]),
        ]
        for row in each_row(board)
        if (row.metric, row.group) == columns[0]
    ]
    titles = [f"{metric_title(metric)}{names[group]}" for metric, group in columns]
    of = " of other metrics" if folded else ""
    caption = (
        f"{condition}: mean scores{of} over the same languages, with 95% intervals; bold is what "
        "cannot be told from the highest, where some can"
    )
    heads = ["Model", "Rank", *titles, "Languages", *map(str, beside), "Parameters", "Date"]
    return _without_empty(Table(caption, heads, rows, folded=folded), heads[-2:])


def _rank(row: Any) -> Cell:
    if pd.isna(row.rank):
        return NOTHING
    note = f"to {row.rank_last}" if row.rank_last > row.rank else ""
    return Cell(str(row.rank), float(row.rank), note=note)


def _mean(row: Any, with_interval: bool) -> Cell:
    if row is None:
        return NOTHING
    note = spread(row.low, row.high) if with_interval else ""
    return decimal(row.value, strong=row.highest, note=note)


def _beside(report: Report, condition: str) -> pd.DataFrame:
    """Cells by model: means of benchmarks, and with forecasts where a language has no score."""
    table = report.languages
    own = table[(table["condition"] == condition) & (table["language"] != ENGLISH)]
    columns: dict[str, pd.Series] = {}
    for benchmark in report.benchmarks:
        scores = own.dropna(subset=[benchmark]).groupby("label")[benchmark]
        if not scores.ngroups:
            continue
        columns[benchmark] = pd.Series(
            {label: decimal(each.mean(), note=f"of {len(each)}") for label, each in scores}
        )
        if report.forecasts.empty:
            continue
        rows = report.forecasts
        rows = rows[(rows["benchmark"] == benchmark) & (rows["condition"] == condition)]
        columns[f"≈ {benchmark} with forecasts"] = pd.Series(
            {
                label: decimal(
                    each["measured"].fillna(each["forecast"]).mean(),
                    note=f"{each['measured'].isna().sum()} of {len(each)} forecast",
                )
                for label, each in rows.groupby("label")
                if each["measured"].isna().any()
            },
            dtype=object,
        )
    found = pd.DataFrame({name: cells for name, cells in columns.items() if len(cells)})
    return found.map(lambda cell: cell if isinstance(cell, Cell) else NOTHING)


def _size_and_date(model: Any) -> list[Cell]:
    parameters, date = getattr(model, "parameters", None), getattr(model, "date", None)
    day = None if pd.isna(date) else datetime.fromtimestamp(float(date or 0), timezone.utc).date()
    return [
        NOTHING if pd.isna(parameters) else Cell(f"{parameters / 1e9:.3g} B", float(parameters)),
        Cell(str(day), float(date or 0)) if day else NOTHING,
    ]


def _without_empty(table: Table, heads: Sequence[str]) -> Table:
    """The table without those of its columns that are empty in all rows."""
    places = [
        place
        for place, head in enumerate(table.columns)
        if head not in heads or any(not row[place].missing for row in table.rows)
    ]
    rows = [[row[place] for place in places] for row in table.rows]
    columns = [table.columns[place] for place in places]
    return Table(table.caption, columns, rows, table.numeric, folded=table.folded)


def _others(board: pd.DataFrame) -> Table:
    rows = [
        [
            Cell(row.label, model=row.label),
            Cell(metric_title(row.metric)),
            Cell(f"{row.languages} of {row.of}", row.languages),
            decimal(row.value),
            decimal(row.beside, note=row.leader or ""),
        ]
        for row in each_row(board)
    ]
    caption = "Not ranked, for want of languages: means over those that they have"
    return Table(caption, ["Model", "Metric", "Languages", "Mean", "Leader on these"], rows, 2)
