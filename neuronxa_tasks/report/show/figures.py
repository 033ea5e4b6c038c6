"""Draw the charts as files, for papers and slides."""

from collections.abc import Callable, Mapping
from typing import Any

from neuronxa_tasks.errors import ReportError
from neuronxa_tasks.report.compute.report import Report
from neuronxa_tasks.report.show.charts.checkpoint_charts import checkpoint_charts
from neuronxa_tasks.report.show.charts.layer_charts import language_layer_charts, mean_curve_charts
from neuronxa_tasks.report.show.charts.matrix_charts import matrix_charts
from neuronxa_tasks.report.show.charts.score_charts import (
    leaderboard_charts,
    scatter_charts,
    strength_charts,
)
from neuronxa_tasks.report.show.charts.sentence_maps import inspection_charts
from neuronxa_tasks.report.show.charts.stability_charts import stability_charts
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
        report: What to draw.
        folder: The report's.
        draw: SVG and PNG of a chart's specification, as `vega.Drawer.draw`.

    Returns:
        A sentence for every chart that could not be drawn; the others are written.
    """
    charts: Charts = {
        **leaderboard_charts(report),
        **strength_charts(report),
        **scatter_charts(report),
        **mean_curve_charts(report),
        **language_layer_charts(report, report.metrics),
        **stability_charts(report),
        **checkpoint_charts(report),
        **matrix_charts(report.matrix),
        **(inspection_charts(report.maps) if len(report.maps) else {}),
    }
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
