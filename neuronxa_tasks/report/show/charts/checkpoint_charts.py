"""Charts over training: scores (figure 3 of the paper) and correlations (figure 4) by step."""

import altair as alt
import pandas as pd

from neuronxa_tasks.report.columns import TRIVIAL
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
    tooltip,
)
from neuronxa_tasks.report.show.leading_metrics import leading_metrics
from neuronxa_tasks.report.show.number_formats import metric_title
from neuronxa_tasks.report.show.series import means_over_all


def checkpoint_charts(report: Report) -> Charts:
    """Of every model with two steps or more: mean scores and correlations against the step."""
    charts: Charts = {}
    models = report.models.dropna(subset=["step"])
    # Checkpoints in folders of their own differ in name too, and then say what they share.
    names = models["series"] if "series" in models else models["model"]
    for name, own in models.groupby(names):
        if own["step"].nunique() < 2:
            continue
        steps = own[["label", "step"]].astype({"step": "int64"})
        leading = leading_metrics(report.metrics)
        means = means_over_all(report)
        means = means[means["metric"].isin(leading)] if len(means) else means
        if not means.empty:
            for condition, part in means.merge(steps, on="label").groupby("condition"):
                title = f"Mean scores of {name}"
                chart = _over_steps(part, title, str(condition), "Mean over languages")
                add(charts, chart, "steps", str(name), str(condition))
        if not report.correlations.empty:
            found = report.correlations[report.correlations["metric"].isin((*leading, *TRIVIAL))]
            found = found.dropna(subset=["pearson"]).merge(steps, on="label")
            found = found.rename(
                columns={"pearson": "value", "fisher_low": "low", "fisher_high": "high"}
            )
            for (settings, benchmark), part in found.groupby(["condition", "benchmark"]):
                title = f"Correlation with {benchmark}"
                chart = _over_steps(part, title, f"{name}, {settings}", "Pearson correlation")
                add(charts, chart, "steps", str(name), str(settings), str(benchmark))
    return charts


def _over_steps(part: pd.DataFrame, title: str, subtitle: str, axis: str) -> AnyChart:
    metrics = [metric_title(metric) for metric in dict.fromkeys(part["metric"])]
    chosen = picked("metric")
    rows = part[["step", "metric", "value", "low", "high"]]
    base = alt.Chart(inline(rows.assign(metric=rows["metric"].map(metric_title)))).encode(
        alt.X("step:Q", title="Training step", axis=alt.Axis(format="~s")),
        metric_colour(metrics),
        opacity=faint_unless(chosen),
        tooltip=[
            tooltip("step:Q", "Step", ","),
            tooltip("metric:N", "Metric"),
            tooltip("value:Q", axis, ".3f"),
            tooltip("low:Q", "From", ".3f"),
            tooltip("high:Q", "To", ".3f"),
        ],
    )
    band = base.mark_area(fillOpacity=0.15).encode(
        alt.Y("low:Q", title=axis, scale=alt.Scale(zero=False)), alt.Y2("high:Q")
    )
    line = base.mark_line(point=True).encode(alt.Y("value:Q")).add_params(chosen)
    chart: AnyChart = (band + line).properties(
        title=heading(title, subtitle),
        description=f"{title} over training, by metric. {subtitle}",
        width="container",
        height=260,
    )
    return chart
