"""The request method for information parity: the nats that sentences take, by any model."""

import json
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from lm_eval.api.instance import Instance
from lm_eval.api.model import LM
from lm_eval.models.huggingface import HFLM

from neuronxa_tasks.errors import ModelError, SettingsError
from neuronxa_tasks.harness.measured_model import describe_model
from neuronxa_tasks.harness.requests.kept_nats import KeptNats
from neuronxa_tasks.harness.requests.score_cache import cache_file
from neuronxa_tasks.harness.upstream import WHOLE_TEXT
from neuronxa_tasks.log import logger

REQUEST_TYPE = "information_parity"


@dataclass(kw_only=True)
class ParityRequest(Instance):
    """A pair whose sentences, its two arguments, are compared by the nats that they take.

    Attributes:
        is_pivot: Whether it is of the pivot's own task, whose parity is 1 by definition.
        ignored: Command-line options of the run that do not reach these sentences.
        record: What the results say of the model; it is filled in with the answer, as the
            harness fills in `resps`.
    """

    is_pivot: bool
    ignored: tuple[str, ...] = ()
    record: dict[str, Any] = field(default_factory=dict, repr=False)


def information_parity(lm: LM, requests: Sequence[ParityRequest]) -> list[str]:
    """Answer the requests of any number of tasks.

    A sentence takes as many nats as the negative log-likelihood that the harness's own request
    `loglikelihood_rolling` gives it, so that every model class that answers those can be
    measured. The harness would run equal requests anew for every task: here each sentence is
    run once, those of the pivot too.

    Args:
        lm: The harness's model, of any class.
        requests: The pairs.

    Returns:
        For every request a JSON object, `pivot` and `language`: the nats of its two sentences.
        Requests of the pivot's own task get `{}`.

    Raises:
        ModelError: The model class gives no log-likelihoods, or a sentence takes no nats, or no
            finite number of them.
        SettingsError: Only the pivot's own task was asked for.
    """
    compared = [request for request in requests if not request.is_pivot]
    if not compared:
        raise SettingsError(
            f"Expected a language other than the pivot, but got only {requests[0].task_name}, "
            "whose parity is 1: add a language, or set another pivot with --metadata pivot=CODE"
        )
    if ignored := sorted({option for request in requests for option in request.ignored}):
        logger.warning("%s: no effect on sentences that are run raw and anew", ", ".join(ignored))
    texts = _longest_first(text for request in compared for text in request.args)
    model = describe_model(lm) if isinstance(lm, HFLM) else {}
    kept = KeptNats(lm, model) if isinstance(lm, HFLM) and cache_file(lm) else None
    nats = kept.answer(texts, partial(sentence_nats, lm)) if kept else sentence_nats(lm, texts)
    for request in requests:
        request.record = {**model, "ignored": list(request.ignored)}
    return [
        "{}"
        if request.is_pivot
        else json.dumps({"pivot": nats[request.args[0]], "language": nats[request.args[1]]})
        for request in requests
    ]


def sentence_nats(lm: LM, sentences: Iterable[str]) -> dict[str, float]:
    """The nats that every sentence takes: the negative log-likelihood of the whole of it.

    Args:
        lm: The harness's model, of any class.
        sentences: Each distinct one is run once.

    Raises:
        ModelError: The model class gives no log-likelihoods, or a sentence takes no nats, or no
            finite number of them.
    """
    texts = _longest_first(sentences)
    asked = [
        Instance(request_type=WHOLE_TEXT, doc={}, arguments=(text,), idx=index)
        for index, text in enumerate(texts)
    ]
    try:
        answers = getattr(lm, WHOLE_TEXT)(asked)
    except NotImplementedError as error:
        raise ModelError(
            f"Expected a model class that answers {WHOLE_TEXT}, but {type(lm).__name__} does "
            f"not ({error}): use --model hf, or another class that gives log-likelihoods"
        ) from error
    nats = {text: -float(answer) for text, answer in zip(texts, answers, strict=True)}
    if faulty := [text for text, value in nats.items() if not 0 < value < math.inf]:
        raise ModelError(
            f"Expected every sentence to take a positive and finite number of nats, but got "
            f"{nats[faulty[0]]} for {faulty[0]!r} and {len(faulty) - 1} others; try another "
            "dtype, such as dtype=float32"
        )
    return nats


def _longest_first(sentences: Iterable[str]) -> list[str]:
    """Each once: the harness makes batches in this order, and those of one length pad least.

    Sentences of one length keep their order, so that every run makes the same batches.
    """
    return sorted(dict.fromkeys(sentences), key=len, reverse=True)
