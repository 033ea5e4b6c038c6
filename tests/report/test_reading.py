"""What is read from results files, and what is said of files that cannot be read."""

import json
import math
from pathlib import Path
from typing import Any

import pytest

from neuronxa_tasks.errors import ReportError
from neuronxa_tasks.report.read.parsing import parse_results
from neuronxa_tasks.report.read.results_files import read_results_file, results_files
from neuronxa_tasks.report.read.scores import Condition
from tests.report.synthetic import DIGEST, results

LANGUAGES = ("deu_Latn", "fra_Latn", "swh_Latn", "eng_Latn")


def test_scores_come_from_the_record_and_benchmarks_from_the_results() -> None:
    content = results(languages=LANGUAGES)
    file = parse_results(content, "x.json")
    record = content["configs"]["neuronxa_flores_deu_Latn"]["metadata"]["neuronxa"]
    (nasca,) = (a for a in file.alignments if (a.language, a.metric) == ("deu_Latn", "nasca"))
    assert nasca.value == record["metrics"]["nasca"]["score"]
    assert list(nasca.layer_scores) == record["metrics"]["nasca"]["layer_scores"]
    assert nasca.condition == Condition("flores", "eng_Latn", 100, True, DIGEST, 1)
    assert nasca.tokens == pytest.approx(sum(record["tokens"]["language"]) / 2000)
    scores = {(s.heading, s.language): s.value for s in file.scores}
    assert (
        scores["Belebele (5-shot)", "eng_Latn"]
        == (content["results"]["belebele_eng_Latn"]["acc,none"])
    )
    assert ("m-ARC (5-shot) acc_norm", "deu_Latn") in scores
    assert ("m-ARC (5-shot)", "swh_Latn") not in scores


def test_both_metrics_of_bmlama_lead_under_names_of_their_own() -> None:
    content = results(languages=LANGUAGES, benchmarks=False)
    content["results"]["neuronxa_bmlama53_de"] = {
        **{"acc,none": 0.5, "acc_stderr,none": 0.01},
        **{"rankc,none": 0.25, "rankc_stderr,none": "N/A"},
    }
    content["n-shot"]["neuronxa_bmlama53_de"] = 0
    found = {s.heading: (s.metric, s.value) for s in parse_results(content, "x").scores}
    assert found == {
        "BMLAMA-53 acc (0-shot)": ("acc", 0.5),
        "BMLAMA-53 RankC (0-shot)": ("rankc", 0.25),
    }


def test_a_baseline_has_no_error_and_says_what_it_compares() -> None:
    content = results(languages=LANGUAGES, metrics=("cka", "svcca_k30_nas_mean"))
    file = parse_results(content, "x")
    german = {a.metric: a for a in file.alignments if a.language == "deu_Latn"}
    assert math.isnan(german["cka"].stderr)
    assert len(german["cka"].layer_scores) == 5
    assert not len(german["cka"].shares)
    svcca = german["svcca_k30_nas_mean"]
    assert (svcca.measure, svcca.activation, svcca.pooling) == ("svcca_k30_nas", "gate", "mean")


def test_a_layer_without_a_number_is_no_damage() -> None:
    content = results(languages=LANGUAGES, metrics=("cka",))
    record = content["configs"]["neuronxa_flores_deu_Latn"]["metadata"]["neuronxa"]
    record["metrics"]["cka"]["layer_scores"][0] = None
    (german,) = (a for a in parse_results(content, "x").alignments if a.language == "deu_Latn")
    assert math.isnan(german.layer_scores[0])
    assert german.value == record["metrics"]["cka"]["score"]


def test_the_standard_error_is_that_of_a_mean_over_pairs() -> None:
    content = results(languages=LANGUAGES)
    (score,) = (
        a
        for a in parse_results(content, "x").alignments
        if (a.language, a.metric) == ("fra_Latn", "navca")
    )
    record = content["configs"]["neuronxa_flores_fra_Latn"]["metadata"]["neuronxa"]
    shares = [k / 4 for k in record["metrics"]["navca"]["aligned_layers"]]
    mean = sum(shares) / 100
    assert score.stderr == pytest.approx(math.sqrt(sum((s - mean) ** 2 for s in shares) / 99 / 100))


def test_a_limit_does_not_change_an_alignment_score_but_names_the_benchmarks() -> None:
    content = results(languages=LANGUAGES)
    content["config"]["limit"] = 10
    content["results"]["neuronxa_flores_deu_Latn"]["nasca,none"] = 0.0
    file = parse_results(content, "x")
    assert all(a.value > 0 for a in file.alignments)
    assert {s.heading for s in file.scores if s.benchmark == "belebele"} == {
        "Belebele (5-shot, limit 10)"
    }


