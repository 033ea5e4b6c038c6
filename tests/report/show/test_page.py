"""The page holds what the report holds, and nothing in the results becomes markup."""

import functools
import json
import re
from dataclasses import replace
from html.parser import HTMLParser

import pandas as pd
import pytest

from neuronxa_tasks.report.compute.report_tables import Report
from neuronxa_tasks.report.show.charts.style import GRID, INK, MUTED, PALETTE
from neuronxa_tasks.report.show.page import render_page
from neuronxa_tasks.report.show.vega import vega_bundle
from tests.report.sample import CONDITION, HOSTILE, sample_report

EMPTY = pd.DataFrame()


class Page(HTMLParser):
    """What a browser would make of the page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: dict[str, list[str]] = {}
        self.open: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        while self.open and self.open.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        if self.open:
            self.texts.setdefault(self.open[-1], []).append(data)

    def ids(self) -> set[str]:
        return {attributes["id"] or "" for _, attributes in self.tags if "id" in attributes}

    def charts(self) -> list[str]:
        return [
            attributes["data-chart"] or ""
            for _, attributes in self.tags
            if "data-chart" in attributes
        ]

    def json(self, identity: str) -> dict:
        """The JSON of a script."""
        scripts = [attributes for tag, attributes in self.tags if tag == "script"]
        place = next(i for i, script in enumerate(scripts) if script.get("id") == identity)
        return json.loads(self.texts["script"][place])


bundle = functools.cache(vega_bundle)


def page_of(report: Report) -> Page:
    return Page(render_page(report, bundle()))


@pytest.fixture(scope="module")
def single() -> Page:
    return page_of(sample_report())


ALWAYS = {"reading", "settings", "languages", "notes", "citing", "reproducing"}
SCORED = {
    *("layers", "forecast", "correlations", "differences", "corpora"),
    *("retrieval", "robustness", "pairs"),
}
MEASURED = {"benchmarks", "coverage", *SCORED}
ANALYSES = {"matrix", "inside", "neurons"}
OTHERS = {"models", "leaderboard", "checkpoints", "comparison", "pooled"}
SECTIONS = ALWAYS | MEASURED | ANALYSES | OTHERS

# The tables of the report that hold scores or what is made of them.
TABLES = (
    "layers correlations differences averages pooled corpora leaderboard comparison "
    "compared_means retrieval retrieval_groups robustness stability forecasts "
    "forecast_validation"
).split()


def test_a_report_on_one_model_has_no_leaderboard(single) -> None:
    assert single.ids() & SECTIONS == ALWAYS | MEASURED


def test_two_compared_models_have_a_leaderboard_and_a_comparison() -> None:
    assert page_of(sample_report(2)).ids() & SECTIONS == SECTIONS - {"checkpoints", *ANALYSES}


def test_checkpoints_of_one_model_are_drawn_over_steps() -> None:
    report = sample_report(3)
    models = report.models.assign(series="org/model", step=[0, 500, 1000])
    page = page_of(replace(report, models=models))
    assert "checkpoints" in page.ids()
    assert sum(chart.startswith("steps") for chart in page.charts()) == 3  # scores, two benchmarks


def test_a_section_without_data_is_left_out() -> None:
    report = replace(
        sample_report(),
        benchmarks=(),
        **dict.fromkeys((*TABLES, "skipped"), EMPTY),
        problems=(),
    )
    page = page_of(report)
    assert page.ids() & SECTIONS == ALWAYS
    assert not page.charts()


def test_results_with_benchmarks_only_make_a_page() -> None:
    report = sample_report()
    scores = report.languages.drop(columns=[*report.metrics]).assign(condition="")
    empty = dict.fromkeys((*TABLES, "groups"), EMPTY)
    page = page_of(replace(report, metrics=(), languages=scores, **empty))
    assert page.ids() & SECTIONS == ALWAYS | {"coverage"}


def test_every_entry_of_the_contents_leads_to_a_heading(single) -> None:
    links = {
        a["href"] for tag, a in single.tags if tag == "a" and (a["href"] or "").startswith("#")
    }
    assert links <= {f"#{identity}" for identity in single.ids()}
    assert links >= {f"#{identity}" for identity in single.ids() & SECTIONS} | {"#content"}
    assert links >= {f"#chart-{chart}" for chart in single.charts()}


@pytest.mark.parametrize("models", [1, 2, 3])
def test_hostile_text_becomes_no_markup(models) -> None:
    page = page_of(sample_report(models, hostile=True))
    tags = [tag for tag, _ in page.tags]
    assert "img" not in tags
    assert "b" not in tags
    run = [attributes for tag, attributes in page.tags if tag == "script" and not attributes]
    assert len(run) == 2  # Vega, and the page's own
    assert not [a for _, attributes in page.tags for a in attributes if a.startswith("on")]
    assert not [text for texts in page.texts.values() for text in texts if text.strip() == "49"]
    shown = "".join(text for tag, texts in page.texts.items() if tag != "script" for text in texts)
    for text in HOSTILE:
        assert text in shown


def test_hostile_text_is_intact_in_the_data() -> None:
    page = page_of(sample_report(2, hostile=True))
    rows = page.json("rows")
    assert {row[0][-len(HOSTILE[0]) :] for row in rows["rows"]} == {HOSTILE[0]}
    assert json.dumps(HOSTILE[2])[1:-1] in json.dumps(page.json("drawings"))


def test_nothing_is_loaded_from_elsewhere(single) -> None:
    for tag, attributes in single.tags:
        assert not attributes.get("src")
        if tag == "link":
            assert attributes["href"] == "data:,"
    assert "@import" not in "".join(single.texts["style"])
    assert "url(" not in "".join(single.texts["style"])


def test_the_browser_may_run_only_the_scripts_of_the_page(single) -> None:
    policy = next(a["content"] or "" for tag, a in single.tags if "http-equiv" in a)
    assert policy.startswith("default-src 'none'")
    assert len(re.findall(r"script-src(?: 'sha256-\S+'){2}$", policy)) == 1


def test_the_page_has_the_colours_of_the_figures(single) -> None:
    (style,) = single.texts["style"]
    for place, colour in enumerate(PALETTE):
        assert f"--series-{place}: {colour};" in style
    for name, colour in (("ink", INK), ("muted", MUTED), ("line", GRID)):
        assert f"--{name}: {colour};" in style


def test_every_chart_has_its_specification_and_data(single) -> None:
    drawings = single.json("drawings")
    assert single.charts()
    assert set(single.charts()) == set(drawings["charts"])
    for spec in drawings["charts"].values():
        assert drawings["datasets"][spec["data"]["name"]]
        assert spec["width"] == "container"
        assert spec["description"]


def test_scatter_plots_share_their_data(single) -> None:
    charts = single.json("drawings")["charts"]
    names = {spec["data"]["name"] for name, spec in charts.items() if name.startswith("scatter")}
    assert len(names) == 1


def test_a_language_without_a_benchmark_is_no_point_of_a_scatter_plot() -> None:
    report = sample_report()
    benchmarks = [*report.benchmarks]
    unasked = report.languages["language"] == "deu_Latn"
    table = report.languages.copy()
    table.loc[unasked, benchmarks] = None
    drawings = page_of(replace(report, languages=table)).json("drawings")
    points = drawings["datasets"][
        drawings["charts"]["scatter_belebele_5_shot_nasca"]["data"]["name"]
    ]
    assert points
    assert "deu_Latn" not in {point["language"] for point in points}


def test_a_scatter_plot_says_what_the_report_found(single) -> None:
    title = single.json("drawings")["charts"]["scatter_belebele_5_shot_nasca"]["title"]
    assert title["text"] == "NASCA and Belebele (5-shot)"
    assert title["subtitle"] == [
        "r = 0.91, n = 12 languages",
        "95% interval 0.80 to 0.96",
    ]


def test_a_scatter_plot_without_correlation_says_why(single) -> None:
    title = single.json("drawings")["charts"]["scatter_m_arc_5_shot_mexa"]["title"]
    assert title["subtitle"] == ["no correlation, fewer than four languages"]


def test_what_is_missing_is_an_en_dash_or_a_reason(single) -> None:
    cells = single.texts["td"]
    assert "\N{EN DASH}" in cells  # no partial correlation of tokens
    assert "fewer than four languages" in cells
    assert "nan" not in "".join(cells).lower()
    assert None in {value for row in single.json("rows")["rows"] for value in row}


def test_what_cannot_be_told_from_the_highest_is_bold_and_nothing_else(single) -> None:
    assert single.texts["strong"].count("0.930") == 2
    assert single.texts["strong"].count("0.910") == 2
    assert "0.820" not in single.texts["strong"]
    assert "0.090" not in single.texts["strong"]


def test_the_headline_has_the_key_numbers(single) -> None:
    assert "Over 12 languages, mean NASCA is 0.55 (95% interval 0.52 to 0.58)." in "".join(
        single.texts["p"]
    )


def test_languages_can_be_filtered_by_what_repeats() -> None:
    rows = page_of(sample_report(2)).json("rows")
    levels = {column["title"]: column["levels"] for column in rows["columns"] if column["levels"]}
    assert list(levels) == ["Model", "Script", "Family", "Branch", "Resource"]
    assert levels["Resource"] == ["Head", "Long-tail"]
    beside = [place for column in rows["columns"] for place in column["beside"].values()]
    assert all(len(row) == len(rows["columns"]) + len(beside) for row in rows["rows"])


def test_scores_stand_beside_the_language(single) -> None:
    titles = [column["title"] for column in single.json("rows")["columns"]]
    assert titles[:6] == ["Language", "Code", "NASCA", "NAVCA", "MEXA", "Belebele (5-shot)"]


def test_an_interval_and_a_corrected_p_stand_beside_a_score(single) -> None:
    rows = single.json("rows")
    place, nasca = next((i, c) for i, c in enumerate(rows["columns"]) if c["title"] == "NASCA")
    low, high, p = (nasca["beside"][name] for name in ("low", "high", "p"))
    for row in rows["rows"]:
        assert row[high] - row[place] == pytest.approx(0.04, abs=1e-3)
        assert row[place] - row[low] == pytest.approx(0.04, abs=1e-3)
    # Of 12 values of p all but one are 0.001, and that one is not above chance.
    assert sorted({row[p] for row in rows["rows"]}) == pytest.approx(
        [0.001 * 12 / 11, 0.3], rel=0.1
    )


def test_a_representation_that_is_surely_above_is_bold_and_in_percent(single) -> None:
    assert "61.00" in single.texts["strong"]
    assert "58.00" in {text.strip() for text in single.texts["td"]}
    assert "58.00" not in single.texts["strong"]
    assert "59.00 to 63.00" in single.texts["small"]


def test_what_is_above_chance_is_counted_and_drawn(single) -> None:
    assert "Above chance: NASCA in 11 of 12 languages" in "".join(single.texts["p"])
    curves = single.json("drawings")["charts"]["curves_nasca"]
    assert "dashed: chance, 0.0010 to 0.0080" in curves["title"]["subtitle"]
    (dashed,) = (layer for layer in curves["layer"] if "strokeDash" in layer["mark"])
    assert dashed["encoding"]["y"]["field"] == "chance"


def test_scores_are_drawn_against_the_number_of_pairs(single) -> None:
    drawings = single.json("drawings")
    charts = {name for name in drawings["charts"] if name.startswith("pairs")}
    assert charts == {"pairs_all", "pairs_order", "pairs_belebele_5_shot"}
    assert drawings["charts"]["pairs_all"]["encoding"]["x"]["scale"]["type"] == "log"


def test_forecasts_are_drawn_with_what_is_measured_and_what_they_are_worth(single) -> None:
    drawings = single.json("drawings")
    chart = drawings["charts"]["forecast_m_arc_5_shot"]
    kinds = [row["kind"] for row in drawings["datasets"][chart["data"]["name"]]]
    assert sorted(set(kinds)) == ["forecast, outside what was fitted", "measured"]
    assert len(kinds) == 11
    assert "with 90% intervals" in chart["title"]["subtitle"][0]
    words = "".join(single.texts["p"])
    assert "is meant to hold the score in 90% of languages" in words
    assert {"mean", "alignment and tokens", "5 families", "92%"} <= set(single.texts["td"])


def test_a_benchmark_without_a_forecast_has_its_reason() -> None:
    report = sample_report()
    rows = report.forecast_validation.assign(forecast=False, reason="too few <b>languages</b>")
    page = page_of(replace(report, forecasts=report.forecasts[:0], forecast_validation=rows))
    assert "none: too few <b>languages</b>" in page.texts["td"]
    assert not [chart for chart in page.charts() if chart.startswith("forecast")]


def test_baselines_are_told_apart_where_there_are_some(single) -> None:
    assert "CKA" not in "".join(single.texts["p"])
    report = sample_report()
    table = report.languages.assign(cka=0.5)
    page = page_of(replace(report, metrics=(*report.metrics, "cka"), languages=table))
    assert "CKA compare" in "".join(page.texts["p"])


def test_many_models_have_no_figure_of_every_language() -> None:
    page = page_of(sample_report(7))
    assert len(page.json("rows")["rows"]) == 7 * 12
    assert not [chart for chart in page.charts() if chart.startswith(("heat", "curves"))]
    points = page.json("drawings")["charts"]["scatter_belebele_5_shot_nasca"]["data"]["name"]
    series = {point["series"] for point in page.json("drawings")["datasets"][points]}
    assert series == {f"Model-{i}" for i in range(7)}
    assert "because the page has more than 5 models" in "".join(page.texts["p"])


def test_names_that_look_alike_do_not_hide_a_chart() -> None:
    report = sample_report()
    twins = {"Belebele (5-shot)": "b.x", "m-ARC (5-shot)": "b x"}
    page = page_of(
        replace(
            report,
            benchmarks=tuple(twins.values()),
            languages=report.languages.rename(columns=twins),
            correlations=report.correlations.replace({"benchmark": twins}),
        )
    )
    assert "scatter_b_x_nasca" in page.charts()
    assert "scatter_b_x_nasca_2" in page.charts()


def test_series_of_several_settings_are_told_apart() -> None:
    report = sample_report()
    both = {
        name: pd.concat([frame, frame.assign(condition="Tatoeba")], ignore_index=True)
        for name in ("languages", "layers", "correlations", "groups", "differences", "leaderboard")
        if not (frame := getattr(report, name)).empty
    }
    page = page_of(replace(report, **both))
    assert "leaderboard" in page.ids()
    assert "org/Model-0 · Tatoeba" in {text.strip() for text in page.texts["td"]}
    captions = [text for text in page.texts["caption"] if "mean scores over" in text]
    assert [caption.split(":")[0] for caption in captions] == [CONDITION, "Tatoeba"]
