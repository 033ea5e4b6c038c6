"""What all of FLORES would take on a model, from a short pass over random tokens."""

import time
from dataclasses import dataclass, replace

import torch
from tqdm import tqdm

from neuronxa_tasks.data.languages import FLORES
from neuronxa_tasks.data.miniature import SENTENCES
from neuronxa_tasks.harness.model_description import gigabytes
from neuronxa_tasks.harness.run.cost import Cost
from neuronxa_tasks.measures import DEFAULT_POOLING, KINDS, representations
from neuronxa_tasks.states import SentenceEncoder, SentenceStates

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
    length = min(max(1, round(_tokens_per_byte(encoder) * BYTES_PER_SENTENCE)), encoder.max_length)
    # One pass warms the model up, another tells how many sentences the others can take.
    alone = min(_timed(encoder, 1, length)[0] for _ in range(2))
    sentences = max(1, min(encoder.batch_size, int(SECONDS / alone)))
    seconds, states = min(
        (_timed(encoder, sentences, length) for _ in range(PASSES)), key=lambda timed: timed[0]
    )
    numbers = sum(layer[0].numel() for layers in states.layers.values() for layer in layers)
    return FloresCost(
        cost=Cost((len(FLORES) - 1) * PAIRS, len(FLORES) * PAIRS * length),
        seconds_per_token=seconds / (sentences * length),
        states=numbers * 2 * PAIRS * torch.finfo(torch.float32).bits // 8,
    )


def _tokens_per_byte(encoder: SentenceEncoder) -> float:
    ratios = []
    for file in sorted(SENTENCES.glob("*.txt")):
        lines = file.read_text(encoding="utf-8").splitlines()[:LOOKED_AT]
        tokens = sum(len(ids) for ids in encoder.tokenize(lines))
        ratios.append(tokens / sum(len(line.encode()) for line in lines))
    return sum(ratios) / len(ratios)


def _timed(encoder: SentenceEncoder, sentences: int, length: int) -> tuple[float, SentenceStates]:
    """How many seconds some sentences of random tokens take, and their states."""
    kinds = tuple(kind for kind in KINDS if kind not in encoder.layout.missing)
    random = torch.Generator().manual_seed(0)
    ids = torch.randint(encoder.decoder.vocabulary, (sentences, length), generator=random).tolist()
    start = time.perf_counter()
    states = replace(encoder, tokenize=lambda texts: ids).encode(
        ["random tokens"] * sentences,
        representations(kinds, (DEFAULT_POOLING,), None),
        truncate=True,
        name="random tokens",
        progress=tqdm(disable=True),
    )
    # What runs on a device has ended once a number of it is here.
    float(next(iter(states.layers.values()))[-1].sum())
    return time.perf_counter() - start, states
