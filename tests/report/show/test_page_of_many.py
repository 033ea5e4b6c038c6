"""What the page makes of many models, many metrics and long names, so that it can be read."""

from dataclasses import replace

import pandas as pd
import pytest

from neuronxa_tasks.report.compute.report_tables import Report
from neuronxa_tasks.report.show.charts.style import facts_of
from neuronxa_tasks.report.show.choice_of_models import choice_of_models, model_anchors
from neuronxa_tasks.report.show.page import render_page
from neuronxa_tasks.report.show.sections import filled_sections
from neuronxa_tasks.report.show.short_series import short_labels, short_series
from neuronxa_tasks.report.show.tables.cells import Table
from neuronxa_tasks.report.show.tables.correlation_tables import correlation_tables
from neuronxa_tasks.report.show.tables.leaderboard_tables import leaderboard_tables
from tests.report.sample import CONDITION, sample_report
from tests.report.show.test_page import page_of


def with_metric(report: Report, name: str) -> Report:
    """The report with a copy of NASCA under another name."""
    tables = {
        table: pd.concat([frame, frame[frame["metric"] == "nasca"].assign(metric=name)])
        for table in ("layers", "correlations", "groups", "leaderboard", "robustness", "stability")
        if len(frame := getattr(report, table))
    }
    languages = report.languages.assign(**{name: report.languages["nasca"]})
    return replace(report, metrics=(*report.metrics, name), languages=languages, **tables)


def column(table: Table, head: str) -> list[str]:
    place = table.columns.index(head)
    return [row[place].text for row in table.rows]


def test_charts_of_corrections_are_folded_and_share_no_chart_with_the_definition() -> None:
    report = with_metric(sample_report(2), "nasca_csls")
    for section in filled_sections(report):
        assert not [name for name in section.charts if name.endswith("csls")]
        assert all(name.endswith("csls") for name in section.folded)
    folded = {section.id for section in filled_sections(report) if section.folded}
    assert folded == {"benchmarks", "layers"}
    page = page_of(report)
    assert "nasca_csls" in "".join(chart for chart in page.charts())
    strength = page.json("drawings")["charts"]["correlations_belebele_5_shot"]
    rows = page.json("drawings")["datasets"][strength["data"]["name"]]
    assert "NASCA (CSLS)" not in {row["metric"] for row in rows}


def test_the_leaderboard_has_corrections_in_a_table_of_their_own() -> None:
    first, other = leaderboard_tables(with_metric(sample_report(3), "nasca_csls"))
    assert not first.folded
    assert "NASCA (CSLS)" not in first.columns
    assert other.folded
    assert other.columns == [
        *("Model", "Rank", "NASCA (CSLS)", "NASCA (CSLS) Head", "NASCA (CSLS) Long-tail"),
        "Languages",
    ]


def test_the_leaderboard_has_benchmarks_forecasts_size_and_date() -> None:
    report = sample_report(2)
    models = report.models.assign(parameters=[8_030_000_000, pd.NA], date=[1764201600.0, None])
    (table,) = leaderboard_tables(replace(report, models=models))
    own = report.languages[report.languages["label"] == "org/Model-0"]
    arc = own["m-ARC (5-shot)"]
    assert column(table, "m-ARC (5-shot)")[0] == f"{arc.mean():.3f}"
    rows = report.forecasts[report.forecasts["benchmark"] == "m-ARC (5-shot)"]
    rows = rows[rows["label"] == "org/Model-0"]
    mean = rows["measured"].fillna(0.5).mean()
    assert column(table, "≈ m-ARC (5-shot) with forecasts")[0] == f"{mean:.3f}"
    assert column(table, "Parameters") == ["8.03 B", "\N{EN DASH}"]
    assert column(table, "Date") == ["2025-11-27", "\N{EN DASH}"]
    assert column(table, "Languages") == ["12 of 12"] * 2


def test_what_no_model_says_has_no_column() -> None:
    (table,) = leaderboard_tables(sample_report(2))
    assert not {"Parameters", "Date"} & {*table.columns}


