"""Fine-tunes a model to translate by LoRA, and saves the adapter every k steps.

python -m examples.training.translation --model MODEL --output adapters \
    --source eng.txt --target isl.txt --source_language English --target_language Icelandic

Both files have one sentence a line, and line n of one translates line n of the other. Both
directions are learnt from every pair, and only the translation counts as loss.
"""

import argparse
import logging
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import torch
from accelerate import PartialState
from datasets import Dataset
from peft import LoraConfig, get_peft_model, prepare_model_for_kbit_training
from transformers import BitsAndBytesConfig, PreTrainedTokenizerBase, set_seed

from examples.training.loop import IGNORED, load, parser, train

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


def quantized() -> dict[str, Any]:
    """How to load a model in 4 bits, as QLoRA does."""
    if not torch.cuda.is_available() or find_spec("bitsandbytes") is None:
        raise SystemExit("--four_bit needs a GPU and `pip install bitsandbytes`: leave it out")
    config = BitsAndBytesConfig(
        load_in_4bit=True, bnb_4bit_quant_type="nf4", bnb_4bit_compute_dtype=torch.bfloat16
    )
    device = PartialState().local_process_index
    return {"quantization_config": config, "device_map": {"": device}, "dtype": torch.bfloat16}


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
    if options.four_bit:
        model, tokenizer = load(options.model, **quantized())
        model = prepare_model_for_kbit_training(model)
    else:
        dtype = torch.bfloat16 if torch.cuda.is_available() else torch.float32
        model, tokenizer = load(options.model, dtype=dtype)
    # Gradients reach the adapters through the frozen embeddings when activations are recomputed.
    model.enable_input_require_grads()
    config = LoraConfig(
        task_type="CAUSAL_LM",
        r=options.rank,
        lora_alpha=2 * options.rank,
        target_modules="all-linear",
    )
    adapted = get_peft_model(model, config)
    rows = [row(pair, tokenizer) for pair in pairs(options)]
    fitting = [each for each in rows if len(each["input_ids"]) <= options.length]
    if len(fitting) < len(rows):
        left_out = len(rows) - len(fitting)
        logger.warning("%d of %d rows exceed --length: left out", left_out, len(rows))
    return train(adapted, tokenizer, Dataset.from_list(fitting), options)


if __name__ == "__main__":
    main()
