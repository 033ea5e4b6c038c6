"""The page under axe, which finds what a reader with a screen reader or weak eyes would miss."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.base import AXE_SCRIPT

from neuronxa_tasks.report.compute.build import build_report
from neuronxa_tasks.report.compute.report_tables import Report
from neuronxa_tasks.report.read.parsing import parse_results
from neuronxa_tasks.report.show.page import render_page
from neuronxa_tasks.report.show.vega import vega_bundle
from tests.report.analyses import analysis, inspection, matrix, neurons
from tests.report.sample import sample_report
from tools.synthetic_results import results

LANGUAGES = ("eng_Latn", "deu_Latn", "zho_Hans", "swh_Latn", "tur_Latn")
OpenPage = Callable[[Report], Any]
METRICS = ("nasca", "navca", "mexa", "nasca_csls", "cka")


def report_of(*contents: dict[str, Any]) -> Report:
    return build_report([parse_results(c, f"{place}.json") for place, c in enumerate(contents)])


def training_run() -> Report:
    steps = [
        results("org/a", LANGUAGES, seed=step, revision=f"step{step}00", metrics=METRICS)
        for step in (1, 2)
    ]
    return report_of(*steps, results("org/base", LANGUAGES, retrieval=True))


def looking_inside() -> Report:
    found = {"matrix": matrix([0.5, 0.4, 0.3]), "inspection": inspection(), "neurons": neurons()}
    return report_of(*(analysis(kind, content) for kind, content in found.items()))


def corrections() -> Report:
    return report_of(results("org/a", LANGUAGES, metrics=METRICS, retrieval=True))


SITUATIONS: dict[str, Callable[[], Report]] = {
    "one model, whose every text is hostile": lambda: sample_report(hostile=True, languages=4),
    "two models compared": lambda: sample_report(2, languages=4),
    "so many models that some are chosen": lambda: sample_report(7, languages=3),
    "metrics that are folded": corrections,
    "a training run beside its base": training_run,
    "matrix, inspection and neurons": looking_inside,
    "benchmarks alone": lambda: report_of(results("org/a", LANGUAGES, alignment=False)),
}


@pytest.fixture(scope="module")
def vega() -> str:
    return vega_bundle()


@pytest.fixture
def opened(browser: Any, vega: str, tmp_path: Path) -> Iterator[OpenPage]:
    """Opens the page on a report, with axe in it and all that is folded unfolded."""
    pages: list[Any] = []

    def open_page(report: Report) -> Any:
        file = tmp_path / "report.html"
        file.write_text(render_page(report, vega, ["languages.csv"]), encoding="utf-8")
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        pages.append(page)
        page.goto(file.as_uri())
        page.wait_for_selector("html[data-drawn]")
        page.evaluate("document.querySelectorAll('details').forEach((it) => { it.open = true })")
        page.evaluate(AXE_SCRIPT)
        return page

    yield open_page
    for page in pages:
        page.close()


def violations(page: Any, *rules: str) -> list[str]:
    """What axe finds wrong by these rules, or by all of its own, with the first place of each."""
    # A chart is described as a whole: its thousand marks are hidden, and would take minutes.
    where = {"exclude": [[".chart .marks"]]}
    options = {"resultTypes": ["violations"], **({"runOnly": rules} if rules else {})}
    found = page.evaluate("(given) => axe.run(...given)", [where, options])
    return [
        f"{one['id']} at {len(one['nodes'])} places, as {one['nodes'][0]['html'][:200]}"
        for one in found["violations"]
    ]


@pytest.mark.parametrize("situation", SITUATIONS)
def test_axe_finds_nothing_wrong_with_a_light_page_and_a_dark_one(opened, situation) -> None:
    page = opened(SITUATIONS[situation]())
    assert violations(page) == []
    # It differs in colours alone.
    page.emulate_media(color_scheme="dark")
    assert violations(page, "color-contrast") == []


def test_axe_finds_what_is_wrong(opened) -> None:
    page = opened(report_of(results("org/a", LANGUAGES, alignment=False)))
    page.evaluate("document.querySelector('main').append(new Image())")
    page.evaluate("document.querySelector('h1').style.color = 'var(--line)'")
    light = violations(page)
    assert [text.partition(" ")[0] for text in light] == ["color-contrast", "image-alt"]
    page.emulate_media(color_scheme="dark")
    (dark,) = violations(page, "color-contrast")
    assert "<h1" in dark
