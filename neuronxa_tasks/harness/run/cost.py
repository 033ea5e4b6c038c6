"""What a run will cost, said before it starts."""

import time
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby, islice
from typing import Any

import torch
from lm_eval.api.instance import Instance
from lm_eval.api.model import LM
from lm_eval.api.task import ConfigurableTask
from lm_eval.evaluator_utils import get_sample_size
from lm_eval.models.huggingface import HFLM

from neuronxa_tasks.harness.tasks.base_task import RawTask
from neuronxa_tasks.harness.tasks.reading import Reading
from neuronxa_tasks.harness.upstream import forward_pass

# Documents of every task that are looked at; prompts of one task differ little in length.
LOOKED_AT = 4
BUSY_TOKENS = 512


@dataclass(frozen=True)
class Cost:
    """What a part of a run costs.

    Attributes:
        requests: Number of requests.
        tokens: Number of tokens that the model reads, estimated; 0 where nothing can count them.
    """

    requests: int
    tokens: int

    def sentence(self, names: str, seconds_per_token: float | None) -> str:
        """The cost in words.

        Example:
            >>> Cost(20300, 1_040_000).sentence("neuronxa_flores", 1e-4)
            'neuronxa_flores: 20,300 requests, about 1.0 M tokens, about 2 min'
        """
        parts = [f"{self.requests:,} requests"]
        if self.tokens:
            millions = self.tokens >= 100_000
            tokens = f"{self.tokens / 1e6:.1f} M" if millions else f"{self.tokens:,}"
            parts.append(f"about {tokens} tokens")
        if seconds_per_token is not None:
            parts.append(f"about {_duration(self.tokens * seconds_per_token)}")
        return f"{names}: {', '.join(parts)}"


def _duration(seconds: float) -> str:
    if seconds > 90 * 60:
        return f"{seconds / 3600:.1f} h"
    return f"{seconds / 60:.0f} min" if seconds > 90 else f"{seconds:.0f} s"


def part_cost(
    lm: LM,
    tasks: Mapping[str, Any],
    limit: float | None,
    samples: Mapping[str, list[int]] | None,
    seed: int | None,
    **options: Any,
) -> Cost:
    """The cost of some tasks, from a few documents of each.

    Args:
        lm: The model; only a Hugging Face model's tokenizer is known well enough to count.
        tasks: Tasks of the harness, as loaded, by name.
        limit: The run's `--limit`.
        samples: The run's `--samples`.
        seed: The run's seed of few-shot examples, to leave the tasks as they were.
        options: How the run makes prompts.
    """
    encode = lm.tok_encode if isinstance(lm, HFLM) else None
    readings: dict[Hashable, Reading] = {}
    requests, tokens = 0, 0.0
    for name, task in tasks.items():
        documents = len(task.eval_docs)
        chosen = len((samples or {}).get(name, ())) or get_sample_size(task, limit)
        reported = min(documents, chosen or documents)
        if isinstance(task, RawTask):
            readings |= {reading.identity: reading for reading in task.readings(reported)}
            requests += reported
        elif isinstance(task, ConfigurableTask) and documents:
            looked_at = list(islice(task.eval_docs, LOOKED_AT))
            try:
                made = [_requests(task, doc, **options) for doc in looked_at]
            finally:
                # The run has to draw the shots that it would have drawn without an estimate.
                task.set_fewshot_seed(seed=seed)
            share = reported / len(looked_at)
            requests += round(sum(map(len, made)) * share)
            tokens += sum(_tokens(encode, asked) for asked in made) * share if encode else 0
    if encode:
        for reading in readings.values():
            lengths = [len(encode(example)) for example in reading.examples[:LOOKED_AT]]
            tokens += sum(lengths) / len(lengths) * reading.sentences
    return Cost(requests, round(tokens))


def seconds_per_token(lm: HFLM, length: int) -> float:
    """How long the model takes for a token of a prompt, from one forward pass.

    Args:
        lm: The model.
        length: Tokens of the prompt.
    """
    # A batch of automatic size is not known yet.
    batch = int(lm.batch_size) if str(lm.batch_size).isdigit() else 1
    if lm.device.type != "cuda":
        # Some hundred tokens keep a CPU busy, and more of them only take longer to time.
        batch = max(1, min(batch, BUSY_TOKENS // length))
    prompt = torch.ones(batch, min(length, lm.max_length), dtype=torch.long, device=lm.device)
    for _ in range(2):
        start = time.perf_counter()
        # The sum waits for the device; the first pass warms it up.
        float(forward_pass(lm)(prompt).sum())
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


def _tokens(encode: Callable[..., list[int]], requests: Sequence[Instance]) -> int:
    total = 0
    for context, group in groupby(requests, key=lambda request: request.args[0]):
        answers = [arg for request in group for arg in request.args[1:] if isinstance(arg, str)]
        lengths = [len(encode(answer, add_special_tokens=False)) for answer in answers]
        # The harness runs a prompt once for all its answers of one token.
        passes = 1 if all(length == 1 for length in lengths) else len(lengths)
        total += passes * len(encode(context)) + sum(lengths)
    return total
