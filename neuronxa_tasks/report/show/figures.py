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

# What fits a column of a paper at its natural size, in pixels.
_WIDTH = 480

_THEME = theme(INK, MUTED, GRID, PALETTE, "Helvetica, Arial, sans-serif") | {"background": "white"}


def write_figures(
    report: Report,
    folder: ReportFolder,
    draw: Callable[[Mapping[str, Any]], tuple[str, bytes]],
) -> list[str]:
    """Write every chart as SVG and PNG, such as `figures/scatter_belebele_5_shot_nasca.svg`.

    Args:
        report: The report whose charts to draw.
        folder: The report's folder.
        draw: SVG and PNG of a chart's specification, as `vega.Drawer.draw`.

    Returns:
        A sentence for every chart that could not be drawn; the others are written.
    """
    charts: Charts = {}
    for section in SECTIONS:
        charts |= section.charts(report)
    failures = []
    for name, chart in charts.items():
        specification = specification_of(chart.properties(width=_WIDTH).configure(**_THEME))
        try:
            vector, pixels = draw(specification)
        except ReportError as error:
            failures.append(f"Could not draw the figure {name}: {error}")
            continue
        folder.write(f"figures/{name}.svg", vector)
        folder.write(f"figures/{name}.png", pixels)
    return failures
