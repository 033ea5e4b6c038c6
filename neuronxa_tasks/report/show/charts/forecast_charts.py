"""Charts of forecasts: every language with its interval, and its score where it has one."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from neuronxa_tasks.report.compute.report_tables import Report
from neuronxa_tasks.report.show.charts.interval_charts import interval_charts
from neuronxa_tasks.report.show.charts.style import AnyChart, Charts, add, tooltip
from neuronxa_tasks.report.show.number_formats import percent
from neuronxa_tasks.report.show.series import series_of
from neuronxa_tasks.report.show.short_series import with_short_series

_KINDS = {
    "measured": "circle",
    "forecast": "diamond",
    "forecast, outside what was fitted": "triangle-up",
}


def forecast_charts(report: Report, named: bool = False) -> Charts:
    """Of every model and benchmark with forecasts, all languages, lowest forecast first.

    Args:
        report: What to draw.
        named: Whether every language has a row with its name.
    """
    charts: Charts = {}
    if report.forecasts.empty:
        return charts
    several = len(series_of(report)) > 1
    rows = with_short_series(report, report.forecasts)
    for (benchmark, series), part in rows.groupby(["benchmark", "series"], sort=False):
        name = [str(series)] if several else []
        for chart in _forecast(part, str(benchmark), name, named):
            chart.usermeta |= {"series": str(series)}
            add(charts, chart, "forecast", str(benchmark), *name)
    return charts


def _forecast(
    part: pd.DataFrame, benchmark: str, name: list[str], named: bool
) -> Iterator[AnyChart]:
    ordered = part.sort_values(["forecast", "language"])
    measured = ordered["measured"].notna()
    certain = [measured, ~ordered["extrapolated"].astype(bool)]
    first, second, last = _KINDS
    columns = ["name", "language", "family", "forecast", "low", "high"]
    confidence = percent(part["confidence"].iloc[0])
    yield from interval_charts(
        ordered[columns].assign(
            kind=np.select(certain, [first, second], last),
            value=ordered["measured"].fillna(ordered["forecast"]),
        ),
        number=benchmark,
        order="Languages, lowest forecast first",
        kinds=_KINDS,
        title=f"{benchmark} in every language",
        lines=[
            *name,
            f"with {confidence} intervals; of a measured language from the other families alone",
            f"{measured.sum()} measured, {(~measured).sum()} forecast",
        ],
        tooltips=[tooltip("family:N", "Family"), tooltip("forecast:Q", "Forecast", ".3f")],
        named=named,
    )
