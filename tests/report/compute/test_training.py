"""Training runs: what they gained, how they are drawn, and that each is one model of a ranking."""

from typing import Any

import numpy as np
import pytest
from scipy import stats

from neuronxa_tasks.report.compute.build import build_report
from neuronxa_tasks.report.compute.report_tables import Report
from neuronxa_tasks.report.read.parsing import parse_results
from neuronxa_tasks.report.show.charts.checkpoint_charts import checkpoint_charts
from neuronxa_tasks.report.show.charts.style import specification_of
from neuronxa_tasks.report.show.headline import headline, title
from neuronxa_tasks.report.show.tables.leaderboard_tables import leaderboard_tables
from neuronxa_tasks.report.show.tables.reliability_tables import training_tables
from tools.synthetic_results import results

LANGUAGES = ("eng_Latn", "deu_Latn", "fra_Latn", "rus_Cyrl", "spa_Latn", "zul_Latn")


def report_of(*contents: dict[str, Any]) -> Report:
    files = [parse_results(content, f"file{i}.json") for i, content in enumerate(contents)]
    return build_report(files)


def run(*steps: int, name: str = "org/model", **options: Any) -> list[dict[str, Any]]:
    return [
        results(name, LANGUAGES, seed=step, revision=f"step{step}", **options) for step in steps
    ]


def base(seed: int = 99) -> dict[str, Any]:
    return results("org/base", LANGUAGES, seed=seed)


def shares(content: dict[str, Any], language: str) -> np.ndarray[Any, Any]:
    record = content["configs"][f"neuronxa_flores_{language}"]["metadata"]["neuronxa"]
    kept = record["metrics"]["nasca"]
    return np.array(kept["aligned_layers"]) / len(kept["layer_scores"])


def test_the_last_step_less_the_first_is_paired_by_sentence_pairs() -> None:
    contents = run(1, 5, 1000)
    report = report_of(*contents[::-1])
    found = report.changes.set_index(["metric", "language"]).loc[("nasca", "deu_Latn")]
    assert (found["first"], found["last"], found["series"]) == (1, 1000, "org/model")
    test = stats.ttest_rel(shares(contents[2], "deu_Latn"), shares(contents[0], "deu_Latn"))
    low, high = test.confidence_interval()
    assert [found["low"], found["high"]] == pytest.approx([low, high])
    assert found["difference"] == pytest.approx(found["a"] - found["b"])
    assert "eng_Latn" not in set(report.changes["language"])
    means = report.changed_means.set_index("metric").loc["nasca"]
    own = report.changes[report.changes["metric"] == "nasca"]
    assert means["languages"] == len(LANGUAGES) - 1
    assert means["difference"] == pytest.approx(own["difference"].mean())
    shown = training_tables(report)[0]
    assert [row[2].text for row in shown.rows] == ["1 to 1,000"] * 3


def test_nothing_is_said_of_one_step_or_of_steps_with_nothing_in_common() -> None:
    assert report_of(*run(1), base()).changes.empty
    first, last = run(1)[0], results("org/model", ["vie_Latn"], revision="step2")
    assert report_of(first, last).changes.empty
    alone = [results("org/m", LANGUAGES, revision=f"step{n}", alignment=False) for n in (1, 2)]
    assert report_of(*alone).changes.empty


def test_a_run_is_one_model_of_the_leaderboard_its_last_step() -> None:
    report = report_of(*run(1, 5, 1000), *run(3, name="org/other"), base())
    labels = set(report.leaderboard["label"])
    assert labels == {"org/model@step1000", "org/other@step3", "org/base"}
    assert set(report.languages["label"]) > labels


def test_a_report_on_one_run_says_how_far_it_has_come() -> None:
    report = report_of(*run(1, 5, 1000))
    assert title(report) == "Cross-lingual alignment of org/model over training"
    assert headline(report).startswith("From step 1 to 1,000 of org/model, mean NASCA over 5 lang")
    assert leaderboard_tables(report) == []


def layers_of(chart: Any) -> list[dict[str, Any]]:
    layers: list[dict[str, Any]] = specification_of(chart)["layer"]
    return layers


def rows_of(chart: Any) -> list[dict[str, Any]]:
    (rows,) = specification_of(chart)["datasets"].values()
    return list(rows)


def test_several_runs_are_lines_of_one_chart_and_the_base_is_dashed_across() -> None:
    charts = checkpoint_charts(report_of(*run(1, 5), *run(2, 4, name="org/other"), base()))
    chart = next(chart for name, chart in charts.items() if name.startswith("steps_nasca_flores"))
    rows = rows_of(chart)
    assert {row["run"] for row in rows} == {"org/model", "org/other", ""}
    assert [row["label"] for row in rows if row["step"] is None] == ["org/base"]
    assert "strokeDash" in str(layers_of(chart))
    assert [row["step"] for row in rows if row["run"] == "org/other"] == [2, 4]
    alone = checkpoint_charts(report_of(*run(1, 5)))
    chart = next(chart for name, chart in alone.items() if name.startswith("steps_org_model_fl"))
    assert {row["metric"] for row in rows_of(chart)} == {"NASCA", "NAVCA", "MEXA"}
    assert "strokeDash" not in str(layers_of(chart))


def test_every_language_has_a_line_by_alignment_and_by_benchmark_and_its_change() -> None:
    charts = checkpoint_charts(report_of(*run(1, 5)), named=True)
    names = [name for name in charts if name.startswith("training")]
    assert any("nasca" in name for name in names)
    assert any("belebele" in name for name in names)
    (line,) = [row for row in rows_of(charts[names[0]]) if row["language"] == "zul_Latn"]
    assert line["step"] == [1, 5]
    (change,) = [chart for name, chart in charts.items() if name.startswith("change")]
    assert len(rows_of(change)) == len(LANGUAGES) - 1
    assert layers_of(change)[-1]["encoding"]["y"]["field"] == "name"


@pytest.mark.parametrize(
    ("steps", "ticks"),
    [((100, 10_000), None), ((1, 1000), [1, 10, 100, 1000]), ((0, 20, 5000), [0, 100, 1000])],
)
def test_steps_of_more_than_two_decades_have_a_logarithmic_axis(
    steps: tuple[int, ...], ticks: list[int] | None
) -> None:
    charts = checkpoint_charts(report_of(*run(*steps)))
    chart = next(chart for name, chart in charts.items() if name.startswith("steps"))
    axis = layers_of(chart)[0]["encoding"]["x"]
    assert axis.get("scale", {}).get("type") == (None if ticks is None else "symlog")
    assert axis["axis"].get("values") == ticks
