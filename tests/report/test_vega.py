"""What Vega cannot draw costs itself only, even where it takes its process along."""

from collections.abc import Iterator
from typing import Any

import pytest

from neuronxa_tasks.errors import ReportError
from neuronxa_tasks.report.drawing import tooltip
from neuronxa_tasks.report.vega import Drawer


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
        drawer.draw(chart("a\x07"))
    with pytest.raises(ReportError, match="conversion failed"):
        drawer.draw(chart(tooltip=[{"field": "x", "title": "\\", "format": ".2f"}]))
    vector, pixels = drawer.draw(chart("whole"))
    assert "whole" in vector
    assert pixels.startswith(b"\x89PNG")


@pytest.mark.parametrize("title", ["C:\\users\\x", "ends\\", 'a"b\\"c', "a'b"])
def test_a_tooltip_takes_any_name_as_it_is(drawer: Drawer, title: str) -> None:
    shown = tooltip("x:Q", title, ".2f").to_dict()
    assert (
        "<svg" in drawer.draw(chart(tooltip=[{**shown, "field": "x", "type": "quantitative"}]))[0]
    )
