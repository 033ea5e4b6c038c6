"""Charts become files."""

from dataclasses import replace
from pathlib import Path

import pytest

from neuronxa_tasks.report.show.figures import write_figures
from neuronxa_tasks.report.show.folder import ReportFolder
from neuronxa_tasks.report.show.vega import drawn
from tests.report.sample import sample_report


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    report = replace(sample_report(), metrics=("nasca",))
    with ReportFolder(tmp_path_factory.mktemp("out")) as folder:
        assert write_figures(report, folder, drawn) == []
    return folder.written


def test_every_chart_is_written_as_svg_and_png(files) -> None:
    names = {file.name for file in files}
    assert {
        "scatter_belebele_5_shot_nasca.svg",
        "scatter_m_arc_5_shot_nasca.png",
        "correlations.svg",
        "curves_nasca.svg",
        "heat_nasca.png",
        "pairs_order.svg",
    } <= names
    assert len(names) == len(files) == 20


def test_figures_are_drawn_on_white_and_hold_their_numbers(files) -> None:
    svg = next(file for file in files if file.name == "scatter_belebele_5_shot_nasca.svg")
    text = svg.read_text()
    assert 'fill="white"' in text
    assert "r = 0.91, n = 12 languages" in text
    png = svg.with_suffix(".png").read_bytes()
    assert png.startswith(b"\x89PNG")
    assert int.from_bytes(png[16:20]) > 2 * 480
