"""From texts to sentence states: tokens, batches, forward passes."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from functools import partial
from typing import NoReturn

import torch
from torch import Tensor
from tqdm import tqdm

from neuronxa_tasks.errors import ModelError
from neuronxa_tasks.measures import Representation
from neuronxa_tasks.states.batches import Batches, TokenIds, check_tokens, pad
from neuronxa_tasks.states.decoder import Decoder
from neuronxa_tasks.states.faults import first_fault
from neuronxa_tasks.states.layout import Layout
from neuronxa_tasks.states.processes import Processes
from neuronxa_tasks.states.recorder import Recorder


@dataclass(frozen=True)
class SentenceStates:
    """The states of n texts, held once for each of their m distinct token sequences.

    Attributes:
        layers: For every representation one float32 tensor of shape `(m, d)` per layer.
        rows: The row of each text, shape `(n,)`, int64.
        tokens: Number of tokens of each text, n of them, after truncation.
        truncated: How many texts were cut.
    """

    layers: Mapping[Representation, Sequence[Tensor]]
    rows: Tensor
    tokens: tuple[int, ...]
    truncated: int


@dataclass
class SentenceEncoder:
    """Turns texts into sentence states.

    Attributes:
        decoder: The decoder to run.
        layout: Where its states are.
        tokenize: Gives the token ids of every text, special tokens included.
        max_length: Longest sequence of tokens that the model takes.
        batch_size: Sentences per batch. A batch that does not fit into memory is run in
            halves, and so are those that follow.
        device: Where token ids go.
        autocast: Context of the forward passes, for mixed precision.
        processes: Those among which the batches are dealt.
    """

    decoder: Decoder
    layout: Layout
    tokenize: Callable[[Sequence[str]], list[list[int]]]
    max_length: int
    batch_size: int
    device: torch.device
    autocast: Callable[[], AbstractContextManager[None]]
    processes: Processes = field(default_factory=Processes)

    def __post_init__(self) -> None:
        self._batches = Batches(self.batch_size)

    def encode(
        self,
        texts: Sequence[str],
        representations: Sequence[Representation],
        *,
        truncate: bool,
        name: str,
        progress: "tqdm[NoReturn]",
    ) -> SentenceStates:
        """Run the model over every distinct text and pool its states.

        Args:
            texts: n texts, each run by itself without template or prompt.
            representations: What to pool; one pass serves them all.
            truncate: Whether texts that are too long are cut, or an error.
            name: What the texts are, for messages.
            progress: Bar that advances by one per text.

        Raises:
            ModelError: The model has no such states, a text has no token or too many, or its
                states are not finite.
        """
        for representation in representations:
            if why := self.layout.missing.get(representation.kind):
                raise ModelError(why)
        token_ids, truncated = check_tokens(
            [tuple(ids) for ids in self.tokenize(texts)],
            texts,
            name,
            least=1,
            most=self.max_length,
            truncate=truncate,
        )
        # Length-sorted batches pad least. Equal sequences share one row, so that copies of a
        # sentence tie exactly however the batches fall.
        distinct = sorted(dict.fromkeys(token_ids), key=len, reverse=True)
        row_of = {ids: row for row, ids in enumerate(distinct)}
        rows = torch.tensor([row_of[ids] for ids in token_ids])
        start = progress.n
        with (
            torch.inference_mode(),
            self.autocast(),
            Recorder(self.decoder, self.layout, representations, len(distinct)) as recorder,
        ):
            batches = range(0, len(distinct), self.batch_size)
            for first in batches[self.processes.rank :: self.processes.count]:
                batch = distinct[first : first + self.batch_size]
                self._batches.run(batch, partial(self._record, recorder, first))
                progress.update(len(batch))
            recorder.gather(self.processes, self.device)
        progress.update(start + len(texts) - progress.n)
        self._check_finite(recorder, distinct, texts, rows, name)
        return SentenceStates(
            layers={r: recorder.states(r) for r in representations},
            rows=rows,
            tokens=tuple(len(ids) for ids in token_ids),
            truncated=truncated,
        )

    def _record(self, recorder: Recorder, first: int, start: int, part: Sequence[TokenIds]) -> None:
        input_ids, mask = pad(part, self.device)
        recorder.run(first + start, input_ids, mask.sum(dim=1))

    def _check_finite(
        self,
        recorder: Recorder,
        distinct: Sequence[TokenIds],
        texts: Sequence[str],
        rows: Tensor,
        name: str,
    ) -> None:
        faulty = ~torch.isfinite(recorder.final_hidden()).all(dim=2).all(dim=1)
        if not faulty.any():
            return
        row = int(faulty.nonzero()[0])
        number = int((rows == row).nonzero()[0])
        with torch.inference_mode(), self.autocast():
            where = first_fault(
                self.decoder, self.layout.sites, pad([distinct[row]], self.device)[0]
            )
        raise ModelError(
            f"Expected finite activations, but got NaN or infinity in {int(faulty.sum())} "
            f"sentences of {name}: first in {where} for sentence {number + 1}, "
            f"{texts[number]!r}; try another dtype, such as dtype=float32"
        )
