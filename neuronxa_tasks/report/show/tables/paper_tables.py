"""The tables of a paper: fewer columns than the page's, every number with its interval."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from neuronxa_tasks.report.columns import GROUPS, SERIES, TRIVIAL
from neuronxa_tasks.report.compute.report_tables import Report, each_row
from neuronxa_tasks.report.show.number_formats import metric_title
from neuronxa_tasks.report.show.tables.cells import NOTHING, Cell, Table, decimal, spread, whole
from neuronxa_tasks.report.show.tables.overview_tables import comparison_tables
from neuronxa_tasks.report.show.tables.retrieval_tables import retrieval_tables

_BOLD = "; bold is what cannot be told from the highest, where some can"


def paper_tables(report: Report) -> Mapping[str, Table]:
    """Means, retrieval, correlations, compared models, and of one model its languages.

    Returns:
        Each by a short name; none where a report has nothing for it.
    """
    named = {
        "means": _means(report),
        "retrieval": retrieval_tables(report),
        "correlations": _correlations(report),
        "differences": comparison_tables(report)[:1],
        "languages": _languages(report) if len(report.models) == 1 else [],
    }
    return {
        f"{name}-{number}" if number > 1 else name: table
        for name, tables in named.items()
        for number, table in enumerate(tables, 1)
    }


def _means(report: Report) -> list[Table]:
    """Models by group of languages; bold is what the leaderboard's test lets stand out."""
    if report.groups.empty:
        return []
    board = report.leaderboard
    ranked = board[board["highest"]] if len(board) else board
    bold = {(row.label, row.condition, row.group, row.metric) for row in each_row(ranked)}
    metrics = [name for name in report.metrics if name in set(report.groups["metric"])]
    rows = []
    keys = [*SERIES, "group", "languages"]
    for (label, condition, group, count), own in report.groups.groupby(keys, sort=False):
        found = {row.metric: row for row in each_row(own)}
        rows.append(
            [
                Cell(str(label)),
                Cell(str(condition)),
                Cell(GROUPS[str(group)]),
                whole(count),
                *(
                    _score(found.get(metric), (label, condition, group, metric) in bold)
                    for metric in metrics
                ),
            ]
        )
    heads = ["Model", "Settings", "Group", "Languages", *map(metric_title, metrics)]
    caption = "Mean scores over languages, with 95% intervals" + _BOLD * bool(bold)
    return [Table(caption, heads, rows, 3)]


def _score(row: Any, strong: bool = False) -> Cell:
    if row is None:
        return NOTHING
    return decimal(row.value, 2, strong=strong, note=spread(row.low, row.high))


def _correlations(report: Report) -> list[Table]:
    """A row per model and benchmark; what has no number is as if it were missing."""
    table = report.correlations
    if table.empty or table["pearson"].isna().all():
        return []
    table = table.dropna(subset=["pearson"])
    present = set(table["metric"])
    metrics = [name for name in (*report.metrics, *TRIVIAL) if name in present]
    rows = []
    for (label, condition, benchmark), own in table.groupby([*SERIES, "benchmark"], sort=False):
        found = {row.metric: row for row in each_row(own)}
        rows.append(
            [
                Cell(str(label)),
                Cell(str(condition)),
                Cell(str(benchmark)),
                Cell(", ".join(f"{count:.0f}" for count in sorted(set(own["n"])))),
                *(_correlation(found.get(metric)) for metric in metrics),
            ]
        )
    heads = ["Model", "Settings", "Benchmark", "Languages", *map(metric_title, metrics)]
    caption = "Pearson correlation over languages, with 95% intervals (Fisher)"
    return [Table(caption + _BOLD * bool(table["highest"].any()), heads, rows, 3)]


def _correlation(row: Any) -> Cell:
    if row is None:
        return NOTHING
    note = spread(row.fisher_low, row.fisher_high)
    return decimal(row.pearson, 2, strong=row.highest, note=note)


def _languages(report: Report) -> list[Table]:
    """Every language with its scores, the best aligned first."""
    table = report.languages
    shown = [*report.metrics, *report.benchmarks]
    if table.empty or not shown:
        return []
    rows = [
        [
            Cell(row["name"]),
            Cell(str(row["condition"])),
            *(_of_language(row, metric) for metric in report.metrics),
            *(decimal(row[benchmark]) for benchmark in report.benchmarks),
        ]
        for row in table.sort_values(shown[0], ascending=False).to_dict("records")
    ]
    heads = ["Language", "Settings", *map(metric_title, report.metrics), *report.benchmarks]
    return [Table("Scores of every language, alignment with 95% intervals", heads, rows, 2)]


def _of_language(row: Mapping[Any, Any], metric: str) -> Cell:
    note = spread(row.get(f"{metric}_low", pd.NA), row.get(f"{metric}_high", pd.NA))
    return decimal(row[metric], 2, note=note)
