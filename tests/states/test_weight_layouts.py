"""Stored in any layout, a model has the states of its twin with plain, dequantized weights."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from transformers import (
    AutoConfig,
    AutoModelForCausalLM,
    BitsAndBytesConfig,
    FineGrainedFP8Config,
    PreTrainedTokenizerFast,
    TorchAoConfig,
)

from neuronxa_tasks.harness.measured_model import model_record
from neuronxa_tasks.harness.model import NeuronXALM
from neuronxa_tasks.harness.model_encoder import tokenize
from neuronxa_tasks.harness.model_loading import model_loader
from neuronxa_tasks.measures import ACTIVATIONS, Representation
from neuronxa_tasks.states.expert_forms import experts_of
from tests import reference, weight_layouts
from tests.families import COMMON, FAMILIES, HEADS_OF_8, build_model
from tests.gguf_files import weights_in, write_gguf
from tests.states import test_experts
from tests.weight_layouts import Stored, with_weights

TEXTS = ["Drei blaue Boote warten im Hafen.", "It rained.", "三艘蓝色的船在港口等着。"]

States = dict[Representation, list[torch.Tensor]]
Tokens = Callable[[Any, list[int]], dict[str, list[np.ndarray]]]

pytestmark = pytest.mark.filterwarnings("ignore")


def tokens_of_llama(model: Any, ids: list[int]) -> dict[str, list[np.ndarray]]:
    return reference.token_states(model, FAMILIES["llama"], ids)


def tokens_of_gpt_oss(model: Any, ids: list[int]) -> dict[str, list[np.ndarray]]:
    with torch.no_grad():
        hidden = model(torch.tensor([ids]), output_hidden_states=True).hidden_states
    neurons = test_experts.token_states(model, "gpt_oss", ids)
    return {**neurons, "embedding": [states[0].double().numpy() for states in hidden]}


def load(stored: Stored, **arguments: Any) -> NeuronXALM:
    given = {"dtype": "float32", **stored.arguments, **arguments}
    lm: NeuronXALM = model_loader("neuronxa").create_from_arg_obj(
        given, {"device": "cpu", "batch_size": 1}
    )
    return lm


def expected(model: Any, lm: NeuronXALM, tokens_of: Tokens) -> Callable[[Any, int], np.ndarray]:
    """The states of a layer, one sentence per pass, pooled by loops over the definition."""
    sentences = [tokens_of(model, ids) for ids in tokenize(lm, TEXTS)]

    def states(representation: Any, index: int) -> np.ndarray:
        source = representation.activation or "embedding"
        pooled = [
            reference.pool(
                reference.state(tokens[source][index], representation.kind),
                representation.pooling,
            )
            for tokens in sentences
        ]
        return np.array(pooled)

    return states


def are_equal(one: States, other: States) -> bool:
    return all(
        torch.equal(mine, theirs)
        for representation, layers in one.items()
        for mine, theirs in zip(layers, other[representation], strict=True)
    )


def check_equal(stored: Stored, tokens_of: Tokens = tokens_of_llama, **arguments: Any) -> None:
    """States equal the twin's to a relative 1e-4, and looking at the weights changes nothing."""
    lm = load(stored, **arguments)
    states_of_twin = expected(stored.twin, lm, tokens_of)
    states = lm.sentence_states(TEXTS, activations=ACTIVATIONS)
    for representation, layers in states.items():
        for index, layer in enumerate(layers):
            wanted = states_of_twin(representation, index)
            assert wanted.any()
            np.testing.assert_allclose(
                layer.numpy(), wanted, rtol=1e-4, atol=1e-4 * abs(wanted).max()
            )
    fingerprint = model_record(lm)["fingerprint"]
    assert are_equal(states, lm.sentence_states(TEXTS, activations=ACTIVATIONS))
    assert fingerprint == model_record(lm)["fingerprint"] is not None


@pytest.fixture
def folder(tmp_path: Path, tokenizer: PreTrainedTokenizerFast) -> Path:
    """A tiny Llama and its tokenizer."""
    llama().save_pretrained(tmp_path)
    tokenizer.save_pretrained(tmp_path)
    return tmp_path


def gpt_oss() -> Any:
    """Tiny, with widths that are multiples of a block of 32."""
    torch.manual_seed(0)
    own = {**test_experts.CONFIGS["gpt_oss"], **HEADS_OF_8, "intermediate_size": 64}
    config = AutoConfig.for_model("gpt_oss", **{**COMMON, **own})
    return AutoModelForCausalLM.from_config(config, dtype=torch.float32).eval()


def llama() -> Any:
    return build_model("llama", hidden_size=128, intermediate_size=256)


