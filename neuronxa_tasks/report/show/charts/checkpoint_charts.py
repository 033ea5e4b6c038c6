"""Charts over training: scores (figure 3 of the paper) and correlations (figure 4) by step."""

from collections.abc import Sequence
from typing import Any

import altair as alt
import numpy as np
import pandas as pd

from neuronxa_tasks.report.columns import MEAN, RESOURCES, TRIVIAL
from neuronxa_tasks.report.compute.report_tables import FEW, Report, each_row
from neuronxa_tasks.report.compute.training import training_runs
from neuronxa_tasks.report.show.charts.comparison_charts import difference_charts
from neuronxa_tasks.report.show.charts.style import (
    AnyChart,
    Charts,
    add,
    faint_unless,
    heading,
    inline,
    legend,
    metric_colour,
    picked,
    resource_colour,
    tooltip,
)
from neuronxa_tasks.report.show.leading_metrics import leading_metrics
from neuronxa_tasks.report.show.number_formats import metric_title
from neuronxa_tasks.report.show.series import first_metric, means_over_all

# Times the first step: from there on the axis is logarithmic.
_DECADES = 100

_KINDS = {"surely higher": "circle", "surely lower": "diamond", "not told": "square"}


def checkpoint_charts(report: Report, named: bool = False) -> Charts:
    """Means, correlations and languages of training runs against the step, and what they gained.

    Of one run a line per metric; of several a line per run, in a chart per metric, of correlations
    in one of the first metric. A model without a step, such as the base, is a dashed line across.

    Args:
        report: What to draw.
        named: Whether every language's gain has a row with its name.
    """
    runs = training_runs(report.models)
    charts: Charts = {}
    if runs.empty:
        return charts
    runs = runs.rename(columns={"series": "run"}).astype({"step": "int64"})
    leading = leading_metrics(report.metrics)
    means = means_over_all(report)
    means = means[means["metric"].isin(leading)] if len(means) else means
    if not means.empty:
        across = _across(means, runs)
        for setting, own in means.merge(runs, on="label").groupby("condition"):
            beside = across[across["condition"] == setting]
            _add_lines(charts, own, "Mean scores", "Mean over languages", [str(setting)], beside)
    if not report.correlations.empty:
        found = (
            report.correlations[report.correlations["metric"].isin((*leading, *TRIVIAL))]
            .dropna(subset=["pearson"])
            .merge(runs, on="label")
            .rename(columns={"pearson": "value", "fisher_low": "low", "fisher_high": "high"})
        )
        if runs["run"].nunique() > 1:
            found = found[found["metric"] == leading[0]]
        for (condition, benchmark), own in found.groupby(["condition", "benchmark"]):
            title = f"Correlation with {benchmark}"
            of = [str(condition), str(benchmark)]
            _add_lines(charts, own, title, "Pearson correlation", of, found.head(0))
    if not means.empty and runs["run"].nunique() <= FEW:
        _add_languages(charts, report, runs)
    _add_changes(charts, report, named)
    return charts


def _across(means: pd.DataFrame, runs: pd.DataFrame) -> pd.DataFrame:
    """The means of models that are on no line; none of many, which could not be told apart."""
    others = means[~means["label"].isin(runs["label"])]
    return others if others["label"].nunique() <= FEW else others.head(0)


def _add_lines(
    charts: Charts,
    rows: pd.DataFrame,
    title: str,
    axis: str,
    of: Sequence[str],
    across: pd.DataFrame,
) -> None:
    rows = pd.concat([rows, across.assign(run="")], ignore_index=True)
    rows = rows[["label", "run", "metric", "step", "value", "low", "high"]]
    names = [name for name in dict.fromkeys(rows["run"]) if name]
    if len(names) == 1:
        titles = [metric_title(metric) for metric in dict.fromkeys(rows["metric"])]
        named = rows.assign(metric=rows["metric"].map(metric_title))
        head = heading(f"{title} of {names[0]}", *of[:1])
        chart = _over_steps(named, head, axis, metric_colour(titles), "metric")
        add(charts, chart, "steps", names[0], *of)
        return
    colour = alt.Color("run:N", title=None, scale=alt.Scale(domain=names), legend=legend(names))
    for metric, own in rows.groupby("metric", sort=False):
        head = heading(f"{title}: {metric_title(str(metric))}", *of[:1])
        add(charts, _over_steps(own, head, axis, colour, "run"), "steps", str(metric), *of)


