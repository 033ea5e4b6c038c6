"""Charts become files for papers and slides."""

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from neuronxa_tasks.report.show.figures import write_figures
from neuronxa_tasks.report.show.folder import ReportFolder
from neuronxa_tasks.report.show.names_beside import place_names
from neuronxa_tasks.report.show.vega import Drawing, drawn
from tests.report.sample import sample_report

INCHES = 3.03


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    report = replace(sample_report(), metrics=("nasca",))
    with ReportFolder(tmp_path_factory.mktemp("out")) as folder:
        assert write_figures(report, folder, drawn, INCHES) == []
    return folder.path / "figures"


def specifications(tmp_path: Path, width: float | None, **changes: Any) -> dict[str, Any]:
    """What would be drawn, by the beginning of the figure's name."""
    report = replace(sample_report(languages=100), metrics=("nasca",), **changes)
    found: list[Mapping[str, Any]] = []

    def draw(specification: Mapping[str, Any], inches: float) -> Drawing:
        found.append(specification)
        return Drawing("", b"", b"")

    with ReportFolder(tmp_path) as folder:
        assert write_figures(report, folder, draw, width) == []
    names = [file.stem for file in folder.written if file.suffix == ".svg"]
    return dict(zip(names, found, strict=True))


def test_every_chart_is_written_as_svg_png_and_pdf(folder: Path) -> None:
    names = {file.name for file in folder.iterdir()}
    assert {
        "scatter_belebele_5_shot_nasca.svg",
        "scatter_m_arc_5_shot_nasca.png",
        "correlations.pdf",
        "curves_nasca.svg",
        "heat_nasca.png",
        "pairs_order.pdf",
    } <= names
    assert len(names) == 3 * 10 + 1


def test_every_figure_has_its_width_in_inches(folder: Path) -> None:
    for file in folder.glob("*.svg"):
        assert 'width="3.0300in"' in file.read_text()[:400]
        pdf = file.with_suffix(".pdf").read_bytes()
        box = re.search(rb"/MediaBox ?\[ ?0 0 ([0-9.]+)", pdf)
        assert box
        assert float(box[1]) == pytest.approx(72 * INCHES, abs=0.1)
        png = file.with_suffix(".png").read_bytes()
        assert int.from_bytes(png[16:20]) == pytest.approx(300 * INCHES, abs=1)
        place = png.index(b"pHYs") + 4
        assert int.from_bytes(png[place : place + 4]) == pytest.approx(300 / 0.0254, abs=1)


def test_no_letter_is_below_seven_points_at_that_width(folder: Path) -> None:
    for file in folder.glob("*.svg"):
        text = file.read_text()
        laid_out = re.search(r'viewBox="0 0 ([0-9.]+)', text)
        assert laid_out
        points = 72 * INCHES / float(laid_out[1])
        sizes = [float(size) * points for size in re.findall(r'font-size="([0-9.]+)px"', text)]
        assert len(sizes) > 5
        assert min(sizes) >= 6.99


def test_a_papers_figures_have_no_title_and_captions_say_what_it_said(folder: Path) -> None:
    svg = (folder / "scatter_belebele_5_shot_nasca.svg").read_text()
    assert 'fill="white"' in svg
    assert ">NASCA and Belebele" not in svg
    captions = (folder / "captions.txt").read_text().splitlines()
    assert len(captions) == 10
    assert (
        "scatter_belebele_5_shot_nasca: NASCA and Belebele (5-shot); r = 0.91, n = 12"
        in (captions[0])
    )


def test_slides_keep_their_titles(tmp_path: Path) -> None:
    found = specifications(tmp_path, None)
    assert all(chart["title"]["text"] for chart in found.values())
    assert not (tmp_path / "figures" / "captions.txt").exists()


def test_figures_name_every_language(tmp_path: Path) -> None:
    found = specifications(tmp_path, INCHES)
    for name in ("heat_nasca", "forecast_belebele_5_shot"):
        shown: list[Any] = []
        for part in (name, f"{name}_2"):
            chart = found[part]
            layers = chart.get("layer", [chart])
            assert all("name" in layer["encoding"]["y"]["field"] for layer in layers)
            names = len(next(iter(chart["datasets"].values())))
            assert chart["height"] * 72 * INCHES / chart["width"] >= 7 * names
            shown += [
                row for rows in chart["datasets"].values() for row in rows if "language" in row
            ]
        assert len({row["language"] for row in shown}) == len(shown) == 100


def test_axes_of_correlations_begin_near_the_data_only_where_all_are_high(tmp_path: Path) -> None:
    table = sample_report().correlations.dropna(subset=["pearson"])
    high = table[table["pearson"] > 0.8]
    for rows, zero in ((table, True), (high, False)):
        chart = specifications(tmp_path, INCHES, correlations=rows)["correlations"]
        scales = [layer["encoding"]["x"].get("scale") for layer in chart["layer"]]
        assert {"zero": zero} in scales


def drawing(*points: tuple[str, float, float]) -> str:
    texts = "".join(
        f'<text transform="translate({x},{y})" font-size="10px" fill="#000">{name}</text>'
        for name, x, y in points
    )
    return f'<svg><g class="mark-text role-mark names_marks">{texts}</g><g></g></svg>'


def test_names_stand_beside_their_points_and_not_on_others() -> None:
    placed = place_names(drawing(("far", 200, 50), ("one", 20, 20), ("two", 38, 20)))
    places = {
        name: (float(x), float(y))
        for x, y, name in re.findall(r"translate\(([^,]+),([^)]+)\)[^>]*>(\w+)<", placed)
    }
    assert places["one"][0] == 20
    assert places["one"][1] < 20
    assert places["two"][0] > 38
    assert places["far"][0] < 200
    assert placed.endswith("</g><g></g></svg>")


def test_a_name_without_room_is_left_out() -> None:
    crowd = [(f"n{number}", 50 + number % 3, 50 + number // 3) for number in range(9)]
    assert 1 <= place_names(drawing(*crowd)).count("<text") <= 4
