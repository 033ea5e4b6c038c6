"""Fine-tunes a model to translate by LoRA, and saves the adapter every k steps.

python -m examples.training.translation --model MODEL --output adapters \
    --source eng.txt --target isl.txt --source_language English --target_language Icelandic

Both files have one sentence a line, and line n of one translates line n of the other. Both
directions are learnt from every pair, and only the translation counts as loss.
"""

import argparse
import logging
from collections.abc import Sequence
from pathlib import Path

from datasets import Dataset
from transformers import PreTrainedTokenizerBase, set_seed

from examples.models import tokenizer_of, with_lora
from examples.training.loop import IGNORED, parser, train

logger = logging.getLogger(__name__)

PROMPT = "Translate from {given} to {wanted}.\n{given}: {sentence}\n{wanted}:"


def pairs(options: argparse.Namespace) -> list[dict[str, str]]:
    """Prompt and answer of every pair in both directions."""
    files = (options.source, options.target)
    names = (options.source_language, options.target_language)
    sides = [file.read_text(encoding="utf-8").splitlines() for file in files]
    made = []
    for sentences in zip(*sides, strict=True):
        for given, wanted in ((0, 1), (1, 0)):
            prompt = PROMPT.format(
                given=names[given], wanted=names[wanted], sentence=sentences[given]
            )
            made.append({"prompt": prompt, "answer": f" {sentences[wanted]}"})
    return made


def row(pair: dict[str, str], tokenizer: PreTrainedTokenizerBase) -> dict[str, list[int]]:
    """The pair in tokens; labels of the prompt are -100."""
    prompt = tokenizer(pair["prompt"])["input_ids"]
    answer = tokenizer(pair["answer"], add_special_tokens=False)["input_ids"]
    answer = [*answer, tokenizer.eos_token_id]
    return {"input_ids": [*prompt, *answer], "labels": [*[IGNORED] * len(prompt), *answer]}


def main(arguments: Sequence[str] | None = None) -> float:
    """Train, and return the mean training loss."""
    flags = parser(__doc__)
    for side in ("source", "target"):
        flags.add_argument(f"--{side}", type=Path, required=True, help="one sentence a line")
        flags.add_argument(f"--{side}_language", required=True, help="its name in the prompt")
    flags.add_argument("--rank", type=int, default=16, help="of the adapter's matrices")
    flags.add_argument("--four_bit", action="store_true", help="hold the model in 4 bits")
    options = flags.parse_args(arguments)
    set_seed(options.seed)
    model = with_lora(options.model, options.rank, options.four_bit)
    tokenizer = tokenizer_of(options.model)
    rows = [row(pair, tokenizer) for pair in pairs(options)]
    fitting = [each for each in rows if len(each["input_ids"]) <= options.length]
    if len(fitting) < len(rows):
        left_out = len(rows) - len(fitting)
        logger.warning("%d of %d rows exceed --length: left out", left_out, len(rows))
    return train(model, tokenizer, Dataset.from_list(fitting), options)


if __name__ == "__main__":
    main()
