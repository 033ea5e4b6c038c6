"""What a run will cost, said before it starts."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby, islice
from typing import Any

import torch
from lm_eval.api.instance import Instance
from lm_eval.evaluator_utils import get_sample_size
from lm_eval.models.huggingface import HFLM

from neuronxa_tasks.harness.task import AlignmentTask

# Documents of every task that are looked at; prompts of one task differ little in length.
LOOKED_AT = 4


@dataclass(frozen=True)
class Cost:
    """What a part of a run costs.

    Attributes:
        requests: Number of requests.
        tokens: Number of tokens that the model reads, estimated.
    """

    requests: int
    tokens: int

    def sentence(self, names: str, seconds_per_token: float) -> str:
        """The cost in words.

        Example:
            >>> Cost(20300, 1_040_000).sentence("neuronxa_flores", 1e-4)
            'neuronxa_flores: 20,300 requests, about 1.0 M tokens, about 2 min'
        """
        minutes = self.tokens * seconds_per_token / 60
        duration = f"{minutes / 60:.1f} h" if minutes > 90 else f"{max(1, round(minutes))} min"
        millions = self.tokens >= 100_000
        tokens = f"{self.tokens / 1e6:.1f} M" if millions else f"{self.tokens:,}"
        return f"{names}: {self.requests:,} requests, about {tokens} tokens, about {duration}"


def part_cost(
    lm: HFLM, tasks: Mapping[str, Any], limit: float | None, seed: int | None, **options: Any
) -> Cost:
    """The cost of some tasks, from a few documents of each.

    Args:
        lm: The model whose tokenizer counts.
        tasks: Tasks of the harness, as loaded, by name.
        limit: The run's `--limit`.
        seed: The run's seed of few-shot examples, to leave the tasks as they were.
        options: How the run makes prompts.
    """
    sides: dict[tuple[str, ...], None] = {}
    requests, tokens = 0, 0.0
    for task in tasks.values():
        documents = len(task.eval_docs)
        reported = min(documents, get_sample_size(task, limit) or documents)
        if isinstance(task, AlignmentTask):
            # A pivot's sentences that several languages share are run once.
            sides |= dict.fromkeys([task.bitext.pivot_sentences, task.bitext.sentences])
            requests += reported
            continue
        looked_at = list(islice(task.eval_docs, LOOKED_AT))
        made = [request for doc in looked_at for request in _requests(task, doc, **options)]
        # The run has to draw the shots that it would have drawn without an estimate.
        task.set_fewshot_seed(seed=seed)
        requests += round(len(made) / len(looked_at) * reported)
        tokens += _tokens(lm, made) / len(looked_at) * reported
    for side in sides:
        lengths = [len(lm.tok_encode(sentence)) for sentence in side[:LOOKED_AT]]
        tokens += sum(lengths) / len(lengths) * len(side)
    return Cost(requests, round(tokens))


def seconds_per_token(lm: HFLM, length: int) -> float:
    """How long the model takes for a token of a prompt, from one forward pass.

    Args:
        lm: The model.
        length: Tokens of the prompt.
    """
    # On a CPU one sequence keeps it busy; a batch of automatic size is not known yet.
    fixed = int(lm.batch_size) if str(lm.batch_size).isdigit() else 1
    batch = fixed if lm.device.type == "cuda" else 1
    prompt = torch.ones(batch, min(length, lm.max_length), dtype=torch.long, device=lm.device)
    for _ in range(2):
        start = time.perf_counter()
        # The sum waits for the device; the first pass warms it up.
        float(lm._model_call(prompt).sum())
        seconds = time.perf_counter() - start
    return seconds / prompt.numel()


def _requests(task: Any, doc: Any, **options: Any) -> list[Instance]:
    template = {key: options[key] for key in ("apply_chat_template", "chat_template")}
    context = task.fewshot_context(
        doc,
        num_fewshot=task.config.num_fewshot or 0,
        gen_prefix=task.doc_to_prefix(doc),
        **options,
    )
    made = task.construct_requests(
        doc=doc, ctx=context, metadata=(task.config.task, 0, task.config.repeats), **template
    )
    return made if isinstance(made, list) else [made]


def _tokens(lm: HFLM, requests: Sequence[Instance]) -> int:
    total = 0
    for context, group in groupby(requests, key=lambda request: request.args[0]):
        answers = [request.args[1] for request in group if isinstance(request.args[-1], str)]
        lengths = [len(lm.tok_encode(answer, add_special_tokens=False)) for answer in answers]
        # The harness runs a prompt once for all its answers of one token.
        passes = 1 if all(length == 1 for length in lengths) else len(lengths)
        total += passes * len(lm.tok_encode(context)) + sum(lengths)
    return total
