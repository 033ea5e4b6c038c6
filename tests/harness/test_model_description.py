"""A model's description against what its configuration and its modules say."""

from collections.abc import Callable
from pathlib import Path

import pytest
from transformers import PreTrainedTokenizerFast

from neuronxa_tasks.harness.model import NeuronXALM
from neuronxa_tasks.harness.model_description import LikeLayers, ModelDescription, describe
from neuronxa_tasks.harness.model_encoder import make_encoder
from neuronxa_tasks.harness.model_loading import model_loader
from tests.families import LAYERS, build_model, silu
from tests.gguf_files import write_gguf
from tests.states.test_experts import build

MakeLM = Callable[..., NeuronXALM]


def description(lm: NeuronXALM) -> ModelDescription:
    return describe(lm, make_encoder(lm))


@pytest.mark.parametrize(
    ("family", "place"),
    [
        ("llama", "88, gate from mlp.act_fn, product into mlp.down_proj"),
        ("gpt2", "88, product into mlp.c_proj, no gate"),
        ("opt", "88, product into fc2, no gate"),
        ("glm", "88, gate from mlp.activation_fn, product into mlp.down_proj"),
        ("nemotron", "88, product into mlp.down_proj, no gate"),
    ],
)
def test_dense_layers_have_one_network_each(make_lm: MakeLM, family: str, place: str) -> None:
    found = description(make_lm(family))
    assert found.neurons == (LikeLayers((1, 2, 3), (place,)),)
    assert (found.layers, found.without_neurons) == (LAYERS, ())


def test_a_gate_that_is_called_as_a_function_is_said_where_it_comes_from(make_lm: MakeLM) -> None:
    lm = make_lm()
    for layer in lm.model.model.layers:
        del layer.mlp.act_fn
        layer.mlp.act_fn = silu
    (like,) = description(lm).neurons
    assert like.places == ("88, gate from a function of mlp.gate_proj, product into mlp.down_proj",)


def test_layers_with_experts_stand_apart_from_dense_ones(
    tokenizer: PreTrainedTokenizerFast,
) -> None:
    lm = NeuronXALM(pretrained=build("deepseek_v3"), tokenizer=tokenizer, batch_size=2)
    dense, routed = description(lm).neurons
    assert dense == LikeLayers((1,), ("88, gate from mlp.act_fn, product into mlp.down_proj",))
    shared = "24, gate from mlp.shared_experts.act_fn, product into mlp.shared_experts.down_proj"
    experts = "8 experts of 24 each, gate and product in mlp.experts"
    assert routed == LikeLayers((2, 3), (shared, experts))


def test_the_rest_is_what_the_model_says(make_lm: MakeLM) -> None:
    lm = make_lm()
    found = description(lm)
    count = sum(parameter.numel() for parameter in lm.model.parameters())
    buffers = sum(buffer.nbytes for buffer in lm.model.buffers())
    assert (found.parameters, found.size) == (count, 4 * count + buffers)
    assert (found.model_class, found.decoder_class) == ("LlamaForCausalLM", "LlamaModel")
    assert (found.dtype, found.quantization, found.device) == ("float32", "", "cpu")
    assert (found.begins_with, found.context) == ("<s>", 1024)


def test_sentences_without_a_first_token_of_their_own_are_said_to_have_none(
    model_dir: Path,
) -> None:
    arguments = {"pretrained": str(model_dir), "add_bos_token": False}
    lm = model_loader("neuronxa").create_from_arg_obj(arguments, {"device": "cpu"})
    found = description(lm)
    assert found.begins_with == ""
    assert ("sentences", "begin with no beginning-of-sequence token") in found.rows()


def test_a_gguf_file_is_said_to_be_one(tmp_path: Path, tokenizer: PreTrainedTokenizerFast) -> None:
    pytest.importorskip("gguf")
    model = build_model("llama", hidden_size=64, intermediate_size=96)
    write_gguf(tmp_path / "tiny.gguf", model, tokenizer, "Q4_0")
    arguments = {"pretrained": str(tmp_path), "gguf_file": "tiny.gguf"}
    lm = model_loader("neuronxa").create_from_arg_obj(arguments, {"device": "cpu"})
    assert description(lm).quantization == "gguf, held as float32"


def test_layers_without_neurons_are_named() -> None:
    like = LikeLayers((1, 2, 5), ("88, product into mlp.down_proj, no gate",))
    found = ModelDescription(
        *("M", "D", 7, (like,), 2_000, 8_000_000, "float32", "", "<s>", 512, "cpu")
    )
    assert found.without_neurons == (3, 4, 6, 7)
    rows = found.rows()
    assert ("neurons, layers 1-2, 5", like.places[0]) in rows
    assert ("neurons, layers 3-4, 6-7", "none") in rows
    assert ("parameters", "2,000, 0.01 GB") in rows
