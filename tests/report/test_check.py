from typing import Any

import pytest

from neuronxa_tasks.data.languages import FLORES
from neuronxa_tasks.report.compute.check import check_against, check_complete
from neuronxa_tasks.report.read.parsing import parse_results
from tests.report.synthetic import results


def file(languages: Any = FLORES, path: str = "x.json", **options: Any) -> Any:
    return parse_results(results(languages=languages, **options), path)


def faults(findings: Any) -> list[str]:
    return [finding.text for finding in findings if not finding.good]


def test_a_whole_run_is_complete_and_comparable_with_its_like() -> None:
    findings = check_complete(file())
    assert len(findings) == 6
    assert not faults(findings)
    assert not faults(check_against(file(), [file(seed=1)]))


def test_under_another_pivot_the_group_is_complete_without_it() -> None:
    languages = [code for code in FLORES if code != "eng_Latn"]
    found = [f.text for f in check_complete(file(languages, pivot="fra_Latn", benchmarks=False))]
    assert "flores, nasca: 202 of 202 languages" in found


def test_retrieval_is_counted_apart() -> None:
    found = check_complete(file(["deu_Latn", "eng_Latn", "fra_Latn"], retrieval=True))
    assert "flores retrieval, nas_both: 2 of 203 languages" in faults(found)


def test_missing_languages_are_counted() -> None:
    assert faults(check_complete(file(["deu_Latn", "eng_Latn", "fra_Latn"]))) == [
        *(f"flores, {metric}: 2 of 203 languages" for metric in ("nasca", "navca", "mexa")),
        "Belebele (5-shot): 3 of 117 languages",
        "m-ARC (5-shot): 2 of 31 languages",
        "m-MMLU (5-shot): 3 of 34 languages",
    ]


def test_a_run_without_alignment_or_with_a_limit_is_not_complete() -> None:
    assert "no alignment scores" in faults(check_complete(file(alignment=False)))
    content = results(languages=FLORES)
    content["config"]["limit"] = 10
    assert any("limit 10" in text for text in faults(check_complete(parse_results(content, "x"))))


def test_a_benchmark_of_some_samples_is_not_complete() -> None:
    content = results(languages=FLORES)
    content["n-samples"] = {"m_mmlu_de": {"original": 900, "effective": 3}}
    found = faults(check_complete(parse_results(content, "x")))
    assert "m-MMLU (5-shot, 3 samples): 1 of 34 languages" in found


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"pivot": "fra_Latn"}, "flores differs in pivot: eng_Latn, there fra_Latn"),
        ({"pairs": 50}, "flores differs in n_pairs: 100, there 50"),
        ({"n_shot": 0}, "Belebele (5-shot), there Belebele (0-shot)"),
    ],
)
def test_a_setting_that_differs_is_named(options: dict[str, Any], message: str) -> None:
    assert f"other.json: {message}" in faults(
        check_against(file(), [file(path="other.json", **options)])
    )


def test_other_sentences_of_a_language_are_named() -> None:
    content = results(languages=FLORES)
    record = content["configs"]["neuronxa_flores_deu_Latn"]["metadata"]["neuronxa"]
    record["sha256"]["language"] = "0" * 64
    (fault,) = faults(check_against(file(), [parse_results(content, "other.json")]))
    assert fault == "other.json: other sentences for deu_Latn"


def test_files_without_anything_in_common_are_not_comparable() -> None:
    mean = file(metrics=("nasca_mean",), path="other.json")
    assert "other.json: flores, the same settings, without a metric in common" in faults(
        check_against(file(), [mean])
    )
    none = file(alignment=False, path="other.json")
    assert "other.json: alignment on no corpus, here flores" in faults(
        check_against(file(), [none])
    )


def test_another_version_is_named() -> None:
    content = results(languages=FLORES)
    for config in content["configs"].values():
        if record := config.get("metadata", {}).get("neuronxa"):
            record["score_version"] = 2
    (fault,) = faults(check_against(file(), [parse_results(content, "other.json")]))
    assert fault == "other.json: flores differs in score_version: 1, there 2"
