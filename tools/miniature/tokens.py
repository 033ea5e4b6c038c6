"""A byte-level BPE tokenizer, and training text as batches of its tokens."""

from collections.abc import Iterator
from itertools import islice

import numpy as np
import numpy.typing as npt
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors, trainers
from transformers import PreTrainedTokenizerFast

from tools.miniature.documents import documents

VOCABULARY = 4096
SAMPLE = 60_000
BOS = "<s>"


def train_tokenizer(seed: int) -> PreTrainedTokenizerFast:
    """Learn a tokenizer that begins every text with `<s>`."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=VOCABULARY,
        special_tokens=[BOS],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(islice(documents(seed), SAMPLE), trainer)
    tokenizer.post_processor = processors.TemplateProcessing(
        single=f"{BOS} $A", pair=f"{BOS} $A $B", special_tokens=[(BOS, tokenizer.token_to_id(BOS))]
    )
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, bos_token=BOS, eos_token=BOS, pad_token=BOS
    )


def batches(
    tokenizer: PreTrainedTokenizerFast, seed: int, rows: int, length: int
) -> Iterator[npt.NDArray[np.int64]]:
    """Batches of token ids without end.

    Returns:
        Arrays of shape `(rows, length)`, documents one behind the other.
    """
    stream = documents(seed)
    ids: list[int] = []
    while True:
        while len(ids) < rows * length:
            for one in tokenizer(list(islice(stream, 256)))["input_ids"]:
                ids += one
        yield np.array(ids[: rows * length]).reshape(rows, length)
        del ids[: rows * length]
