"""Tiny GGUF files written by the `gguf` package, and the weights that it reads in them."""

import json
from pathlib import Path
from typing import Any
from zlib import crc32

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from transformers import PreTrainedModel, PreTrainedTokenizerFast

# GGUF's name of every tensor of a Llama, by its name in transformers; `{}` is the layer's number.
NAMES = {
    "model.embed_tokens": "token_embd",
    "model.norm": "output_norm",
    "lm_head": "output",
    "model.layers.{}.self_attn.q_proj": "blk.{}.attn_q",
    "model.layers.{}.self_attn.k_proj": "blk.{}.attn_k",
    "model.layers.{}.self_attn.v_proj": "blk.{}.attn_v",
    "model.layers.{}.self_attn.o_proj": "blk.{}.attn_output",
    "model.layers.{}.mlp.gate_proj": "blk.{}.ffn_gate",
    "model.layers.{}.mlp.up_proj": "blk.{}.ffn_up",
    "model.layers.{}.mlp.down_proj": "blk.{}.ffn_down",
    "model.layers.{}.input_layernorm": "blk.{}.attn_norm",
    "model.layers.{}.post_attention_layernorm": "blk.{}.ffn_norm",
}


def write_gguf(
    path: Path,
    model: PreTrainedModel,
    tokenizer: PreTrainedTokenizerFast,
    quantization: str,
    *,
    architecture: str = "llama",
    without: str = "",
) -> None:
    """Write a Llama and its byte-level tokenizer.

    Args:
        path: The file.
        model: The Llama; its widths are multiples of the quantization's block.
        tokenizer: A byte-level BPE.
        quantization: GGUF's name of the format of every matrix, such as `Q4_0`. Of formats that the
            package only reads the blocks are random numbers with a small scale.
        architecture: What the file says it is.
        without: A tensor of GGUF that is left out.
    """
    import gguf

    config: Any = model.config
    writer = gguf.GGUFWriter(path, architecture)
    writer.add_context_length(config.max_position_embeddings)
    writer.add_embedding_length(config.hidden_size)
    writer.add_block_count(config.num_hidden_layers)
    writer.add_feed_forward_length(config.intermediate_size)
    writer.add_head_count(config.num_attention_heads)
    writer.add_head_count_kv(config.num_key_value_heads)
    writer.add_layer_norm_rms_eps(config.rms_norm_eps)
    writer.add_rope_freq_base(config.rope_parameters["rope_theta"])
    writer.add_vocab_size(config.vocab_size)
    _add_tokenizer(writer, tokenizer)
    format_of_matrices = gguf.GGMLQuantizationType[quantization]
    for name, weight in model.state_dict().items():
        gguf_name = _gguf_name(name)
        if gguf_name == without:
            continue
        values = _to_gguf(gguf_name, weight.float(), config).numpy()
        if weight.ndim == 1 or quantization == "F32":
            writer.add_tensor(gguf_name, values)
            continue
        try:
            data = gguf.quants.quantize(values, format_of_matrices)
        except NotImplementedError:
            data = _random_blocks(gguf_name, values, format_of_matrices)
        writer.add_tensor(gguf_name, data, raw_dtype=format_of_matrices)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def weights_in(path: Path, model: PreTrainedModel) -> dict[str, Tensor]:
    """What a file says the weights of a Llama are, by the names of transformers.

    Args:
        path: The file.
        model: A Llama of its shape.
    """
    import gguf

    tensors = {tensor.name: tensor for tensor in gguf.GGUFReader(path).tensors}
    weights = {}
    for name, weight in model.state_dict().items():
        tensor = tensors[_gguf_name(name)]
        values = gguf.quants.dequantize(tensor.data, tensor.tensor_type).astype(np.float32)
        values = torch.from_numpy(values.copy()).view(weight.shape)
        weights[name] = _from_gguf(tensor.name, values, model.config)
    return weights


def _add_tokenizer(writer: Any, tokenizer: PreTrainedTokenizerFast) -> None:
    content = json.loads(tokenizer.backend_tokenizer.to_str())["model"]
    tokens = sorted(content["vocab"], key=content["vocab"].get)
    special = set(tokenizer.all_special_tokens)
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("default")
    writer.add_token_list(tokens)
    writer.add_token_types([3 if token in special else 1 for token in tokens])
    writer.add_token_merges([" ".join(pair) for pair in content["merges"]])
    writer.add_bos_token_id(tokenizer.bos_token_id)
    writer.add_eos_token_id(tokenizer.eos_token_id)
    writer.add_pad_token_id(tokenizer.pad_token_id)
    writer.add_add_bos_token(True)


def _gguf_name(name: str) -> str:
    parts = name.removesuffix(".weight").split(".")
    number = next((part for part in parts if part.isdigit()), "")
    key = ".".join("{}" if part.isdigit() else part for part in parts)
    return f"{NAMES[key].format(number)}.weight"


def _heads(gguf_name: str, config: Any) -> int:
    """In how many heads the rows of a matrix are ordered for llama.cpp's rotation; 0 for none."""
    kind = gguf_name.split(".")[-2]
    return {"attn_q": config.num_attention_heads, "attn_k": config.num_key_value_heads}.get(kind, 0)


def _to_gguf(gguf_name: str, weight: Tensor, config: Any) -> Tensor:
    """transformers rotates the halves of a head, llama.cpp its even and odd numbers."""
    if not (heads := _heads(gguf_name, config)):
        return weight
    return weight.unflatten(0, (heads, 2, -1)).transpose(1, 2).reshape(weight.shape)


def _from_gguf(gguf_name: str, weight: Tensor, config: Any) -> Tensor:
    if not (heads := _heads(gguf_name, config)):
        return weight
    return weight.unflatten(0, (heads, -1, 2)).transpose(1, 2).reshape(weight.shape)


def _random_blocks(name: str, values: NDArray[np.float32], quantization: Any) -> NDArray[np.uint8]:
    import gguf

    numbers, size = gguf.GGML_QUANT_SIZES[quantization]
    rng = np.random.default_rng(crc32(name.encode()))
    shape = (*values.shape[:-1], values.shape[-1] // numbers * size)
    blocks = rng.integers(0, 256, shape, dtype=np.uint8).reshape(-1, size)
    # Wherever the format has a 16-bit scale, that is 0.001.
    scale = np.frombuffer(np.float16(0.001).tobytes(), np.uint8)
    for start in SCALES[quantization.name]:
        blocks[:, start : start + 2] = scale
    return blocks.reshape(shape)


# Where a block of each format has its 16-bit scales.
SCALES = {"Q2_K": (80, 82), "Q3_K": (108,), "Q4_K": (0, 2), "Q5_K": (0, 2), "Q6_K": (208,)}
