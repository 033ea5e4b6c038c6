"""One HTML page with everything: no network, no server, safe with any text in the results."""

import base64
import hashlib
from collections.abc import Iterable, Sequence
from typing import Any

import jinja2
from altair.utils.schemapi import debug_mode
from markupsafe import Markup

from neuronxa_tasks.report.compute.report_tables import FEW, Report
from neuronxa_tasks.report.show import headline
from neuronxa_tasks.report.show.charts.style import (
    PALETTE,
    Charts,
    facts_of,
    specification_of,
    theme,
)
from neuronxa_tasks.report.show.sections import filled_sections
from neuronxa_tasks.report.show.series import series_of

# The page's own colours, so that charts follow the reader's colour scheme, and paper.
_THEME = theme(
    "var(--ink)",
    "var(--muted)",
    "var(--line)",
    [f"var(--series-{place})" for place, _ in enumerate(PALETTE)],
    "var(--font)",
) | {"autosize": {"type": "fit-x", "contains": "padding"}}
# Of several legends, one below the other where a screen is narrow.
_DIRECTION = {"signal": "width < 420 ? 'vertical' : 'horizontal'"}
_THEME["legend"] |= {"layout": {"bottom": {"direction": _DIRECTION, "margin": 24}}}

# Of more models a page is laid out section by section.
_MANY = 20

# In the order in which they need each other.
_SCRIPTS = ("state", "models", "saving", "charts", "tables", "by_model", "languages", "page")


def render_page(report: Report, vega: str, beside: Sequence[str] = ()) -> str:
    """The page as HTML.

    Args:
        report: What to show; a section without data is left out.
        vega: The script that draws charts.
        beside: Names of the files that lie beside it.
    """
    # Altair would check every part of every chart again, for longer than all else takes.
    with debug_mode(False):
        sections = filled_sections(report)
    count = len(series_of(report))
    facts = {section.id: section.facts for section in sections}
    templates = jinja2.PackageLoader("neuronxa_tasks.report.show")
    environment = jinja2.Environment(
        loader=templates,
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["facts_of"] = facts_of

    def asset(name: str) -> Markup:
        return Markup(templates.get_source(environment, name)[0])  # noqa: S704

    own = Markup("\n").join(asset(f"scripts/{name}.js") for name in _SCRIPTS)
    scripts = [Markup(vega), own]  # noqa: S704
    return environment.get_template("report.html.j2").render(
        title=headline.title(report),
        headline=headline.headline(report),
        tiles=headline.tiles(report),
        report=report,
        sections=sections,
        present=facts.keys(),
        languages=facts.get("languages"),
        several=count > 1,
        many=count > _MANY,
        cut=count > FEW,
        limit=FEW,
        drawings=_drawings(section.charts | section.folded for section in sections),
        choice=facts.get("models"),
        beside=beside,
        style=asset("report.css"),
        scripts=scripts,
        hashes=[_digest(script) for script in scripts],
    )


def _drawings(charts: Iterable[Charts]) -> dict[str, Any]:
    """Specifications by name, and apart from them their data, each once."""
    specs = {name: specification_of(chart) for part in charts for name, chart in part.items()}
    datasets: dict[str, Any] = {}
    for spec in specs.values():
        datasets |= spec.pop("datasets", {})
        for key in ("config", "$schema"):
            spec.pop(key, None)
    return {"charts": specs, "datasets": datasets, "config": _THEME}


def _digest(script: str) -> str:
    """What lets a browser run this script and no other."""
    return base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