def test_an_interval_has_as_many_digits_as_its_value() -> None:
    report = sample_report()
    (table, *_) = correlation_tables(report)
    assert column(table, "Pearson")[0] == "0.910"
    assert column(table, "95% interval (Fisher)")[0] == "0.800 to 0.960"


def test_a_metric_without_a_common_language_has_no_row_of_correlations() -> None:
    report = sample_report()
    none = report.correlations["benchmark"] == "m-ARC (5-shot)"
    empty = report.correlations.assign(n=report.correlations["n"].mask(none, 0))
    (table, *_) = correlation_tables(replace(report, correlations=empty))
    assert {*column(table, "Benchmark")} == {"Belebele (5-shot)"}


RUNS = [f"/scratch/me/{run}/checkpoint-{step}" for run in ("lr1e-4", "lr2e-4") for step in (5, 10)]


def test_checkpoints_of_two_runs_have_names_of_their_own_on_the_axes() -> None:
    short = short_labels(RUNS)
    assert list(short.values()) == [
        f"{run}/checkpoint-{step}" for run in ("lr1e-4", "lr2e-4") for step in (5, 10)
    ]


def test_long_names_are_cut_in_the_middle_and_stay_different() -> None:
    labels = [f"org/{'x' * 40}-instruct-{size}B-v2" for size in (1, 2)]
    one, two = short_labels(labels).values()
    assert one != two
    assert one.startswith("xxx")
    assert one.endswith("1B-v2")
    assert len(one) <= 24


def test_settings_are_named_by_what_differs() -> None:
    report = sample_report()
    other = CONDITION.replace("100", "50")
    both = pd.concat([report.languages, report.languages.assign(condition=other)])
    names = short_series(replace(report, languages=both))
    assert list(names.values()) == ["org/Model-0 · 100 pairs", "org/Model-0 · 50 pairs"]


def test_heat_maps_of_shares_have_one_scale_of_colours() -> None:
    report = sample_report()
    layers = report.layers
    low = layers["value"].where(layers["metric"] == "nasca", layers["value"] / 10)
    drawings = page_of(replace(report, layers=layers.assign(value=low))).json("drawings")
    ends = [
        spec["encoding"]["color"]["scale"]["domain"]
        for name, spec in drawings["charts"].items()
        if name.startswith("heat")
    ]
    assert ends == [[0, pytest.approx(low.max())]] * 3


def test_maps_without_names_can_be_enlarged_and_others_need_not_be() -> None:
    for languages, unnamed in ((12, False), (40, True)):
        page = page_of(sample_report(languages=languages))
        assert unnamed == any("data-enlarge" in attributes for _, attributes in page.tags)


def test_every_model_has_an_anchor_of_its_own() -> None:
    report = sample_report(5)
    twins = report.models.assign(label=["a/b", "a b", "A-B", "c", "d"])
    anchors = model_anchors(replace(report, models=twins))
    assert anchors["a/b"] == "model-a_b"
    assert len(set(anchors.values())) == 5
    assert {*model_anchors(report).values()} <= page_of(report).ids()
    assert {*model_anchors(sample_report(2)).values()} <= page_of(sample_report(2)).ids()


def test_models_are_offered_in_the_order_of_the_leaderboard() -> None:
    report = sample_report(3)
    board = report.leaderboard.iloc[::-1]
    choice = choice_of_models(replace(report, leaderboard=board))
    assert choice is not None
    assert [model["label"] for model in choice["models"]] == [f"org/Model-{i}" for i in (2, 1, 0)]
    assert choice_of_models(sample_report(1)) is None


def test_files_beside_the_page_are_linked() -> None:
    page = render_page(sample_report(), "", ["languages.csv", "long.parquet"])
    assert '<a href="languages.csv">languages.csv</a>, <a href="long.parquet">' in page


def test_a_chart_says_which_metric_it_is_of() -> None:
    for section in filled_sections(sample_report()):
        for name, chart in section.charts.items():
            metric = facts_of(chart).get("metric")
            assert metric is None or name.endswith(metric)
