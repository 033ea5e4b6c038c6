"""Analyses are what their types say."""

import copy
from typing import Any

import pytest
from pydantic import ValidationError

from neuronxa_tasks.results.analyses import Inspection, Matrix
from neuronxa_tasks.results.neuron_findings import Neurons
from neuronxa_tasks.results.validation import fault
from tests.report.analyses import inspection, matrix, neurons


def test_what_is_given_comes_back() -> None:
    for model, content in (
        (Matrix, matrix([0.1, 0.2, 0.3])),
        (Inspection, inspection()),
        (Neurons, neurons()),
        (Neurons, neurons(ablation=False)),
    ):
        assert model.model_validate(content).dump() == content


@pytest.mark.parametrize(
    ("damage", "field"),
    [
        ({"languages": None}, "languages"),
        ({"languages": []}, "languages"),
        ({"languages": ["deu_Latn", "deu_Latn", "fra_Latn"]}, "languages"),
        ({"languages": ["deu_Latn", "fra_Latn", "no code"]}, "languages.2"),
        ({"sha256": ["a", "b"]}, "sha256"),
        ({"sha256": ["a", "b", ["c"]]}, "sha256.2"),
        ({"n_pairs": "many"}, "n_pairs"),
        ({"n_pairs": float("nan")}, "n_pairs"),
        ({"metrics": ["nasca"]}, "metrics"),
        ({"metrics": {}}, "metrics"),
        ({"metrics": {"nasca": {}}}, "metrics.nasca.scores"),
        ({"metrics": {"nasca": {"scores": [0.5]}}}, "metrics.nasca.scores"),
        ({"metrics": {"nasca": {"scores": [0.5, 0.5, 1.5]}}}, "metrics.nasca.scores.2"),
        ({"metrics": {"nasca": {"scores": [0.5, 0.5, None]}}}, "metrics.nasca.scores.2"),
        ({"metrics": {"<b>": {"scores": [0.5] * 3}}}, "metrics"),
    ],
)
def test_damage_of_a_matrix_is_named(damage: dict[str, Any], field: str) -> None:
    with pytest.raises(ValidationError) as caught:
        Matrix.model_validate(matrix([0.1, 0.2, 0.3]) | damage)
    assert f"`{field}`" in fault(caught.value)


def of_failure(**changes: Any) -> list[dict[str, Any]]:
    (failure,) = inspection()["languages"][0]["failing"]
    return [{**failure, **changes}]


def of_map(**changes: Any) -> dict[str, Any]:
    return {**inspection()["languages"][0]["nas"], **changes}


@pytest.mark.parametrize(
    ("place", "value"),
    [
        ("language", "<b>"),
        ("pivot", None),
        ("n_pairs", "many"),
        ("n_pairs", 3),
        ("nas", {}),
        ("embedding", None),
        ("failing", [{"pair": 1}]),
        ("failing", of_failure(side="elsewhere")),
        ("failing", of_failure(pair=10**30)),
        ("failing", of_failure(margin=float("inf"))),
        ("nas", of_map(points={"pivot": [], "language": []})),
        ("nas", of_map(points={"pivot": [[0.0]], "language": [[0.0, 1.0]]})),
        ("nas", of_map(points={"pivot": [[0.0, 1.0]], "language": [[0.0, 1.0]]})),
        ("nas", of_map(share=2.0)),
        ("nas", of_map(layer=10**6)),
        ("nas", of_map(aligned=["yes", "no"])),
    ],
)
def test_damage_of_an_inspection_is_named(place: str, value: object) -> None:
    content = copy.deepcopy(inspection())
    content["languages"][0][place] = value
    with pytest.raises(ValidationError) as caught:
        Inspection.model_validate(content)
    said = fault(caught.value)
    assert "languages.0" in said
    assert len(said) < 300


def test_a_sentence_keeps_the_marks_of_its_script_and_is_one_line() -> None:
    content = copy.deepcopy(inspection())
    content["languages"][0]["failing"] = of_failure(sentence="a\u200fb\nc\ud800\x07")
    (language,) = Inspection.model_validate(content).languages
    assert language.failing[0].sentence == "a\u200fb c\ufffd\ufffd"


def of_found(**changes: Any) -> list[dict[str, Any]]:
    first, *others = neurons()["found"]
    return [{**first, **changes}, *others]


def of_ablated(**changes: Any) -> dict[str, Any]:
    ablation = neurons()["ablation"]
    return {**ablation, "ablated": [{**ablation["ablated"][0], **changes}]}


@pytest.mark.parametrize(
    ("damage", "field"),
    [
        ({"languages": ["deu_Latn", "deu_Latn", "rus_Cyrl"]}, "languages"),
        ({"languages": ["deu_Latn"]}, "languages"),
        ({"pivot": "<b>"}, "pivot"),
        ({"sha256": ["a"]}, "sha256"),
        ({"bar": 1.5}, "bar"),
        ({"share": None}, "share"),
        ({"overlap": [0.5]}, "overlap"),
        ({"overlap": [0.5, 0.5, 1.5]}, "overlap.2"),
        ({"layers": []}, "layers"),
        ({"layers": neurons()["layers"][:1]}, "found.specific"),
        ({"layers": [{"layer": -1}]}, "layers.0.layer"),
        ({"found": of_found()[:2]}, "found"),
        ({"found": of_found(language="spa_Latn")}, "found"),
        ({"found": of_found(specific=[1])}, "found.specific"),
        ({"found": of_found(specific=[1, -1])}, "found.0.specific.1"),
        ({"found": of_found(correlation=[0.5, 1.5])}, "found.0.correlation.1"),
        ({"found": of_found(correlation_shared=[0.5])}, "found.correlation_shared"),
        ({"carriers": [{"layer": 2}]}, "carriers.0.neuron"),
        ({"carriers": "many"}, "carriers"),
        ({"ablation": of_ablated(change=[0.5])}, "ablation.change"),
        ({"ablation": of_ablated(random_nats=[1.0, 1.0])}, "ablation.random_nats"),
        ({"ablation": of_ablated(nats=[1.0, 0.0, 1.0])}, "ablation.ablated.0.nats.1"),
        ({"ablation": of_ablated(stderr=[float("nan")] * 3)}, "ablation.ablated.0.stderr.0"),
        ({"ablation": {**of_ablated(), "parity": [1.0]}}, "ablation.parity"),
        ({"ablation": []}, "ablation"),
    ],
)
def test_damage_of_neurons_is_named(damage: dict[str, Any], field: str) -> None:
    with pytest.raises(ValidationError) as caught:
        Neurons.model_validate(neurons() | damage)
    said = fault(caught.value)
    assert f"`{field}`" in said
    assert len(said) < 300
