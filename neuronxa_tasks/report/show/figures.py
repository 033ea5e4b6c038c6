"""Draw the charts as files, for papers and slides."""

from collections.abc import Callable, Mapping
from typing import Any

from neuronxa_tasks.errors import ReportError
from neuronxa_tasks.report.compute.report_tables import Report
from neuronxa_tasks.report.show.charts.style import (
    GRID,
    INK,
    MUTED,
    PALETTE,
    AnyChart,
    Charts,
    facts_of,
    specification_of,
    theme,
)
from neuronxa_tasks.report.show.folder import ReportFolder
from neuronxa_tasks.report.show.sections import SECTIONS
from neuronxa_tasks.report.show.vega import Drawing

_INCHES = 5.0

# Pixels that a figure is laid out in at most: charts are made for about so many. A narrower one has
# fewer, as on a narrow screen, so that its smallest letters have seven points all the same.
_LAYOUT = 520
_PER_INCH = 11 * 72 / 7

# Of the width, what axes with long names leave to the chart.
_INSIDE = 0.65

# Pixels of a row that has a name.
_ROW = 12

_PAGE = theme(INK, MUTED, GRID, PALETTE, "Helvetica, Arial, sans-serif")

# What depends on the final width is laid out too late for the height of a file.
_THEME = _PAGE | {
    "background": "white",
    "autosize": {"type": "fit-x", "contains": "padding"},
    "legend": _PAGE["legend"] | {"layout": {"bottom": {"direction": "vertical", "margin": 24}}},
}


def write_figures(
    report: Report,
    folder: ReportFolder,
    draw: Callable[[Mapping[str, Any], float], Drawing],
    width: float | None = None,
) -> list[str]:
    """Write every chart as SVG, PNG and PDF, such as `figures/scatter_belebele_5_shot_nasca.svg`.

    Args:
        report: The report whose charts to draw.
        folder: The report's folder.
        draw: As `vega.Drawer.draw`.
        width: Of every figure in inches, for a paper: titles then stand in
            `figures/captions.txt`. None for slides, with titles.

    Returns:
        A sentence for every chart that could not be drawn; the others are written.
    """
    charts: Charts = {}
    for section in SECTIONS:
        charts |= section.charts(report)
    inches = width or _INCHES
    captions, failures = [], []
    for name, chart in charts.items():
        specification = _laid_out(chart, inches)
        if width:
            title = specification.pop("title")
            captions.append(f"{name}: {'; '.join([title['text'], *title['subtitle']])}.\n")
        try:
            drawing = draw(specification, inches)
        except ReportError as error:
            failures.append(f"Could not draw the figure {name}: {error}")
            continue
        for ending, content in drawing._asdict().items():
            folder.write(f"figures/{name}.{ending}", content)
    if captions:
        folder.write("figures/captions.txt", "".join(captions))
    return failures


def _laid_out(chart: AnyChart, inches: float) -> dict[str, Any]:
    """A chart as wide as its letters allow, with room for every row's name."""
    width = min(_LAYOUT, _PER_INCH * inches)
    facts, height = facts_of(chart), chart.height
    rows = facts.get("named") or ("row" in facts and height // facts["row"])
    height = max(height, _ROW * rows) if rows else height * width / _LAYOUT
    sized = specification_of(chart.properties(width=width, height=height))
    fixed: dict[str, Any] = _with_fixed_legends(sized, width * _INSIDE)
    return fixed | {"config": _THEME}


def _with_fixed_legends(part: Any, inside: float) -> Any:
    """A specification whose legends have as many columns as there is room for."""
    if isinstance(part, list):
        return [_with_fixed_legends(item, inside) for item in part]
    if not isinstance(part, dict):
        return part
    fixed = {key: _with_fixed_legends(item, inside) for key, item in part.items()}
    match fixed:
        case {"columns": {"expr": str(columns)}}:
            fixed["columns"] = {"expr": columns.replace("width", f"{inside:.0f}")}
    return fixed
