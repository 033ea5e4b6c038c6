"""Charts against the number of sentence pairs: mean scores, and correlations."""

import altair as alt
import pandas as pd

from neuronxa_tasks.report.columns import ALL
from neuronxa_tasks.report.compute.report_tables import Report
from neuronxa_tasks.report.show.charts.style import (
    AnyChart,
    Charts,
    add,
    faint_unless,
    heading,
    inline,
    metric_colour,
    picked,
    series_colour,
    tooltip,
)
from neuronxa_tasks.report.show.leading_metrics import leading_metrics
from neuronxa_tasks.report.show.number_formats import metric_title
from neuronxa_tasks.report.show.series import series_of
from neuronxa_tasks.report.show.short_series import short_series, with_short_series

# Fewer numbers of pairs are no line.
_POINTS = 2


def stability_charts(report: Report) -> Charts:
    """Mean score, order of languages and correlations against the number of pairs.

    Of one series a line per metric, of several a line per series, for the first metric.
    """
    charts: Charts = {}
    if report.stability.empty or report.stability["pairs"].nunique() < _POINTS:
        return charts
    rows = with_short_series(report, report.stability)
    rows = rows[rows["metric"].isin(leading_metrics(report.metrics))]
    several = len(series_of(report)) > 1
    first = next(name for name in report.metrics if (rows["metric"] == name).any())
    ending = f" of {metric_title(first)}" if several else ""
    rows = rows[rows["metric"] == first] if several else rows
    columns = {
        ALL: ("Mean score", "Mean over languages"),
        "order": ("Order of languages", "Rank correlation with all pairs"),
        **{
            heading: (f"Correlation with {heading}", "Pearson correlation")
            for heading in report.benchmarks
            if heading in rows
        },
    }
    for column, (title, axis) in columns.items():
        if rows[column].notna().any():
            part = rows[["series", "metric", "pairs"]].assign(value=rows[column])
            chart = _over_pairs(report, part, f"{title}{ending}", axis)
            add(charts, chart, "pairs", column)
    return charts


def _over_pairs(report: Report, part: pd.DataFrame, title: str, axis: str) -> AnyChart:
    names = short_series(report).values()
    several = len(names) > 1
    chosen = picked("series" if several else "metric")
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
            opacity=faint_unless(chosen),
            tooltip=[
                tooltip("series:N", "Model"),
                tooltip("metric:N", "Metric"),
                tooltip("pairs:Q", "Pairs", ","),
                tooltip("value:Q", axis, ".3f"),
            ],
        )
        .add_params(chosen)
        .properties(
            title=heading(title, "by the number of sentence pairs"),
            description=f"{title} by the number of sentence pairs, on a logarithmic axis",
            width="container",
            height=260,
        )
    )
    return chart
