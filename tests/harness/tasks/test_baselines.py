"""CKA, SVCCA, ANC and SADS in runs of the harness."""

import math
from typing import Any

import numpy as np
import pytest

from neuronxa_tasks.errors import SettingsError
from neuronxa_tasks.harness.model import NeuronXALM
from neuronxa_tasks.measures import BASELINES
from tests.runs import Evaluate, answers, record
from tests.sentences import lines

TASK = "neuronxa_flores_deu_Latn"
MEASURES = {"measures": ["nasca", *BASELINES], "svcca_k": 5}


def feature_cka(x: Any, y: Any) -> float:
    """Linear CKA over features, where the package takes sentences."""
    x, y = x - x.mean(axis=0), y - y.mean(axis=0)
    across = np.linalg.norm(y.T @ x) ** 2
    return float(across / (np.linalg.norm(x.T @ x) * np.linalg.norm(y.T @ y)))


def test_a_baseline_compares_the_states_layer_by_layer(
    lm: NeuronXALM, run_tasks: Evaluate, flores_dir: Any
) -> None:
    metadata = {"measures": "cka", "baseline_states": ["embedding", "nav"]}
    metrics = record(run_tasks(lm, "deu_Latn", metadata=metadata), "deu_Latn")["metrics"]
    sides = [lm.sentence_states(lines(flores_dir, code)) for code in ("eng_Latn", "deu_Latn")]
    for kind, name in (("embedding", "cka"), ("nav", "cka_nav")):
        x, y = (next(layers for r, layers in side.items() if r.kind == kind) for side in sides)
        expected = [
            feature_cka(a.double().numpy(), b.double().numpy()) for a, b in zip(x, y, strict=True)
        ]
        assert metrics[name]["layer_scores"] == pytest.approx(expected)
        assert metrics[name]["score"] == pytest.approx(np.mean(expected))


def test_a_baselines_value_is_the_languages_and_has_no_standard_error(
    lm: NeuronXALM, run_tasks: Evaluate
) -> None:
    results = run_tasks(lm, "deu_Latn", metadata=MEASURES)
    scores = results["results"][TASK]
    for name in ("cka", "cka_debiased", "svcca_k5", "anc", "sads"):
        entry = record(results, "deu_Latn")["metrics"][name]
        assert scores[f"{name},none"] == pytest.approx(entry["score"])
        assert scores[f"{name}_stderr,none"] == "N/A"
        assert {answer[name]["value"] for answer in answers(results, "deu_Latn")} == {
            entry["score"]
        }
        assert "aligned_layers" not in entry


def test_the_reported_pairs_change_no_baseline(lm: NeuronXALM, run_tasks: Evaluate) -> None:
    every, some = (
        run_tasks(lm, "deu_Latn", metadata=MEASURES, limit=limit)["results"][TASK]
        for limit in (None, 3)
    )
    assert every["cka,none"] == some["cka,none"]
    assert every["nasca,none"] != some["nasca,none"] or every["nasca,none"] == 0


def test_a_group_averages_its_languages_baselines(lm: NeuronXALM, run_tasks: Evaluate) -> None:
    metadata = {"measures": "anc", "n_pairs": 20}
    results = run_tasks(lm, "neuronxa_miniature_head", metadata=metadata)
    members = [
        values["anc,none"]
        for name, values in results["results"].items()
        if name != "neuronxa_miniature_head"
    ]
    assert len(members) == 5
    group = results["groups"]["neuronxa_miniature_head"]
    assert group["anc,none"] == pytest.approx(np.mean(members))
    assert not math.isnan(group["anc,none"])


def test_svcca_keeps_fewer_directions_than_there_are_pairs(
    lm: NeuronXALM, run_tasks: Evaluate
) -> None:
    with pytest.raises(SettingsError, match=r"`svcca_k`.*16"):
        run_tasks(lm, "deu_Latn", metadata={"measures": "svcca", "svcca_k": 16})
