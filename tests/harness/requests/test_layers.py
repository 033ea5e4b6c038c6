"""Layers without neurons are named, and measures that a model has not are left out with a word."""

from typing import Any

import pytest
from lm_eval.models.hf_vlms import HFMultimodalLM

from neuronxa_tasks.errors import ModelError
from neuronxa_tasks.harness.model import NeuronXALM
from neuronxa_tasks.results.record import LanguageRecord
from tests.families import build_model
from tests.runs import Evaluate, Heard, record
from tools.every_family import build

ONE = "neuronxa_flores_deu_Latn"


@pytest.fixture
def measure(tokenizer: Any, run_tasks: Evaluate) -> Any:
    """Runs a language on a tiny model of a family, and gives the results and the record."""

    def run(family: str, **metadata: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        model = build(family, "causal")
        lm = NeuronXALM(pretrained=model, tokenizer=tokenizer, batch_size=4)
        results = run_tasks(lm, "deu_Latn", metadata={"n_pairs": 6, **metadata})
        return results["results"][ONE], record(results, "deu_Latn")

    return run


def test_scores_of_a_hybrid_are_of_the_layers_that_have_neurons(measure: Any) -> None:
    scores, kept = measure("nemotron_h")
    assert kept["layers_without_neurons"] == [1, 3]
    assert kept["layers_not_run"] == []
    nasca, mexa = kept["metrics"]["nasca"], kept["metrics"]["mexa"]
    assert (nasca["first_layer"], nasca["layers"]) == (2, [2, 4])
    assert scores["nasca,none"] == pytest.approx(sum(nasca["layer_scores"]) / 2)
    assert mexa["first_layer"] == 0
    assert "layers" not in mexa
    assert len(mexa["layer_scores"]) == 5
    entry = LanguageRecord.model_validate(kept).metrics["nasca"]
    assert entry.layer_numbers(1) == (2, 4)


def test_layers_that_text_does_not_reach_have_no_state(measure: Any) -> None:
    _, kept = measure("mllama")
    assert kept["layers_not_run"] == [4]
    assert len(kept["metrics"]["mexa"]["layer_scores"]) == 4


@pytest.mark.parametrize(
    ("family", "left_out", "why"),
    [
        ("mamba", {"nasca", "navca"}, "no neurons to measure"),
        ("deepseek_v4", {"mexa"}, "several residual streams"),
    ],
)
def test_a_measure_that_cannot_be_taken_ends_no_run(
    measure: Any, heard: Heard, family: str, left_out: set[str], why: str
) -> None:
    scores, kept = measure(family)
    names = {"nasca", "navca", "mexa"} - left_out
    assert {key.split(",")[0] for key in scores} & {"nasca", "navca", "mexa"} == names
    assert kept["metrics"].keys() == names
    assert all(why in reason for reason in kept["missing"].values())
    said = [line for line in heard().splitlines() if "left out" in line]
    assert len(said) == 1
    assert said[0].startswith(f"{', '.join(sorted(left_out))} left out: ")
    assert why in said[0]


def test_a_run_of_which_nothing_can_be_measured_is_refused(measure: Any) -> None:
    with pytest.raises(ModelError, match="no neurons to measure"):
        measure("mamba", measures="nasca")


def test_the_text_decoder_of_a_model_of_images_is_measured(
    tokenizer: Any, run_tasks: Evaluate, monkeypatch: pytest.MonkeyPatch
) -> None:
    def without_images(lm: HFMultimodalLM, *_: object, **__: object) -> None:
        lm.processor = lm.tokenizer = tokenizer

    monkeypatch.setattr(HFMultimodalLM, "_create_tokenizer", without_images)
    model = build("gemma3", "image-text")
    kept = []
    for make in (HFMultimodalLM, NeuronXALM):
        own = {} if make is HFMultimodalLM else {"tokenizer": tokenizer}
        lm = make(pretrained=model, batch_size=4, **own)
        kept.append(record(run_tasks(lm, "deu_Latn", metadata={"n_pairs": 6}), "deu_Latn"))
    assert kept[0] == kept[1]
    assert kept[0]["decoder"] == "Gemma3TextModel"
    assert kept[0]["sites"] == [f"layers.{index}.mlp.down_proj" for index in range(4)]


def test_what_a_user_names_is_recorded(tokenizer: Any, run_tasks: Evaluate) -> None:
    lm = NeuronXALM(pretrained=build_model("llama"), tokenizer=tokenizer, batch_size=4)
    down = "layers.*.mlp.down_proj"
    results = run_tasks(lm, "deu_Latn", metadata={"n_pairs": 6, "down_projections": down})
    kept = record(results, "deu_Latn")
    assert kept["named"] == {"down_projections": [down], "gates": []}
    assert kept["gates"] == [None, None, None]
