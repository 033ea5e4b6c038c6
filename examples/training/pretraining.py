"""Trains a model further on plain text, and saves it every k steps.

python -m examples.training.pretraining --model MODEL --output checkpoints --text isl.txt eng.txt

The files have one document a line. Documents follow one another in rows of `--length` tokens, and
every token is learnt. All weights are trained.
"""

from collections.abc import Iterable, Sequence
from pathlib import Path

import torch
from datasets import Dataset
from transformers import AutoModelForCausalLM, PreTrainedTokenizerBase, set_seed

from examples.models import tokenizer_of
from examples.training.loop import parser, train


def rows(
    files: Iterable[Path], tokenizer: PreTrainedTokenizerBase, length: int
) -> list[dict[str, list[int]]]:
    """All documents, each with an end, in rows of `length` tokens; the rest is left out."""
    ids: list[int] = []
    for file in files:
        for document in file.read_text(encoding="utf-8").splitlines():
            ids += [*tokenizer(document)["input_ids"], tokenizer.eos_token_id]
    starts = range(0, len(ids) - length + 1, length)
    pieces = [ids[start : start + length] for start in starts]
    return [{"input_ids": piece, "labels": piece} for piece in pieces]


def main(arguments: Sequence[str] | None = None) -> float:
    """Train, and return the mean training loss."""
    flags = parser(__doc__)
    flags.add_argument("--text", type=Path, nargs="+", required=True, help="one document a line")
    options = flags.parse_args(arguments)
    set_seed(options.seed)
    tokenizer = tokenizer_of(options.model)
    model = AutoModelForCausalLM.from_pretrained(options.model, dtype=torch.float32)
    found = rows(options.text, tokenizer, options.length)
    if not found:
        raise SystemExit(f"--text has fewer than {options.length} tokens: give a smaller --length")
    return train(model, tokenizer, Dataset.from_list(found), options)


if __name__ == "__main__":
    main()
