"""Files of weights that are missing, cut or not those that were meant are refused."""

import json
import shutil
import sys
from pathlib import Path
from typing import Any

import pytest
from safetensors.torch import load_file, save_file
from transformers import PreTrainedTokenizerFast

from neuronxa_tasks.errors import ModelError
from neuronxa_tasks.harness.model_loading import model_loader
from tests.families import build_model
from tests.gguf_files import write_gguf


def load(folder: Path, **arguments: Any) -> Any:
    given = {"pretrained": str(folder), "dtype": "float32", **arguments}
    return model_loader("hf").create_from_arg_obj(given, {"device": "cpu"})


def refusal(folder: Path, **arguments: Any) -> str:
    with pytest.raises(ModelError) as raised:
        load(folder, **arguments)
    assert "\n" not in str(raised.value)
    return str(raised.value)


@pytest.fixture
def copy(model_dir: Path, tmp_path: Path) -> Path:
    """A model's folder to be changed."""
    return Path(shutil.copytree(model_dir, tmp_path / "model"))


@pytest.fixture(scope="session")
def gguf_dir(tmp_path_factory: pytest.TempPathFactory, tokenizer: PreTrainedTokenizerFast) -> Path:
    """A folder with a GGUF file and one that lacks a tensor."""
    pytest.importorskip("gguf")
    folder = tmp_path_factory.mktemp("gguf")
    model = build_model("llama", hidden_size=64, intermediate_size=96)
    write_gguf(folder / "tiny.gguf", model, tokenizer, "Q8_0")
    write_gguf(folder / "less.gguf", model, tokenizer, "Q8_0", without="blk.1.ffn_down.weight")
    return folder


def test_a_checkpoint_that_lacks_weights_is_refused(copy: Path) -> None:
    weights = load_file(copy / "model.safetensors")
    lost = "model.layers.1.mlp.down_proj.weight"
    save_file({k: v for k, v in weights.items() if k != lost}, copy / "model.safetensors")
    assert f"every weight of its LlamaForCausalLM, but {copy} lacks 1, such as {lost}" in refusal(
        copy
    )


def test_weights_of_a_format_that_transformers_skips_are_missing_ones(copy: Path) -> None:
    weights = load_file(copy / "model.safetensors")
    packed = {k.replace("_proj.weight", "_proj.qweight"): v for k, v in weights.items()}
    save_file(packed, copy / "model.safetensors")
    assert (
        "lacks 21, such as model.layers.0.mlp.down_proj.weight, which would be random"
        in refusal(copy)
    )


@pytest.mark.filterwarnings("ignore")
def test_an_adapter_of_another_model_is_refused(model_dir: Path, tmp_path: Path) -> None:
    peft = pytest.importorskip("peft")
    lora = peft.LoraConfig(target_modules=["up_proj"], r=2, task_type="CAUSAL_LM")
    peft.get_peft_model(build_model("llama"), lora).save_pretrained(tmp_path)
    load(model_dir, peft=str(tmp_path))
    weights = load_file(tmp_path / "adapter_model.safetensors")
    renamed = {k.replace("model.layers", "transformer.h"): v for k, v in weights.items()}
    save_file(renamed, tmp_path / "adapter_model.safetensors")
    said = refusal(model_dir, peft=str(tmp_path))
    assert said.startswith("Expected `peft` to be an adapter of this model")


def test_loading_leaves_transformers_as_it_was(model_dir: Path, copy: Path) -> None:
    from transformers import PreTrainedModel

    before = PreTrainedModel.__dict__["from_pretrained"]
    load(model_dir)
    (copy / "model.safetensors").unlink()
    refusal(copy)
    assert PreTrainedModel.__dict__["from_pretrained"] is before


@pytest.mark.parametrize("key", ["load_in_4bit", "load_in_8bit"])
def test_quantizing_while_loading_is_refused_before_anything_is_read(key: str) -> None:
    said = refusal(Path("/no/such"), pretrained="no/such", **{key: True})
    assert f"without {key}, which transformers 5 does not take" in said


