"""Information parity in a report: a column to correlate with, and what tells two of them apart."""

import copy
import math
from typing import Any

import pandas as pd
import pytest

from neuronxa_tasks.data.languages import FLORES
from neuronxa_tasks.finding import Finding
from neuronxa_tasks.report.compute.build import build_report
from neuronxa_tasks.report.compute.completeness import check_complete
from neuronxa_tasks.report.read.parsing import parse_results

LANGUAGES = [code for code in FLORES if code != "eng_Latn"]


def value(place: int) -> float:
    return 0.3 + (place * 37 % 101) / 200


def content() -> dict[str, Any]:
    """Alignment and parity of all 203 languages, as a run writes them."""
    results: dict[str, Any] = {}
    configs: dict[str, Any] = {}
    for place, code in enumerate(LANGUAGES):
        results[f"neuronxa_flores_{code}"] = {"nasca,none": value(place) ** 2}
        configs[f"neuronxa_flores_{code}"] = {"metadata": {"neuronxa": {"n_pairs": 100}}}
        results[f"neuronxa_flores_parity_{code}"] = {
            "parity,none": value(place),
            "parity_stderr,none": 0.01,
            "bits_per_byte,none": 1.5,
            "bits_per_byte_stderr,none": "N/A",
        }
        configs[f"neuronxa_flores_parity_{code}"] = {
            "metadata": {
                "neuronxa": {
                    "corpus": "flores",
                    "language": code,
                    "pivot": "eng_Latn",
                    "first": 501,
                    "n_pairs": 100,
                    "settings": {"n_pairs": 100, "parity_first": None},
                }
            }
        }
    n_shot = dict.fromkeys(results, 0)
    return {"model_name": "org/m", "results": results, "configs": configs, "n-shot": n_shot}


def headings(given: dict[str, Any]) -> set[str]:
    return {row.heading for row in parse_results(given, "results_1.json").scores}


def test_parity_is_correlated_with_alignment_over_203_languages() -> None:
    report = build_report([parse_results(content(), "results_1.json")])
    assert report.benchmarks == ("Parity on FLORES-200",)
    table = report.languages.set_index("language")
    assert table.loc["ace_Arab", "Parity on FLORES-200"] == pytest.approx(
        value(LANGUAGES.index("ace_Arab"))
    )
    found = report.correlations.set_index("metric").loc["nasca"]
    parities = pd.Series([value(place) for place in range(203)])
    assert found["n"] == 203
    assert found["pearson"] == pytest.approx(parities.corr(parities**2))
    assert any("the same model and the same corpus" in problem for problem in report.problems)
    assert set(report.long["measure"]) == {
        *("nasca", "flores_parity", "flores_parity_bits_per_byte")
    }


def test_a_whole_file_is_complete() -> None:
    findings = check_complete(parse_results(content(), "results_1.json"))
    assert Finding(True, "Parity on FLORES-200: 203 of 203 languages", "coverage") in findings


@pytest.mark.parametrize(
    ("change", "ending"),
    [
        ({"pivot": "deu_Latn"}, " (pivot deu_Latn)"),
        ({"settings": {"n_pairs": "all", "parity_first": None}}, " (all pairs)"),
        ({"settings": {"n_pairs": 50, "parity_first": 1}}, " (50 pairs, from line 1)"),
        ({}, ""),
    ],
)
def test_other_pivots_and_pairs_have_columns_of_their_own(
    change: dict[str, Any], ending: str
) -> None:
    given = content()
    for task, config in given["configs"].items():
        if "parity" in task:
            config["metadata"]["neuronxa"] |= change
    assert headings(given) == {
        f"Parity on FLORES-200{ending}",
        f"Parity on FLORES-200{ending} bits per byte",
    }


def test_a_limited_run_says_so() -> None:
    given = content()
    given["config"] = {"limit": 10}
    assert "Parity on FLORES-200 (limit 10)" in headings(given)


@pytest.mark.parametrize("wrong", [-0.1, "high", True, 1e300])
def test_an_impossible_parity_is_left_out(wrong: object) -> None:
    given = content()
    task = "neuronxa_flores_parity_deu_Latn"
    given["results"] = copy.deepcopy(given["results"])
    given["results"][task]["parity,none"] = wrong
    file = parse_results(given, "results_1.json")
    assert any(f"the entry of {task} is damaged" in problem for problem in file.problems)
    assert "deu_Latn" not in {row.language for row in file.scores}


def test_a_parity_that_is_no_number_is_left_out() -> None:
    given = content()
    given["results"]["neuronxa_flores_parity_deu_Latn"]["parity,none"] = math.nan
    file = parse_results(given, "results_1.json")
    assert not [r for r in file.scores if (r.language, r.metric) == ("deu_Latn", "parity")]
