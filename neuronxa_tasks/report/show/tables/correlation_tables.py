"""The page's tables of correlations with benchmarks, their means and their differences."""

from collections.abc import Iterator
from typing import Any

import pandas as pd

from neuronxa_tasks.report.columns import TRIVIAL
from neuronxa_tasks.report.compute.report_tables import Report, each_row
from neuronxa_tasks.report.show.number_formats import metric_title, plain
from neuronxa_tasks.report.show.series import series_of, with_series
from neuronxa_tasks.report.show.tables.cells import (
    Cell,
    Table,
    between,
    decimal,
    probability,
    whole,
)


def correlation_tables(report: Report) -> list[Table]:
    """One row per model, benchmark and metric; the best alignment metric is bold."""
    if report.correlations.empty:
        return []
    several = len(series_of(report)) > 1
    found = with_series(report, report.correlations)
    paper = pd.to_numeric(found["paper"])
    order = {name: place for place, name in enumerate((*report.metrics, *TRIVIAL))}
    ours = found["pearson"].where(~found["metric"].isin(TRIVIAL))
    best = ours.groupby([found["series"], found["benchmark"]]).transform("max")
    found = found.assign(best=ours == best, place=found["metric"].map(order), paper=paper)
    found = found.sort_values(["series", "benchmark", "place"])
    columns = ["Pearson", "95% interval (Fisher)", "95% interval (bootstrap)", "n", "p"]
    columns += ["Spearman", "Pearson given tokens", "Pearson given surface"]
    published = bool(paper.notna().any())
    rows = []
    for row in each_row(found):
        rows.append(
            [
                Cell(row.benchmark),
                *([Cell(row.series)] if several else []),
                Cell(metric_title(row.metric), order.get(row.metric), strong=row.best),
                *_correlation(row, len(columns)),
                *([decimal(row.paper)] if published else []),
            ]
        )
    heads = ["Benchmark", *(["Model"] if several else []), "Metric", *columns]
    caption = "Correlation over languages; of each benchmark the best alignment metric is bold"
    return [
        Table(caption, heads + ["Paper"] * published, rows, 2 + several),
        *_average_tables(report),
    ]


def _correlation(row: Any, span: int) -> Iterator[Cell]:
    if pd.isna(row.pearson):
        yield Cell(plain(row.reason), span=span)
        return
    yield decimal(row.pearson, strong=row.best)
    yield between(row.fisher_low, row.fisher_high)
    yield between(row.bootstrap_low, row.bootstrap_high)
    yield whole(row.n)
    yield probability(row.p)
    yield decimal(row.spearman)
    yield decimal(row.partial)
    yield decimal(row.partial_surface)


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
        wide = own.assign(name=names).pivot(index="name", columns="metric", values="pearson")
        metrics = [name for name in (*report.metrics, *TRIVIAL) if name in wide]
        rows = [
            [Cell(str(name)), *(decimal(row[metric]) for metric in metrics)]
            for name, row in wide.iterrows()
        ]
        heads = [kept.replace("label", "model").capitalize(), *map(metric_title, metrics)]
        tables.append(Table(f"Mean Pearson correlation over {over}", heads, rows))
    return tables


def difference_table(report: Report) -> list[Table]:
    """By how much two metrics' correlations with one benchmark differ."""
    if report.differences.empty:
        return []
    several = len(series_of(report)) > 1
    rows = [
        [
            Cell(row.benchmark),
            *([Cell(row.series)] if several else []),
            Cell(f"{metric_title(row.metric)} less {metric_title(row.other)}"),
            decimal(row.difference),
            between(row.low, row.high),
            probability(row.p),
        ]
        for row in each_row(with_series(report, report.differences))
    ]
    heads = ["Benchmark", *(["Model"] if several else []), "Metrics"]
    heads += ["Difference", "95% interval", "p"]
    return [Table("Differences between Pearson correlations", heads, rows, 2 + several)]
