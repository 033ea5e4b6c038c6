"""The request method for losses: how badly a model predicts whole sentences."""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NoReturn

import torch
from lm_eval.api.instance import Instance
from lm_eval.models.huggingface import HFLM
from torch import Tensor
from torch.nn import functional
from tqdm import tqdm

from neuronxa_tasks.data.bmlama import Query
from neuronxa_tasks.data.languages import language_name
from neuronxa_tasks.errors import ModelError
from neuronxa_tasks.harness.forward_pass import check_model_class
from neuronxa_tasks.harness.measured_model import describe_model
from neuronxa_tasks.harness.model_encoder import tokenize
from neuronxa_tasks.harness.upstream import forward_pass
from neuronxa_tasks.log import logger
from neuronxa_tasks.states.batches import Batches, TokenIds, check_tokens, pad
from neuronxa_tasks.states.probe import check_causal

REQUEST_TYPE = "sentence_loss"


@dataclass(kw_only=True)
class SentenceLossRequest(Instance):
    """A query in one language or several, whose candidates are ranked by loss.

    Attributes:
        queries: By the code of their language.
        truncate: Whether sentences longer than the model's context are cut.
        ignored: Command-line options of the run that do not reach these sentences.
        record: What the results say of the model; it is filled in with the answer, as the
            harness fills in `resps`.
    """

    queries: Mapping[str, Query] = field(repr=False)
    truncate: bool
    ignored: tuple[str, ...] = ()
    record: dict[str, Any] = field(default_factory=dict, repr=False)


def sentence_loss(lm: HFLM, requests: Sequence[SentenceLossRequest]) -> list[str]:
    """Answer the requests of any number of tasks, language by language.

    The loss of a sentence is the mean cross-entropy of its tokens from the second on, each given
    those before it: the decoders' score of Qi et al. (2023). Where the tokenizer puts a
    beginning-of-sequence token first, that is every token of the sentence; where it does not,
    the first one counts only as context. A language that several tasks ask for, as they do for
    the pivot, is run once.

    Args:
        lm: The harness's model.
        requests: The queries.

    Returns:
        For every request a JSON object, by language the losses of its candidates.

    Raises:
        ModelError: The model is no decoder, its class scores text in a way of its own or its
            losses depend on the batch, a sentence has fewer than two tokens or too many, or its
            loss is not finite.
    """
    check_model_class(lm)
    vocabulary = len(lm.model.get_input_embeddings().weight)
    check_causal(lambda ids, _: _logits(lm, ids), vocabulary, lm.device)
    if ignored := sorted({option for request in requests for option in request.ignored}):
        logger.warning("%s: no effect on sentences that are run raw and anew", ", ".join(ignored))
    texts: dict[tuple[str, bool], dict[str, None]] = {}
    for request in requests:
        for code, query in request.queries.items():
            texts.setdefault((code, request.truncate), {}).update(dict.fromkeys(query.sentences))
    batches = Batches(lm.max_batch_size if lm.batch_size == "auto" else int(lm.batch_size))
    losses = {}
    total = sum(map(len, texts.values()))
    with tqdm(total=total, unit="sentence", disable=lm.rank > 0) as progress:
        for (code, truncate), sentences in texts.items():
            losses[code, truncate] = _losses(lm, batches, [*sentences], code, truncate, progress)
    model = describe_model(lm)
    for request in requests:
        request.record = {**model, "ignored": list(request.ignored)}
    return [
        json.dumps(
            {
                code: [losses[code, request.truncate][text] for text in query.sentences]
                for code, query in request.queries.items()
            }
        )
        for request in requests
    ]


def _losses(
    lm: HFLM,
    batches: Batches,
    texts: Sequence[str],
    code: str,
    truncate: bool,
    progress: "tqdm[NoReturn]",
) -> dict[str, float]:
    """The loss of every text."""
    name = language_name(code)
    progress.set_description(name)
    token_ids, cut = check_tokens(
        [tuple(ids) for ids in tokenize(lm, texts)],
        texts,
        f"{code} ({name})",
        least=2,
        most=lm.max_length,
        truncate=truncate,
    )
    if cut:
        logger.warning("%d sentences of %s were cut to the model's context", cut, name)
    # Length-sorted batches pad least. Equal sequences are run once, so that candidates which the
    # tokenizer does not tell apart tie exactly however the batches fall.
    distinct = sorted(dict.fromkeys(token_ids), key=len, reverse=True)
    loss_of: dict[TokenIds, float] = {}

    def work(start: int, part: Sequence[TokenIds]) -> None:
        loss_of.update(zip(part, _forward(lm, part), strict=True))

    start = progress.n
    for first in range(0, len(distinct), batches.size):
        batch = distinct[first : first + batches.size]
        batches.run(batch, work)
        progress.update(len(batch))
    progress.update(start + len(texts) - progress.n)
    losses = {text: loss_of[ids] for text, ids in zip(texts, token_ids, strict=True)}
    if faulty := [text for text, loss in losses.items() if not math.isfinite(loss)]:
        raise ModelError(
            f"Expected finite losses, but got NaN or infinity for {len(faulty)} sentences of "
            f"{code} ({name}), first for {faulty[0]!r}; try another dtype, such as dtype=float32"
        )
    return losses


def _forward(lm: HFLM, batch: Sequence[TokenIds]) -> list[float]:
    """The loss of every sequence of a batch."""
    input_ids, _ = pad(batch, lm.device)
    logits = _logits(lm, input_ids)
    # One sentence at a time in float32, where a whole batch might need more memory than the model.
    targets = input_ids.to(logits.device)
    losses = [
        functional.cross_entropy(logits[row, : len(ids) - 1].float(), targets[row, 1 : len(ids)])
        for row, ids in enumerate(batch)
    ]
    return [float(f"{loss:.9g}") for loss in torch.stack(losses).tolist()]


def _logits(lm: HFLM, input_ids: Tensor) -> Tensor:
    """Logits of right-padded token ids, shape `(B, T, V)`, as the model's class gives them."""
    with torch.inference_mode():
        logits = forward_pass(lm)(input_ids)
    if logits.shape[:2] != input_ids.shape:
        raise ModelError(
            f"Expected logits of shape {tuple(input_ids.shape)} for as many tokens, but got "
            f"{tuple(logits.shape[:2])}: adapters that prepend virtual tokens cannot be scored"
        )
    return logits
