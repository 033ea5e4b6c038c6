"""From texts to sentence states: tokens, batches, forward passes."""

import logging
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import NoReturn

import torch
from accelerate.utils.memory import clear_device_cache, should_reduce_batch_size
from torch import Tensor
from torch.nn.utils.rnn import pad_sequence
from tqdm import tqdm

from neuronxa_tasks.errors import ModelError
from neuronxa_tasks.measures import Representation
from neuronxa_tasks.states.decoder import Decoder
from neuronxa_tasks.states.experts import ExpertSite
from neuronxa_tasks.states.faults import first_fault
from neuronxa_tasks.states.processes import Processes
from neuronxa_tasks.states.recorder import Recorder
from neuronxa_tasks.states.sites import Site

# A child of the harness's logger, so that its handler and level hold for us too.
logger = logging.getLogger("lm_eval.neuronxa_tasks")


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
        sites: Where its neurons are.
        tokenize: Gives the token ids of every text, special tokens included.
        max_length: Longest sequence of tokens that the model takes.
        batch_size: Sentences per batch. A batch that does not fit into memory is run in
            halves, and so are those that follow.
        device: Where token ids go.
        autocast: Context of the forward passes, for mixed precision.
        processes: Those among which the batches are dealt.
    """

    decoder: Decoder
    sites: Sequence[Site | ExpertSite]
    tokenize: Callable[[Sequence[str]], list[list[int]]]
    max_length: int
    batch_size: int
    device: torch.device
    autocast: Callable[[], AbstractContextManager[None]]
    processes: Processes = field(default_factory=Processes)

    def __post_init__(self) -> None:
        self._fits = self.batch_size

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
            ModelError: A text has no token or too many, or its states are not finite.
        """
        token_ids, truncated = self._tokenize(texts, truncate, name)
        # Length-sorted batches pad least. Equal sequences share one row, so that copies of a
        # sentence tie exactly however the batches fall.
        distinct = sorted(dict.fromkeys(token_ids), key=len, reverse=True)
        row_of = {ids: row for row, ids in enumerate(distinct)}
        rows = torch.tensor([row_of[ids] for ids in token_ids])
        start = progress.n
        with (
            torch.inference_mode(),
            self.autocast(),
            Recorder(self.decoder, self.sites, representations, len(distinct)) as recorder,
        ):
            batches = range(0, len(distinct), self.batch_size)
            for first in batches[self.processes.rank :: self.processes.count]:
                batch = distinct[first : first + self.batch_size]
                self._run_batch(recorder, first, batch)
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

    def _tokenize(
        self, texts: Sequence[str], truncate: bool, name: str
    ) -> tuple[list[tuple[int, ...]], int]:
        token_ids = [tuple(ids) for ids in self.tokenize(texts)]
        for number, ids in enumerate(token_ids, start=1):
            if not ids:
                raise ModelError(
                    f"Expected the tokenizer to return tokens for sentence {number} of {name}, "
                    f"but it returned none for {texts[number - 1]!r}: does the tokenizer belong "
                    "to the model?"
                )
        too_long = [i for i, ids in enumerate(token_ids) if len(ids) > self.max_length]
        if too_long and not truncate:
            worst = max(too_long, key=lambda i: len(token_ids[i]))
            raise ModelError(
                f"Expected at most the {self.max_length} tokens of the model's context, but "
                f"{len(too_long)} sentences of {name} are longer, sentence {worst + 1} with "
                f"{len(token_ids[worst])} tokens: set truncate=true to cut them"
            )
        return [ids[: self.max_length] for ids in token_ids], len(too_long)

    def _run_batch(self, recorder: Recorder, first: int, batch: Sequence[tuple[int, ...]]) -> None:
        done = 0
        while done < len(batch):
            part = batch[done : done + self._fits]
            if self._run_if_it_fits(recorder, first + done, part):
                done += len(part)
                continue
            self._fits = (len(part) + 1) // 2
            logger.warning("out of memory: going on with %d sentences at a time", self._fits)
            clear_device_cache(garbage_collection=True)

    def _run_if_it_fits(
        self, recorder: Recorder, first: int, part: Sequence[tuple[int, ...]]
    ) -> bool:
        try:
            recorder.run(first, *self._pad(part))
        except RuntimeError as error:
            if len(part) == 1 or not should_reduce_batch_size(error):
                raise
            return False
        return True

    def _pad(self, batch: Sequence[tuple[int, ...]]) -> tuple[Tensor, Tensor]:
        # Right padding is exact for causal models, whatever side the tokenizer prefers.
        # The padding's id is free, and 0 is in every vocabulary.
        input_ids = pad_sequence([torch.tensor(ids) for ids in batch], batch_first=True)
        lengths = torch.tensor([len(ids) for ids in batch])
        return input_ids.to(self.device), lengths.to(self.device)

    def _check_finite(
        self,
        recorder: Recorder,
        distinct: Sequence[tuple[int, ...]],
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
            where = first_fault(self.decoder, self.sites, self._pad([distinct[row]])[0])
        raise ModelError(
            f"Expected finite activations, but got NaN or infinity in {int(faulty.sum())} "
            f"sentences of {name}: first in {where} for sentence {number + 1}, "
            f"{texts[number]!r}; try another dtype, such as dtype=float32"
        )
