"""Ranks: under one setting, over the same languages, with ties where nothing can be told."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from neuronxa_tasks.data.languages import FLORES, FLORES_HEAD
from neuronxa_tasks.errors import ReportError
from neuronxa_tasks.report.compute.build import build_report
from neuronxa_tasks.report.compute.report_tables import Report
from neuronxa_tasks.report.read.parsing import parse_results
from neuronxa_tasks.report.show.headline import headline
from neuronxa_tasks.report.show.series import leading
from neuronxa_tasks.report.show.tables.leaderboard_tables import leaderboard_tables
from tools.synthetic_results import results

LANGUAGES = ("eng_Latn", "deu_Latn", "fra_Latn", *FLORES[5:60:5])
OTHERS = LANGUAGES[1:]


def report_of(*contents: dict[str, Any], **options: Any) -> Report:
    files = [parse_results(content, f"file{i}.json") for i, content in enumerate(contents)]
    return build_report(files, **options)


def weaker(content: dict[str, Any]) -> dict[str, Any]:
    """A model that aligns no pair in more than half of the layers it did."""
    for name, config in content["configs"].items():
        if record := config.get("metadata", {}).get("neuronxa"):
            for metric, kept in record["metrics"].items():
                kept["aligned_layers"] = [count // 2 for count in kept["aligned_layers"]]
                layers = len(kept["layer_scores"])
                kept["score"] = float(np.mean(kept["aligned_layers"])) / layers
                kept["layer_scores"] = [kept["score"]] * layers
                content["results"][name][f"{metric},none"] = kept["score"]
    return content


def board(report: Report, metric: str = "nasca", group: str = "all") -> pd.DataFrame:
    table = report.leaderboard
    return table[(table["metric"] == metric) & (table["group"] == group)].set_index("label")


def test_models_that_cannot_be_told_apart_share_a_rank_and_the_headline_says_so() -> None:
    alike = report_of(*(results(f"org/{i}", LANGUAGES, seed=i) for i in range(3)))
    assert board(alike)["rank"].tolist() == [1, 1, 1]
    assert board(alike)["rank_last"].tolist() == [3, 3, 3]
    assert not alike.leaderboard["highest"].any()
    assert headline(alike).startswith("The 3 models cannot be told apart by mean NASCA over 13")

    contents = [results(f"org/{i}", LANGUAGES, seed=i) for i in range(2)]
    last = report_of(*contents, weaker(results("org/weak", LANGUAGES, seed=9)))
    assert board(last).loc["org/weak", ["rank", "rank_last"]].tolist() == [3, 3]
    assert board(last)["highest"].tolist() == [True, True, False]
    assert headline(last).startswith("The first 2 of 3 cannot be told apart")

    first = report_of(results("org/a", LANGUAGES), weaker(results("org/b", LANGUAGES, seed=1)))
    assert board(first)["rank"].tolist() == [1, 2]
    assert headline(first).startswith("org/a aligns best of 2 models: over 13 languages")


def test_the_headline_agrees_with_the_comparison() -> None:
    for seed in range(6):
        contents = results("org/a", LANGUAGES, seed=seed), results("org/b", LANGUAGES, seed=50)
        report = report_of(*contents, compared=("org/a", "org/b"))
        row = next(report.compared_means.itertuples())
        assert ("aligns best" in headline(report)) == (row.p < 0.05)
        # The mean over languages of each pair's difference, by Student's t.
        assert row.difference == pytest.approx(row.a - row.b)
        assert row.low < row.difference < row.high


def test_a_model_without_all_languages_stands_below_beside_the_leader_on_its_own() -> None:
    whole = [results("org/a", LANGUAGES), results("org/b", LANGUAGES, seed=1)]
    report = report_of(*whole, results("org/few", LANGUAGES[:5], seed=2))
    few = board(report).loc["org/few"]
    assert pd.isna(few["rank"])
    assert (few["languages"], few["of"]) == (4, 13)
    leader = report.languages.set_index(["label", "language"])["nasca"][few["leader"]]
    assert few["beside"] == pytest.approx(np.mean([leader[code] for code in LANGUAGES[1:5]]))
    assert not few["highest"]
    assert "org/few" not in headline(report)
    ranked, others = leaderboard_tables(report)
    assert {row[0].text for row in ranked.rows} == {"org/a", "org/b"}
    assert others.rows[0][2].text == "4 of 13"


def test_ranks_are_over_the_languages_asked_for() -> None:
    contents = results("org/a", LANGUAGES), results("org/few", LANGUAGES[:5], seed=2)
    asked = board(report_of(*contents, ranked_over=LANGUAGES[1:5]))
    assert asked["rank"].notna().all()
    assert set(asked["of"]) == {4}
    with pytest.raises(ReportError, match="but got zul_Latn, which no model has"):
        report_of(*contents, ranked_over=["zul_Latn"])


def test_means_over_groups_are_of_the_same_languages() -> None:
    report = report_of(results("org/a", LANGUAGES), results("org/b", LANGUAGES, seed=1))
    head = [code for code in OTHERS if code in FLORES_HEAD]
    scores = report.languages.set_index(["label", "language"])["mexa"]
    for label, row in board(report, "mexa", "head").iterrows():
        assert row["value"] == pytest.approx(np.mean([scores[label, code] for code in head]))
        assert row["languages"] == len(head)


def test_settings_are_ranked_apart_the_commonest_first() -> None:
    common = [results(f"org/{i}", LANGUAGES, seed=i) for i in range(2)]
    french = [results(f"org/f{i}", LANGUAGES, seed=i, pivot="fra_Latn") for i in range(1)]
    few_pairs = [results(f"org/p{i}", LANGUAGES, seed=i, pairs=10) for i in range(4)]
    report = report_of(*french, *common, *few_pairs)
    order = list(report.leaderboard["condition"].unique())
    assert [name.rpartition(", pivot ")[2] for name in order] == [
        "eng_Latn, 10 pairs",
        "eng_Latn, 100 pairs",
        "fra_Latn, 100 pairs",
    ]
    assert headline(report).startswith("Of 3 settings, which are not ranked with each other")
    captions = [table.caption for table in leaderboard_tables(report)]
    assert [caption.partition(":")[0] for caption in captions] == order
    assert set(leading(report).languages["label"]) == {f"org/p{i}" for i in range(4)}


def test_scores_without_outcomes_of_pairs_are_not_ranked() -> None:
    contents = [results(f"org/{i}", LANGUAGES, metrics=["cka"], seed=i) for i in range(2)]
    report = report_of(*contents)
    assert report.leaderboard["rank"].isna().all()
    assert "No two models have CKA" in headline(report)


def test_another_text_of_a_language_is_no_language_in_common() -> None:
    other = results("org/c", LANGUAGES, seed=3)
    record = other["configs"]["neuronxa_flores_deu_Latn"]["metadata"]["neuronxa"]
    record["sha256"]["language"] = "0" * 64
    contents = [results(f"org/{name}", LANGUAGES, seed=i) for i, name in enumerate("ab")]
    found = board(report_of(*contents, other))
    assert found.loc["org/c", ["languages", "of"]].tolist() == [12, 13]
    assert pd.isna(found.loc["org/c", "rank"])


def test_sentences_of_each_languages_own_are_ranked_too() -> None:
    contents = []
    for seed in range(2):
        content = results(f"org/{seed}", LANGUAGES[:3], seed=seed, benchmarks=False)
        for part in ("configs", "results"):
            for language, code in (("deu_Latn", "deu"), ("fra_Latn", "fra")):
                moved = content[part].pop(f"neuronxa_flores_{language}")
                content[part][f"neuronxa_tatoeba_{code}"] = moved
        contents.append(content)
    found = board(report_of(*contents))
    assert found["rank"].notna().all()
    assert (found["low"] < found["value"]).all()
