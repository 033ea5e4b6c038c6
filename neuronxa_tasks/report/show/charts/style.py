"""What all charts share: colours, titles, safe columns, one theme."""

import itertools
import json
import re
from collections.abc import Collection, Iterable, Sequence
from typing import Any

import altair as alt
import pandas as pd

from neuronxa_tasks.report.columns import RESOURCES

AnyChart = alt.Chart | alt.LayerChart

# Members of every object of JavaScript.
_OF_ALL_OBJECTS = frozenset(
    [
        *("constructor", "hasOwnProperty", "isPrototypeOf", "propertyIsEnumerable", "toString"),
        *("toLocaleString", "valueOf", "__proto__", "__defineGetter__", "__defineSetter__"),
        *("__lookupGetter__", "__lookupSetter__"),
    ]
)

# The layer of a chart whose texts lie on points, until `place_names` puts them beside these.
NAMES = "names"

# Charts by name: the name of the file, and of the place on the page.
Charts = dict[str, AnyChart]

# Okabe and Ito's colours, told apart by colour-blind readers; `report.css` has them too, as
# variables that change with the reader's colour scheme.
PALETTE = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")
INK, MUTED, GRID = "#1a2128", "#59646f", "#e6eaee"


def slug(*parts: str) -> str:
    """A file name, and an identifier, from any text.

    Example:
        >>> slug("scatter", "Belebele (5-shot)", "nasca")
        'scatter_belebele_5_shot_nasca'
    """
    return re.sub(r"[^a-z0-9]+", "_", " ".join(parts).lower()).strip("_")[:100]


def add(charts: Charts, chart: AnyChart, *parts: str) -> None:
    """Put a chart among others under a name made of `parts`, one that is still free."""
    charts[free_name(charts, *parts)] = chart


def free_name(taken: Collection[str], *parts: str) -> str:
    """A name made of `parts` that is not taken.

    Example:
        >>> free_name(["a_b"], "a", "b"), free_name([], "a", "b")
        ('a_b_2', 'a_b')
    """
    name = base = slug(*parts)
    for number in itertools.count(2):
        if name not in taken:
            break
        name = f"{base}_{number}"
    return name


def facts_of(chart: AnyChart) -> dict[str, Any]:
    """What the page has to know of a chart, which a chart keeps as its `usermeta`.

    Keys, all optional: `metric`, the only one that it is of; `series`, likewise; `lines`, of its
    subtitle, by series; `row`, the pixels that each of any number of series takes; `unnamed`, how
    many languages lie along its `width` and `height` without a name; `named`, how many rows have
    one.
    """
    facts: Any = chart.usermeta
    return {} if facts is alt.Undefined else dict(facts)


def heading(title: str, *lines: str) -> alt.Title:
    """Title and subtitle, each line cut where the chart ends."""
    return alt.Title(title, subtitle=list(lines), limit=alt.ExprRef("width"))


def specification_of(chart: AnyChart) -> dict[str, Any]:
    """A chart as Vega-Lite takes it, whatever its models and benchmarks are called."""
    specification = chart.to_dict(validate=False)
    data = specification.pop("datasets")
    safe: dict[str, Any] = _renamed(specification)
    return {**safe, "datasets": data}


def _renamed(part: Any) -> Any:
    # Vega looks names up in plain objects, in which it also finds what all objects have.
    if isinstance(part, str):
        return f"{part}\N{WORD JOINER}" if part in _OF_ALL_OBJECTS else part
    if isinstance(part, dict):
        return {_renamed(key): _renamed(value) for key, value in part.items()}
    return [_renamed(item) for item in part] if isinstance(part, list) else part


def tooltip(shorthand: str, title: str, number_format: str | None = None) -> alt.Tooltip:
    r"""A line of a mark's tooltip.

    Vega-Lite makes the title part of an expression, and escapes quotation marks only.

    Args:
        shorthand: Column and type, such as `value:Q`.
        title: What stands before the value.
        number_format: Of D3, such as `.3f`.
    """
    escaped = title.replace("\\", "\\\\")
    if number_format is None:
        return alt.Tooltip(shorthand, title=escaped)
    return alt.Tooltip(shorthand, title=escaped, format=number_format)


