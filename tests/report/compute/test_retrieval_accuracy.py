"""Retrieval: read apart from alignment, and set out as the paper does."""

import copy
from typing import Any

import numpy as np
import pandas as pd
import pytest

from neuronxa_tasks.data.languages import FLORES_HEAD
from neuronxa_tasks.report.compute.build import build_report
from neuronxa_tasks.report.compute.report_tables import Report
from neuronxa_tasks.report.compute.retrieval_accuracy import retrieval_table
from neuronxa_tasks.report.read.parsing import parse_results
from neuronxa_tasks.report.show.tables.retrieval_tables import retrieval_tables
from neuronxa_tasks.report.show.text import printed
from tools.synthetic_results import results

LANGUAGES = ("eng_Latn", "deu_Latn", "fra_Latn", "ace_Arab", "ace_Latn", "zho_Hans", "swh_Latn")


def report_of(*contents: dict[str, Any]) -> Report:
    return build_report([parse_results(c, f"file{i}.json") for i, c in enumerate(contents)])


def outcomes(content: dict[str, Any], language: str, metric: str) -> list[int]:
    record = content["configs"][f"neuronxa_flores_retrieval_{language}"]["metadata"]["neuronxa"]
    return list(record["metrics"][metric]["outcomes"])


@pytest.fixture(scope="module")
def content() -> dict[str, Any]:
    return results(languages=LANGUAGES, retrieval=True)


@pytest.fixture(scope="module")
def report(content: dict[str, Any]) -> Report:
    return report_of(content)


def test_retrieval_leaves_alignment_and_correlations_as_they_are(content, report: Report) -> None:
    without = report_of(
        content
        | {"results": {k: v for k, v in content["results"].items() if "_retrieval_" not in k}}
    )
    for name in ("languages", "layers", "correlations", "differences", "groups", "stability"):
        pd.testing.assert_frame_equal(getattr(report, name), getattr(without, name))
    assert without.retrieval.empty
    assert not any("retrieval" in problem for problem in report.problems)


def test_the_best_layer_and_the_error_over_pairs_are_kept(content, report: Report) -> None:
    table = report.retrieval.set_index(["language", "metric"])
    for language in LANGUAGES[1:]:
        hits = outcomes(content, language, "nas_forward")
        row = table.loc[language, "nas_forward"]
        assert row["value"] == pytest.approx(np.mean(hits))
        assert row["stderr"] == pytest.approx(np.std(hits, ddof=1) / 10)
        assert (row["best_layer"], row["pivot"]) == (3, "eng_Latn")


def test_rows_are_representation_and_direction_in_percent(content, report: Report) -> None:
    table = retrieval_table(report)
    assert list(zip(table["representation"], table["direction"], strict=True)) == [
        (representation, direction)
        for representation in ("NAS", "Embedding")
        for direction in ("English → xx", "xx → English", "English ⇔ xx")
    ]
    head = [code for code in LANGUAGES[1:] if code in FLORES_HEAD]
    expected = np.mean([np.mean(outcomes(content, code, "nas_forward")) for code in head])
    assert table["head"][0] == pytest.approx(100 * expected)
    assert table["languages"].tolist() == [6] * 6


def test_pairs_are_drawn_for_all_languages_at_once(content, report: Report) -> None:
    hits = np.array([outcomes(content, code, "nas_both") for code in LANGUAGES[1:]])
    generator = np.random.default_rng(5)
    means = [hits[:, generator.integers(0, 100, 100)].mean() for _ in range(4000)]
    row = retrieval_table(report).set_index(["representation", "direction"]).loc["NAS"]
    found = row.loc["English ⇔ xx"]
    low, high = (100 * np.percentile(means, q) for q in (2.5, 97.5))
    assert (found["all_low"], found["all_high"]) == pytest.approx((low, high), abs=0.7)


def test_a_representation_that_no_other_is_surely_above_is_marked(content) -> None:
    clear = copy.deepcopy(content)
    for name, config in clear["configs"].items():
        if "_retrieval_" in name:
            entry = config["metadata"]["neuronxa"]["metrics"]["embedding_forward"]
            entry["outcomes"] = [0] * 90 + entry["outcomes"][90:]
            entry["score"] = entry["layer_scores"][3] = sum(entry["outcomes"]) / 100
            clear["results"][name]["embedding_forward,none"] = entry["score"]
    table = retrieval_table(report_of(clear)).set_index(["representation", "measure"])
    assert table["all_highest"].to_dict() == {
        (states, measure): (states, measure) == ("NAS", "forward")
        for states, measure in table.index
    }


def test_representations_that_cannot_be_told_apart_are_not_marked(report: Report) -> None:
    assert not retrieval_table(report)["all_highest"].any()


def test_one_representation_alone_is_not_above_any() -> None:
    content = results(languages=LANGUAGES, retrieval=True)
    for name, values in content["results"].items():
        if "_retrieval_" in name:
            content["results"][name] = {k: v for k, v in values.items() if "nas" in k}
    assert not retrieval_table(report_of(content))["all_highest"].any()


def test_every_setting_has_a_table_with_a_row_per_model() -> None:
    contents = [
        results(f"org/{name}", LANGUAGES, retrieval=True, pivot=pivot, seed=seed)
        for seed, (name, pivot) in enumerate(
            [("a", "eng_Latn"), ("b", "eng_Latn"), ("a", "fra_Latn")]
        )
    ]
    english, french = retrieval_tables(report_of(*contents))
    assert english.columns[:3] == ["Model", "Representation", "Direction"]
    assert [row[0].text for row in english.rows] == ["org/a"] * 6 + ["org/b"] * 6
    assert [row[0].text for row in french.rows] == ["org/a"] * 6
    assert french.rows[0][2].text == "French → xx"


def test_languages_of_one_kind_have_no_other_column() -> None:
    content = results(languages=("ace_Arab", "ace_Latn"), retrieval=True)
    (table,) = retrieval_tables(report_of(content))
    assert table.columns[2:] == ["Long-tail", "All", "Languages"]


def test_retrieval_is_printed_and_suffixes_name_the_representation() -> None:
    content = results(languages=LANGUAGES, retrieval=True)
    for name, values in content["results"].items():
        if "_retrieval_" in name:
            metrics = content["configs"][name]["metadata"]["neuronxa"]["metrics"]
            for metric in [m for m in metrics if m.startswith("nas")]:
                metrics[f"{metric}_product_mean"] = metrics[metric]
                values[f"{metric}_product_mean,none"] = values[f"{metric},none"]
    text = printed(report_of(content))
    assert "Retrieval accuracy in percent" in text
    assert "NAS (product, mean)" in text


def test_a_damaged_entry_costs_its_own_language_only() -> None:
    content = results(languages=LANGUAGES, retrieval=True)
    record = content["configs"]["neuronxa_flores_retrieval_deu_Latn"]["metadata"]["neuronxa"]
    record["metrics"]["nas_both"]["outcomes"] = ["yes"]
    report = report_of(content)
    assert "deu_Latn" not in set(report.retrieval["language"])
    assert "neuronxa_flores_retrieval_deu_Latn is damaged" in report.problems[0]
