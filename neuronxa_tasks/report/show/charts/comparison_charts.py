"""Charts of compared models: what they differ by over all languages, and in each."""

from collections.abc import Iterator, Mapping, Sequence

import altair as alt
import numpy as np
import pandas as pd

from neuronxa_tasks.report.compute.chance import SIGNIFICANT
from neuronxa_tasks.report.compute.report_tables import Report
from neuronxa_tasks.report.show.charts.interval_charts import interval_charts
from neuronxa_tasks.report.show.charts.style import (
    AnyChart,
    Charts,
    add,
    heading,
    inline,
    metric_colour,
    tooltip,
)
from neuronxa_tasks.report.show.number_formats import metric_title
from neuronxa_tasks.report.show.short_series import short_labels

_KINDS = {"the first is ahead": "circle", "the second is ahead": "diamond", "not told": "square"}


def comparison_charts(report: Report, named: bool = False) -> Charts:
    """Of every setting the differences of means, and by the first metric those of languages.

    Args:
        report: What to draw.
        named: Whether every language has a row with its name.
    """
    charts: Charts = {}
    if report.comparison.empty:
        return charts
    several = report.comparison["condition"].nunique() > 1
    for condition, means in report.compared_means.groupby("condition", sort=False):
        of = [str(condition)] if several else []
        add(charts, _means(means, of), "comparison", *of)
    first = report.comparison["metric"] == report.comparison["metric"].iloc[0]
    pairs = report.comparison[first].groupby(["label", "other", "condition"], sort=False)
    for (one, two, condition), own in pairs:
        of = [f"{one} less {two}", *([str(condition)] if several else [])]
        title = f"{metric_title(own['metric'].iloc[0])}: difference by language"
        for chart in difference_charts(own, title, of, _KINDS, named):
            add(charts, chart, "difference", *of)
    return charts


def difference_charts(
    differences: pd.DataFrame, title: str, of: Sequence[str], kinds: Mapping[str, str], named: bool
) -> Iterator[AnyChart]:
    """Paired differences of languages, the largest first.

    Args:
        differences: Rows of `rows.ComparisonRow`, of two models and one metric.
        title: Of the charts.
        of: What stands below it.
        kinds: What surely above, surely below and neither are called, each with its shape.
        named: Whether every language has a row with its name.
    """
    yield from interval_charts(
        _languages(differences, list(kinds)),
        number="Difference",
        order="Languages, the largest difference first",
        kinds=kinds,
        title=title,
        lines=[*of, "with 95% intervals over pairs"],
        zero=True,
        named=named,
    )


def _languages(own: pd.DataFrame, kinds: Sequence[str]) -> pd.DataFrame:
    ordered = own.sort_values("difference", ascending=False)
    sure = ordered["p"] < SIGNIFICANT
    known = [sure & (ordered["difference"] > 0), sure]
    rows = ordered[["language", "name", "low", "high"]]
    return rows.assign(value=ordered["difference"], kind=np.select(known, kinds[:2], kinds[2]))


def _means(means: pd.DataFrame, of: Sequence[str]) -> AnyChart:
    short = short_labels([*means["label"], *means["other"]])
    metrics = [metric_title(metric) for metric in dict.fromkeys(means["metric"])]
    rows = means[["difference", "low", "high", "languages"]].assign(
        place=range(len(means)),
        models=means["label"].map(short) + " less\n" + means["other"].map(short),
        metric=means["metric"].map(metric_title),
    )
    axis = alt.Axis(grid=False, labelExpr="split(datum.label, '\\n')")
    data = inline(rows)
    base = alt.Chart(data).encode(
        alt.Y("models:N", title=None, sort=None, axis=axis),
        alt.YOffset("metric:N", scale=alt.Scale(domain=metrics)),
        metric_colour(metrics),
        tooltip=[
            tooltip("models:N", "Models"),
            tooltip("metric:N", "Metric"),
            tooltip("difference:Q", "Difference", ".3f"),
            tooltip("low:Q", "From", ".3f"),
            tooltip("high:Q", "To", ".3f"),
            tooltip("languages:Q", "Languages"),
        ],
    )
    interval = base.mark_rule(strokeWidth=2, opacity=0.5).encode(
        alt.X("low:Q", title="Difference of means over languages"), alt.X2("high:Q")
    )
    dots = base.mark_point(filled=True, size=60, opacity=1).encode(alt.X("difference:Q"))
    at_zero = alt.Chart(data).transform_filter("datum.place == 0").mark_rule(style="fit")
    lines = [*of, "with 95% intervals, pairs drawn for all languages at once"]
    layers = [at_zero.encode(alt.XDatum(0)), interval, dots]
    chart: AnyChart = alt.LayerChart(layer=layers).properties(
        title=heading("Differences of mean scores", *lines),
        description=", ".join(("Differences of mean scores of compared models", *lines)),
        width="container",
        height=14 * (len(metrics) + 1) * rows["models"].nunique(),
        usermeta={"named": 2 * rows["models"].nunique()},
    )
    return chart
