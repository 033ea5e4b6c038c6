"""The page in a real browser: it sorts, filters, tells, asks for nothing, and fits a phone."""

import re
from typing import Any

from neuronxa_tasks.report.show.page import render_page
from neuronxa_tasks.report.show.vega import vega_bundle
from tests.report.sample import HOSTILE, sample_report


def column(page: Any, place: int) -> list[str]:
    return page.locator(f"#joined tbody tr > :nth-child({place})").all_inner_texts()


def test_every_chart_is_drawn(page) -> None:
    charts = page.locator(".chart").count()
    assert charts > 0
    assert page.locator(".chart svg").count() == charts


def test_the_table_starts_with_the_best_and_sorts_by_click(page) -> None:
    nasca = page.locator("#joined th", has_text="NASCA")
    assert nasca.get_attribute("aria-sort") == "descending"
    place = 1 + nasca.evaluate("head => head.cellIndex")
    scores = column(page, place)
    assert scores == sorted(scores, reverse=True)
    nasca.get_by_role("button").click()
    assert nasca.get_attribute("aria-sort") == "ascending"
    assert column(page, place) == sorted(scores)


def test_pointing_at_a_score_tells_its_interval_and_p(page) -> None:
    scores = page.locator("#joined tbody td.score")
    told = scores.first.get_attribute("title")
    assert re.fullmatch(r"95% interval \d\.\d+ to \d\.\d+, corrected p \d\.\d+", told)
    # One language of each model is not above chance, by any of three metrics.
    assert page.locator("#joined td.chance").count() == 2 * 3


def test_a_forecast_is_told_from_what_is_measured_and_sorts_with_it(page) -> None:
    forecasts = page.locator("#joined td.forecast")
    assert forecasts.all_inner_texts() == ["\N{ALMOST EQUAL TO} 0.50"] * 2
    told = forecasts.first.get_attribute("title")
    assert told == "forecast, not measured: 90% interval 0.40 to 0.65"
    head = page.locator("#joined th", has_text="m-ARC")
    place = 1 + head.evaluate("head => head.cellIndex")
    head.get_by_role("button").click()
    shown = [text.removeprefix("\N{ALMOST EQUAL TO} ") for text in column(page, place)[:-2]]
    assert [*map(float, shown)] == sorted(map(float, shown), reverse=True)


def test_the_keyboard_sorts_too(page) -> None:
    page.locator("#joined th button").first.focus()
    page.keyboard.press("Enter")
    names = column(page, 1)
    assert names == sorted(names)


def test_missing_scores_come_last_in_either_direction(page) -> None:
    head = page.locator("#joined th", has_text="m-ARC")
    place = 1 + head.evaluate("head => head.cellIndex")
    for _ in range(2):
        head.get_by_role("button").click()
        assert column(page, place)[-2:] == ["\N{EN DASH}"] * 2


def test_other_tables_sort(page) -> None:
    table = page.locator("section:has(#leaderboard) table")
    table.locator("th button").nth(1).click()
    table.locator("th button").nth(1).click()
    values = table.locator("tbody tr > :nth-child(2)").all_inner_texts()
    assert values == sorted(values)


def test_filters_narrow_the_table(page) -> None:
    assert page.locator("#joined tbody tr").count() == 24
    page.get_by_label("Resource").select_option("Long-tail")
    assert 0 < page.locator("#joined tbody tr").count() < 24
    page.get_by_label("Search").fill("zulu")
    assert page.locator("#joined tbody tr").count() == 2
    assert "Zulu" in column(page, 1)[0]
    assert page.locator("#count").inner_text() == "2 of 2 rows, filtered from 24"


def test_hovering_a_point_names_the_language(page) -> None:
    page.locator("[data-chart^=scatter] .mark-symbol path").first.hover()
    tooltip = page.locator("#vg-tooltip-element")
    assert "Language" in tooltip.inner_text()
    assert HOSTILE[0] in tooltip.inner_text()
    assert tooltip.locator("script, img").count() == 0


def test_hovering_a_point_names_the_benchmark_as_it_is(page) -> None:
    page.locator("[data-chart^=scatter_belebele] .mark-symbol path").first.hover()
    assert HOSTILE[2] in page.locator("#vg-tooltip-element").inner_text()


def test_a_chart_that_cannot_be_drawn_is_told_and_the_others_are_drawn(browser, tmp_path) -> None:
    text = render_page(sample_report(), vega_bundle())
    whole = '"mark": {"size": 56, "type": "circle"}'
    assert whole in text
    file = tmp_path / "report.html"
    file.write_text(text.replace(whole, '"mark": "nonsense"', 1), encoding="utf-8")
    page = browser.new_page()
    page.goto(file.as_uri())
    page.wait_for_selector("html[data-drawn]")
    told = page.locator(".chart .notice")
    assert told.count() == 1
    assert "This chart cannot be drawn" in told.inner_text()
    assert page.locator(".chart svg").count() == page.locator(".chart").count() - 1
    assert page.locator("#joined tbody tr").count() == 12
    page.close()


def test_a_phone_needs_no_sideways_scrolling(page) -> None:
    page.set_viewport_size({"width": 360, "height": 740})
    page.reload()
    page.wait_for_selector("html[data-drawn]")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_dark_readers_get_a_dark_page(page) -> None:
    def colours() -> tuple[str, str]:
        text = page.locator(".chart svg text").first
        return (
            page.evaluate("getComputedStyle(document.body).backgroundColor"),
            text.evaluate("text => getComputedStyle(text).fill"),
        )

    light = colours()
    page.emulate_media(color_scheme="dark")
    dark = colours()
    assert light[0] == "rgb(255, 255, 255)"
    assert light[0] != dark[0]
    assert light[1] != dark[1]
    page.emulate_media(color_scheme="dark", media="print")
    assert colours() == light
