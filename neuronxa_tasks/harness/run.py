"""The request method: from the pairs of every language to their alignment."""

import logging
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any, NoReturn

import torch
from lm_eval.models.huggingface import HFLM
from tqdm import tqdm

from neuronxa_tasks.alignment import align
from neuronxa_tasks.errors import ModelError, SettingsError
from neuronxa_tasks.harness.record import language_record, pair_response
from neuronxa_tasks.harness.request import BitextRequest
from neuronxa_tasks.languages import language_name
from neuronxa_tasks.states import (
    Processes,
    SentenceEncoder,
    SentenceStates,
    find_decoder,
    find_sites,
)

# A child of the harness's logger, so that its handler and level hold for us too.
logger = logging.getLogger("lm_eval.neuronxa_tasks")


def bitext_alignment(lm: HFLM, requests: Sequence[BitextRequest]) -> list[str]:
    """Answer the requests of any number of alignment tasks, language by language.

    The pivot is run once for as long as its sentences stay the same, and memory holds its
    states and those of one language.

    Args:
        lm: The harness's model.
        requests: The reported pairs; those of one bitext stand together.

    Returns:
        For every request a JSON object: the layers in which the pair is aligned, its margin
        and its nearest wrong neighbour. Requests of the pivot's own task get `{}`.

    Raises:
        ModelError: The model's neuron states cannot be taken.
        SettingsError: Only the pivot's own task was asked for.
    """
    groups = [list(group) for _, group in groupby(requests, key=lambda r: id(r.bitext))]
    _announce(groups)
    encoder = make_encoder(lm)
    responses = []
    for group, pivot, language in _states_of_languages(encoder, groups):
        request = group[0]
        if pivot is None or language is None:
            responses += ["{}"] * len(group)
            continue
        alignments = {
            metric: align(
                pivot.layers[metric.representation],
                language.layers[metric.representation],
                pivot.rows,
                language.rows,
            )
            for metric in request.settings.metrics
        }
        states = {"pivot": pivot, "language": language}
        record = language_record(
            request.bitext, _describe(lm), encoder.sites, states, alignments, request.ignored
        )
        for request in group:
            request.record = record
            responses.append(pair_response(request.doc["pair"], alignments))
    return responses


def make_encoder(lm: HFLM) -> SentenceEncoder:
    """An encoder for the harness's model, with the tokens and batches that the harness uses.

    Raises:
        ModelError: The model is no decoder, has no neurons that can be found, holds a slice
            of them in each process, or miscounts the processes.
    """
    if lm.backend != "causal":
        raise ModelError(
            f"Expected a causal language model, but got a {lm.backend} model: neuron states "
            "are defined for decoders"
        )
    if getattr(lm.model, "tp_size", None) not in (None, 1):
        raise ModelError(
            f"Expected whole layers in every process, but `tp_plan` spreads them over "
            f"{lm.model.tp_size}: use parallelize=True, or several processes without tp_plan"
        )
    decoder = find_decoder(lm.model)
    return SentenceEncoder(
        decoder=decoder,
        sites=find_sites(decoder),
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


def _announce(groups: Sequence[Sequence[BitextRequest]]) -> None:
    pivots = [group[0] for group in groups if group[0].bitext.is_pivot]
    if len(pivots) == len(groups):
        raise SettingsError(
            f"Expected a language other than the pivot, but got only {pivots[0].task_name}: "
            f"{pivots[0].bitext.pivot} is compared with itself; add a language, or set another "
            "pivot with --metadata pivot=CODE"
        )
    for request in pivots:
        logger.info("%s is the pivot's own task and reports no metric", request.task_name)
    if ignored := sorted({option for group in groups for option in group[0].ignored}):
        logger.warning(
            "%s: no effect on alignment tasks, whose sentences are run raw and anew",
            ", ".join(ignored),
        )


def _states_of_languages(
    encoder: SentenceEncoder, groups: Sequence[Sequence[BitextRequest]]
) -> Iterator[tuple[Sequence[BitextRequest], SentenceStates | None, SentenceStates | None]]:
    """Every group with the states of its pivot and its language, none for the pivot's own."""
    pivot_key: tuple[Any, ...] | None = None
    pivot: SentenceStates | None = None
    total, silent = _count_sentences(groups), encoder.processes.rank > 0
    with tqdm(total=total, unit="sentence", disable=silent) as progress:
        for group in groups:
            request, bitext = group[0], group[0].bitext
            if bitext.is_pivot:
                yield group, None, None
                continue
            if _pivot_key(request) != pivot_key:
                pivot = None  # The last pivot's memory is free before the next takes its own.
                pivot = _encode(encoder, request, bitext.pivot, bitext.pivot_sentences, progress)
                pivot_key = _pivot_key(request)
            language = _encode(encoder, request, bitext.language, bitext.sentences, progress)
            yield group, pivot, language


def _encode(
    encoder: SentenceEncoder,
    request: BitextRequest,
    code: str,
    texts: Sequence[str],
    progress: "tqdm[NoReturn]",
) -> SentenceStates:
    name = language_name(code)
    progress.set_description(name)
    return encoder.encode(
        texts,
        [metric.representation for metric in request.settings.metrics],
        truncate=request.settings.truncate,
        name=f"{request.bitext.corpus} {code} ({name})",
        progress=progress,
    )


def _pivot_key(request: BitextRequest) -> tuple[Any, ...]:
    return request.bitext.pivot_sentences, request.settings


def _count_sentences(groups: Sequence[Sequence[BitextRequest]]) -> int:
    requests = [group[0] for group in groups if not group[0].bitext.is_pivot]
    pivots = [next(same) for _, same in groupby(requests, key=_pivot_key)]
    return sum(len(request.bitext) for request in (*requests, *pivots))


def _describe(lm: HFLM) -> dict[str, Any]:
    first_token = tokenize(lm, ["A"])[0][0]
    return {
        "dtype": str(lm.model.dtype).removeprefix("torch."),
        "bos": lm.tokenizer.bos_token_id is not None and first_token == lm.tokenizer.bos_token_id,
    }
