"""The page's tables of what was measured, how models rank and compare, and what is left out."""

from neuronxa_tasks.report.columns import ALL, RESOURCES
from neuronxa_tasks.report.compute.report_tables import Report, each_row
from neuronxa_tasks.report.show.number_formats import metric_title, plain
from neuronxa_tasks.report.show.series import first_metric, series_of, with_series
from neuronxa_tasks.report.show.tables.cells import (
    Cell,
    Table,
    between,
    decimal,
    probability,
    spread,
    texts,
    whole,
)


def leaderboard_table(report: Report) -> list[Table]:
    """Mean scores of several models, best first, the best of each column marked.

    What was measured under other settings cannot be ranked with it, and stands apart.
    """
    if report.groups.empty or len(series_of(report)) == 1:
        return []
    groups = with_series(report, report.groups)
    names = {ALL: "", **{group: f" {title}" for group, title in RESOURCES.items()}}
    wide = groups.pivot(
        index=["condition", "series"], columns=["metric", "group"], values=["value", "low", "high"]
    )
    first = ("value", first_metric(report), ALL)
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
    counts = groups[groups["group"] == ALL].groupby("series")["languages"].max()
    rows = [
        [
            Cell(str(series)),
            *(
                decimal(
                    row[("value", *key)],
                    strong=row[("value", *key)] == best[condition][("value", *key)],
                    note=spread(row[("low", *key)], row[("high", *key)]) if key[1] == ALL else "",
                )
                for key in kept
            ),
            whole(counts[series]),
        ]
        for (condition, series), row in zip(
            wide.index.to_list(), wide.to_dict("records"), strict=True
        )
    ]
    titles = [f"{metric_title(metric)}{names[group]}" for metric, group in kept]
    caption = "Mean scores over languages, with 95% intervals; the best of each column is bold"
    return [Table(caption, ["Model", *titles, "Languages"], rows)]


def settings_table(report: Report) -> list[Table]:
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
    table = report.models.reindex(columns=list(titles))
    table["parameters"] = table["parameters"].map("{:,}".format, na_action="ignore")
    table = table.map(plain)
    table = table.loc[:, (table != "").any()].rename(columns=titles)
    if len(table) <= 3:
        table = table.set_index("Model").T.rename_axis("Model").reset_index()
    rows = [texts(row) for row in table.itertuples(index=False)]
    return [
        Table("What was measured", [str(name) for name in table], rows, len(table.columns), False)
    ]


def comparison_table(report: Report) -> list[Table]:
    """Two models, language by language, the largest lead of the first one on top."""
    if report.comparison.empty:
        return []
    several = report.comparison["condition"].nunique() > 1
    rows = [
        [
            Cell(row.name, note=row.language),
            Cell(metric_title(row.metric), note=row.condition if several else ""),
            decimal(row.a),
            decimal(row.b),
            decimal(row.difference),
            between(row.low, row.high),
            probability(row.p),
        ]
        for row in each_row(report.comparison.sort_values("difference", ascending=False))
    ]
    heads = ["Language", "Metric", *report.compared, "Difference", "95% interval", "p, corrected"]
    caption = f"{report.compared[0]} less {report.compared[1]}, language by language"
    return [Table(caption, heads, rows, 2)]


def coverage_table(report: Report) -> list[Table]:
    """What was left out."""
    if report.skipped.empty:
        return []
    rows = [texts(row) for row in report.skipped[["what", "why"]].itertuples(index=False)]
    return [Table("What was left out", ["What", "Why"], rows, 2, False)]
