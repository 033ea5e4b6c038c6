"""Charts of scores by layer: curves (figure 2 of the paper) and heat maps."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import altair as alt
import pandas as pd

from neuronxa_tasks.report.columns import RESOURCES, SERIES
from neuronxa_tasks.report.compute.chance import countable
from neuronxa_tasks.report.compute.report_tables import Report
from neuronxa_tasks.report.show.charts.style import (
    CELL_HEIGHT,
    CELL_WIDTH,
    PAGE_ROWS,
    AnyChart,
    Charts,
    add,
    faint_unless,
    heading,
    inline,
    picked,
    resource_colour,
    score_colour,
    series_colour,
    tooltip,
)
from neuronxa_tasks.report.show.number_formats import metric_title
from neuronxa_tasks.report.show.series import series_of
from neuronxa_tasks.report.show.short_series import short_series, with_short_series

# Names under a heat map are legible up to about this many.
_NAMED = 30

_LAYER: dict[str, Any] = {
    "title": "Layer",
    "axis": alt.Axis(ticks=False, domain=False, labelOverlap="parity", labelAngle=0),
}

_DASHES = [4, 4]


def mean_curve_charts(report: Report) -> Charts:
    """Of several models, one chart per metric: the mean over languages by layer."""
    names = short_series(report).values()
    charts: Charts = {}
    if report.layers.empty or len(names) == 1:
        return charts
    keys = ["series", "metric", "layer"]
    layers = with_short_series(report, report.layers)
    means = layers.groupby(keys, as_index=False, observed=True)[["value", "chance"]].mean()
    for metric in report.metrics:
        rows = means[means["metric"] == metric][["series", "layer", "value", "chance"]]
        title = f"{metric_title(metric)} by layer"
        data, chosen = inline(rows), picked("series")
        lines = (
            alt.Chart(data)
            .mark_line(point=alt.OverlayMarkDef(size=24))
            .encode(
                _layer_axis(),
                alt.Y("value:Q", title=metric_title(metric)),
                series_colour(names),
                opacity=faint_unless(chosen),
                tooltip=[
                    tooltip("series:N", "Model"),
                    tooltip("layer:Q", "Layer"),
                    tooltip("value:Q", metric_title(metric), ".3f"),
                ],
            )
            .add_params(chosen)
        )
        drawn, note = lines, []
        if (known := rows["chance"].dropna()).size:
            chance = (
                alt.Chart(data)
                .mark_line(strokeDash=_DASHES)
                .encode(
                    _layer_axis(),
                    alt.Y("chance:Q"),
                    series_colour(names),
                    opacity=faint_unless(chosen),
                )
            )
            drawn, note = lines + chance, [_chance_note(known)]
        chart: AnyChart = drawn.properties(
            title=heading(title, "mean over languages", *note),
            description=f"{title}, mean over languages, one line per model",
            width="container",
            height=280,
            usermeta={"metric": metric},
        )
        add(charts, chart, "layers", metric)
    return charts


def language_layer_charts(report: Report, metrics: Sequence[str], named: bool = False) -> Charts:
    """Curves and heat map of every series and of some metrics, language by language.

    Args:
        report: What to draw.
        metrics: Names of the metrics.
        named: Whether every language has a row with its name; of many there are several maps.
    """
    charts: Charts = {}
    if report.layers.empty:
        return charts
    several = len(series_of(report)) > 1
    about = report.languages[[*SERIES, "language", "name", "resource"]]
    wanted = report.layers[report.layers["metric"].isin(metrics)]
    layers = with_short_series(report, wanted.merge(about, on=[*SERIES, "language"]))
    shares = [name for name in metrics if countable(name)]
    largest = layers.loc[layers["metric"].isin(shares), "value"].max()
    for (series, metric), part in layers.groupby(["series", "metric"], sort=False, observed=True):
        ending = (str(metric), str(series)) if several else (str(metric),)
        rows, chance = _one_row_per_language(part), part.groupby("layer")["chance"].mean()
        if known := bool(chance.notna().all()):
            # The mean of all languages, kept once.
            once = [chance.tolist(), *[None] * (len(rows) - 1)]
            rows = rows.assign(chance=pd.Series(once, rows.index, dtype=object))
        note = [_chance_note(chance)] if known else []
        name = [str(series)] if several else []
        sizes = part.drop_duplicates("language")["resource"].value_counts()
        groups = [f"{title}: n = {sizes[key]}" for key, title in RESOURCES.items() if key in sizes]
        codes = dict(zip(rows["name"], rows["language"], strict=True))
        curves = _curves(inline(rows), str(metric), [*name, ", ".join(groups)], note, codes)
        # Shares of pairs are compared, and need one scale of colours.
        end = float(largest) if metric in shares else None
        draw = _maps_of_rows if named else _map
        maps = draw(rows, str(metric), name, end)
        for chart, kind in ((curves, "curves"), *((heat, "heat") for heat in maps)):
            chart.usermeta |= {"metric": str(metric), "series": str(series)}
            add(charts, chart, kind, *ending)
    return charts


def _chance_note(chance: "pd.Series[float]") -> str:
    low, high = chance.min(), chance.max()
    level = f"{low:.4f}" if low == high else f"{low:.4f} to {high:.4f}"
    return f"dashed: chance, {level}"


def _one_row_per_language(part: pd.DataFrame) -> pd.DataFrame:
    """Layers and values as lists, best language first: a tenth of the size of one row each."""
    part = part.sort_values("layer").assign(
        resource=part["resource"].map(RESOURCES).fillna(""), value=part["value"].round(4)
    )
    rows = part.groupby(["language", "name", "resource"], as_index=False, observed=True).agg(
        layer=("layer", list), value=("value", list), mean=("value", "mean")
    )
    return rows.sort_values("mean", ascending=False).drop(columns="mean")


def _layer_axis() -> alt.X:
    return alt.X(
        "layer:Q",
        title="Layer",
        scale=alt.Scale(zero=False, nice=False),
        axis=alt.Axis(tickMinStep=1, grid=False),
    )


def _curves(
    data: alt.InlineData,
    metric: str,
    name: Sequence[str],
    chance: Sequence[str],
    codes: Mapping[str, str],
) -> AnyChart:
    near = alt.selection_point(
        name="near", fields=["language"], on="pointerover", clear="pointerout", empty=False
    )
    choices = {"no language": None, **{name: codes[name] for name in sorted(codes)}}
    search = alt.binding_select(options=[*choices.values()], labels=[*choices], name="Find ")
    found = alt.selection_point(name="found", fields=["language"], bind=search, empty=False)
    rows = alt.Chart(data).transform_flatten(["layer", "value"])
    colour = resource_colour()
    value = alt.Y("value:Q", title=metric_title(metric))
    lines = (
        rows.mark_line(strokeJoin="round")
        .encode(
            _layer_axis(),
            value,
            colour,
            detail="language:N",
            strokeOpacity=alt.condition(near | found, alt.value(1), alt.value(0.16)),
            strokeWidth=alt.condition(near | found, alt.value(3), alt.value(1.2)),
            tooltip=[
                tooltip("name:N", "Language"),
                tooltip("language:N", "Code"),
            ],
        )
        .add_params(near, found)
    )
    means = rows.mark_line(strokeWidth=3.5).encode(_layer_axis(), alt.Y("mean(value):Q"), colour)
    title = f"{metric_title(metric)} by layer"
    drawn = lines + means
    if chance:
        drawn += (
            alt.Chart(data)
            .transform_filter("datum.chance")
            .transform_flatten(["layer", "chance"])
            .mark_line(style="fit", strokeDash=_DASHES)
            .encode(_layer_axis(), alt.Y("chance:Q"))
        )
    chart: AnyChart = drawn.properties(
        title=heading(title, *name, "thin: a language, thick: mean of a group", *chance),
        description=", ".join((title, *name, "one line per language")),
        width="container",
        height=320,
        usermeta={},
    )
    return chart


def _map(
    rows: pd.DataFrame, metric: str, name: Sequence[str], largest: float | None
) -> Iterator[AnyChart]:
    """Languages side by side, with their names where these are few."""
    named = len(rows) <= _NAMED
    x = alt.X(
        "name:N",
        sort=None,
        title=None if named else f"{len(rows)} languages",
        axis=alt.Axis(labels=named, ticks=False, labelAngle=-60, domain=False),
    )
    y = alt.Y("layer:O", sort="descending", **_LAYER)
    made = _heat_map(rows, metric, name, x, y, score_colour(metric_title(metric), largest))
    made.usermeta = {} if named else {"unnamed": {"width": len(rows)}}
    yield made


def _maps_of_rows(
    rows: pd.DataFrame, metric: str, name: Sequence[str], largest: float | None
) -> Iterator[AnyChart]:
    """Languages below each other with their names, a map for every page."""
    values = [value for row in rows["value"] for value in row]
    ends = [min(values), max(values)] if largest is None else [0, largest]
    colour = score_colour(metric_title(metric)).scale(domain=ends)
    y = alt.Y("name:N", sort=None, title=None, axis=alt.Axis(ticks=False, domain=False))
    for start in range(0, len(rows), PAGE_ROWS):
        part = rows.iloc[start : start + PAGE_ROWS]
        places = f"languages {start + 1} to {start + len(part)} of {len(rows)}"
        of = [*name, places] if len(rows) > PAGE_ROWS else name
        made = _heat_map(part, metric, of, alt.X("layer:O", **_LAYER), y, colour)
        made.usermeta = {"named": len(part)}
        yield made


def _heat_map(
    rows: pd.DataFrame, metric: str, of: Sequence[str], x: alt.X, y: alt.Y, colour: alt.Color
) -> alt.Chart:
    title = f"{metric_title(metric)}, layer by language"
    made: alt.Chart = (
        alt.Chart(inline(rows))
        .transform_flatten(["layer", "value"])
        .mark_rect(width=CELL_WIDTH, height=CELL_HEIGHT)
        .encode(
            x,
            y,
            colour,
            tooltip=[
                tooltip("name:N", "Language"),
                tooltip("language:N", "Code"),
                tooltip("layer:O", "Layer"),
                tooltip("value:Q", metric_title(metric), ".3f"),
            ],
        )
        .properties(
            title=heading(title, *of, "best aligned language first"),
            description=", ".join(("Heat map", title, *of, "best language first")),
            width="container",
            height=320,
        )
    )
    return made
