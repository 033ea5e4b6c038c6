"""Tiny models of every decoder family, and each family's neurons written out by hand."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional
from transformers import AutoConfig, AutoModelForCausalLM, PreTrainedModel

VOCABULARY = 512
CONTEXT = 1024
LAYERS = 3

Neurons = tuple[Tensor, Tensor]
"""Activation of the gate, and product with the up projection."""


def gated(act: Callable[[Tensor], Tensor], gate: str, up: str) -> Callable[..., Neurons]:
    def neurons(ffn: nn.Module, x: Tensor) -> Neurons:
        activation = act(ffn.get_submodule(gate)(x))
        return activation, activation * ffn.get_submodule(up)(x)

    return neurons


def fused(act: Callable[[Tensor], Tensor], gate_up: str) -> Callable[..., Neurons]:
    def neurons(ffn: nn.Module, x: Tensor) -> Neurons:
        both = ffn.get_submodule(gate_up)(x)
        width = both.shape[-1] // 2
        activation = act(both[..., :width])
        return activation, activation * both[..., width:]

    return neurons


def plain(act: Callable[[Tensor], Tensor], up: str) -> Callable[..., Neurons]:
    def neurons(ffn: nn.Module, x: Tensor) -> Neurons:
        activation = act(ffn.get_submodule(up)(x))
        return activation, activation

    return neurons


def gelu_tanh(x: Tensor) -> Tensor:
    return functional.gelu(x, approximate="tanh")


def relu_squared(x: Tensor) -> Tensor:
    return functional.relu(x) ** 2


def xielu(ffn: nn.Module, x: Tensor) -> Neurons:
    activation = ffn.act_fn(ffn.up_proj(x))
    return activation, activation


silu, gelu, relu = functional.silu, functional.gelu, functional.relu
llama_neurons = gated(silu, "gate_proj", "up_proj")
gemma_neurons = gated(gelu_tanh, "gate_proj", "up_proj")


@dataclass(frozen=True)
class Family:
    """One `model_type` of transformers.

    Attributes:
        neurons: The FFN's neurons, from the FFN module and its input.
        down: Name of the down projection inside a layer.
        ffn: Name of the module inside a layer whose input is the FFN's; empty where the
            layer itself holds the projections.
        first: Name inside `ffn` of the projection that sees the FFN's input.
        config: What differs from the shape shared by most families.
    """

    neurons: Callable[..., Neurons]
    down: str = "mlp.down_proj"
    ffn: str = "mlp"
    first: str = "up_proj"
    config: dict[str, Any] = field(default_factory=dict)


COMMON = {
    "vocab_size": VOCABULARY,
    "hidden_size": 32,
    "intermediate_size": 88,
    "num_hidden_layers": LAYERS,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "max_position_embeddings": CONTEXT,
    "bos_token_id": 1,
    "eos_token_id": 1,
    "pad_token_id": 0,
}
HEADS_OF_8 = {"head_dim": 8}
GPT2_LIKE = {"n_embd": 32, "n_layer": LAYERS, "n_head": 4, "n_positions": CONTEXT, "n_inner": 88}
NEO_SHAPE = {
    "num_layers": LAYERS,
    "num_heads": 4,
    "attention_types": [[["global", "local", "global"], 1]],
}
MPT_SHAPE = {
    "d_model": 32,
    "n_layers": LAYERS,
    "n_heads": 4,
    "max_seq_len": CONTEXT,
    "expansion_ratio": 3,
}
FAIRSEQ_SHAPE = {"ffn_dim": 88}

FAMILIES: dict[str, Family] = {
    "llama": Family(llama_neurons),
    "mistral": Family(llama_neurons),
    "qwen2": Family(llama_neurons),
    "qwen3": Family(llama_neurons, config=HEADS_OF_8),
    "olmo": Family(llama_neurons),
    "olmo2": Family(llama_neurons),
    "gemma": Family(gemma_neurons, config=HEADS_OF_8),
    "gemma2": Family(gemma_neurons, config=HEADS_OF_8),
    "gemma3_text": Family(gemma_neurons, config=HEADS_OF_8),
    "cohere": Family(llama_neurons),
    "cohere2": Family(llama_neurons, config=HEADS_OF_8),
    "granite": Family(llama_neurons),
    "stablelm": Family(llama_neurons),
    "smollm3": Family(llama_neurons, config=HEADS_OF_8),
    "exaone4": Family(llama_neurons, config=HEADS_OF_8),
    "ernie4_5": Family(llama_neurons, config=HEADS_OF_8),
    "seed_oss": Family(llama_neurons, config=HEADS_OF_8),
    "nemotron": Family(plain(relu_squared, "up_proj")),
    "arcee": Family(plain(relu_squared, "up_proj")),
    "apertus": Family(
        xielu,
        config={
            "rope_parameters": {"rope_type": "default", "rope_theta": 1e4},
            **HEADS_OF_8,
        },
    ),
    "glm": Family(fused(silu, "gate_up_proj"), first="gate_up_proj"),
    "glm4": Family(fused(silu, "gate_up_proj"), first="gate_up_proj"),
    "phi3": Family(fused(silu, "gate_up_proj"), first="gate_up_proj"),
    "phi": Family(plain(gelu_tanh, "fc1"), down="mlp.fc2", first="fc1"),
    "starcoder2": Family(plain(gelu_tanh, "c_fc"), down="mlp.c_proj", first="c_fc"),
    "gpt2": Family(plain(gelu_tanh, "c_fc"), down="mlp.c_proj", first="c_fc", config=GPT2_LIKE),
    "gpt_bigcode": Family(
        plain(gelu_tanh, "c_fc"), down="mlp.c_proj", first="c_fc", config=GPT2_LIKE
    ),
    "gpt_neo": Family(plain(gelu_tanh, "c_fc"), down="mlp.c_proj", first="c_fc", config=NEO_SHAPE),
    "gpt_neox": Family(
        plain(gelu, "dense_h_to_4h"), down="mlp.dense_4h_to_h", first="dense_h_to_4h"
    ),
    "bloom": Family(
        plain(gelu_tanh, "dense_h_to_4h"),
        down="mlp.dense_4h_to_h",
        first="dense_h_to_4h",
        config={"n_layer": LAYERS, "n_head": 4},
    ),
    "persimmon": Family(
        plain(relu_squared, "dense_h_to_4h"), down="mlp.dense_4h_to_h", first="dense_h_to_4h"
    ),
    "falcon": Family(
        plain(gelu, "dense_h_to_4h"),
        down="mlp.dense_4h_to_h",
        first="dense_h_to_4h",
        config={"ffn_hidden_size": 88},
    ),
    "gptj": Family(
        plain(gelu_tanh, "fc_in"),
        down="mlp.fc_out",
        first="fc_in",
        config={**GPT2_LIKE, "rotary_dim": 4},
    ),
    "codegen": Family(
        plain(gelu_tanh, "fc_in"),
        down="mlp.fc_out",
        first="fc_in",
        config={**GPT2_LIKE, "rotary_dim": 4},
    ),
    "mpt": Family(plain(gelu, "up_proj"), down="ffn.down_proj", ffn="ffn", config=MPT_SHAPE),
    "opt": Family(plain(relu, "fc1"), down="fc2", ffn="", first="fc1", config=FAIRSEQ_SHAPE),
    "xglm": Family(
        plain(gelu, "fc1"),
        down="fc2",
        ffn="",
        first="fc1",
        config={"d_model": 32, "num_layers": LAYERS, "attention_heads": 4, **FAIRSEQ_SHAPE},
    ),
    "lfm2": Family(
        gated(silu, "w1", "w3"),
        down="feed_forward.w2",
        ffn="feed_forward",
        first="w1",
        config=HEADS_OF_8,
    ),
}


def build_model(family: str, **changes: Any) -> PreTrainedModel:
    """A seeded tiny model of a family, with weights large enough to matter."""
    own = FAMILIES[family].config
    names_own_shape = {"n_embd", "n_head", "d_model", "num_heads"} & own.keys()
    shared = COMMON
    if names_own_shape:
        shape = ("hidden_size", "num_hidden_layers", "num_attention_heads", "num_key_value_heads")
        shared = {key: value for key, value in COMMON.items() if key not in shape}
    if family in ("bloom", "gpt_neo"):
        shared = {**shared, "hidden_size": 32}
    torch.manual_seed(0)
    config = AutoConfig.for_model(family, **{**shared, **own, **changes})
    model = AutoModelForCausalLM.from_config(config, dtype=torch.float32).eval()
    # At the usual initialisation a tiny model hardly tells one token from another.
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if parameter.ndim == 2 and "embed" not in name:
                parameter.mul_(3)
    return model
