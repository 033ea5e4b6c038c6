"""What all of FLORES would take on a model, from a short pass over random tokens."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

import torch
from tqdm import tqdm

from neuronxa_tasks.data.languages import FLORES
from neuronxa_tasks.data.miniature import SENTENCES
from neuronxa_tasks.harness.model_description import gigabytes
from neuronxa_tasks.harness.requests.memory import bytes_of_states
from neuronxa_tasks.harness.run.cost import Cost
from neuronxa_tasks.measures import DEFAULT_POOLING, KINDS, Representation, representations
from neuronxa_tasks.states import SentenceEncoder

PAIRS = 100

# Bytes of a sentence in UTF-8: mean over the 204 languages of their first hundred.
BYTES_PER_SENTENCE = 214

# Lines of each language of the miniature that are looked at, to see how a tokenizer cuts text.
LOOKED_AT = 20

# About how long a timed pass takes at most. The fastest counts: others may use the machine too.
SECONDS = 1
PASSES = 3


@dataclass(frozen=True)
class FloresCost:
    """What alignment of FLORES takes, all languages, with default settings.

    Attributes:
        cost: Requests and tokens.
        seconds_per_token: How long the model takes for a token.
        states: Bytes of the pooled states that are held at a time: the pivot's and a language's.
    """

    cost: Cost
    seconds_per_token: float
    states: int

    def sentence(self) -> str:
        """The cost in words."""
        said = self.cost.sentence(f"{len(FLORES) - 1} languages", self.seconds_per_token)
        return f"{said}; {gigabytes(self.states)} of states beside the model"


def flores_cost(encoder: SentenceEncoder) -> FloresCost:
    """Estimate the cost, without running a sentence.

    Args:
        encoder: What runs the model.

    Raises:
        ModelError: The model's states cannot be taken.
    """
    kinds = tuple(kind for kind in KINDS if kind not in encoder.layout.missing)
    wanted = representations(kinds, (DEFAULT_POOLING,), None)
    length = min(max(1, round(_tokens_per_byte(encoder) * BYTES_PER_SENTENCE)), encoder.max_length)
    # One pass warms the model up, another tells how many sentences the others can take.
    alone = min(_timed(encoder, wanted, 1, length) for _ in range(2))
    sentences = max(1, min(encoder.batch_size, int(SECONDS / alone)))
    seconds = min(_timed(encoder, wanted, sentences, length) for _ in range(PASSES))
    return FloresCost(
        cost=Cost((len(FLORES) - 1) * PAIRS, len(FLORES) * PAIRS * length),
        seconds_per_token=seconds / (sentences * length),
        states=bytes_of_states(encoder, wanted, 2 * PAIRS),
    )


def _tokens_per_byte(encoder: SentenceEncoder) -> float:
    ratios = []
    for file in sorted(SENTENCES.glob("*.txt")):
        lines = file.read_text(encoding="utf-8").splitlines()[:LOOKED_AT]
        tokens = sum(len(ids) for ids in encoder.tokenize(lines))
        ratios.append(tokens / sum(len(line.encode()) for line in lines))
    return sum(ratios) / len(ratios)


def _timed(
    encoder: SentenceEncoder, wanted: Sequence[Representation], sentences: int, length: int
) -> float:
    """How many seconds the states of some sentences of random tokens take."""
    random = torch.Generator().manual_seed(0)
    ids = torch.randint(encoder.decoder.vocabulary, (sentences, length), generator=random).tolist()
    start = time.perf_counter()
    states = replace(encoder, tokenize=lambda texts: ids).encode(
        ["random tokens"] * sentences,
        wanted,
        truncate=True,
        name="random tokens",
        progress=tqdm(disable=True),
    )
    # What runs on a device has ended once a number of it is here.
    float(next(iter(states.layers.values()))[-1].sum())
    return time.perf_counter() - start
