"""Retrieval tasks against an independent search, sentence by sentence."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from neuronxa_tasks.errors import SettingsError
from neuronxa_tasks.harness.model import NeuronXALM
from neuronxa_tasks.harness.model_encoder import tokenize
from tests import reference
from tests.families import FAMILIES
from tests.runs import Evaluate
from tests.sentences import lines

SOURCES = {"nas": "gate", "nav": "product", "embedding": "embedding"}
TASK = "neuronxa_flores_retrieval_fra_Latn"


def record(results: dict[str, Any], task: str = TASK) -> dict[str, Any]:
    return results["configs"][task]["metadata"]["neuronxa"]


def found(x: list[reference.Floats], y: list[reference.Floats]) -> dict[str, list[bool]]:
    """Which of x find their own y before any other, and the other way."""
    n = len(x)
    c = [[reference.cosine(a, b) for b in y] for a in x]
    forward = [all(c[i][i] > c[i][j] for j in range(n) if j != i) for i in range(n)]
    backward = [all(c[i][i] > c[j][i] for j in range(n) if j != i) for i in range(n)]
    both = [f and b for f, b in zip(forward, backward, strict=True)]
    return {"forward": forward, "backward": backward, "both": both}


@pytest.mark.parametrize("family", ["llama", "gpt2", "bloom"])
def test_every_direction_on_every_kind_of_states_is_the_references(
    make_lm: Callable[..., NeuronXALM], run_tasks: Evaluate, flores_dir: Path, family: str
) -> None:
    lm = make_lm(family)
    results = run_tasks(lm, TASK)
    sides = [lines(flores_dir, code) for code in ("eng_Latn", "fra_Latn")]
    tokens = [
        [reference.token_states(lm.model, FAMILIES[family], ids) for ids in tokenize(lm, texts)]
        for texts in sides
    ]
    assert len(record(results)["metrics"]) == 9
    assert "surface" not in record(results)
    for kind, source in SOURCES.items():
        x, y = (
            [
                [reference.pool(reference.state(s, kind), "weighted") for s in sentence[source]]
                for sentence in side
            ]
            for side in tokens
        )
        layers = [found([s[i] for s in x], [s[i] for s in y]) for i in range(len(x[0]))]
        for direction in ("forward", "backward", "both"):
            shares = [float(np.mean(layer[direction])) for layer in layers]
            best = shares.index(max(shares))
            entry = record(results)["metrics"][f"{kind}_{direction}"]
            assert entry["layer_scores"] == shares
            assert entry["score"] == shares[best]
            assert entry["best_layer"] == best + (kind != "embedding")
            assert entry["outcomes"] == [int(hit) for hit in layers[best][direction]]
            assert 0 <= entry["held_out"] <= entry["score"]
            scores = results["results"][TASK]
            assert scores[f"{kind}_{direction},none"] == pytest.approx(shares[best])
            expected = np.std(entry["outcomes"], ddof=1) / np.sqrt(len(entry["outcomes"]))
            assert scores[f"{kind}_{direction}_stderr,none"] == pytest.approx(expected)


def test_both_directions_are_weak_alignment(lm: NeuronXALM, run_tasks: Evaluate) -> None:
    results = run_tasks(lm, TASK, "fra_Latn")
    alignment = record(results, "neuronxa_flores_fra_Latn")["metrics"]
    for kind, measure in {"nas": "nasca", "nav": "navca", "embedding": "mexa"}.items():
        both = record(results)["metrics"][f"{kind}_both"]
        assert both["layer_scores"] == alignment[measure]["layer_scores"]


def test_the_directions_change_places_with_the_languages(
    lm: NeuronXALM, run_tasks: Evaluate
) -> None:
    there = record(run_tasks(lm, TASK, metadata={"pivot": "deu_Latn"}))["metrics"]
    task = "neuronxa_flores_retrieval_deu_Latn"
    back = record(run_tasks(lm, task, metadata={"pivot": "fra_Latn"}), task)["metrics"]
    for kind in SOURCES:
        assert there[f"{kind}_forward"] == back[f"{kind}_backward"]
        assert there[f"{kind}_both"] == back[f"{kind}_both"]


def test_all_pairs_are_candidates_unless_told_otherwise(
    lm: NeuronXALM, run_tasks: Evaluate
) -> None:
    every = "neuronxa_miniature_retrieval_deu_Latn"
    assert record(run_tasks(lm, every, metadata={"n_pairs": 30}), every)["n_pairs"] == 30
    settings = {"n_pairs": "all", "pooling": "last", "activation": "product"}
    results = run_tasks(lm, TASK, metadata=settings)
    assert record(results)["n_pairs"] == 16
    assert "nas_forward_product_last" in record(results)["metrics"]


def test_limit_chooses_reported_pairs_and_neither_candidates_nor_layer(
    lm: NeuronXALM, run_tasks: Evaluate
) -> None:
    results = run_tasks(lm, TASK, limit=5)
    entry = record(results)["metrics"]["nas_forward"]
    assert len(entry["outcomes"]) == 16
    assert results["results"][TASK]["nas_forward,none"] == np.mean(entry["outcomes"][:5])


def test_tatoeba_refuses_another_pivot(lm: NeuronXALM, run_tasks: Evaluate) -> None:
    with pytest.raises(SettingsError, match="`pivot` to be eng_Latn for Tatoeba"):
        run_tasks(lm, "neuronxa_tatoeba_retrieval_deu", metadata={"pivot": "fra_Latn"})


@pytest.mark.parametrize("corpus", ["flores", "tatoeba"])
def test_real_text_is_retrieved_with_all_its_pairs(
    lm: NeuronXALM, run_tasks: Evaluate, real_data: Path, corpus: str
) -> None:
    code = {"flores": "gla_Latn", "tatoeba": "amh"}[corpus]
    task = f"neuronxa_{corpus}_retrieval_{code}"
    metadata = {
        "flores_dir": str(real_data / "flores200"),
        "tatoeba_dir": str(real_data / "tatoeba" / "v1"),
    }
    entry = record(run_tasks(lm, task, metadata=metadata), task)
    assert entry["n_pairs"] == {"flores": 1012, "tatoeba": 168}[corpus]
    for metric in entry["metrics"].values():
        assert len(metric["outcomes"]) == entry["n_pairs"]
        assert metric["score"] == max(metric["layer_scores"]) < 0.5
