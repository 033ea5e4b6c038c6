"""The harness's Hugging Face model with its neurons in view."""

import os
from collections.abc import Sequence
from typing import Any

import torch
from lm_eval.api.registry import register_model
from lm_eval.models.huggingface import HFLM
from torch import Tensor
from tqdm import tqdm

from neuronxa_tasks.errors import SettingsError
from neuronxa_tasks.harness.measured_model import model_record
from neuronxa_tasks.harness.model_encoder import make_encoder
from neuronxa_tasks.harness.requests.alignment_answer import bitext_alignment
from neuronxa_tasks.harness.requests.alignment_request import BitextRequest
from neuronxa_tasks.harness.setting_values import check_choices
from neuronxa_tasks.harness.upstream import set_processes
from neuronxa_tasks.measures import (
    ACTIVATIONS,
    DEFAULT_POOLING,
    KINDS,
    POOLINGS,
    Activation,
    Kind,
    Pooling,
    Representation,
    representations,
)


@register_model("neuronxa")
class NeuronXALM(HFLM):
    """`HFLM`, whose every argument it takes, with sentence states and bitext alignment.

    Under `accelerate launch` or `torchrun` it counts processes over all machines, with or
    without a GPU, where `HFLM` shares work on one machine with several GPUs only.
    """

    def __init__(self, *args: Any, device: str | None = "cuda", **kwargs: Any) -> None:
        without_gpu = str(device).startswith("cpu") or not torch.accelerator.is_available()
        if "LOCAL_RANK" in os.environ and without_gpu:
            # Unless it is told so, accelerate takes processes without a GPU for one process.
            os.environ["ACCELERATE_USE_CPU"] = "true"
        super().__init__(*args, device=device, **kwargs)
        if accelerator := getattr(self, "accelerator", None):
            set_processes(self, accelerator.process_index, accelerator.num_processes)

    def sentence_states(
        self,
        texts: Sequence[str],
        *,
        kinds: Sequence[Kind] = KINDS,
        poolings: Sequence[Pooling] = (DEFAULT_POOLING,),
        activations: Sequence[Activation] | None = None,
        truncate: bool = False,
    ) -> dict[Representation, list[Tensor]]:
        """Pooled states of raw sentences, all representations from one pass (section 2.2).

        Args:
            texts: n sentences.
            kinds: `nas`, `nav`, `embedding`.
            poolings: `weighted`, `mean`, `last`.
            activations: `gate`, `product`; by default `gate` for NAS and `product` for NAV.
            truncate: Whether sentences longer than the model's context are cut.

        Returns:
            For every combination of the arguments one tensor per layer, each of shape
            `(n, d)`, float32, on the layer's device: for `nas` and `nav` L tensors, d the
            layer's number of neurons; for `embedding` L + 1 tensors, d the hidden size, the
            first before layer 1 and the last after the final norm.

        Raises:
            SettingsError: An argument names nothing that there is, or `texts` is no list.
            ModelError: The model's neurons cannot be found, a sentence has no token or too
                many, or its states are not finite.

        Example:
            >>> lm = NeuronXALM(pretrained="gpt2")  # doctest: +SKIP
            >>> states = lm.sentence_states(["Good morning.", "Guten Morgen."])  # doctest: +SKIP
            >>> {(r.kind, len(layers)) for r, layers in states.items()}  # doctest: +SKIP
            {('nas', 12), ('nav', 12), ('embedding', 13)}
        """
        if isinstance(texts, str) or not texts:
            raise SettingsError(f"Expected `texts` to be a list of sentences, but got {texts!r}")
        wanted = representations(
            check_choices("kinds", kinds, KINDS),
            check_choices("poolings", poolings, POOLINGS),
            None if activations is None else check_choices("activations", activations, ACTIVATIONS),
        )
        states = make_encoder(self).encode(
            texts, wanted, truncate=truncate, name="texts", progress=tqdm(disable=True)
        )
        return {r: [layer[states.rows] for layer in states.layers[r]] for r in wanted}

    def bitext_alignment(self, requests: Sequence[BitextRequest]) -> list[str]:
        """Answer alignment requests; see `requests.alignment_answer`."""
        return bitext_alignment(self, requests)

    def get_model_info(self) -> dict[str, Any]:
        """What the results say of the model: the harness's own, and what tells it from others."""
        return {**super().get_model_info(), "neuronxa_model": model_record(self)}