@pytest.mark.parametrize(
    "quantization", ["F16", "BF16", "Q8_0", "Q5_1", "Q4_0", "MXFP4", "Q2_K", "Q4_K", "Q6_K"]
)
def test_gguf(quantization: str, tmp_path: Path, tokenizer: PreTrainedTokenizerFast) -> None:
    pytest.importorskip("gguf")
    size = 256 if quantization.endswith("_K") else 64
    model = build_model("llama", hidden_size=size, intermediate_size=2 * size)
    write_gguf(tmp_path / "tiny.gguf", model, tokenizer, quantization)
    twin = with_weights(model, weights_in(tmp_path / "tiny.gguf", model))
    stored = Stored({"pretrained": str(tmp_path), "gguf_file": "tiny.gguf"}, twin)
    assert tokenize(load(stored), TEXTS) == tokenizer(TEXTS)["input_ids"]
    check_equal(stored)


def test_fp8(folder: Path) -> None:
    check_equal(weight_layouts.fp8(folder, llama()))


def test_mxfp4_experts(tmp_path: Path, tokenizer: PreTrainedTokenizerFast) -> None:
    model = gpt_oss()
    model.save_pretrained(tmp_path)
    tokenizer.save_pretrained(tmp_path)
    check_equal(weight_layouts.mxfp4(tmp_path, model), tokens_of_gpt_oss)


def test_compressed_tensors(folder: Path) -> None:
    pytest.importorskip("compressed_tensors")
    check_equal(weight_layouts.compressed_tensors(folder, llama()))


@pytest.mark.parametrize(
    "config", ["Int8WeightOnlyConfig", "Float8WeightOnlyConfig", "IntxWeightOnlyConfig"]
)
def test_torchao(config: str, folder: Path) -> None:
    quantization = pytest.importorskip("torchao.quantization")
    made = TorchAoConfig(getattr(quantization, config)())
    check_equal(
        weight_layouts.by_transformers(
            folder, llama(), made, lambda module: module.weight.dequantize()
        )
    )


def four_bits(folder: Path, kind: str = "fp4", double: bool = False) -> Stored:
    functional = pytest.importorskip("bitsandbytes.functional")
    return weight_layouts.by_transformers(
        folder,
        llama(),
        BitsAndBytesConfig(
            load_in_4bit=True, bnb_4bit_quant_type=kind, bnb_4bit_use_double_quant=double
        ),
        lambda module: functional.dequantize_4bit(module.weight.data, module.weight.quant_state),
    )


@pytest.mark.parametrize("kind", ["fp4", "nf4"])
@pytest.mark.parametrize("double", [False, True])
def test_bitsandbytes_of_4_bits(kind: str, double: bool, folder: Path) -> None:
    check_equal(four_bits(folder, kind, double))


def test_weights_that_a_run_before_has_laid_out_anew_are_not_listed(folder: Path) -> None:
    linear = pytest.importorskip("bitsandbytes.nn").Linear4bit(1, 1)
    if not linear.support_avx512bf16_for_cpu:
        pytest.skip("bitsandbytes lays nothing out anew for this CPU")
    lm = NeuronXALM(**four_bits(folder).arguments, device="cpu", dtype="float32")
    lm._model_call(torch.tensor([[1, 2, 3]]))
    before = lm.sentence_states(TEXTS)
    assert model_record(lm)["fingerprint"] is None
    assert are_equal(before, lm.sentence_states(TEXTS))


def test_bitsandbytes_of_8_bits(folder: Path) -> None:
    """Equal to its own modules, and near its twin.

    They multiply eight-bit weights with inputs that they round to eight bits, and a neuron near
    zero may change its sign: the norm of the difference is below a tenth.
    """
    pytest.importorskip("bitsandbytes")
    stored = weight_layouts.by_transformers(
        folder,
        llama(),
        BitsAndBytesConfig(load_in_8bit=True),
        lambda module: module.weight.data.float() * module.weight.SCB[:, None] / 127,
    )
    lm = load(stored)
    of_itself = expected(lm.model, lm, tokens_of_llama)
    of_twin = expected(stored.twin, lm, tokens_of_llama)
    for representation, layers in lm.sentence_states(TEXTS, activations=ACTIVATIONS).items():
        for index, layer in enumerate(layers):
            own, twin = of_itself(representation, index), of_twin(representation, index)
            np.testing.assert_allclose(layer.numpy(), own, rtol=1e-4, atol=1e-4 * abs(own).max())
            assert np.linalg.norm(own - twin) < 0.1 * np.linalg.norm(twin)


def test_experts_of_packed_numbers_are_none_whose_neurons_are_known() -> None:
    """On a GPU experts of eight-bit floats stay packed, and have a way of their own to run."""
    from transformers.integrations.finegrained_fp8 import replace_with_fp8_linear

    model = test_experts.build("qwen3_moe")
    quantization = FineGrainedFP8Config(weight_block_size=(8, 8))
    packed = replace_with_fp8_linear(model, quantization_config=quantization)
    experts = packed.model.layers[0].mlp.experts
    assert experts.down_proj.dtype == torch.float8_e4m3fn
    assert experts_of(experts) is None