def _over_steps(
    rows: pd.DataFrame, head: alt.Title, axis: str, colour: alt.Color, by: str
) -> AnyChart:
    """A line with its band for every value of the column `by`, models without a step across."""
    chosen = picked(by)
    every = alt.Chart(inline(rows))
    base = every.transform_filter("isValid(datum.step)").encode(
        _step_axis(rows["step"].dropna()),
        colour,
        opacity=faint_unless(chosen),
        tooltip=[
            tooltip("step:Q", "Step", ","),
            tooltip("run:N", "Run"),
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
    layers: list[alt.Chart] = [band, line]
    if rows["step"].isna().any():
        across = every.transform_filter("!isValid(datum.step)").encode(alt.Y("value:Q"))
        across = across.encode(colour) if by == "metric" else across
        name = across.mark_text(align="right", baseline="bottom", dy=-2)
        name = name.encode(alt.Text("label:N"), alt.X(value=alt.ExprRef("width")))
        layers += [across.mark_rule(style="fit", strokeDash=[4, 4]), name]
    chart: AnyChart = alt.LayerChart(layer=layers).properties(
        title=head,
        description=", ".join((f"{head.text} over training", *head.subtitle)),
        width="container",
        height=260,
    )
    return chart


def _step_axis(steps: "pd.Series[int]") -> alt.X:
    """Training steps; where they span more than two decades, every decade is as wide."""
    first, last = int(steps[steps > 0].min()), int(steps.max())
    if last <= _DECADES * first:
        return alt.X("step:Q", title="Training step", axis=alt.Axis(format="~s"))
    powers = 10 ** np.arange(np.ceil(np.log10(first)), np.floor(np.log10(last)) + 1)
    ticks = [*([0] if (steps == 0).any() else []), *powers.tolist()]
    return alt.X(
        "step:Q",
        title="Training step",
        # Unlike a logarithm it has room for step 0.
        scale=alt.Scale(type="symlog", constant=first, nice=False),
        axis=alt.Axis(values=ticks, labelExpr="format(datum.value, '~s')"),
    )


def _add_languages(charts: Charts, report: Report, runs: pd.DataFrame) -> None:
    """Every language's line, by the first metric and by every benchmark that has several steps."""
    benchmarks = [name for name in report.benchmarks if not name.startswith(MEAN)]
    shown = [first_metric(report), *benchmarks]
    columns = ["label", "condition", "language", "name", "resource"]
    rows = report.languages[[*columns, *shown]].merge(runs, on="label")
    for (run, condition), own in rows.groupby(["run", "condition"], sort=False):
        for name in shown:
            known = own.dropna(subset=[name])
            if known["step"].nunique() > 1:
                part = known.rename(columns={name: "value"})
                chart = _languages(part, metric_title(name) if name == shown[0] else name, str(run))
                add(charts, chart, "training", str(run), name, str(condition))


def _languages(part: pd.DataFrame, number: str, run: str) -> AnyChart:
    part = part.sort_values("step").assign(resource=part["resource"].map(RESOURCES).fillna(""))
    keys = ["language", "name", "resource"]
    rows = part.groupby(keys, as_index=False)[["step", "value"]].agg(list)
    x, colour = _step_axis(part["step"]), resource_colour()
    value = alt.Y("value:Q", title=number, scale=alt.Scale(zero=False))
    base = alt.Chart(inline(rows)).transform_flatten(["step", "value"])
    lines = base.mark_line(strokeWidth=1.2, strokeOpacity=0.3).encode(
        x,
        value,
        colour,
        detail="language:N",
        tooltip=[tooltip("name:N", "Language"), tooltip("language:N", "Code")],
    )
    means = base.mark_line(strokeWidth=3.5).encode(x, alt.Y("mean(value):Q"), colour)
    title = f"{number} over training"
    chart: AnyChart = (lines + means).properties(
        title=heading(title, run, "thin: a language, thick: mean of a group"),
        description=f"{title}, {run}",
        width="container",
        height=260,
    )
    return chart


def _add_changes(charts: Charts, report: Report, named: bool) -> None:
    if report.changes.empty:
        return
    first = report.changes["metric"] == report.changes["metric"].iloc[0]
    keys: list[Any] = ["series", "condition"]
    for (run, condition), own in report.changes[first].groupby(keys, sort=False):
        row = next(each_row(own))
        title = f"{metric_title(row.metric)}: change by language"
        of = [f"{run}, from step {row.first:,} to {row.last:,}", str(condition)]
        for chart in difference_charts(own, title, of, _KINDS, named):
            add(charts, chart, "change", str(run), str(condition))
