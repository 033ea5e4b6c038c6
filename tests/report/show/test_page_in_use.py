"""What a reader does with the page: chooses, compares, shares, saves, prints."""

import csv
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from neuronxa_tasks.report.show.page import render_page
from neuronxa_tasks.report.show.vega import vega_bundle
from tests.report.sample import sample_report
from tests.report.show.test_page_of_many import with_metric

MODELS = 7
LANGUAGES = 12


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> str:
    file: Path = tmp_path_factory.mktemp("models") / "report.html"
    report = sample_report(MODELS)
    sizes = report.models.assign(parameters=[(1 + place) * 10**9 for place in range(MODELS)])
    page = render_page(replace(report, models=sizes), vega_bundle(), ["languages.csv"])
    file.write_text(page, encoding="utf-8")
    return file.as_uri()


def drawn(page: Any) -> None:
    page.wait_for_selector("html[data-drawn]")


def legend(page: Any, chart: str) -> list[str]:
    return page.locator(f"#chart-{chart} .role-legend-label text").all_text_contents()


def heads(page: Any) -> list[str]:
    return page.locator("#by-model thead th").all_inner_texts()[1:]


def test_charts_have_the_first_of_the_leaderboard_until_models_are_chosen(page) -> None:
    assert legend(page, "layers_nasca") == [f"Model-{place}" for place in range(5)]
    page.get_by_label("org/Model-6").check()
    page.get_by_label("org/Model-2").check()
    drawn(page)
    assert legend(page, "layers_nasca") == ["Model-2", "Model-6"]
    assert page.locator("#table-leaderboard-1 tbody tr:visible").count() == 2
    assert page.locator("#joined tbody tr").count() == 2 * LANGUAGES
    assert page.locator("#chosen").inner_text() == f"2 of {MODELS} models"


def test_models_are_chosen_by_name_and_size(page) -> None:
    page.get_by_label("Size").select_option("up to 4 billion")
    assert page.locator("#chosen").inner_text() == f"4 of {MODELS} models"
    page.locator("#chooser").get_by_label("Model", exact=True).fill("model-3")
    assert page.locator("#chosen").inner_text() == f"1 of {MODELS} models"
    page.get_by_role("button", name="All models").click()
    assert page.locator("#chosen").inner_text() == f"{MODELS} of {MODELS} models"
    assert "?" not in page.url


def test_one_language_sorts_the_models_from_the_best_on(page) -> None:
    page.get_by_label("Search").fill("zulu")
    cells = page.locator("#by-model tbody td").all_inner_texts()
    assert len(cells) == MODELS
    assert cells == sorted(cells, reverse=True)
    page.get_by_label("Compare by").select_option("MEXA")
    cells = page.locator("#by-model tbody td").all_inner_texts()
    assert cells == sorted(cells, reverse=True)
    assert "MEXA of 1 language by 7 models" in page.locator("#by-model caption").inner_text()


def test_a_language_and_a_model_sort_what_they_head(page) -> None:
    row = page.locator("#by-model tbody tr", has_text="Zulu")
    row.get_by_role("button").click()
    cells = page.locator("#by-model tbody tr", has_text="Zulu").locator("td").all_inner_texts()
    assert cells == sorted(cells, reverse=True)
    place = 2 + heads(page).index("Model-3")
    page.locator("#by-model thead").get_by_role("button", name="Model-3").click()
    column = page.locator(f"#by-model tbody tr > :nth-child({place})").all_inner_texts()
    assert column == sorted(column, reverse=True)


def test_a_shared_link_shows_what_its_sender_saw(page, browser) -> None:
    page.get_by_label("org/Model-4").check()
    page.get_by_label("Resource").select_option("Long-tail")
    page.locator("#joined th", has_text="MEXA").get_by_role("button").click()
    page.locator("#joined th", has_text="MEXA").get_by_role("button").click()
    page.locator("#table-leaderboard-1 th", has_text="Rank").get_by_role("button").click()
    drawn(page)
    other = browser.new_page()
    other.goto(page.url)
    drawn(other)
    for part in ("#joined", "#by-model", "#table-leaderboard-1", "#chosen"):
        assert other.locator(part).inner_text() == page.locator(part).inner_text()
    assert legend(other, "layers_nasca") == ["Model-4"]
    mexa = other.locator("#joined th", has_text="MEXA")
    assert mexa.get_attribute("aria-sort") == "ascending"
    other.close()


@pytest.mark.parametrize(
    "place", ["robustness", "coverage", "chart-layers_mexa", "model-org_model_5"]
)
def test_a_link_lands_on_what_it_names(browser, address, place) -> None:
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.goto(f"{address}#{place}")
    drawn(page)
    # As near to the top as the end of the page lets it.
    left = page.evaluate("document.documentElement.scrollHeight - scrollY - innerHeight")
    top = page.locator(f"#{place}").evaluate("it => it.getBoundingClientRect().top")
    assert 0 <= top <= (100 if left > 1 else 870)
    page.close()