@pytest.mark.parametrize(
    ("method", "packages"), [("gptq", ["gptqmodel", "optimum"]), ("awq", ["gptqmodel"])]
)
def test_a_package_that_reads_quantized_weights_is_named_where_it_is_missing(
    copy: Path, monkeypatch: pytest.MonkeyPatch, method: str, packages: list[str]
) -> None:
    for name in packages:
        monkeypatch.setitem(sys.modules, name, None)
    config = json.loads((copy / "config.json").read_text())
    config["quantization_config"] = {"quant_method": method, "bits": 4, "group_size": 32}
    (copy / "config.json").write_text(json.dumps(config))
    assert refusal(copy).endswith(f"pip install {' '.join(packages)}")


@pytest.mark.parametrize(
    ("quantization", "message"),
    [
        ({"quant_method": "made_up"}, "Unknown quantization type, got made_up"),
        ({"bits": 4}, "no `quant_method`"),
    ],
)
def test_an_unknown_quantization_is_refused(
    copy: Path, quantization: dict[str, Any], message: str
) -> None:
    config = json.loads((copy / "config.json").read_text())
    (copy / "config.json").write_text(json.dumps({**config, "quantization_config": quantization}))
    assert message in refusal(copy)


def test_a_gguf_file_that_is_not_there_is_refused_with_those_that_are(
    gguf_dir: Path, model_dir: Path
) -> None:
    assert refusal(gguf_dir, gguf_file="other.gguf").endswith("there are less.gguf, tiny.gguf")
    assert refusal(model_dir, gguf_file="tiny.gguf").endswith("there is no GGUF file")


def test_gguf_files_without_an_argument_are_said_how_to_name(gguf_dir: Path) -> None:
    assert refusal(gguf_dir).endswith("name one by gguf_file=less.gguf, or tiny.gguf")
    said = refusal(gguf_dir, pretrained=str(gguf_dir / "tiny.gguf"))
    assert said.endswith(f"give pretrained={gguf_dir},gguf_file=tiny.gguf")


def test_a_gguf_file_is_the_folders_and_not_another_of_its_name(
    gguf_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(gguf_dir)
    load(gguf_dir, gguf_file="tiny.gguf")
    monkeypatch.chdir(tmp_path)
    load(gguf_dir, gguf_file=str(gguf_dir / "tiny.gguf"))
    shutil.copy(gguf_dir / "tiny.gguf", tmp_path)
    assert "also in the working directory" in refusal(gguf_dir, gguf_file="tiny.gguf")


def test_a_gguf_file_that_lacks_a_tensor_is_refused(gguf_dir: Path) -> None:
    said = refusal(gguf_dir, gguf_file="less.gguf")
    assert "lacks 1, such as model.layers.1.mlp.down_proj.weight" in said


@pytest.mark.parametrize("length", [0, 3, 10, 2000, 90_000, -1])
def test_a_gguf_file_that_is_cut_is_refused(gguf_dir: Path, tmp_path: Path, length: int) -> None:
    (tmp_path / "cut.gguf").write_bytes((gguf_dir / "tiny.gguf").read_bytes()[:length])
    said = refusal(tmp_path, gguf_file="cut.gguf")
    assert f"got pretrained={tmp_path},gguf_file=cut.gguf: " in said


def test_a_gguf_file_of_an_architecture_that_transformers_lacks_is_refused(
    tmp_path: Path, tokenizer: PreTrainedTokenizerFast
) -> None:
    pytest.importorskip("gguf")
    model = build_model("llama", hidden_size=64, intermediate_size=96)
    write_gguf(tmp_path / "tiny.gguf", model, tokenizer, "Q8_0", architecture="plamo")
    assert "architecture plamo is not supported" in refusal(tmp_path, gguf_file="tiny.gguf")


def test_the_package_that_reads_gguf_files_is_named_where_it_is_missing(
    gguf_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from transformers import modeling_gguf_pytorch_utils

    monkeypatch.setattr(modeling_gguf_pytorch_utils, "is_gguf_available", lambda: False)
    assert "install torch and gguf" in refusal(gguf_dir, gguf_file="tiny.gguf")
