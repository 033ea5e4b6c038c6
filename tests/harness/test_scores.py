"""Scores of whole runs against the independent reference."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from neuronxa_tasks.harness.model import NeuronXALM
from neuronxa_tasks.harness.model_encoder import tokenize
from neuronxa_tasks.measures import ACTIVATIONS, POOLINGS
from tests import reference
from tests.conftest import lines
from tests.families import FAMILIES
from tests.harness.conftest import Evaluate, answers, record

MakeLM = Callable[..., NeuronXALM]

# One of every way in which a family writes its feed-forward layer.
SHAPES = (
    *("llama", "qwen2", "mistral", "olmo2", "glm4", "gemma3_text", "phi3"),
    *("gpt2", "gpt_neox", "opt", "bloom", "falcon", "lfm2"),
)


def reference_layers(
    lm: NeuronXALM, family: str, sides: list[list[str]], metric: dict[str, Any]
) -> list[list[bool]]:
    """Which pairs are aligned, layer by layer."""
    source = metric["activation"] or "embedding"
    pooled = [
        [
            [
                reference.pool(reference.state(tokens, metric["kind"]), metric["pooling"])
                for tokens in reference.token_states(lm.model, FAMILIES[family], ids)[source]
            ]
            for ids in tokenize(lm, texts)
        ]
        for texts in sides
    ]
    pivot, language = (list(zip(*side, strict=True)) for side in pooled)
    return [
        reference.weak_alignment(list(x), list(y)) for x, y in zip(pivot, language, strict=True)
    ]


@pytest.mark.parametrize("family", SHAPES)
def test_every_metric_of_our_own_sentences_is_the_references(
    make_lm: MakeLM, run_tasks: Evaluate, flores_dir: Path, family: str
) -> None:
    lm = make_lm(family)
    metadata = {"pooling": list(POOLINGS), "activation": list(ACTIVATIONS)}
    results = run_tasks(lm, "fra_Latn", metadata=metadata)
    sides = [lines(flores_dir, code) for code in ("eng_Latn", "fra_Latn")]
    metrics = record(results, "fra_Latn")["metrics"]
    assert len(metrics) == 15
    for name, metric in metrics.items():
        expected = reference_layers(lm, family, sides, metric)
        assert metric["layer_scores"] == [np.mean(layer) for layer in expected], name
        assert metric["aligned_layers"] == np.sum(expected, axis=0).tolist(), name
        task = results["results"]["neuronxa_flores_fra_Latn"]
        assert task[f"{name},none"] == pytest.approx(np.mean(expected))


@pytest.mark.parametrize("family", SHAPES)
def test_every_layers_score_on_real_flores_is_the_references_but_for_one_pair(
    make_lm: MakeLM, run_tasks: Evaluate, real_data: Path, family: str
) -> None:
    lm = make_lm(family, batch_size=16)
    folder = real_data / "flores200"
    metadata = {"flores_dir": str(folder), "n_pairs": 100}
    results = run_tasks(lm, "deu_Latn", metadata=metadata)
    sides = [lines(folder, code)[:100] for code in ("eng_Latn", "deu_Latn")]
    for name, metric in record(results, "deu_Latn")["metrics"].items():
        expected = [np.mean(layer) for layer in reference_layers(lm, family, sides, metric)]
        np.testing.assert_allclose(metric["layer_scores"], expected, atol=0.01001, err_msg=name)


def test_a_score_is_the_mean_of_pairs_with_the_harnesss_standard_error(
    lm: NeuronXALM, run_tasks: Evaluate
) -> None:
    results = run_tasks(lm, "deu_Latn", "spa_Latn")
    for language in ("deu_Latn", "spa_Latn"):
        task = results["results"][f"neuronxa_flores_{language}"]
        for name, metric in record(results, language)["metrics"].items():
            shares = np.array(metric["aligned_layers"]) / len(metric["layer_scores"])
            assert task[f"{name},none"] == pytest.approx(shares.mean())
            assert task[f"{name},none"] == pytest.approx(metric["score"])
            expected = shares.std(ddof=1) / np.sqrt(len(shares))
            assert task[f"{name}_stderr,none"] == pytest.approx(expected)


def test_the_order_of_pairs_moves_outcomes_and_changes_none(
    make_lm: MakeLM, run_tasks: Evaluate, flores_dir: Path, tmp_path: Path
) -> None:
    (tmp_path / "devtest").mkdir()
    for code in ("eng_Latn", "deu_Latn"):
        text = "".join(f"{line}\n" for line in reversed(lines(flores_dir, code)))
        (tmp_path / "devtest" / f"{code}.devtest").write_text(text)
    lm = make_lm("qwen2")
    forward = record(run_tasks(lm, "deu_Latn"), "deu_Latn")["metrics"]
    backward = run_tasks(lm, "deu_Latn", metadata={"flores_dir": str(tmp_path)})
    for name, metric in record(backward, "deu_Latn")["metrics"].items():
        assert metric["layer_scores"] == forward[name]["layer_scores"]
        assert metric["aligned_layers"] == forward[name]["aligned_layers"][::-1]


@pytest.mark.parametrize("batch_size", [1, 3, "auto"])
def test_the_batch_size_changes_no_outcome(
    make_lm: MakeLM, run_tasks: Evaluate, batch_size: int | str
) -> None:
    expected = record(run_tasks(make_lm(batch_size=5), "rus_Cyrl"), "rus_Cyrl")["metrics"]
    results = run_tasks(make_lm(batch_size=batch_size), "rus_Cyrl")
    assert record(results, "rus_Cyrl")["metrics"] == expected


def test_one_measure_or_all_and_one_language_or_many_give_the_same(
    lm: NeuronXALM, run_tasks: Evaluate
) -> None:
    together = run_tasks(lm, "deu_Latn", "zho_Hans", metadata={"pooling": "[weighted,mean]"})
    for language in ("deu_Latn", "zho_Hans"):
        for measure in ("nasca", "navca", "mexa"):
            alone = record(run_tasks(lm, language, metadata={"measures": measure}), language)
            assert alone["metrics"].keys() == {measure}
            assert alone["metrics"][measure] == record(together, language)["metrics"][measure]


def test_a_score_is_the_same_in_both_directions(lm: NeuronXALM, run_tasks: Evaluate) -> None:
    there = record(run_tasks(lm, "spa_Latn", metadata={"pivot": "fra_Latn"}), "spa_Latn")
    back = record(run_tasks(lm, "fra_Latn", metadata={"pivot": "spa_Latn"}), "fra_Latn")
    for metrics in (there["metrics"], back["metrics"]):
        for metric in metrics.values():
            # A shuffle of the one side is the reverse shuffle of the other.
            assert 0 < metric.pop("permutation_p") <= 1
    assert there["metrics"] == back["metrics"]
    assert there["sha256"]["pivot"] == back["sha256"]["language"]


def logged(results: dict[str, Any]) -> list[dict[str, Any]]:
    return results["samples"]["neuronxa_flores_deu_Latn"]


@pytest.mark.parametrize("selection", [{"limit": 5}, {"limit": 0.5}, {"samples": [11, 2, 7]}])
def test_limit_and_samples_choose_what_is_reported_and_never_the_candidates(
    lm: NeuronXALM, run_tasks: Evaluate, selection: dict[str, Any]
) -> None:
    every = run_tasks(lm, "deu_Latn")
    if "samples" in selection:
        selection = {"samples": {"neuronxa_flores_deu_Latn": selection["samples"]}}
    some = run_tasks(lm, "deu_Latn", **selection)
    outcome = {answer["pair"]: answer for answer in answers(every, "deu_Latn")}
    reported = answers(some, "deu_Latn")
    assert len(reported) in (3, 5, 8)
    assert all(answer == outcome[answer["pair"]] for answer in reported)
    assert record(some, "deu_Latn")["metrics"] == record(every, "deu_Latn")["metrics"]
    assert all(a["pair"] == s["doc_id"] for a, s in zip(reported, logged(some), strict=True))
    task = some["results"]["neuronxa_flores_deu_Latn"]
    shares = [len(a["nasca"]["aligned"]) / a["nasca"]["layers"] for a in reported]
    assert task["nasca,none"] == pytest.approx(np.mean(shares))