def saved(page: Any, button: Any) -> Path:
    with page.expect_download() as waiting:
        button.click()
    return Path(waiting.value.path())


def test_a_table_is_saved_as_it_is_filtered(page) -> None:
    page.get_by_label("org/Model-1").check()
    page.get_by_label("Search").fill("zulu")
    file = saved(page, page.locator("[data-table=joined]"))
    rows = list(csv.DictReader(file.read_text(encoding="utf-8-sig").splitlines()))
    assert [(row["Language"], row["Model"]) for row in rows] == [("Zulu", "org/Model-1")]
    shown = page.locator("#joined tbody td.score").first.inner_text()
    assert float(rows[0]["NASCA"]) == pytest.approx(float(shown), abs=5e-4)
    assert float(rows[0]["NASCA, low"]) < float(rows[0]["NASCA"]) < float(rows[0]["NASCA, high"])
    file = saved(page, page.locator("[data-table=table-leaderboard-1]"))
    rows = list(csv.DictReader(file.read_text(encoding="utf-8-sig").splitlines()))
    assert [row["Model"] for row in rows] == ["org/Model-1"]
    assert rows[0]["NASCA"] == "0.54"
    assert rows[0]["NASCA, below"] == "0.510 to 0.570"


def test_a_chart_is_saved_as_it_is_drawn(page) -> None:
    page.get_by_label("org/Model-1").check()
    drawn(page)
    figure = page.locator("#chart-layers_nasca")
    text = saved(page, figure.get_by_role("button", name="SVG")).read_text(encoding="utf-8")
    assert "Model-1" in text
    assert "Model-2" not in text
    assert "var(" not in text
    assert saved(page, figure.get_by_role("button", name="PNG")).read_bytes()[:4] == b"\x89PNG"


def test_all_rows_are_printed_under_heads_that_repeat(browser, tmp_path) -> None:
    file = tmp_path / "report.html"
    file.write_text(render_page(sample_report(3, languages=203), vega_bundle()), encoding="utf-8")
    page = browser.new_page()
    page.goto(file.as_uri())
    drawn(page)
    assert page.locator("#joined tbody tr").count() == 500
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.locator("#joined tbody tr").count() == 609
    page.emulate_media(media="print")
    button = page.locator("#joined th button").first
    assert button.evaluate("it => getComputedStyle(it).display") == "contents"
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.locator("#joined tbody tr").count() == 500
    page.close()


def test_a_page_of_very_many_models_is_laid_out_where_its_reader_is(browser, tmp_path) -> None:
    file = tmp_path / "report.html"
    file.write_text(render_page(sample_report(21, languages=6), vega_bundle()), encoding="utf-8")
    page = browser.new_page()
    page.goto(f"{file.as_uri()}#differences")
    drawn(page)
    laid_out = "id => document.getElementById(id).checkVisibility({ contentVisibilityAuto: true })"
    page.wait_for_function(f"({laid_out})('differences')")
    assert 0 <= page.locator("#differences").bounding_box()["y"] < 300
    assert not page.evaluate(laid_out, "settings")
    page.emulate_media(media="print")
    assert page.evaluate(laid_out, "settings")
    page.close()


def test_folded_tables_are_printed_and_folded_again(browser, tmp_path) -> None:
    file = tmp_path / "report.html"
    report = with_metric(sample_report(3, languages=3), "nasca_csls")
    file.write_text(render_page(report, vega_bundle()), encoding="utf-8")
    page = browser.new_page()
    page.goto(file.as_uri())
    drawn(page)
    page.emulate_media(media="print")
    row = page.locator("#table-leaderboard-other-1 tbody tr").first
    assert not row.is_visible()
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert row.is_visible()
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert not row.is_visible()
    page.close()


def test_a_line_is_picked_out_by_a_key_in_the_legend(page) -> None:
    chart = page.locator("#chart-layers_nasca")
    opacities = "marks => [...new Set(marks.map((it) => it.getAttribute('opacity')))]"
    lines = chart.locator(".mark-line path")
    before = lines.evaluate_all(opacities)
    chart.locator(".role-legend-symbol path").nth(1).focus()
    page.keyboard.press("Enter")
    assert before == ["1"]
    assert sorted(lines.evaluate_all(opacities)) == ["0.12", "1"]


def test_a_phone_shows_a_score_beside_every_language(page) -> None:
    page.set_viewport_size({"width": 390, "height": 800})
    for table in ("#joined", "#by-model"):
        box = page.locator(f"{table} tbody td.score").first.bounding_box()
        assert box["x"] + box["width"] <= 390
