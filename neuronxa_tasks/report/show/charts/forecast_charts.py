"""Charts of forecasts: every language with its interval, and its score where it has one."""

import altair as alt
import numpy as np
import pandas as pd

from neuronxa_tasks.report.compute.report_tables import Report
from neuronxa_tasks.report.show.charts.style import (
    AnyChart,
    Charts,
    add,
    heading,
    inline,
    tooltip,
)
from neuronxa_tasks.report.show.number_formats import percent
from neuronxa_tasks.report.show.series import series_of
from neuronxa_tasks.report.show.short_series import with_short_series

_KINDS = ("measured", "forecast", "forecast, outside what was fitted")
_SHAPES = ("circle", "diamond", "triangle-up")


def forecast_charts(report: Report) -> Charts:
    """Of every model and benchmark with forecasts, all languages, lowest forecast first."""
    charts: Charts = {}
    if report.forecasts.empty:
        return charts
    several = len(series_of(report)) > 1
    rows = with_short_series(report, report.forecasts)
    for (benchmark, series), part in rows.groupby(["benchmark", "series"], sort=False):
        chart = _forecast(part, str(benchmark), str(series) if several else "")
        chart.usermeta = {"series": str(series)}
        add(charts, chart, "forecast", str(benchmark), *([str(series)] if several else []))
    return charts


def _forecast(part: pd.DataFrame, benchmark: str, series: str) -> AnyChart:
    ordered = part.sort_values(["forecast", "language"])
    measured = ordered["measured"].notna()
    kind = np.select([measured, ~ordered["extrapolated"].astype(bool)], _KINDS[:2], _KINDS[2])
    rows = ordered[["name", "language", "family", "forecast", "low", "high"]].assign(
        place=range(1, len(ordered) + 1),
        kind=kind,
        score=ordered["measured"].fillna(ordered["forecast"]),
    )
    base = alt.Chart(inline(rows)).encode(
        alt.X(
            "place:Q",
            title="Languages, lowest forecast first",
            scale=alt.Scale(domain=[0, len(rows) + 1], nice=False),
            axis=alt.Axis(labels=False, ticks=False, grid=False),
        ),
        alt.Color(
            "kind:N",
            title=None,
            scale=alt.Scale(domain=list(_KINDS)),
            legend=alt.Legend(orient="bottom", columns=1),
        ),
        tooltip=[
            tooltip("name:N", "Language"),
            tooltip("language:N", "Code"),
            tooltip("family:N", "Family"),
            tooltip("kind:N", "Score"),
            tooltip("score:Q", benchmark, ".3f"),
            tooltip("forecast:Q", "Forecast", ".3f"),
            tooltip("low:Q", "From", ".3f"),
            tooltip("high:Q", "To", ".3f"),
        ],
    )
    interval = base.mark_rule(strokeWidth=2, opacity=0.35).encode(
        alt.Y("low:Q", title=benchmark, scale=alt.Scale(zero=False)), alt.Y2("high:Q")
    )
    dots = base.mark_point(filled=True, size=45, opacity=1).encode(
        alt.Y("score:Q"),
        alt.Shape(
            "kind:N",
            title=None,
            scale=alt.Scale(domain=list(_KINDS), range=list(_SHAPES)),
            legend=alt.Legend(orient="bottom", columns=1),
        ),
    )
    title = f"{benchmark} in every language"
    subtitle = [
        *([series] if series else []),
        f"with {percent(part['confidence'].iloc[0])} intervals; of a measured language from the "
        "other families alone",
    ]
    chart: AnyChart = (interval + dots).properties(
        title=heading(title, *subtitle),
        description=f"{title}: {measured.sum()} measured scores, {(~measured).sum()} forecasts. "
        f"{' '.join(subtitle)}",
        width="container",
        height=300,
    )
    return chart
