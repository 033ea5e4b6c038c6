"""What the sentence states of a run take in memory, said before it starts."""

from collections.abc import Iterable, Sequence
from typing import Any

import torch
from accelerate.utils import get_max_memory

from neuronxa_tasks.harness.requests.alignment_request import BitextRequest
from neuronxa_tasks.log import logger
from neuronxa_tasks.measures import Representation
from neuronxa_tasks.states import ExpertSite, SentenceEncoder

# Less is not worth a word.
WORTH_SAYING = 2**30


def say_memory(encoder: SentenceEncoder, requests: Sequence[BitextRequest]) -> None:
    """Say what is held at a time: the states of the pivot and of one language.

    Args:
        encoder: What will run.
        requests: What it will be asked, one of every bitext.
    """
    needed = max(bytes_held(encoder, request) for request in requests)
    if needed < WORTH_SAYING:
        return
    logger.info("sentence states of a language and its pivot take %.1f GB", needed / 1e9)
    device = encoder.device
    room = get_max_memory()
    free = room.get(device.index or 0, room["cpu"]) if device.type == "cuda" else room["cpu"]
    if needed > free:
        kept = (
            "; what is more is kept in files, and the run is slow" if device.type == "cpu" else ""
        )
        logger.warning(
            "sentence states take %.1f GB, but %s has %.1f GB free%s: ask for fewer measures, "
            "activations or poolings at a time, or for fewer pairs (n_pairs)",
            *(needed / 1e9, device, free / 1e9, kept),
        )


def bytes_held(encoder: SentenceEncoder, request: BitextRequest) -> int:
    """Bytes of the states of both sides of a bitext, where no two sentences are the same.

    Args:
        encoder: What will run.
        request: Of one pair of the bitext.
    """
    wanted = {metric.representation for metric in request.metrics}
    return bytes_of_states(encoder, wanted, 2 * len(request.bitext))


def bytes_of_states(
    encoder: SentenceEncoder, wanted: Iterable[Representation], sentences: int
) -> int:
    """Bytes of the states of some sentences.

    Args:
        encoder: What will run.
        wanted: What is pooled.
        sentences: How many distinct ones.
    """
    numbers = sum(numbers_per_sentence(encoder, representation) for representation in wanted)
    return sentences * numbers * torch.float32.itemsize


def numbers_per_sentence(encoder: SentenceEncoder, representation: Representation) -> int:
    """How many numbers a sentence's states have in all layers."""
    if representation.kind == "embedding":
        config: Any = encoder.decoder.model.config
        hidden = int(config.get_text_config(decoder=True).hidden_size)
        return hidden * len(encoder.layout.layers(representation))
    return sum(
        site.width * (site.experts if isinstance(site, ExpertSite) else 1)
        for site in encoder.layout.sites
    )
