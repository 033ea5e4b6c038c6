"""Every language with every other as a heat map, like languages side by side."""

from collections.abc import Iterator, Sequence

import altair as alt
import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.cluster.hierarchy import leaves_list, linkage
from scipy.spatial.distance import squareform

from neuronxa_tasks.data.languages import family, language_name, script_name
from neuronxa_tasks.report.columns import METRIC_KEY, SERIES
from neuronxa_tasks.report.compute.chance import countable
from neuronxa_tasks.report.show.charts.style import (
    CELL_HEIGHT,
    CELL_WIDTH,
    AnyChart,
    Charts,
    add,
    heading,
    inline,
    score_colour,
    tooltip,
)
from neuronxa_tasks.report.show.number_formats import metric_title

# Names along the sides are legible up to about this many.
_NAMED = 60

# So many scripts and families get a colour, the most frequent; more could not be told apart.
_COLOURED = 6

# Pixels from the matrix's edge to each strip, the strips' thickness, and room for both.
_STRIPS = {"script": 4, "family": 14}
_THICKNESS = 8
_ROOM = 26

# Pixels: of a row at most, and of all.
_ROW = 40
_HEIGHT = 620


def matrix_charts(matrix: pd.DataFrame) -> Charts:
    """One heat map per model, text and metric.

    Languages are ordered by average linkage on 1 - score with the optimal order of leaves.

    Args:
        matrix: As `language_matrix.matrix_table` gives it.
    """
    charts: Charts = {}
    if matrix.empty:
        return charts
    several = len(matrix[SERIES].drop_duplicates()) > 1
    shares = matrix["metric"].map(countable)
    largest = float(matrix.loc[shares, "value"].max())
    for (label, condition, metric), part in matrix.groupby(METRIC_KEY, sort=False):
        model = [str(label)] if several else []
        title = metric_title(str(metric))
        # Shares of pairs are compared, and need one scale of colours.
        end = largest if countable(str(metric)) else None
        chart = language_heat_map(part, title, title, [*model, str(condition)], end)
        chart.usermeta |= {"metric": str(metric)}
        add(charts, chart, "matrix", str(metric), *([*model, str(condition)] if several else []))
    return charts


def language_heat_map(
    part: pd.DataFrame,
    subject: str,
    value: str,
    of: Sequence[str],
    largest: float | None = None,
) -> AnyChart:
    """A number of every two languages, like languages side by side.

    Args:
        part: Columns `language`, `other` and `value`, every two languages in both orders.
        subject: What the number is of every two languages.
        value: What it is called beside a single one.
        of: What the subtitle says of its model and text.
        largest: Where the colours end; None for the largest number of the map.
    """
    rows = _in_map_order(part)
    data, names = inline(rows), list(rows["name"])
    title = f"{subject} of every two languages"
    cells = (
        alt.Chart(data)
        .transform_calculate(other=f"sequence({len(names)})")
        .transform_flatten(["value", "other"])
        .transform_filter("isValid(datum.value)")
        # The same rows again, so that a page holds them once.
        .transform_lookup(
            "other",
            alt.LookupData(data, key="place", fields=["name", "script", "family"]),
            as_=["other_name", "other_script", "other_family"],
        )
        .mark_rect(width=CELL_WIDTH, height=CELL_HEIGHT)
        .encode(
            alt.X("other_name:N", scale=alt.Scale(domain=names), axis=_axis(names)),
            alt.Y("name:N", scale=alt.Scale(domain=names), axis=_axis(names, beside=True)),
            score_colour(value, largest),
            tooltip=[
                tooltip("name:N", "Language"),
                tooltip("script:N", "Script"),
                tooltip("family:N", "Family"),
                tooltip("other_name:N", "With"),
                tooltip("other_script:N", "Its script"),
                tooltip("other_family:N", "Its family"),
                tooltip("value:Q", value, ".3f"),
            ],
        )
    )
    strips = [strip for kind in _STRIPS for strip in _strips(data, kind, rows[kind])]
    chart: AnyChart = (
        alt.layer(cells, *strips)
        .resolve_scale(color="independent")
        .properties(
            title=heading(title, *of, "languages that are alike stand side by side"),
            description=", ".join((title, *of)),
            width="container",
            height=min(_HEIGHT, _ROW * len(names)),
            usermeta={"named": len(names)}
            if len(names) <= _NAMED
            else {"unnamed": {"width": len(names), "height": len(names)}},
        )
    )
    return chart


def _in_map_order(part: pd.DataFrame) -> pd.DataFrame:
    """One row per language in the order of the map, its scores a list in the same order."""
    square = part.pivot(index="language", columns="other", values="value")
    order = _order(square.to_numpy())
    codes = list(square.index[order])
    return pd.DataFrame(
        {
            "place": range(len(codes)),
            "name": [language_name(code) for code in codes],
            "script": [script_name(code) for code in codes],
            "family": [family(code) for code in codes],
            "value": square.iloc[order, order].round(3).to_numpy().tolist(),
        }
    )


def _order(square: npt.NDArray[np.float64]) -> npt.NDArray[np.int32]:
    distances = 1 - square
    np.fill_diagonal(distances, 0)
    # Both triangles are there; checks would stumble over rounding.
    condensed = squareform(distances, checks=False)
    order: npt.NDArray[np.int32] = leaves_list(linkage(condensed, "average", optimal_ordering=True))
    return order


def _axis(names: Sequence[str], beside: bool = False) -> alt.Axis:
    named = len(names) <= _NAMED
    return alt.Axis(
        labels=named,
        # Where a figure has no room for all of them below, those beside it say the order.
        labelOverlap=False if beside else "greedy",
        labelAngle=0 if beside else -90,
        ticks=False,
        domain=False,
        title=None if named or beside else f"{len(names)} languages",
        # The strips lie between the matrix and the names.
        offset=_ROOM if beside else 0,
    )


def _strips(data: alt.InlineData, kind: str, names: pd.Series) -> Iterator[alt.Chart]:
    """The scripts or families of languages as colours, above the matrix and beside it."""
    frequent = list(names.value_counts().index)
    shown = frequent[:_COLOURED]
    scale = alt.Scale(domain=shown)
    if kind == "script":
        # Families have the colours of the page, and the two must not be confused.
        scale = alt.Scale(domain=shown, scheme="set2")
    title = kind.capitalize() + (", the most frequent" if len(frequent) > len(shown) else "")
    legend = alt.Legend(orient="bottom", columns=2)
    colour = alt.Color(f"{kind}:N", title=title, scale=scale)
    near, far = -_STRIPS[kind], -_STRIPS[kind] - _THICKNESS
    base = (
        alt.Chart(data)
        .transform_filter(alt.FieldOneOfPredicate(kind, oneOf=shown))
        .encode(
            tooltip=[
                tooltip("name:N", "Language"),
                tooltip(f"{kind}:N", kind.capitalize()),
            ]
        )
    )
    yield base.mark_rect(width=CELL_WIDTH).encode(
        alt.X("name:N"), alt.Y(value=near), alt.Y2(value=far), colour.legend(legend)
    )
    yield base.mark_rect(height=CELL_HEIGHT).encode(
        alt.Y("name:N"), alt.X(value=near), alt.X2(value=far), colour.legend(None)
    )
