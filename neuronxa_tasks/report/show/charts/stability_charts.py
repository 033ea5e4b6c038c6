"""Charts against the number of sentence pairs: mean scores, and correlations."""

import altair as alt
import pandas as pd

from neuronxa_tasks.report.compute.pairs_needed import ABOUT
from neuronxa_tasks.report.compute.report import Report
from neuronxa_tasks.report.show.charts.style import (
    AnyChart,
    Charts,
    add,
    heading,
    inline,
    metric_colour,
    metric_title,
    series_colour,
    series_of,
    tooltip,
    with_series,
)

# Fewer numbers of pairs are no line.
_POINTS = 2


def stability_charts(report: Report) -> Charts:
    """Mean score, order of languages and correlations against the number of pairs.

    Of one series a line per metric, of several a line per series, for the first metric.
    """
    charts: Charts = {}
    if report.stability.empty or report.stability["pairs"].nunique() < _POINTS:
        return charts
    rows = with_series(report, report.stability)
    several = len(series_of(report)) > 1
    first = next(name for name in report.metrics if (rows["metric"] == name).any())
    ending = f" of {metric_title(first)}" if several else ""
    rows = rows[rows["metric"] == first] if several else rows
    columns = {
        "all": ("Mean score", "Mean over languages"),
        "order": ("Order of languages", "Rank correlation with all pairs"),
        **{
            column: (f"Correlation with {column}", "Pearson correlation")
            for column in rows
            if column not in (*ABOUT, "series")
        },
    }
    for column, (title, axis) in columns.items():
        if rows[column].notna().any():
            part = rows[["series", "metric", "pairs"]].assign(value=rows[column])
            chart = _over_pairs(report, part, f"{title}{ending}", axis)
            add(charts, chart, "pairs", str(column))
    return charts


def _over_pairs(report: Report, part: pd.DataFrame, title: str, axis: str) -> AnyChart:
    names = series_of(report)
    several = len(names) > 1
    metrics = [metric_title(name) for name in report.metrics if (part["metric"] == name).any()]
    data = inline(part.dropna(subset=["value"]).assign(metric=part["metric"].map(metric_title)))
    chart: AnyChart = (
        alt.Chart(data)
        .mark_line(point=True)
        .encode(
            alt.X(
                "pairs:Q",
                title="Sentence pairs",
                scale=alt.Scale(type="log", nice=False),
                axis=alt.Axis(values=sorted(set(part["pairs"])), grid=False, labelOverlap=True),
            ),
            alt.Y("value:Q", title=axis, scale=alt.Scale(zero=False)),
            series_colour(names) if several else metric_colour(metrics),
            tooltip=[
                tooltip("series:N", "Model"),
                tooltip("metric:N", "Metric"),
                tooltip("pairs:Q", "Pairs", ","),
                tooltip("value:Q", axis, ".3f"),
            ],
        )
        .properties(
            title=heading(title, "by the number of sentence pairs"),
            description=f"{title} by the number of sentence pairs, on a logarithmic axis",
            width="container",
            height=260,
        )
    )
    return chart
