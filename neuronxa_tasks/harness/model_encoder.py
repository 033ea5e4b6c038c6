"""The sentence encoder of the harness's model: its tokens, batches, device and processes."""

from collections.abc import Sequence
from dataclasses import replace

import torch
from lm_eval.models.huggingface import HFLM

from neuronxa_tasks.errors import ModelError
from neuronxa_tasks.harness.forward_pass import changes_forward_pass, check_model_class
from neuronxa_tasks.harness.settings import Settings
from neuronxa_tasks.harness.stored_weights import hold_weights, unpack_weights
from neuronxa_tasks.harness.upstream import forward_pass
from neuronxa_tasks.log import logger
from neuronxa_tasks.states import Named, Processes, SentenceEncoder, find_decoder, find_layout
from neuronxa_tasks.states.probe import check_causal, text_alone


def make_encoder(lm: HFLM, settings: Settings | None = None) -> SentenceEncoder:
    """An encoder for the harness's model, with the tokens and batches that the harness uses.

    The decoder runs without its language-model head, and so by itself; only a class with its own
    forward pass, such as one that steers the model, runs it as the harness would have it.

    Args:
        lm: The harness's model.
        settings: They may say where the neurons are.

    Raises:
        SettingsError: The neurons are not where the settings say.
        ModelError: The model is no decoder, has no neurons that can be found, holds a slice
            of them in each process, or miscounts the processes; its class scores text in a way
            of its own; or its states depend on the batch.
    """
    check_model_class(lm)
    if getattr(lm.model, "tp_size", None) not in (None, 1):
        raise ModelError(
            f"Expected whole layers in every process, but `tp_plan` spreads them over "
            f"{lm.model.tp_size}: use parallelize=True, or several processes without tp_plan"
        )
    decoder = find_decoder(lm.model)
    hold_weights(lm.model)
    unpack_weights(lm, decoder.vocabulary)
    with text_alone(decoder.model):
        check_causal(decoder, decoder.vocabulary, lm.device)
    named = None
    if settings and settings.down_projections:
        named = Named(settings.down_projections, settings.gates)
    layout = find_layout(decoder, lm.device, named)
    if changes_forward_pass(lm):
        decoder = replace(decoder, through=forward_pass(lm))
        check_causal(decoder, decoder.vocabulary, lm.device)
    return SentenceEncoder(
        decoder=decoder,
        layout=layout,
        tokenize=lambda texts: tokenize(lm, texts),
        max_length=lm.max_length,
        batch_size=lm.max_batch_size if lm.batch_size == "auto" else int(lm.batch_size),
        device=lm.device,
        autocast=lambda: torch.autocast(
            lm.device.type,
            dtype=lm.mixed_precision_dtype,
            enabled=lm.mixed_precision_dtype is not None,
        ),
        processes=_processes(lm),
    )


def _processes(lm: HFLM) -> Processes:
    launched = torch.distributed.is_initialized()
    running = torch.distributed.get_world_size() if launched else 1
    rank = torch.distributed.get_rank() if launched else 0
    if lm.world_size == 1:
        if running > 1:
            logger.warning(
                "each of %d processes runs every sentence, no faster than one: use --model "
                "neuronxa to share them",
                running,
            )
        return Processes()
    if (lm.rank, lm.world_size) != (rank, running):
        raise ModelError(
            f"Expected the model to know itself as process {rank} of {running}, but it takes "
            f"itself for {lm.rank} of {lm.world_size}: on several machines use --model neuronxa"
        )
    return Processes(rank, running)


def tokenize(lm: HFLM, texts: Sequence[str]) -> list[list[int]]:
    """Token ids as the harness makes them: special tokens as `add_bos_token` says."""
    options = {} if lm.add_bos_token is None else {"add_special_tokens": lm.add_bos_token}
    token_ids: list[list[int]] = lm.tokenizer(list(texts), **options)["input_ids"]
    return token_ids
