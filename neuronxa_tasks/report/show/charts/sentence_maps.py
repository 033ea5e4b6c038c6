"""Maps of the sentences of two languages (Figure 1 of the paper)."""

from collections.abc import Sequence
from typing import Any

import altair as alt
import pandas as pd

from neuronxa_tasks.measures import KIND_TITLES
from neuronxa_tasks.report.columns import INSPECTION_KEY
from neuronxa_tasks.report.compute.inspections import KINDS
from neuronxa_tasks.report.show.charts.style import (
    AnyChart,
    Charts,
    add,
    heading,
    inline,
    tooltip,
)

_STATES = ["aligned", "not aligned"]


def inspection_charts(maps: pd.DataFrame) -> Charts:
    """Two maps per model and language, the embedding's and that of NAS.

    Args:
        maps: As `inspections.maps` gives them.
    """
    charts: Charts = {}
    if maps.empty:
        return charts
    several = maps["label"].nunique() > 1
    for (label, corpus, pivot, language), own in maps.groupby(INSPECTION_KEY, sort=False):
        name = [str(label)] if several else []
        for kind in KINDS:
            chart = _map(own[own["kind"] == kind], name)
            add(charts, chart, "map", kind, str(corpus), str(pivot), str(language), *name)
    return charts


def _map(own: pd.DataFrame, name: Sequence[str]) -> AnyChart:
    first = own.iloc[0]
    names = [first.pivot_name, first.language_name]
    named = own.assign(
        name=own["side"].map({"pivot": names[0], "language": names[1]}),
        state=own["aligned"].map({True: _STATES[0], False: _STATES[1]}),
    )
    # Both ends of a pair in one row: half the size of one row each.
    pairs = named.groupby(["pair", "state"], as_index=False)[["name", "x", "y"]].agg(list)
    base = alt.Chart(inline(pairs)).transform_flatten(["name", "x", "y"])
    x, y = (
        axis(f"{axis.__name__.lower()}:Q", axis=None, scale=alt.Scale(zero=False, nice=False))
        for axis in (alt.X, alt.Y)
    )
    thickness = alt.Scale(domain=_STATES, range=[1.6, 0.6])
    lines = base.mark_line(color="gray", opacity=0.45).encode(
        x, y, alt.StrokeWidth("state:O", scale=thickness, legend=None), detail="pair:N"
    )
    colour: dict[str, Any] = {
        "title": None,
        "scale": alt.Scale(domain=names),
        "legend": alt.Legend(orient="bottom"),
    }
    points = base.mark_point(size=40, strokeWidth=1.5).encode(
        x,
        y,
        alt.Stroke("name:N", **colour),
        alt.Fill("name:N", **colour),
        alt.FillOpacity("state:O", scale=alt.Scale(domain=_STATES, range=[1, 0]), legend=None),
        tooltip=[
            tooltip("pair:Q", "Pair"),
            tooltip("name:N", "Language"),
            tooltip("state:N", "Pair is"),
        ],
    )
    title = f"{names[0]} and {names[1]}: {KIND_TITLES[first.kind]}, layer {first.layer}"
    share = f"filled: the {first.share:.0%} of {first.n_pairs} pairs that are aligned"
    if not pd.isna(first.held_out):
        share += f" ({first.held_out:.0%} in a layer chosen on other pairs)"
    chart: AnyChart = (lines + points).properties(
        title=heading(title, *name, share),
        description=", ".join(("Map of sentences", title, *name, share)),
        width="container",
        height=360,
    )
    return chart
