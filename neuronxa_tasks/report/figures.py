"""Write the charts as files, for papers and slides."""

from pathlib import Path

import vl_convert

from neuronxa_tasks.report.charts import leaderboard_charts, scatter_charts, strength_charts
from neuronxa_tasks.report.checkpoint_charts import checkpoint_charts
from neuronxa_tasks.report.content import Report
from neuronxa_tasks.report.drawing import GRID, INK, MUTED, PALETTE, Charts, theme
from neuronxa_tasks.report.inspection_charts import inspection_charts
from neuronxa_tasks.report.layer_charts import language_layer_charts, mean_curve_charts
from neuronxa_tasks.report.matrix_charts import matrix_charts
from neuronxa_tasks.report.stability_charts import stability_charts

# What fits a column of a paper at its natural size, in pixels.
_WIDTH = 480
_PNG_SCALE = 2

_THEME = theme(INK, MUTED, GRID, PALETTE, "Helvetica, Arial, sans-serif") | {"background": "white"}


def write_figures(report: Report, folder: Path) -> list[Path]:
    """Write every chart as SVG and PNG.

    Args:
        report: What to draw.
        folder: Where to write; made if it is missing.

    Returns:
        The files, such as `scatter_belebele_5_shot_nasca.svg`.
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
    folder.mkdir(parents=True, exist_ok=True)
    files = []
    for name, chart in charts.items():
        vector, pixels = folder / f"{name}.svg", folder / f"{name}.png"
        drawn = chart.properties(width=_WIDTH).configure(**_THEME)
        text = vl_convert.vegalite_to_svg(drawn.to_dict())
        vector.write_text(text, encoding="utf-8")
        # Drawing once and converting is twice as fast as drawing twice.
        pixels.write_bytes(vl_convert.svg_to_png(text, scale=_PNG_SCALE))
        files += [vector, pixels]
    return files
