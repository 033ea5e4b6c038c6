"""Tell one model's weights from another's without reading files."""

import hashlib
import json
from collections.abc import Iterator
from typing import Any

import torch
from torch import Tensor, nn

# How many numbers of each tensor are taken as they are, beside the sum of all.
SAMPLES = 64


def model_fingerprint(model: nn.Module) -> str:
    """SHA-256 of a model's configuration and of a sample of every weight.

    Equal weights in another folder get the same fingerprint; another checkpoint or adapter
    gets another, since the sum of each tensor counts beside the sample.

    Args:
        model: A transformers model, with or without a PEFT adapter.
    """
    digest = hashlib.sha256()
    digest.update(json.dumps(_configuration(model), sort_keys=True, default=str).encode())
    for name, tensor in model.state_dict().items():
        digest.update(f"{name} {tuple(tensor.shape)} {tensor.dtype}".encode())
        for plain in _plain_tensors(tensor.detach()):
            if plain.numel() == 0 or plain.is_meta:
                continue
            flat = plain.reshape(-1)
            step = max(1, flat.numel() // SAMPLES)
            sample = flat[::step][:SAMPLES].to(torch.float32)
            total = flat.sum(dtype=torch.float32)
            digest.update(torch.cat([sample, total[None]]).cpu().numpy().tobytes())
    return digest.hexdigest()


def _plain_tensors(tensor: Any) -> Iterator[Tensor]:
    """The tensors that a quantized one is made of, or the tensor itself."""
    if not hasattr(tensor, "__tensor_flatten__"):
        yield tensor
        return
    for name in tensor.__tensor_flatten__()[0]:
        yield from _plain_tensors(getattr(tensor, name))


def _configuration(model: Any) -> dict[str, Any]:
    configuration = dict(model.config.to_dict())
    # Where a model lies and what wrote it do not change what it computes.
    for key in ("_name_or_path", "transformers_version"):
        configuration.pop(key, None)
    adapters = getattr(model, "peft_config", {})
    configuration["adapters"] = {name: str(adapter) for name, adapter in adapters.items()}
    return configuration
