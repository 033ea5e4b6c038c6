"""One HTML page with everything: no network, no server, safe with any text in the results."""

import base64
import hashlib
from importlib.resources import files
from typing import Any

import jinja2
from altair.utils.schemapi import debug_mode
from markupsafe import Markup

from neuronxa_tasks.report.compute.chance import SIGNIFICANT
from neuronxa_tasks.report.compute.inspections import failing_tables
from neuronxa_tasks.report.compute.report import FEW, Report
from neuronxa_tasks.report.show import wording
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
    PALETTE,
    Charts,
    leading,
    metric_title,
    series_of,
    specification_of,
    theme,
)
from neuronxa_tasks.report.show.tables import cells as tables
from neuronxa_tasks.report.show.tables import reliability as trust_tables
from neuronxa_tasks.report.show.tables.languages_table import language_table
from neuronxa_tasks.report.show.tables.neighbours import neighbour_tables

_TEMPLATES = files("neuronxa_tasks.report.show") / "templates"

# The page's own colours, so that charts follow the reader's colour scheme, and paper.
_THEME = theme(
    "var(--ink)",
    "var(--muted)",
    "var(--line)",
    [f"var(--series-{place})" for place, _ in enumerate(PALETTE)],
    "var(--font)",
) | {"autosize": {"type": "fit-x", "contains": "padding"}}


def render_page(report: Report, vega: str) -> str:
    """The page as HTML.

    Args:
        report: What to show; a section without data is left out.
        vega: The script that draws charts.
    """
    # Altair would check every part of every chart again, for longer than all else takes.
    with debug_mode(False):
        charts = _charts(report)
    environment = jinja2.Environment(
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    scripts = [Markup(text) for text in (vega, _asset("report.js"))]  # noqa: S704
    return environment.from_string(_asset("report.html.j2")).render(
        title=wording.title(report),
        headline=wording.headline(report),
        tiles=wording.tiles(report),
        leaderboard=tables.leaderboard(report),
        settings=tables.settings(report),
        languages=language_table(report),
        correlations=tables.correlations(report),
        averages=tables.averages(report),
        retrieval=trust_tables.retrieval(report),
        robustness=trust_tables.robustness(report),
        stability=trust_tables.stability(report),
        training=trust_tables.training(report),
        neighbours=neighbour_tables(report),
        failing=failing_tables(report.failing) if len(report.failing) else [],
        above_chance=wording.above_chance(report),
        baselines=wording.baselines(report),
        differences=tables.differences(report),
        comparison=tables.comparison(report),
        leads=_leads(report),
        coverage=tables.coverage(report),
        problems=report.problems,
        several=len(series_of(report)) > 1,
        cut=len(series_of(report)) > FEW,
        limit=FEW,
        compared=report.compared,
        charts=charts,
        drawings=_drawings(
            {name: chart for part in charts.values() for name, chart in part.items()}
        ),
        command=report.command,
        version=report.version,
        style=Markup(_asset("report.css")),  # noqa: S704
        scripts=scripts,
        hashes=[_digest(script) for script in scripts],
    )


def _charts(report: Report) -> dict[str, Charts]:
    """Charts by the section that they stand in."""
    shown = leading(report)
    return {
        "leaderboard": leaderboard_charts(report),
        "strength": strength_charts(report),
        "scatter": scatter_charts(shown),
        "means": mean_curve_charts(shown),
        "layers": _language_layers(report),
        "stability": stability_charts(shown),
        "checkpoints": checkpoint_charts(report),
        "matrix": matrix_charts(report.matrix),
        "maps": inspection_charts(report.maps) if len(report.maps) else {},
    }


def _language_layers(report: Report) -> Charts:
    """Of few models only: their data would make the page heavy."""
    names = series_of(report)
    if len(names) > FEW:
        return {}
    return language_layer_charts(report, report.metrics if len(names) == 1 else report.metrics[:1])


def _drawings(charts: Charts) -> dict[str, Any]:
    """Specifications by name, and apart from them their data, each once."""
    specs = {name: specification_of(chart) for name, chart in charts.items()}
    datasets: dict[str, Any] = {}
    for spec in specs.values():
        datasets |= spec.pop("datasets", {})
        for key in ("config", "$schema"):
            spec.pop(key, None)
    return {"charts": specs, "datasets": datasets, "config": _THEME}


def _leads(report: Report) -> list[tuple[str, int, int, int]]:
    """Of two models, per metric: where the first leads, where the second, of how many."""
    table = report.comparison
    if table.empty:
        return []
    sure = table["p"] < SIGNIFICANT
    return [
        (
            metric_title(str(metric)),
            int((sure & (own > 0)).sum()),
            int((sure & (own < 0)).sum()),
            len(own),
        )
        for metric, own in table.groupby("metric", sort=False)["difference"]
    ]


def _asset(name: str) -> str:
    return _TEMPLATES.joinpath(name).read_text(encoding="utf-8")


def _digest(script: str) -> str:
    """What lets a browser run this script and no other."""
    return base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
