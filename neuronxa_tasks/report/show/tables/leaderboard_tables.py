"""The page's leaderboard: ranks under each setting, and the models that cannot be ranked."""

from typing import Any

import pandas as pd

from neuronxa_tasks.report.columns import ALL, RESOURCES, SERIES
from neuronxa_tasks.report.compute.report_tables import Report, each_row
from neuronxa_tasks.report.show.number_formats import metric_title
from neuronxa_tasks.report.show.tables.cells import NOTHING, Cell, Table, decimal, spread, whole


def leaderboard_tables(report: Report) -> list[Table]:
    """Of each setting a table of the models that have all languages, and one of the others."""
    if report.leaderboard.empty or len(report.leaderboard[SERIES].drop_duplicates()) == 1:
        return []
    found = []
    for condition, board in report.leaderboard.groupby("condition", sort=False):
        complete = board["languages"] == board["of"]
        tables = _ranking(str(condition), board[complete]), _others(board[~complete])
        found += [table for table in tables if table.rows]
    return found


def _ranking(condition: str, board: pd.DataFrame) -> Table:
    names = {ALL: "", **{group: f" {title}" for group, title in RESOURCES.items()}}
    columns = list(dict.fromkeys(zip(board["metric"], board["group"], strict=True)))
    cells = {(row.metric, row.group, row.label): row for row in each_row(board)}
    rows = [
        [
            Cell(row.label),
            _rank(row),
            *(_mean(cells.get((*column, row.label)), column[1] == ALL) for column in columns),
            whole(row.languages),
        ]
        for row in each_row(board)
        if (row.metric, row.group) == columns[0]
    ]
    titles = [f"{metric_title(metric)}{names[group]}" for metric, group in columns]
    caption = (
        f"{condition}: mean scores over the same languages, with 95% intervals; bold is what "
        "cannot be told from the highest, where some can"
    )
    return Table(caption, ["Model", "Rank", *titles, "Languages"], rows)


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


def _others(board: pd.DataFrame) -> Table:
    rows = [
        [
            Cell(row.label),
            Cell(metric_title(row.metric)),
            Cell(f"{row.languages} of {row.of}", row.languages),
            decimal(row.value),
            decimal(row.beside, note=row.leader or ""),
        ]
        for row in each_row(board)
    ]
    caption = "Not ranked, for want of languages: means over those that they have"
    return Table(caption, ["Model", "Metric", "Languages", "Mean", "Leader on these"], rows, 2)
