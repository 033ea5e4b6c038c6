"""Weights that a package changes when the model is first run: held, or brought about before."""

from collections.abc import Iterator
from typing import Any

import torch
from lm_eval.models.huggingface import HFLM
from torch import nn

from neuronxa_tasks.harness.upstream import forward_pass
from neuronxa_tasks.states.probe import probe_tokens

# The attribute by which bitsandbytes lays weights of 4 bits out anew for a CPU's own kernel.
_OWN_KERNEL = "support_avx512bf16_for_cpu"


def hold_weights(model: nn.Module) -> None:
    """Let a model of 4 bits run with its weights as they are stored, in its own number format.

    For some CPUs bitsandbytes would lay them out anew in the first pass, and compute in bfloat16.
    It has no exact way back, but tries one whenever the weights are listed: from then on the
    model would be another.

    Args:
        model: As loaded, before it is run.
    """
    for module in model.modules():
        if hasattr(module, _OWN_KERNEL):
            setattr(module, _OWN_KERNEL, False)


def are_laid_out_anew(model: nn.Module) -> bool:
    """Whether some weights of 4 bits are no longer as they were stored, and must not be listed."""
    return any(getattr(state, "packing_format_for_cpu", False) for state in _quant_states(model))


def unpack_weights(lm: HFLM, vocabulary: int) -> None:
    """Run the whole model once where hooks wait for that, as those that unpack weights do.

    compressed-tensors unpacks when the model with its head is run. The decoder alone would
    compute with packed numbers.

    Args:
        lm: The harness's model.
        vocabulary: Number of token embeddings.
    """
    if lm.model._forward_pre_hooks:
        with torch.inference_mode():
            forward_pass(lm)(probe_tokens(vocabulary, lm.device))


def _quant_states(model: nn.Module) -> Iterator[Any]:
    for module in model.modules():
        yield getattr(getattr(module, "weight", None), "quant_state", None)
