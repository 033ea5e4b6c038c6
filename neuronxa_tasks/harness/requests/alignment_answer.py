"""The request method: from the pairs of every language to their alignment."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from itertools import groupby
from typing import Any, NoReturn

from lm_eval.models.huggingface import HFLM
from tqdm import tqdm

from neuronxa_tasks.data.bitext import Bitext
from neuronxa_tasks.data.languages import language_name
from neuronxa_tasks.errors import SettingsError
from neuronxa_tasks.harness.measured_model import describe_model, digest, model_key
from neuronxa_tasks.harness.model_encoder import make_encoder, tokenize
from neuronxa_tasks.harness.requests.alignment_request import BitextRequest
from neuronxa_tasks.harness.requests.memory import say_memory
from neuronxa_tasks.harness.requests.missing import leave_out_missing
from neuronxa_tasks.harness.requests.outcome_record import language_record, pair_response
from neuronxa_tasks.harness.requests.outcomes import score
from neuronxa_tasks.harness.requests.score_cache import (
    FinishedLanguage,
    LanguageCache,
    cache_file,
)
from neuronxa_tasks.log import logger
from neuronxa_tasks.measures import Representation
from neuronxa_tasks.states import SentenceEncoder, SentenceStates


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
    encoder = make_encoder(lm, requests[0].settings)
    leave_out_missing(encoder.layout, requests)
    described = describe_model(lm)
    file = cache_file(lm)
    model = model_key(lm, encoder, described) if file else None
    cache = LanguageCache(file) if file and model else None
    compared = [group[0] for group in groups if not group[0].bitext.is_pivot]
    say_memory(encoder, compared)
    key_of = _keys(lm, model, compared) if model else {id(r.bitext): str(id(r)) for r in compared}
    # One process reads for all, so that all leave out the same languages.
    first = encoder.processes.rank == 0
    read = cache.read(key_of.values()) if cache and first else {}
    finished = encoder.processes.collect(read)[0]
    if finished:
        logger.info("%d of %d languages are finished in %s", len(finished), len(compared), file)
    todo = [request for request in compared if key_of[id(request.bitext)] not in finished]
    for request, pivot, language in _states_of_languages(encoder, todo):
        key = key_of[id(request.bitext)]
        finished[key] = _finish(described, encoder, request, pivot, language)
        if cache and first:
            cache.write(key, finished[key])
        del pivot, language  # Else they would still be held while the next language runs.
    return [
        "{}" if request.bitext.is_pivot else _respond(request, finished[key_of[id(request.bitext)]])
        for request in requests
    ]


def _respond(request: BitextRequest, finished: FinishedLanguage) -> str:
    request.record = {**finished.record, "ignored": list(request.ignored)}
    return finished.responses[int(request.doc["pair"])]


def _finish(
    described: dict[str, Any],
    encoder: SentenceEncoder,
    request: BitextRequest,
    pivot: SentenceStates,
    language: SentenceStates,
) -> FinishedLanguage:
    outcomes = score(request.metrics, request.settings, pivot, language)
    states = {"pivot": pivot, "language": language}
    return FinishedLanguage(
        record=language_record(request.bitext, described, encoder, states, outcomes),
        responses=[pair_response(pair, outcomes) for pair in range(len(request.bitext))],
    )


def _keys(lm: HFLM, model: str, requests: Sequence[BitextRequest]) -> dict[int, str]:
    """By bitext, a digest of everything that its scores depend on."""
    return {
        id(request.bitext): digest(
            {
                "model": model,
                "bitext": [request.bitext.corpus, request.bitext.language, request.bitext.pivot],
                "source": asdict(request.bitext.provenance),
                "sha256": request.bitext.digests,
                **request.bitext.place,
                # Tokenizer, beginning-of-sequence token and all that tells them.
                "tokens": digest({"ids": _token_ids(lm, request.bitext)}),
                "metrics": [metric.name for metric in request.metrics],
                "truncate": request.settings.truncate,
            }
        )
        for request in requests
    }


def _token_ids(lm: HFLM, bitext: Bitext) -> list[list[list[int]]]:
    return [tokenize(lm, side) for side in (bitext.pivot_sentences, bitext.sentences)]


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
    encoder: SentenceEncoder, requests: Sequence[BitextRequest]
) -> Iterator[tuple[BitextRequest, SentenceStates, SentenceStates]]:
    """Every language's request with the states of its pivot and its own."""
    pivot_key: tuple[Any, ...] | None = None
    pivot: SentenceStates | None = None
    total, silent = _count_sentences(requests), encoder.processes.rank > 0
    with tqdm(total=total, unit="sentence", disable=silent) as progress:
        for request in requests:
            bitext = request.bitext
            if pivot is None or _pivot_key(request) != pivot_key:
                pivot = None  # The last pivot's memory is free before the next takes its own.
                pivot = _encode(encoder, request, bitext.pivot, bitext.pivot_sentences, progress)
                pivot_key = _pivot_key(request)
            # No name is given to the language's states, so that they end with their reader's.
            yield (
                request,
                pivot,
                _encode(encoder, request, bitext.language, bitext.sentences, progress),
            )


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
        _representations(request),
        truncate=request.settings.truncate,
        name=f"{request.bitext.corpus} {code} ({name})",
        progress=progress,
    )


def _pivot_key(request: BitextRequest) -> tuple[Any, ...]:
    bitext, settings = request.bitext, request.settings
    return bitext.pivot_sentences, settings.truncate, _representations(request)


def _representations(request: BitextRequest) -> tuple[Representation, ...]:
    return tuple(dict.fromkeys(metric.representation for metric in request.metrics))


def _count_sentences(requests: Sequence[BitextRequest]) -> int:
    pivots = [next(same) for _, same in groupby(requests, key=_pivot_key)]
    return sum(len(request.bitext) for request in (*requests, *pivots))
