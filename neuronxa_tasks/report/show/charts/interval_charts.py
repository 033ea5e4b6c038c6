"""Charts of a number per language with its interval: side by side, or below each other by name."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import altair as alt
import pandas as pd

from neuronxa_tasks.report.show.charts.style import (
    PAGE_ROWS,
    AnyChart,
    heading,
    inline,
    legend,
    tooltip,
)


def interval_charts(
    rows: pd.DataFrame,
    number: str,
    order: str,
    kinds: Mapping[str, str],
    title: str,
    lines: Sequence[str],
    tooltips: Sequence[alt.Tooltip] = (),
    zero: bool = False,
    named: bool = False,
) -> Iterator[AnyChart]:
    """Languages in the order of the rows.

    Args:
        rows: Columns `language`, `name`, `kind`, `value`, `low` and `high`, and what `tooltips`
            show.
        number: What a value is called.
        order: What the order is by.
        kinds: The shape of every kind.
        title: Of the charts.
        lines: What stands below it.
        tooltips: Those beside language, kind and value.
        zero: Whether the axis has a line at 0.
        named: Whether every language has a row with its name; many then make several charts.
    """
    if not named:
        yield _chart(rows, number, order, kinds, heading(title, *lines), tooltips, zero, None)
        return
    ends = [float(rows[["low", "value"]].min().min()), float(rows[["high", "value"]].max().max())]
    for start in range(0, len(rows), PAGE_ROWS):
        part = rows.iloc[start : start + PAGE_ROWS]
        places = f"languages {start + 1} to {start + len(part)} of {len(rows)}"
        head = heading(title, *lines, *([places] if len(rows) > len(part) else []))
        yield _chart(part, number, order, kinds, head, tooltips, zero, ends)


def _chart(
    rows: pd.DataFrame,
    number: str,
    order: str,
    kinds: Mapping[str, str],
    head: alt.Title,
    tooltips: Sequence[alt.Tooltip],
    zero: bool,
    ends: Sequence[float] | None,
) -> AnyChart:
    """One chart, of named rows where the ends of its axis are given."""
    value, second, line = (alt.X, alt.X2, alt.XDatum) if ends else (alt.Y, alt.Y2, alt.YDatum)
    scale = alt.Scale(zero=zero, domain=list(ends)) if ends else alt.Scale(zero=zero)
    kind: dict[str, Any] = {
        "title": None,
        "legend": legend(list(kinds)),
    }
    data = inline(rows.assign(place=range(1, len(rows) + 1)))
    base = alt.Chart(data).encode(
        _names() if ends else _places(order, len(rows)),
        alt.Color("kind:N", scale=alt.Scale(domain=list(kinds)), **kind),
        tooltip=[
            tooltip("name:N", "Language"),
            tooltip("language:N", "Code"),
            tooltip("kind:N", "Score"),
            tooltip("value:Q", number, ".3f"),
            *tooltips,
            tooltip("low:Q", "From", ".3f"),
            tooltip("high:Q", "To", ".3f"),
        ],
    )
    interval = base.mark_rule(strokeWidth=2, opacity=0.35).encode(
        value("low:Q", title=number, scale=scale), second("high:Q")
    )
    shapes = alt.Scale(domain=list(kinds), range=list(kinds.values()))
    dots = base.mark_point(filled=True, size=45, opacity=1).encode(
        value("value:Q"), alt.Shape("kind:N", scale=shapes, **kind)
    )
    at_zero = alt.Chart(data).transform_filter("datum.place == 1").mark_rule(style="fit")
    layers = [*([at_zero.encode(line(0))] if zero else []), interval, dots]
    chart: AnyChart = alt.LayerChart(layer=layers).properties(
        title=head,
        description=", ".join((str(head.text), *head.subtitle)),
        width="container",
        height=300,
        usermeta={"named": len(rows)} if ends else {},
    )
    return chart


def _names() -> alt.Y:
    return alt.Y("name:N", sort=None, title=None, axis=alt.Axis(ticks=False))


def _places(order: str, count: int) -> alt.X:
    return alt.X(
        "place:Q",
        title=order,
        scale=alt.Scale(domain=[0, count + 1], nice=False),
        axis=alt.Axis(labels=False, ticks=False, grid=False),
    )
