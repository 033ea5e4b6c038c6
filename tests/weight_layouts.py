"""Tiny models stored in the layouts that checkpoints come in, each with its dequantized twin."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor, nn
from transformers import AutoModelForCausalLM, PreTrainedModel

BLOCK = 128
NOT_QUANTIZED = ("embed_tokens", "lm_head", "norm", "router")


@dataclass(frozen=True)
class Stored:
    """A checkpoint and what it stands for.

    Attributes:
        arguments: Of `--model_args`.
        twin: The model whose weights are the dequantized ones, in float32.
    """

    arguments: dict[str, Any]
    twin: PreTrainedModel


def with_weights(model: PreTrainedModel, weights: dict[str, Tensor]) -> PreTrainedModel:
    """A model, whose weights of these names become others."""
    found = model.load_state_dict(weights, strict=False)
    assert not found.unexpected_keys
    return model


def _is_quantized(name: str, weight: Tensor) -> bool:
    return weight.ndim > 1 and not any(part in name for part in NOT_QUANTIZED)


def _rewrite(folder: Path, weights: dict[str, Tensor], quantization: dict[str, Any]) -> None:
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps({**config, "quantization_config": quantization}))


def fp8(folder: Path, model: PreTrainedModel) -> Stored:
    """Eight-bit floats with a scale per block of 128 by 128, as DeepSeek-V3's."""
    stored, plain = {}, {}
    for name, weight in load_file(folder / "model.safetensors").items():
        if not _is_quantized(name, weight):
            stored[name] = weight
            continue
        rows, columns = (-(-size // BLOCK) for size in weight.shape)
        scales = torch.linspace(0.5, 2, rows * columns).view(rows, columns) / 100
        whole = scales.repeat_interleave(BLOCK, 0).repeat_interleave(BLOCK, 1)
        whole = whole[: weight.shape[0], : weight.shape[1]]
        stored[name] = (weight / whole).to(torch.float8_e4m3fn)
        stored[f"{name}_scale_inv"] = scales
        plain[name] = stored[name].float() * whole
    method = {"quant_method": "fp8", "activation_scheme": "dynamic"}
    _rewrite(folder, stored, {**method, "weight_block_size": [BLOCK, BLOCK]})
    return Stored({"pretrained": str(folder)}, with_weights(model, plain))


FP4 = (0.0, 0.5, 1.0, 1.5, 2.0, 3.0, 4.0, 6.0)


def mxfp4(folder: Path, model: PreTrainedModel) -> Stored:
    """Experts in four-bit floats with an exponent per 32 of them, as gpt-oss's."""
    stored, plain = {}, {}
    random = torch.Generator().manual_seed(0)
    for name, weight in load_file(folder / "model.safetensors").items():
        if not name.endswith(("experts.gate_up_proj", "experts.down_proj")):
            stored[name] = weight
            continue
        experts, inputs, outputs = weight.shape
        shape = (experts, outputs, inputs // 32)
        stored[f"{name}_blocks"] = torch.randint(
            0, 256, (*shape, 16), generator=random, dtype=torch.uint8
        )
        stored[f"{name}_scales"] = torch.randint(
            122, 126, shape, generator=random, dtype=torch.uint8
        )
        numbers = []
        for byte in stored[f"{name}_blocks"].flatten().tolist():
            for nibble in (byte & 15, byte >> 4):
                numbers.append(FP4[nibble & 7] * (-1 if nibble & 8 else 1))
        values = torch.tensor(numbers).view(*shape, 32)
        values = values * 2.0 ** (stored[f"{name}_scales"].float() - 127)[..., None]
        plain[name] = values.view(experts, outputs, inputs).transpose(1, 2).contiguous()
    skipped = ["model.layers.*.self_attn", "model.layers.*.mlp.router", "model.embed_tokens"]
    method = {"quant_method": "mxfp4", "modules_to_not_convert": [*skipped, "lm_head"]}
    _rewrite(folder, stored, method)
    return Stored({"pretrained": str(folder)}, with_weights(model, plain))


def compressed_tensors(folder: Path, model: PreTrainedModel) -> Stored:
    """Eight-bit integers with a scale per row, as the `compressed-tensors` package stores them."""
    stored, plain = {}, {}
    for name, weight in load_file(folder / "model.safetensors").items():
        if not _is_quantized(name, weight):
            stored[name] = weight
            continue
        scales = weight.abs().amax(dim=1, keepdim=True) / 127
        stored[name] = (weight / scales).round().clamp(-128, 127).to(torch.int8)
        stored[f"{name}_scale"] = scales
        plain[name] = stored[name].float() * scales
    weights = {"num_bits": 8, "type": "int", "symmetric": True, "strategy": "channel"}
    group = {"targets": ["Linear"], "weights": weights, "format": "int-quantized"}
    method = {"quant_method": "compressed-tensors", "format": "int-quantized"}
    status = {"quantization_status": "compressed", "ignore": ["lm_head"]}
    _rewrite(folder, stored, {**method, **status, "config_groups": {"group_0": group}})
    return Stored({"pretrained": str(folder)}, with_weights(model, plain))


def by_transformers(
    folder: Path, model: PreTrainedModel, quantization: Any, dequantized: Callable[[Any], Tensor]
) -> Stored:
    """A model that transformers quantizes and stores.

    Args:
        folder: Where it lies as it is; what is stored lies below.
        model: The same model.
        quantization: How to quantize it.
        dequantized: The plain weights of a quantized linear module.
    """
    made = AutoModelForCausalLM.from_pretrained(
        folder, quantization_config=quantization, device_map="cpu", dtype=torch.float32
    )
    made.save_pretrained(folder / "stored")
    plain = {
        f"{name}.weight": dequantized(module).float().clone()
        for name, module in made.named_modules()
        if isinstance(module, nn.Linear) and type(module.weight) is not nn.Parameter
    }
    assert plain
    arguments = {"pretrained": str(folder / "stored"), "tokenizer": str(folder)}
    return Stored(arguments, with_weights(model, plain))
