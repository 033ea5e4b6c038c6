"""Tell one model's weights from another's, wherever they lie while the model runs."""

import hashlib
import json
from collections.abc import Iterator
from contextlib import nullcontext
from typing import Any

import torch
from accelerate.utils import align_module_device, has_offloaded_params
from torch import Tensor, nn

# Bytes of a tensor are summed as integers of this many.
WORD = 8


def weights_fingerprint(model: nn.Module) -> str | None:
    """SHA-256 over exact sums of the bytes of every weight of a model, its adapters included.

    Sums of integers are exact: equal weights in another folder, on another device or on disk
    get the same fingerprint, and a single changed weight another one. Another number format is
    other weights.

    Args:
        model: A transformers model, with or without a PEFT adapter. Weights that were
            offloaded to disk are read from there, one module at a time.

    Returns:
        None where some weight is nowhere to be found, as of a model that was never loaded.
    """
    digest = hashlib.sha256()
    for name, module in model.named_modules():
        # By what an adapter's product is multiplied, which is no weight.
        if isinstance(scaling := getattr(module, "scaling", None), dict):
            digest.update(f"{name} {sorted(scaling.items())}".encode())
    for name, tensor in model.state_dict().items():
        digest.update(f"{name} {tuple(tensor.shape)} {tensor.dtype}".encode())
        path, _, attribute = name.rpartition(".")
        owner = model.get_submodule(path) if tensor.is_meta else None
        if owner is not None and not has_offloaded_params(owner):
            return None
        with align_module_device(owner, "cpu") if owner is not None else nullcontext():
            loaded = tensor if owner is None else getattr(owner, attribute)
            for plain in _plain_tensors(loaded.detach()):
                digest.update(_sums(plain))
    return digest.hexdigest()


def _sums(tensor: Tensor) -> bytes:
    """Sums over the rows and columns of a tensor's bytes laid out as a square of integers."""
    flat = tensor.contiguous().reshape(-1).view(torch.uint8)
    words = flat[: flat.numel() // WORD * WORD].view(torch.int64)
    rest = flat[words.numel() * WORD :]
    side = int(words.numel() ** 0.5)
    square, tail = words[: side * side].view(side, side), words[side * side :]
    # They may overflow, in the same way everywhere. An exchange of two numbers moves a row's or a
    # column's sum.
    parts = [square.sum(dim=0), square.sum(dim=1), tail, rest.to(torch.int64)]
    return torch.cat(parts).cpu().numpy().tobytes()


def _plain_tensors(tensor: Any) -> Iterator[Tensor]:
    """The tensors that a quantized one is made of, or the tensor itself."""
    if not hasattr(tensor, "__tensor_flatten__"):
        yield tensor
        return
    for name in tensor.__tensor_flatten__()[0]:
        yield from _plain_tensors(getattr(tensor, name))


def configuration_fingerprint(model: Any) -> str:
    """SHA-256 of what a model computes with its weights, as its configuration says.

    Args:
        model: A transformers model, with or without a PEFT adapter.
    """
    configuration = dict(model.config.to_dict())
    # Where a model lies and what wrote it do not change what it computes.
    for key in ("_name_or_path", "transformers_version"):
        configuration.pop(key, None)
    adapters = getattr(model, "peft_config", {})
    configuration["adapters"] = {name: str(adapter) for name, adapter in adapters.items()}
    text = json.dumps(configuration, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()
