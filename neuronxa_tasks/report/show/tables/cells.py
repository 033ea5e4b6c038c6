"""The page's tables other than the joined one: text, and what each cell sorts by."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import pandas as pd

from neuronxa_tasks.report.compute.correlations import TOKENS
from neuronxa_tasks.report.compute.report import RESOURCES, Report, each_row
from neuronxa_tasks.report.show.charts.style import (
    first_metric,
    metric_title,
    series_of,
    with_series,
)
from neuronxa_tasks.report.show.wording import MISSING, interval, number, p_value, plain


@dataclass(frozen=True)
class Cell:
    """What stands in one place.

    Attributes:
        text: What is read.
        sort: A number to sort by; None sorts by the text.
        strong: Whether it is the best of its kind.
        note: What stands below, smaller.
        span: How many columns it takes.
    """

    text: str
    sort: float | None = None
    strong: bool = False
    note: str = ""
    span: int = 1


@dataclass(frozen=True)
class Table:
    """A table: the first column heads its row, and `numeric` says where the numbers begin."""

    caption: str
    columns: list[str]
    rows: list[list[Cell]]
    numeric: int = 1
    sortable: bool = True


def decimal(value: Any, digits: int = 3, strong: bool = False, note: str = "") -> Cell:
    """A number, an en dash where there is none, that sorts by its value."""
    sort = None if pd.isna(value) else float(value)
    return Cell(number(value, digits), sort, strong, note)


def spread(low: Any, high: Any, digits: int = 2) -> str:
    """An interval as a note: nothing where there is none."""
    return "" if pd.isna(low) else interval(low, high, digits)


def _texts(values: Iterable[object]) -> list[Cell]:
    return [Cell(plain(value)) for value in values]


def leaderboard(report: Report) -> Table | None:
    """Mean scores of several models, best first, the best of each column marked.

    What was measured under other settings cannot be ranked with it, and stands apart.
    """
    if report.groups.empty or len(series_of(report)) == 1:
        return None
    groups = with_series(report, report.groups)
    names = {"all": "", **{group: f" {title}" for group, title in RESOURCES.items()}}
    wide = groups.pivot(
        index=["condition", "series"], columns=["metric", "group"], values=["value", "low", "high"]
    )
    first = ("value", first_metric(report), "all")
    wide = wide.sort_values(first, ascending=False).sort_index(
        level="condition", sort_remaining=False, kind="stable"
    )
    kept = [
        (metric, group)
        for metric in report.metrics
        for group in names
        if ("value", metric, group) in wide
    ]
    best = wide[["value"]].groupby(level="condition").max().to_dict("index")
    counts = groups[groups["group"] == "all"].groupby("series")["languages"].max()
    rows = [
        [
            Cell(str(series)),
            *(
                decimal(
                    row[("value", *key)],
                    strong=row[("value", *key)] == best[condition][("value", *key)],
                    note=spread(row[("low", *key)], row[("high", *key)]) if key[1] == "all" else "",
                )
                for key in kept
            ),
            Cell(str(counts[series]), float(counts[series])),
        ]
        for (condition, series), row in zip(
            wide.index.to_list(), wide.to_dict("records"), strict=True
        )
    ]
    titles = [f"{metric_title(metric)}{names[group]}" for metric, group in kept]
    caption = "Mean scores over languages, with 95% intervals; the best of each column is bold"
    return Table(caption, ["Model", *titles, "Languages"], rows)


def settings(report: Report) -> Table:
    """What was measured: of few models a column each, of many a row each."""
    titles = {
        "label": "Model",
        "revision": "Revision",
        "adapter": "Adapter",
        "variant": "Model arguments",
        "step": "Step",
        "condition": "Alignment settings",
        "backend": "Backend",
        "dtype": "Number format",
        "parameters": "Parameters",
        "layers": "Layers",
        "versions": "Versions",
        "sources": "Results files",
    }
    table = report.models.reindex(columns=list(titles)).map(plain)
    table = table.loc[:, (table != "").any()].rename(columns=titles)
    if len(table) <= 3:
        table = table.set_index("Model").T.rename_axis("Model").reset_index()
    rows = [_texts(row) for row in table.itertuples(index=False)]
    return Table(
        "What was measured", [str(name) for name in table], rows, len(table.columns), False
    )


def correlations(report: Report) -> Table | None:
    """One row per model, benchmark and metric; the best alignment metric is bold."""
    if report.correlations.empty:
        return None
    several = len(series_of(report)) > 1
    found = with_series(report, report.correlations)
    paper = pd.to_numeric(found["paper"])
    order = {name: place for place, name in enumerate((*report.metrics, TOKENS))}
    ours = found["pearson"].where(found["metric"] != TOKENS)
    best = ours.groupby([found["series"], found["benchmark"]]).transform("max")
    found = found.assign(best=ours == best, place=found["metric"].map(order), paper=paper)
    found = found.sort_values(["series", "benchmark", "place"])
    columns = ["Pearson", "95% interval (Fisher)", "95% interval (bootstrap)", "n", "p"]
    columns += ["Spearman", "Pearson given tokens"]
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
    return Table(caption, heads + ["Paper"] * published, rows, 2 + several)


def _correlation(row: Any, span: int) -> Iterator[Cell]:
    if pd.isna(row.pearson):
        yield Cell(plain(row.reason) or MISSING, span=span)
        return
    yield decimal(row.pearson, strong=row.best)
    yield Cell(interval(row.fisher_low, row.fisher_high), float(row.fisher_low))
    yield Cell(interval(row.bootstrap_low, row.bootstrap_high), float(row.bootstrap_low))
    yield Cell(f"{row.n:.0f}", float(row.n))
    yield Cell(p_value(row.p), float(row.p))
    yield decimal(row.spearman)
    yield decimal(row.partial)


def averages(report: Report) -> list[Table]:
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
        metrics = [name for name in (*report.metrics, TOKENS) if name in wide]
        rows = [
            [Cell(str(name)), *(decimal(row[metric]) for metric in metrics)]
            for name, row in wide.iterrows()
        ]
        heads = [kept.replace("label", "model").capitalize(), *map(metric_title, metrics)]
        tables.append(Table(f"Mean Pearson correlation over {over}", heads, rows))
    return tables


def differences(report: Report) -> Table | None:
    """By how much two metrics' correlations with one benchmark differ."""
    if report.differences.empty:
        return None
    several = len(series_of(report)) > 1
    rows = [
        [
            Cell(row.benchmark),
            *([Cell(row.series)] if several else []),
            Cell(f"{metric_title(row.metric)} less {metric_title(row.other)}"),
            decimal(row.difference),
            Cell(interval(row.low, row.high), float(row.low)),
            Cell(p_value(row.p), float(row.p)),
        ]
        for row in each_row(with_series(report, report.differences))
    ]
    heads = ["Benchmark", *(["Model"] if several else []), "Metrics"]
    heads += ["Difference", "95% interval", "p"]
    return Table("Differences between Pearson correlations", heads, rows, 2 + several)


def comparison(report: Report) -> Table | None:
    """Two models, language by language, the largest lead of the first one on top."""
    if report.comparison.empty:
        return None
    several = report.comparison["condition"].nunique() > 1
    rows = [
        [
            Cell(row.name, note=row.language),
            Cell(metric_title(row.metric), note=row.condition if several else ""),
            decimal(row.a),
            decimal(row.b),
            decimal(row.difference),
            Cell(interval(row.low, row.high), float(row.low)),
            Cell(p_value(row.p), float(row.p)),
        ]
        for row in each_row(report.comparison.sort_values("difference", ascending=False))
    ]
    heads = ["Language", "Metric", *report.compared, "Difference", "95% interval", "p, corrected"]
    caption = f"{report.compared[0]} less {report.compared[1]}, language by language"
    return Table(caption, heads, rows, 2)


def coverage(report: Report) -> Table | None:
    """What was left out."""
    if report.skipped.empty:
        return None
    rows = [_texts(row) for row in report.skipped[["what", "why"]].itertuples(index=False)]
    return Table("What was left out", ["What", "Why"], rows, 2, False)
