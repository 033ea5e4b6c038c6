"""Neurons of languages: where they are, whose they are together, and what they do."""

from collections.abc import Sequence

import altair as alt
import pandas as pd

from neuronxa_tasks.data.languages import language_name
from neuronxa_tasks.report.columns import SERIES
from neuronxa_tasks.report.compute.report_tables import Report
from neuronxa_tasks.report.show.charts.matrix_charts import language_heat_map
from neuronxa_tasks.report.show.charts.style import (
    CELL_HEIGHT,
    CELL_WIDTH,
    AnyChart,
    Charts,
    add,
    heading,
    inline,
    metric_colour,
    score_colour,
    tooltip,
)

# Names along a side are legible up to about this many.
_NAMED = 60

_KINDS = {
    "correlation": "all",
    "correlation_specific": "the language's own",
    "correlation_shared": "shared by all languages",
}

# By the beginning of the columns' names.
_SWITCHED_OFF = {"": "a language's neurons", "random_": "as many random neurons"}


def neuron_charts(report: Report) -> Charts:
    """Three charts per model and text, and two more where neurons were switched off."""
    charts: Charts = {}
    if report.neurons.empty:
        return charts
    several = len(report.neurons[SERIES].drop_duplicates()) > 1
    overlaps = dict(list(report.neuron_overlap.groupby(SERIES)))
    ablations = {} if report.ablation.empty else dict(list(report.ablation.groupby(SERIES)))
    for key, own in report.neurons.groupby(SERIES, sort=False):
        label, condition = map(str, key)
        ending = [label, condition] if several else []
        of = [*([label] if several else []), condition]
        add(charts, _places(own, of), "neurons", *ending)
        add(charts, _correlations(own, of), "neuron_correlations", *ending)
        together = language_heat_map(overlaps[key], "Overlap of neurons", "Jaccard's index", of)
        add(charts, together, "neuron_overlap", *ending)
        if key in ablations:
            without = ablations[key]
            largest = float(without[["change", "random_change"]].abs().to_numpy().max()) or 1.0
            for prefix, neurons in _SWITCHED_OFF.items():
                chart = _without(without, prefix, neurons, largest, of)
                add(charts, chart, "neuron_ablation", prefix, *ending)
    return charts


def _places(own: pd.DataFrame, of: Sequence[str]) -> AnyChart:
    """How many neurons each language has in each layer, layers as lists: a row per language."""
    ordered = own.sort_values("layer", kind="stable").assign(
        name=own["language"].map(language_name)
    )
    rows = ordered.groupby(["language", "name"], as_index=False, sort=False)[
        ["layer", "specific"]
    ].agg(list)
    rows = rows.rename(columns={"specific": "value"})
    title = "Language-specific neurons, language by layer"
    chart: AnyChart = (
        alt.Chart(inline(rows))
        .transform_flatten(["layer", "value"])
        .mark_rect(width=CELL_WIDTH, height=CELL_HEIGHT)
        .encode(
            alt.X("layer:O", title="Layer", axis=alt.Axis(ticks=False, domain=False, labelAngle=0)),
            alt.Y("name:N", sort=None, title=None, axis=_names(len(rows))),
            score_colour("Neurons"),
            tooltip=[
                tooltip("name:N", "Language"),
                tooltip("layer:O", "Layer"),
                tooltip("value:Q", "Neurons"),
            ],
        )
        .properties(
            title=heading(title, *of),
            description=", ".join((title, *of)),
            width="container",
            height=max(120, min(620, 26 * len(rows))),
            usermeta={"named": len(rows)}
            if len(rows) <= _NAMED
            else {"unnamed": {"height": len(rows)}},
        )
    )
    return chart


def _correlations(own: pd.DataFrame, of: Sequence[str]) -> AnyChart:
    means = own.groupby("layer", as_index=False)[[*_KINDS]].mean().rename(columns=_KINDS)
    rows = means.melt("layer", var_name="metric", value_name="value").dropna()
    title = "Correlation over pairs by layer"
    chart: AnyChart = (
        alt.Chart(inline(rows))
        .mark_line(point=alt.OverlayMarkDef(size=24))
        .encode(
            alt.X(
                "layer:Q", title="Layer", scale=alt.Scale(zero=False), axis=alt.Axis(tickMinStep=1)
            ),
            alt.Y("value:Q", title="Mean correlation"),
            metric_colour([*_KINDS.values()]),
            tooltip=[
                tooltip("metric:N", "Neurons"),
                tooltip("layer:Q", "Layer"),
                tooltip("value:Q", "Mean correlation", ".3f"),
            ],
        )
        .properties(
            title=heading(title, *of, "mean over neurons, then over languages that have some"),
            description=", ".join((title, *of, "one line per kind of neuron")),
            width="container",
            height=280,
        )
    )
    return chart


def _without(
    own: pd.DataFrame, prefix: str, neurons: str, largest: float, of: Sequence[str]
) -> AnyChart:
    """The change of parity, on one scale of colours for a language's neurons and random ones."""
    rows = pd.DataFrame(
        {
            "without": own["ablated"].map(language_name),
            "name": own["language"].map(language_name),
            "neurons": own["neurons"],
            "value": own[f"{prefix}change"],
            "stderr": own[f"{prefix}stderr"],
            "nats": own[f"{prefix}nats"],
        }
    )
    title = f"Change of information parity without {neurons}"
    scale = alt.Scale(scheme="blueorange", reverse=True, domain=[-largest, largest], domainMid=0)
    legend = alt.Legend(orient="bottom", gradientLength=160)
    languages = rows["name"].nunique()
    chart: AnyChart = (
        alt.Chart(inline(rows))
        .mark_rect(width=CELL_WIDTH, height=CELL_HEIGHT)
        .encode(
            alt.X("name:N", sort=None, title="Parity of", axis=_names(languages, below=True)),
            alt.Y("without:N", sort=None, title="Without", axis=_names(rows["without"].nunique())),
            alt.Color("value:Q", title="Change", scale=scale, legend=legend),
            tooltip=[
                tooltip("without:N", "Without"),
                tooltip("neurons:Q", "Neurons"),
                tooltip("name:N", "Parity of"),
                tooltip("value:Q", "Change", "+.4f"),
                tooltip("stderr:Q", "Standard error", ".4f"),
                tooltip("nats:Q", "Nats over those before", ".4f"),
            ],
        )
        .properties(
            title=heading(title, *of),
            description=", ".join((title, *of)),
            width="container",
            height=max(120, min(620, 26 * rows["without"].nunique())),
            usermeta={"named": rows["without"].nunique()}
            if rows["without"].nunique() <= _NAMED
            else {},
        )
    )
    return chart


def _names(count: int, below: bool = False) -> alt.Axis:
    return alt.Axis(
        labels=count <= _NAMED,
        labelOverlap="greedy" if below else False,
        labelAngle=-90 if below else 0,
        ticks=False,
        domain=False,
    )
