"""The page's tables of correlations with benchmarks, their means and their differences."""

from collections.abc import Iterator
from typing import Any

import pandas as pd

from neuronxa_tasks.report.columns import TRIVIAL
from neuronxa_tasks.report.compute.report_tables import Report, each_row
from neuronxa_tasks.report.show.number_formats import metric_title, plain
from neuronxa_tasks.report.show.series import series_of, with_series
from neuronxa_tasks.report.show.tables.cells import (
    NOTHING,
    Cell,
    Table,
    between,
    decimal,
    probability,
    spread,
    whole,
)


def correlation_tables(report: Report) -> list[Table]:
    """One row per model, benchmark and metric, in bold what cannot be told from the highest."""
    if report.correlations.empty:
        return []
    several = len(series_of(report)) > 1
    # What has no language in common is no correlation.
    found = with_series(report, report.correlations[report.correlations["n"] > 0])
    if found.empty:
        return []
    paper = pd.to_numeric(found["paper"])
    order = {name: place for place, name in enumerate((*report.metrics, *TRIVIAL))}
    found = found.assign(paper=paper)
    columns = ["Pearson", "95% interval (Fisher)", "over branches", "over families"]
    columns += ["over languages", "n", "p, corrected", "Spearman", "Pearson given tokens"]
    columns += ["Pearson given surface"]
    published = bool(paper.notna().any())
    rows = []
    for row in each_row(found):
        rows.append(
            [
                Cell(row.benchmark),
                *([Cell(row.series, model=row.label)] if several else []),
                Cell(
                    metric_title(row.metric),
                    order.get(row.metric),
                    strong=row.highest,
                    note=row.saturation,
                ),
                *_correlation(row, len(columns)),
                *([decimal(row.paper)] if published else []),
            ]
        )
    heads = ["Benchmark", *(["Model"] if several else []), "Metric", *columns]
    caption = (
        "Correlation over languages; of each benchmark those alignment metrics are bold that "
        "cannot be told from the highest, where others can"
    )
    return [
        Table(caption, heads + ["Paper"] * published, rows, 2 + several),
        *_average_tables(report),
    ]


def _correlation(row: Any, span: int) -> Iterator[Cell]:
    if pd.isna(row.pearson):
        yield Cell(plain(row.reason), span=span)
        return
    yield decimal(row.pearson, strong=row.highest)
    for name in ("fisher", "branch", "family", "bootstrap"):
        yield between(getattr(row, f"{name}_low"), getattr(row, f"{name}_high"))
    yield whole(row.n)
    yield probability(row.p_corrected)
    yield decimal(row.spearman)
    yield decimal(row.partial, note=spread(row.partial_low, row.partial_high))
    yield decimal(
        row.partial_surface, note=spread(row.partial_surface_low, row.partial_surface_high)
    )


def _average_tables(report: Report) -> list[Table]:
    """Mean correlations over models and over benchmarks, a column per metric."""
    tables = []
    for over, kept in (("models", "benchmark"), ("benchmarks", "label")):
        if report.averages.empty:
            continue
        own = report.averages[report.averages["over"] == over]
        if own.empty:
            continue
        several = own["condition"].nunique() > 1
        names = own[kept]
        if over == "benchmarks":
            # How they were run: what was run otherwise is another mean.
            names = names + own["benchmark"].map(lambda how: f" ({how})" if how else "")
        names = names + " · " + own["condition"] if several else names
        table = own.assign(name=names)
        means = {(row.name, row.metric): row for row in each_row(table)}
        metrics = [name for name in (*report.metrics, *TRIVIAL) if name in set(own["metric"])]
        rows = [
            [Cell(str(name)), *(_average(means.get((name, metric))) for metric in metrics)]
            for name in table["name"].unique()
        ]
        heads = [kept.replace("label", "model").capitalize(), *map(metric_title, metrics)]
        tables.append(Table(f"Mean Pearson correlation over {over}", heads, rows))
    return tables


def _average(row: Any) -> Cell:
    return NOTHING if row is None else decimal(row.pearson, note=f"of {row.n}")


def difference_table(report: Report) -> list[Table]:
    """By how much two metrics' correlations with one benchmark differ."""
    if report.differences.empty:
        return []
    several = len(series_of(report)) > 1
    rows = [
        [
            Cell(row.benchmark),
            *([Cell(row.series, model=row.label)] if several else []),
            Cell(f"{metric_title(row.metric)} less {metric_title(row.other)}"),
            decimal(row.difference, strong=row.apart),
            between(row.low, row.high),
            between(row.branch_low, row.branch_high),
            probability(row.p_corrected),
        ]
        for row in each_row(with_series(report, report.differences))
    ]
    heads = ["Benchmark", *(["Model"] if several else []), "Metrics"]
    heads += ["Difference", "95% interval", "over branches", "p, corrected"]
    caption = "Differences between Pearson correlations; bold are those that can be told"
    return [Table(caption, heads, rows, 2 + several)]


def pooled_table(report: Report) -> list[Table]:
    """Correlations over the languages of all models at once, beside those within models."""
    if report.pooled.empty:
        return []
    several = report.pooled["condition"].nunique() > 1
    said = {"sign": "opposite signs", "much": "differ by more than 0.2"}
    rows = [
        [
            Cell(row.benchmark, note=row.condition if several else ""),
            Cell(metric_title(row.metric)),
            decimal(row.within, note=spread(row.within_low, row.within_high)),
            decimal(row.pooled, note=spread(row.pooled_low, row.pooled_high)),
            whole(row.models),
            whole(row.n),
            Cell(said[row.differ]) if row.differ else NOTHING,
        ]
        for row in each_row(report.pooled)
    ]
    heads = ["Benchmark", "Metric", "Within models", "Pooled", "Models", "Scores", "Simpson"]
    return [Table("Pearson correlation within models, and of all at once", heads, rows, 2)]
