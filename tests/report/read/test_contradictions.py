from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from neuronxa_tasks.data.languages import FLORES
from neuronxa_tasks.data.miniature import CHECKPOINTS
from neuronxa_tasks.report.read.contradictions import contradictions
from neuronxa_tasks.report.read.results_files import read_content
from tools.synthetic_results import results

TASK = "neuronxa_flores_deu_Latn"
RETRIEVAL = "neuronxa_flores_retrieval_deu_Latn"
REAL = Path(__file__).parents[2] / "files" / "version1"


def content() -> dict[str, Any]:
    metrics = ("nasca", "mexa", "cka")
    return results(languages=("deu_Latn", "swh_Latn"), metrics=metrics, retrieval=True)


def record(made: dict[str, Any], task: str = TASK) -> dict[str, Any]:
    found: dict[str, Any] = made["configs"][task]["metadata"]["neuronxa"]
    return found


def test_what_a_run_writes_does_not_contradict_itself() -> None:
    for path in (*sorted(CHECKPOINTS.glob("*.json")), *sorted(REAL.glob("*.json"))):
        assert contradictions(read_content(path)) == [], path
    assert contradictions(results(languages=FLORES, retrieval=True)) == []


def higher_score(made: dict[str, Any]) -> None:
    made["results"][TASK]["nasca,none"] = 0.99


def higher_record(made: dict[str, Any]) -> None:
    record(made)["metrics"]["nasca"]["score"] = 0.99
    made["results"][TASK]["nasca,none"] = 0.99


def higher_layers(made: dict[str, Any]) -> None:
    entry = record(made)["metrics"]["nasca"]
    entry["layer_scores"] = [0.99] * 4
    entry["score"] = made["results"][TASK]["nasca,none"] = 0.99


def broken_pair(made: dict[str, Any]) -> None:
    record(made)["metrics"]["nasca"]["layer_scores"][0] += 0.005
    record(made)["metrics"]["nasca"]["layer_scores"][1] -= 0.005


def no_pairs(made: dict[str, Any]) -> None:
    del record(made)["metrics"]["nasca"]["aligned_layers"]


def no_layers(made: dict[str, Any]) -> None:
    del record(made)["metrics"]["cka"]["layer_scores"]


def lower_first_pairs(made: dict[str, Any]) -> None:
    record(made)["metrics"]["nasca"]["by_pairs"]["10"] = 0.0


def other_last_pairs(made: dict[str, Any]) -> None:
    record(made)["metrics"]["nasca"]["by_pairs"]["100"] = 1.0


def broken_first_pairs(made: dict[str, Any]) -> None:
    record(made)["metrics"]["nasca"]["by_pairs"]["10"] = 0.999


def other_language(made: dict[str, Any]) -> None:
    record(made)["language"] = "swh_Latn"


def other_corpus(made: dict[str, Any]) -> None:
    record(made)["corpus"] = "miniature"


def own_pivot(made: dict[str, Any]) -> None:
    record(made)["pivot"] = "deu_Latn"


def fewer_tokens(made: dict[str, Any]) -> None:
    record(made)["tokens"]["language"].pop()


def unrecorded(made: dict[str, Any]) -> None:
    made["results"][TASK]["navca,none"] = 0.5


def other_best_layer(made: dict[str, Any]) -> None:
    record(made, RETRIEVAL)["metrics"]["nas_both"]["layer_scores"][0] = 1.0


def other_outcomes(made: dict[str, Any]) -> None:
    record(made, RETRIEVAL)["metrics"]["nas_both"]["outcomes"] = [0] * 100


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        (higher_score, "`results` and the record have the same score"),
        (higher_record, "a score is the mean of its layers"),
        (higher_layers, "a score is the mean of its pairs"),
        (broken_pair, "a layer aligns or finds a whole number of pairs"),
        (no_pairs, "a score has the outcome of every pair beside it"),
        (no_layers, "a score has those of its layers beside it"),
        (lower_first_pairs, "pairs that are aligned among all are aligned among fewer"),
        (other_last_pairs, "the score of all pairs in `by_pairs` is the score"),
        (broken_first_pairs, "`by_pairs` counts whole pairs"),
        (other_language, "a record is of its task's corpus and language"),
        (other_corpus, "a record is of its task's corpus and language"),
        (own_pivot, "a language is aligned with another"),
        (fewer_tokens, "every sentence has its tokens counted"),
        (unrecorded, "a score has a record"),
        (other_best_layer, "a retrieval score is that of the best layer"),
        (other_outcomes, "a score is the mean of its pairs"),
    ],
)
def test_a_figure_that_was_changed_contradicts_another(
    change: Callable[[dict[str, Any]], None], rule: str
) -> None:
    made = content()
    change(made)
    found = contradictions(made)
    assert any(text.startswith(f"{rule}: neuronxa_flores_") for text in found), found


def test_a_rule_that_many_languages_break_is_one_sentence() -> None:
    made = results(languages=FLORES, benchmarks=False)
    for values in made["results"].values():
        values["nasca,none"] = 1.0
    (text,) = contradictions(made)
    assert text.endswith("; 202 more")


def test_under_a_limit_the_results_are_of_fewer_pairs_than_the_record() -> None:
    made = content()
    made["results"][TASK]["nasca,none"] = 0.99
    made["config"]["limit"] = 10
    assert contradictions(made) == []
    made["n-samples"] = {TASK: {"original": 100, "effective": 100}}
    assert len(contradictions(made)) == 1


def test_corrections_may_align_fewer_among_fewer() -> None:
    made = results(languages=("deu_Latn",), metrics=("nasca_csls",), benchmarks=False)
    record(made)["metrics"]["nasca_csls"]["by_pairs"]["10"] = 0.0
    assert contradictions(made) == []


def parity(pivot_nats: float = 300.0, ratio: float = 0.75, bits: float = 2.0) -> dict[str, Any]:
    kept = {
        "pairs": 100,
        "pivot_nats": pivot_nats,
        "language_nats": 400.0,
        "bytes": 288,
        "ratio_of_sums": ratio,
    }
    task = "neuronxa_flores_parity_deu_Latn"
    return {
        "results": {task: {"parity,none": 0.76, "bits_per_byte,none": bits}},
        "configs": {task: {"metadata": {"neuronxa": {"n_pairs": 100, "reported": kept}}}},
    }


def test_the_sums_of_parity_fit_together() -> None:
    # 400 nats are 577.08 bits, of 288 bytes.
    assert contradictions(parity(bits=400 / 0.6931471805599453 / 288)) == []
    assert contradictions(parity(ratio=0.9))[0].startswith("`ratio_of_sums` is the ratio")
    assert contradictions(parity(bits=1.0))[0].startswith("`bits_per_byte` is the language's")


def test_an_entry_that_cannot_be_read_is_passed_over() -> None:
    made = content()
    record(made)["n_pairs"] = -1
    assert contradictions(made) == []
