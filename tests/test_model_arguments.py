"""Which arguments make another model, and which only measure or place the same."""

from pathlib import Path
from typing import Any

import pytest

from neuronxa_tasks.identity.model_arguments import (
    local_folders,
    model_of_arguments,
    read_model_args,
)
from neuronxa_tasks.identity.model_identity import Model


def model(**arguments: Any) -> Model:
    return model_of_arguments({"pretrained": "org/model", **arguments})


@pytest.mark.parametrize(
    "arguments",
    [
        {"dtype": "bfloat16", "mixed_precision_dtype": "float16", "attn_implementation": "eager"},
        {"device": "cuda:1", "device_map": "auto", "parallelize": True, "tp_plan": "auto"},
        {"max_memory_per_gpu": "10GiB", "max_cpu_memory": "3MB", "offload_folder": "x"},
        {"batch_size": 8, "max_batch_size": 64, "logits_cache": False},
        {"token": "hf_secret", "trust_remote_code": True, "cache_dir": "x"},
        {"max_length": 512, "truncation": True, "add_bos_token": True, "use_fast_tokenizer": False},
        {"gpu_memory_utilization": 0.8, "tensor_parallel_size": 2, "max_model_len": 4096},
        {"base_url": "http://localhost:8000/v1", "num_concurrent": 8, "tokenized_requests": False},
        {"subfolder": "", "load_in_4bit": False, "gptqmodel": "False", "gguf_file": None},
        {"backend": "default", "delta": None, "peft": None, "revision": "main"},
        {"tokenizer": "org/model", "tokenizer_revision": "main"},
    ],
    ids=lambda arguments: next(iter(arguments)),
)
def test_where_and_how_a_model_runs_does_not_make_another(arguments: dict[str, Any]) -> None:
    assert model(**arguments) == Model("org/model")


@pytest.mark.parametrize(
    "arguments",
    [
        {"revision": "step1000"},
        {"peft": "adapters/de"},
        {"lora_local_path": "adapters/de"},
        {"delta": "org/delta"},
        {"subfolder": "checkpoint-5"},
        {"gguf_file": "model.Q4_K_M.gguf"},
        {"load_in_4bit": True},
        {"load_in_8bit": True},
        {"load_in_4bit": True, "bnb_4bit_quant_type": "nf4"},
        {"quantization_config": {"bits": 4}},
        {"gptqmodel": True},
        {"autogptq": "model.safetensors"},
        {"quantization": "awq"},
        {"steer_path": "steer.pt"},
        {"tokenizer": "org/other"},
        {"backend": "seq2seq"},
        {"rope_scaling": {"factor": 2}},
        {"an_argument_of_tomorrow": False},
    ],
    ids=lambda arguments: "+".join(arguments),
)
def test_whatever_changes_weights_or_forward_pass_makes_another(arguments: dict[str, Any]) -> None:
    changed = model(**arguments)
    assert changed != Model("org/model")
    assert changed.label != "org/model"
    assert all(key in changed.label for key in arguments if key in dict(changed.variant))


def test_all_of_them_are_different() -> None:
    all_of_them = {
        model(),
        model(load_in_4bit=True),
        model(load_in_8bit=True),
        model(load_in_4bit=True, bnb_4bit_quant_type="nf4"),
        model(subfolder="a"),
        model(subfolder="b"),
        model(peft="a"),
        model(revision="a"),
    }
    assert len(all_of_them) == len({m.label for m in all_of_them}) == 8


def test_one_value_may_be_written_in_several_ways() -> None:
    given = [
        {"load_in_4bit": True, "rope": {"a": 1, "b": 2}, "eps": 1e-4},
        {"load_in_4bit": "true", "rope": '{"b": 2, "a": 1}', "eps": "0.0001"},
        "pretrained=org/model,load_in_4bit=True,rope={'a': 1, 'b': 2},eps=1e-4",
        '{"pretrained": "org/model", "load_in_4bit": true, "rope": {"b": 2, "a": 1}, "eps": 1e-4}',
    ]
    models = [model_of_arguments({"pretrained": "org/model", **read_model_args(g)}) for g in given]
    assert len(set(models)) == 1


@pytest.mark.parametrize("path", ["demo", "demo/", "./demo", "./demo//", "x/../demo"])
def test_one_path_may_be_spelled_in_several_ways(path: str) -> None:
    assert model_of_arguments({"pretrained": path}) == Model("demo")
    assert model_of_arguments({"pretrained": "m", "peft": path}) == Model("m", "", "demo")


def test_an_api_is_called_by_the_model_that_it_serves() -> None:
    assert model_of_arguments({"model": "served", "pretrained": "org/model"}) == Model("served")


def test_what_no_path_can_be_called_is_no_local_folder() -> None:
    assert local_folders({"pretrained": "a" * 5000, "peft": "a\0b"}) == {}


def test_local_folders_are_followed_to_where_they_lie(tmp_path: Path, monkeypatch) -> None:
    (tmp_path / "demo").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "demo")
    monkeypatch.chdir(tmp_path)
    real = str((tmp_path / "demo").resolve())
    for spelling in ("demo", "demo/", "./demo", str(tmp_path / "demo"), "link"):
        assert local_folders({"pretrained": spelling}) == {"pretrained": real}
    assert local_folders({"pretrained": "org/model", "peft": None}) == {}
    found = model_of_arguments({"pretrained": "demo"}, folders={"pretrained": real})
    assert found == Model(real)
