"""Token sequences in batches: checked, padded, and run in halves where they do not fit."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from accelerate.utils.memory import clear_device_cache, should_reduce_batch_size
from torch import Tensor
from torch.nn.utils.rnn import pad_sequence

from neuronxa_tasks.errors import ModelError
from neuronxa_tasks.log import logger

TokenIds = tuple[int, ...]


def check_tokens(
    token_ids: Sequence[TokenIds],
    texts: Sequence[str],
    name: str,
    *,
    least: int,
    most: int,
    truncate: bool,
) -> tuple[list[TokenIds], int]:
    """Check that every text has as many tokens as it must, and cut those with too many.

    Args:
        token_ids: Of n texts.
        texts: The texts.
        name: What they are, for messages.
        least: Fewest tokens that a text must have.
        most: Longest sequence of tokens that the model takes.
        truncate: Whether texts that are too long are cut, or an error.

    Returns:
        The token ids, and how many texts were cut.

    Raises:
        ModelError: A text has too few tokens or too many.

    Example:
        >>> check_tokens([(1, 2, 3)], ["a b c"], "demo", least=1, most=2, truncate=True)
        ([(1, 2)], 1)
    """
    for number, ids in enumerate(token_ids, start=1):
        if len(ids) < least:
            raise ModelError(
                f"Expected a token count of at least {least} for sentence {number} of {name}, but "
                f"the tokenizer returned {len(ids) or 'none'} for {texts[number - 1]!r}: does it "
                "belong to the model, and does add_bos_token suit it?"
            )
    too_long = [i for i, ids in enumerate(token_ids) if len(ids) > most]
    if too_long and not truncate:
        worst = max(too_long, key=lambda i: len(token_ids[i]))
        raise ModelError(
            f"Expected at most the {most} tokens of the model's context, but {len(too_long)} "
            f"sentences of {name} are longer, sentence {worst + 1} with {len(token_ids[worst])} "
            "tokens: set truncate=true to cut them"
        )
    return [ids[:most] for ids in token_ids], len(too_long)


def pad(batch: Sequence[TokenIds], device: torch.device) -> tuple[Tensor, Tensor]:
    """Right-padded token ids, shape `(B, T)`, and a mask of the same shape, 0 for padding.

    Right padding is exact for causal models, whatever side the tokenizer prefers.
    """
    # The padding's id is free, and 0 is in every vocabulary.
    input_ids = pad_sequence([torch.tensor(ids) for ids in batch], batch_first=True)
    mask = pad_sequence([torch.ones(len(ids), dtype=torch.long) for ids in batch], True)
    return input_ids.to(device), mask.to(device)


@dataclass
class Batches:
    """Runs batches of sequences, and in halves those that do not fit into memory.

    Attributes:
        size: Sequences per batch. Once a batch did not fit, those that follow are run in parts
            as well.
    """

    size: int

    def __post_init__(self) -> None:
        self._fits = self.size

    def run(
        self, batch: Sequence[TokenIds], work: Callable[[int, Sequence[TokenIds]], None]
    ) -> None:
        """Do the work on a batch, whole or in parts.

        Args:
            batch: The sequences.
            work: Takes the position in `batch` at which a part begins, and the part.
        """
        done = 0
        while done < len(batch):
            part = batch[done : done + self._fits]
            if _fitted(work, done, part):
                done += len(part)
                continue
            self._fits = (len(part) + 1) // 2
            logger.warning("out of memory: going on with %d sentences at a time", self._fits)
            clear_device_cache(garbage_collection=True)


def _fitted(
    work: Callable[[int, Sequence[TokenIds]], None], start: int, part: Sequence[TokenIds]
) -> bool:
    try:
        work(start, part)
    except RuntimeError as error:
        if len(part) == 1 or not should_reduce_batch_size(error):
            raise
        return False
    return True