def inline(frame: pd.DataFrame) -> alt.InlineData:
    """Rows as a chart's data, a missing number as null.

    Columns must have names of our own: Vega reads dots and brackets in a name as a path.
    """
    rows = json.loads(frame.to_json(orient="records", double_precision=4))
    # Altair copies a list anew for every layer of every chart.
    return alt.InlineData(values=tuple(map(_renamed, rows)))


# Rows with names on one page of a paper.
PAGE_ROWS = 60

# Between cells that only touch, the background would shine through.
CELL_WIDTH, CELL_HEIGHT = alt.ExprRef("bandwidth('x') + 1"), alt.ExprRef("bandwidth('y') + 1")


def series_colour(names: Iterable[str]) -> alt.Color:
    """Colour by the column `series`, which holds short names, the same in every chart."""
    names = list(names)
    return alt.Color("series:N", title=None, scale=alt.Scale(domain=names), legend=legend(names))


def metric_colour(titles: Sequence[str]) -> alt.Color:
    """Colour by the column `metric`, which holds titles, in their order."""
    return alt.Color(
        "metric:N",
        title=None,
        scale=alt.Scale(domain=list(titles)),
        legend=legend(titles),
    )


def score_colour(title: str, largest: float | None = None) -> alt.Color:
    """Colour by the column `value`, for heat maps.

    Args:
        title: What the number is called.
        largest: Where the colours end, for maps that are compared; None for the map's own ends.
    """
    scale = alt.Undefined if largest is None else alt.Scale(domain=[0, largest])
    gradient = alt.Legend(orient="bottom", gradientLength=160)
    return alt.Color("value:Q", title=title, scale=scale, legend=gradient)


def legend(entries: Sequence[str]) -> alt.Legend:
    """A legend below the chart, of as many columns as its width has room for."""
    # Pixels: of the symbol, and of a letter.
    room = 40 + 7 * max(map(len, entries), default=0)
    columns = alt.ExprRef(f"max(1, floor(width / {room}))")
    return alt.Legend(orient="bottom", columns=columns, labelLimit=room)


def picked(field: str) -> alt.Parameter:
    """What a reader has picked in the legend, by a click or a key."""
    return alt.selection_point(name="picked", fields=[field], bind="legend")


def faint_unless(picked: alt.Parameter) -> Any:
    """Opacity of marks: all are plain until one is picked."""
    return alt.condition(picked, alt.value(1), alt.value(0.12))


def resource_colour() -> alt.Color:
    """Colour by the column `resource`, Head or Long-tail."""
    return alt.Color(
        "resource:N",
        title=None,
        scale=alt.Scale(domain=list(RESOURCES.values())),
        legend=alt.Legend(orient="bottom"),
    )


def theme(ink: str, muted: str, grid: str, palette: Sequence[str], font: str) -> dict[str, Any]:
    """Vega-Lite configuration; a colour may be a CSS variable, so that no redrawing is needed."""
    return {
        "background": None,
        "font": font,
        "view": {"stroke": None},
        # A chart describes itself as a whole; a thousand described points would be unbearable.
        "mark": {"color": palette[0], "aria": False},
        "range": {"category": list(palette), "heatmap": {"scheme": "viridis"}},
        "style": {"fit": {"color": muted, "strokeWidth": 2}},
        "title": {
            "anchor": "start",
            "frame": "bounds",
            "color": ink,
            "fontSize": 14,
            "fontWeight": 600,
            "subtitleColor": muted,
            "subtitleFontSize": 12,
            "subtitlePadding": 5,
            "offset": 14,
        },
        "axis": {
            "domainColor": grid,
            "tickColor": grid,
            "gridColor": grid,
            "labelColor": muted,
            "titleColor": muted,
            "labelFontSize": 11,
            "titleFontSize": 12,
            "titleFontWeight": "normal",
            "titlePadding": 9,
            "labelLimit": 170,
        },
        "axisQuantitative": {"tickCount": 6},
        "legend": {
            "labelColor": muted,
            "labelFontSize": 12,
            "titleColor": muted,
            "symbolOpacity": 1,
            "columnPadding": 22,
        },
        "text": {"color": ink},
    }
