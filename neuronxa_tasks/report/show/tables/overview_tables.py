"""The page's tables of what was measured, how models compare, and what is left out."""

from collections.abc import Iterator

import pandas as pd

from neuronxa_tasks.report.compute.report_tables import Report, each_row
from neuronxa_tasks.report.show.choice_of_models import model_anchors
from neuronxa_tasks.report.show.number_formats import metric_title, plain
from neuronxa_tasks.report.show.tables.cells import (
    Cell,
    Table,
    between,
    decimal,
    paired_means,
    probability,
    texts,
)


def settings_table(report: Report) -> list[Table]:
    """What was measured: of few models a column each, of many a row each, which sort."""
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
    table = report.models.reindex(columns=list(titles))
    table["parameters"] = table["parameters"].map("{:,}".format, na_action="ignore")
    table = table.map(plain)
    table = table.loc[:, (table != "").any()].rename(columns=titles)
    many = len(table) > 3
    if not many:
        table = table.set_index("Model").T.rename_axis("Model").reset_index()
    rows = [
        [Cell(str(first), model=str(first) if many else ""), *texts(others)]
        for first, *others in table.itertuples(index=False)
    ]
    heads, anchors = [str(name) for name in table], model_anchors(report)
    return [Table("What was measured", heads, rows, len(heads), many, anchors=anchors)]


def comparison_tables(report: Report) -> list[Table]:
    """Models two by two: their means, then language by language, the largest lead on top."""
    if report.comparison.empty:
        return []
    several = report.comparison["condition"].nunique() > 1
    means = [
        [
            Cell(f"{row.label} less {row.other}"),
            Cell(metric_title(row.metric), note=row.condition if several else ""),
            decimal(row.a),
            decimal(row.b),
            *paired_means(row),
        ]
        for row in each_row(report.compared_means)
    ]
    heads = ["Models", "Metric", "First", "Second", "Difference", "95% interval", "p, corrected"]
    overall = Table(
        "Means over the languages that both have",
        [*heads, "First ahead", "Second ahead", "Languages"],
        means,
        2,
    )
    return [overall, *_by_language(report.comparison, several)]


def _by_language(comparison: pd.DataFrame, several: bool) -> Iterator[Table]:
    articles = bool(comparison["articles_low"].notna().any())
    for (first, second), own in comparison.groupby(["label", "other"], sort=False):
        rows = [
            [
                Cell(row.name, note=row.language),
                Cell(metric_title(row.metric), note=row.condition if several else ""),
                decimal(row.a),
                decimal(row.b),
                decimal(row.difference),
                between(row.low, row.high),
                probability(row.p),
                *([between(row.articles_low, row.articles_high)] if articles else []),
                *([probability(row.articles_p)] if articles else []),
            ]
            for row in each_row(own.sort_values("difference", ascending=False))
        ]
        heads = ["Language", "Metric", str(first), str(second), "Difference", "95% interval"]
        heads += ["p, corrected"]
        heads += ["95% interval by articles", "p by articles, corrected"] if articles else []
        yield Table(f"{first} less {second}, language by language", heads, rows, 2)


def coverage_table(report: Report) -> list[Table]:
    """What was left out."""
    if report.skipped.empty:
        return []
    rows = [texts(row) for row in report.skipped[["what", "why"]].itertuples(index=False)]
    return [Table("What was left out", ["What", "Why"], rows, 2, False)]
