"""Two models have one fingerprint exactly where every weight is the same."""

import shutil
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file
from transformers import AutoModelForCausalLM

from neuronxa_tasks.states.fingerprint import configuration_fingerprint, weights_fingerprint
from tests.families import build_model


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("model")
    build_model("llama").save_pretrained(folder)
    return folder


def offloaded(folder: Path, scratch: Path) -> Any:
    """A model most of whose weights stay on disk while it runs."""
    model = AutoModelForCausalLM.from_pretrained(
        folder, device_map="auto", max_memory={"cpu": "60KB"}, offload_folder=scratch
    )
    assert any(weight.is_meta for weight in model.state_dict().values())
    return model


def test_equal_weights_in_another_folder_have_the_same(saved: Path, tmp_path: Path) -> None:
    shutil.copytree(saved, tmp_path / "copy")
    model = AutoModelForCausalLM.from_pretrained(saved)
    again = AutoModelForCausalLM.from_pretrained(tmp_path / "copy")
    assert weights_fingerprint(again) == weights_fingerprint(model)
    assert configuration_fingerprint(again) == configuration_fingerprint(model)


def test_every_single_weight_counts() -> None:
    model = build_model("llama")
    found = {weights_fingerprint(model)}
    weight = model.model.layers[2].mlp.up_proj.weight.data
    weight[5, 7] += 1e-6
    found.add(weights_fingerprint(model))
    weight[3, 1], weight[4, 2] = weight[4, 2].clone(), weight[3, 1].clone()
    found.add(weights_fingerprint(model))
    assert len(found) == 3


@pytest.mark.parametrize("numbers", [0, 1, 7, 8, 9, 64, 1001])
def test_tensors_of_any_size_and_type_are_read(numbers: int) -> None:
    for dtype in (torch.float32, torch.bfloat16, torch.int8, torch.bool):
        module = torch.nn.Module()
        module.register_buffer("x", torch.zeros(numbers).to(dtype))
        before = weights_fingerprint(module)
        if numbers:
            module.x[-1] = 1
            assert weights_fingerprint(module) != before


def test_another_number_format_is_other_weights() -> None:
    model = build_model("llama")
    assert weights_fingerprint(model) != weights_fingerprint(model.to(torch.bfloat16))


def test_weights_that_stay_on_disk_are_read_from_there(saved: Path, tmp_path: Path) -> None:
    assert weights_fingerprint(offloaded(saved, tmp_path)) == weights_fingerprint(
        build_model("llama")
    )


def test_changed_weights_that_stay_on_disk_are_seen(saved: Path, tmp_path: Path) -> None:
    build_model("llama").save_pretrained(tmp_path / "changed")
    file = tmp_path / "changed" / "model.safetensors"
    weights = load_file(file)
    weights["model.layers.2.mlp.up_proj.weight"][5, 7] += 1
    save_file(weights, file, metadata={"format": "pt"})
    changed = weights_fingerprint(offloaded(tmp_path / "changed", tmp_path / "a"))
    assert changed != weights_fingerprint(offloaded(saved, tmp_path / "b"))


def test_weights_that_are_nowhere_have_none() -> None:
    with torch.device("meta"):
        model = build_model("llama")
    assert weights_fingerprint(model) is None


def test_an_adapter_counts_with_its_weights_and_its_strength() -> None:
    peft = pytest.importorskip("peft")

    def adapted(alpha: int) -> str | None:
        config = peft.LoraConfig(target_modules=["up_proj"], lora_alpha=alpha)
        torch.manual_seed(0)
        return weights_fingerprint(peft.get_peft_model(build_model("llama"), config))

    assert len({weights_fingerprint(build_model("llama")), adapted(8), adapted(16)}) == 3
    assert adapted(8) == adapted(8)


def test_a_configuration_counts_and_where_it_came_from_does_not() -> None:
    model, other = build_model("llama"), build_model("llama", rms_norm_eps=1e-3)
    own = configuration_fingerprint(model)
    assert configuration_fingerprint(other) != own
    model.config._name_or_path = "elsewhere"
    assert configuration_fingerprint(model) == own
