from typing import Any

from neuronxa_tasks.data.languages import FLORES
from neuronxa_tasks.report.compute.completeness import check_complete
from neuronxa_tasks.report.read.parsing import parse_results
from tests.report.analyses import analysis, matrix
from tools.synthetic_results import results


def file(languages: Any = FLORES, path: str = "x.json", **options: Any) -> Any:
    return parse_results(results(languages=languages, **options), path)


def faults(findings: Any) -> list[str]:
    return [finding.text for finding in findings if not finding.good]


def test_a_whole_run_is_complete() -> None:
    findings = check_complete(file())
    assert [finding.text for finding in findings] == [
        "flores, nasca, navca, mexa: 203 of 203 languages",
        "Belebele (5-shot): 117 of 117 languages",
        "m-ARC (5-shot): 31 of 31 languages",
        "m-MMLU (5-shot): 34 of 34 languages",
    ]
    assert not faults(findings)


def test_under_another_pivot_the_group_is_complete_without_it() -> None:
    languages = [code for code in FLORES if code != "eng_Latn"]
    found = [f.text for f in check_complete(file(languages, pivot="fra_Latn", benchmarks=False))]
    assert found == ["flores, nasca, navca, mexa: 202 of 202 languages"]


def test_retrieval_is_counted_apart() -> None:
    found = check_complete(file(["deu_Latn", "eng_Latn", "fra_Latn"], retrieval=True))
    states = "nas_forward, nas_backward, nas_both, embedding_forward, embedding_backward"
    assert f"flores retrieval, {states} and 1 more: 2 of 203 languages" in faults(found)


def test_missing_languages_are_counted() -> None:
    assert faults(check_complete(file(["deu_Latn", "eng_Latn", "fra_Latn"]))) == [
        "flores, nasca, navca, mexa: 2 of 203 languages",
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


def test_as_many_languages_as_are_asked_for_are_enough() -> None:
    few = file(["deu_Latn", "eng_Latn", "fra_Latn"])
    assert not faults(check_complete(few, min_languages=2))
    assert len(faults(check_complete(few, min_languages=3))) == 2
    # No benchmark can have more than it has.
    assert not faults(check_complete(file(), min_languages=203))


def test_metrics_of_other_languages_are_counted_apart() -> None:
    content = results(languages=["deu_Latn", "fra_Latn"], benchmarks=False)
    del content["results"]["neuronxa_flores_fra_Latn"]["mexa,none"]
    assert [finding.text for finding in check_complete(parse_results(content, "x"))] == [
        "flores, nasca, navca: 2 of 203 languages",
        "flores, mexa: 1 of 203 languages",
    ]


def test_a_matrix_is_no_run_that_lacks_scores() -> None:
    content = analysis("matrix", matrix([0.5, 0.4, 0.3]))
    (finding,) = check_complete(parse_results(content, "x"))
    assert (finding.good, finding.text) == (True, "a matrix of 3 languages")