def test_some_documents_of_a_benchmark_are_another_column() -> None:
    content = results(languages=LANGUAGES)
    counts = {"belebele_deu_Latn": {"original": 900, "effective": 3}}
    counts["belebele_fra_Latn"] = {"original": 900, "effective": 900}
    content["n-samples"] = counts
    content["chat_template"] = "{{ messages }}"
    headings = {s.language: s.heading for s in parse_results(content, "x").scores}
    assert headings["swh_Latn"] == "Belebele (5-shot, chat template)"
    found = {s.heading for s in parse_results(content, "x").scores if s.language == "deu_Latn"}
    assert "Belebele (5-shot, 3 samples, chat template)" in found
    assert "Belebele (5-shot, chat template)" in {
        s.heading for s in parse_results(content, "x").scores if s.language == "fra_Latn"
    }


def test_results_without_a_record_are_of_unknown_settings() -> None:
    content = results(languages=LANGUAGES)
    for config in content["configs"].values():
        config.pop("metadata", None)
    file = parse_results(content, "x")
    assert {a.condition for a in file.alignments} == {Condition("flores", *["unknown"] * 5)}


def test_other_tasks_and_groups_are_passed_over() -> None:
    content = results(languages=LANGUAGES)
    names = ("hellaswag", "belebele", "belebele_glg_Latn", "belebele_deu_Latn_prompt_0", "arc_easy")
    for name in names:
        content["results"][name] = {"acc,none": 0.9}
    assert (
        parse_results(content, "x").scores
        == parse_results(results(languages=LANGUAGES), "x").scores
    )


def test_a_romanised_variant_is_left_out_with_a_reason() -> None:
    content = results(languages=LANGUAGES)
    content["results"]["belebele_hin_Latn"] = {"acc,none": 0.5}
    ((task, reason),) = parse_results(content, "x").skipped
    assert task == "belebele_hin_Latn"
    assert "Latin letters" in reason


@pytest.mark.parametrize("value", ["N/A", math.nan, math.inf, None])
def test_what_is_no_number_is_named_and_left_out(value: object) -> None:
    content = results(languages=LANGUAGES)
    content["results"]["belebele_deu_Latn"]["acc,none"] = value
    file = parse_results(content, "x.json")
    assert file.problems == ("x.json: acc of deu_Latn is no number and left out",)
    assert len(file.scores) == len(parse_results(results(languages=LANGUAGES), "x").scores) - 1


@pytest.mark.parametrize(
    "damage",
    [
        {"metrics": 5},
        {"tokens": {"pivot": ["x"]}},
        {"sha256": []},
        {"bos": []},
        {"metrics": {"nasca": {"layer_scores": ["high"]}}},
        {"metrics": {"nasca": {"by_pairs": {"ten": 0.5}}}},
    ],
)
def test_a_damaged_record_costs_its_own_language_only(damage: dict[str, Any]) -> None:
    content = results(languages=LANGUAGES)
    content["configs"]["neuronxa_flores_deu_Latn"]["metadata"]["neuronxa"] |= damage
    file = parse_results(content, "x.json")
    assert {a.language for a in file.alignments} == {"fra_Latn", "swh_Latn"}
    (problem,) = file.problems
    assert "neuronxa_flores_deu_Latn is damaged" in problem


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"results": {"x"', "not JSON, perhaps cut short"),
        ("\x00\x01", "not JSON"),
        ("[1, 2]", "not a results file of lm_eval"),
        ('{"config_general": {}, "results": {}}', "not a results file of lm_eval"),
        ('{"results": {}, "configs": {}}', "names no model"),
        ('{"results": [], "configs": {}}', "damaged: `results` should be a table"),
        (
            '{"results": {"a": {}}, "configs": {}, "config": "x"}',
            "damaged: `config` should be a table",
        ),
        ('{"results": {"a": {}}, "configs": {}, "date": "now"}', "damaged: `date` .* is 'now'"),
    ],
)
def test_a_file_that_is_no_results_file_is_named(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "results.json"
    path.write_text(text)
    with pytest.raises(ReportError, match=message) as caught:
        read_results_file(path)
    assert str(path) in str(caught.value)


def test_folders_give_the_harnesss_files_each_once(tmp_path: Path) -> None:
    name = "results_2026-11-21T05-00-00.000000.json"
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / name).write_text(json.dumps(results(languages=LANGUAGES)))
    (tmp_path / "summary.json").write_text("{}")
    paths = [tmp_path, tmp_path / "model", tmp_path / "model" / name]
    found, problems = results_files(paths)
    assert [path.name for path in found] == [name]
    assert not problems


def test_folders_without_results_and_paths_that_are_not_there_are_named(tmp_path: Path) -> None:
    found, (empty, missing) = results_files([tmp_path, tmp_path / "nothing"])
    assert not found
    assert "found none" in empty
    assert "a results file or a folder" in missing
    assert "nothing" in missing
