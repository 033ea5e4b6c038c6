"""Scores and correlations by number of pairs, and over training."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from neuronxa_tasks.data.languages import FLORES, FLORES_HEAD
from neuronxa_tasks.report.compute.build import build_report
from neuronxa_tasks.report.compute.pairs_needed import reliability
from neuronxa_tasks.report.compute.report_tables import Report
from neuronxa_tasks.report.read.parsing import parse_results
from neuronxa_tasks.report.show.charts.stability_charts import stability_charts
from neuronxa_tasks.report.show.tables.reliability_tables import stability_table, training_tables
from neuronxa_tasks.report.show.text import stability_text
from tests.reference import naive_pearson
from tools.synthetic_results import results

LANGUAGES = ("eng_Latn", "deu_Latn", "fra_Latn", "zho_Hans", "spa_Latn", *FLORES[5:100:6])
BELEBELE = "Belebele (5-shot)"


def report_of(*contents: dict[str, Any]) -> Report:
    return build_report([parse_results(c, f"file{i}.json") for i, c in enumerate(contents)])


@pytest.fixture(scope="module")
def content() -> dict[str, Any]:
    return results(languages=LANGUAGES)


@pytest.fixture(scope="module")
def report(content: dict[str, Any]) -> Report:
    return report_of(content)


def entry(content: dict[str, Any], language: str) -> dict[str, Any]:
    record = content["configs"][f"neuronxa_flores_{language}"]["metadata"]["neuronxa"]
    return dict(record["metrics"]["nasca"])


@pytest.mark.parametrize("pairs", [10, 20, 100])
def test_means_order_and_correlations_are_over_languages(content, report: Report, pairs) -> None:
    table = report.stability.set_index(["metric", "pairs"]).loc["nasca", pairs]
    scores = {code: entry(content, code)["by_pairs"][str(pairs)] for code in LANGUAGES[1:]}
    assert table["languages"] == len(scores)
    assert table["all"] == pytest.approx(np.mean(list(scores.values())))
    head = [score for code, score in scores.items() if code in FLORES_HEAD]
    assert table["head"] == pytest.approx(np.mean(head))
    whole = [entry(content, code)["score"] for code in scores]
    order = stats.spearmanr(list(scores.values()), whole).statistic
    assert table["order"] == pytest.approx(order)
    both = [
        (score, content["results"][f"belebele_{code}"]["acc,none"])
        for code, score in scores.items()
        if f"belebele_{code}" in content["results"]
    ]
    assert table[BELEBELE] == pytest.approx(naive_pearson(*map(list, zip(*both, strict=True))))


def test_all_pairs_give_the_correlation_of_the_whole(report: Report) -> None:
    whole = report.stability[report.stability["pairs"] == 100].set_index("metric")
    found = report.correlations[report.correlations["benchmark"] == BELEBELE].set_index("metric")
    for metric in report.metrics:
        assert whole.loc[metric, BELEBELE] == pytest.approx(found.loc[metric, "pearson"])
        assert whole.loc[metric, "order"] == pytest.approx(1)


def test_too_few_languages_have_a_mean_and_no_correlation() -> None:
    table = report_of(results(languages=LANGUAGES[:4])).stability
    assert table["all"].notna().all()
    assert table["order"].isna().all()
    assert BELEBELE not in table


def test_the_table_and_the_text_have_a_row_per_metric_and_number(report: Report) -> None:
    (shown,) = stability_table(report)
    assert [row[1].text for row in shown.rows] == ["10", "20", "100"] * 3
    text = stability_text(report)
    assert f"r with {BELEBELE}" in text
    assert text.count("| nasca ") == 3
    assert "measure the model again" in stability_text(report_of(results(alignment=False)))


def test_several_models_are_drawn_by_the_first_metric(report: Report) -> None:
    two = report_of(*(results(f"org/{i}", LANGUAGES, seed=i) for i in range(2)))
    chart = stability_charts(two)["pairs_all"].to_dict()
    assert chart["title"]["text"] == "Mean score of NASCA"
    assert {row["series"] for row in chart["datasets"][chart["data"]["name"]]} == {"0", "1"}
    assert set(stability_charts(report)) >= {"pairs_all", "pairs_order"}


def checkpoints(steps: int) -> list[dict[str, Any]]:
    return [
        results("org/model", LANGUAGES, seed=step, revision=f"step{step}000")
        for step in range(1, steps + 1)
    ]


def test_over_training_means_correlate_over_steps() -> None:
    contents = checkpoints(6)
    report = report_of(*contents)
    found = report.training.set_index(["metric", "benchmark"]).loc["nasca", BELEBELE]
    codes = [c for c in LANGUAGES[1:] if f"belebele_{c}" in contents[0]["results"]]
    x = [np.mean([entry(content, code)["score"] for code in codes]) for content in contents]
    y = [
        np.mean([content["results"][f"belebele_{code}"]["acc,none"] for code in codes])
        for content in contents
    ]
    assert found["pearson"] == pytest.approx(naive_pearson(x, y))
    assert (found["steps"], found["languages"]) == (6, len(codes))
    assert found["low"] < found["pearson"] < found["high"]
    shown = training_tables(report)[-1]
    assert len(shown.rows) == len(report.training)


def test_a_language_that_comes_late_moves_no_mean() -> None:
    contents = checkpoints(5)
    whole = report_of(*contents).training
    late = results("org/model", ["vie_Latn"], revision="step5000")
    late["results"] |= contents[4]["results"]
    late["configs"] |= contents[4]["configs"]
    late["n-shot"] |= contents[4]["n-shot"]
    assert "vie_Latn" not in LANGUAGES
    pd.testing.assert_frame_equal(report_of(*contents[:4], late).training, whole)


def test_fewer_than_five_steps_say_nothing() -> None:
    report = report_of(*checkpoints(4))
    assert report.training.empty
    assert len(training_tables(report)) == 1  # of what the run gained


def test_reliability_is_that_of_halves_that_share_no_pair() -> None:
    generator = np.random.default_rng(4)
    ability = np.linspace(0.1, 0.9, 30)
    rows = [(generator.random(200) < own).astype(float) for own in ability]
    found = reliability(rows, 200)
    r = [
        naive_pearson(
            *([float(row[half].mean()) for row in rows] for half in (order[:100], order[100:]))
        )
        for order in (generator.permutation(200) for _ in range(200))
    ]
    assert found == pytest.approx(np.mean([2 * x / (1 + x) for x in r]), abs=0.005)
    noise = [(generator.random(200) < 0.5).astype(float) for _ in range(30)]
    assert abs(reliability(noise, 200)) < 0.6 < found
    assert np.isnan(reliability(rows, 100))
