"""What Vega cannot draw costs itself only, even where it takes its process along."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import altair as alt
import pandas as pd
import pytest

from neuronxa_tasks.errors import ReportError
from neuronxa_tasks.report.show.charts.style import specification_of, tooltip
from neuronxa_tasks.report.show.vega import Drawer
from tests.processes import python


def chart(title: str = "", **more: Any) -> dict[str, Any]:
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
        "data": {"values": [{"x": 1}]},
        "mark": {"type": "point", "aria": False},
        "encoding": {"x": {"field": "x", "type": "quantitative"}, **more},
        "title": title,
    }


@pytest.fixture(scope="module")
def drawer() -> Iterator[Drawer]:
    with Drawer() as drawer:
        yield drawer


def test_a_chart_that_ends_the_process_is_named_and_the_next_is_drawn(drawer: Drawer) -> None:
    assert "vegaEmbed" in drawer.bundle()
    with pytest.raises(ReportError, match="has crashed"):
        drawer.draw(chart("a\x07"), 5)
    with pytest.raises(ReportError, match="conversion failed"):
        drawer.draw(chart(tooltip=[{"field": "x", "title": "\\", "format": ".2f"}]), 5)
    drawing = drawer.draw(chart("whole"), 5)
    assert "whole" in drawing.svg
    assert drawing.png.startswith(b"\x89PNG")


@pytest.mark.parametrize("title", ["C:\\users\\x", "ends\\", 'a"b\\"c', "a'b"])
def test_a_tooltip_takes_any_name_as_it_is(drawer: Drawer, title: str) -> None:
    shown = tooltip("x:Q", title, ".2f").to_dict()
    made = chart(tooltip=[{**shown, "field": "x", "type": "quantitative"}])
    assert "<svg" in drawer.draw(made, 5).svg


@pytest.mark.parametrize("name", ["toString", "constructor", "__proto__"])
def test_names_that_all_objects_of_javascript_have_are_drawn(drawer: Drawer, name: str) -> None:
    table = pd.DataFrame({name: [0.1, 0.2], "label": [name, "other"]})
    made = alt.Chart(table).mark_line().encode(x=alt.X(name, type="quantitative"), color="label:N")
    made = made & made.facet("label:N")
    assert f">{name}\N{WORD JOINER}<" in drawer.draw(specification_of(made), 5).svg


def test_a_script_that_makes_a_report_is_run_once(tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(
        "from neuronxa_tasks.report.show.vega import Drawer\n"
        "print('once')\n"
        "with Drawer() as drawer:\n"
        "    print(len(drawer.bundle()) > 1000)\n"
    )
    assert python(script).stdout.split() == ["once", "True"]
