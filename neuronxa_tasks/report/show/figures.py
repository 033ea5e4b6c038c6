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
    Charts,
    specification_of,
    theme,
)
from neuronxa_tasks.report.show.folder import ReportFolder
from neuronxa_tasks.report.show.sections import SECTIONS
from neuronxa_tasks.report.show.vega import Drawing

# Pixels that every figure is laid out in: heights and marks are made for it. The whole is then
# scaled to its width in inches, and only letters are not to become smaller than this, in points.
_LAYOUT = 480
_INCHES = 5.0
_LETTERS = 7.0

# Of a row with a name, in heights of its letters.
_ROW = 1.15

_PAGE = theme(INK, MUTED, GRID, PALETTE, "Helvetica, Arial, sans-serif")

# A name that is cut would not be told from others, and there is no tooltip that has all of it.
_THEME = _PAGE | {
    "background": "white",
    "autosize": {"type": "fit-x", "contains": "padding"},
    "axis": _PAGE["axis"] | {"labelLimit": 240},
    "legend": _PAGE["legend"] | {"labelLimit": 440},
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
        specification = _legible(specification_of(chart.properties(width=_LAYOUT)), inches)
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


def _legible(specification: dict[str, Any], inches: float) -> dict[str, Any]:
    """The chart with letters, and rows that have names, large enough for its width in inches."""
    least = _LETTERS * _LAYOUT / (72 * inches)
    height = specification["height"]
    if isinstance(height, dict):
        height = {"step": max(height["step"], _ROW * least)}
    return specification | {"config": _at_least(_THEME, least), "height": height}


def _at_least(config: dict[str, Any], least: float) -> dict[str, Any]:
    """A theme whose letters are `least` pixels high or higher."""
    return {
        key: _at_least(value, least)
        if isinstance(value, dict)
        else max(value, least)
        if key.lower().endswith("fontsize")
        else value
        for key, value in config.items()
    }
