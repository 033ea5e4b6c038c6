"""Fine-tunes a model on English XNLI with LoRA, in the words in which the harness asks it.

python -m examples.transfer.finetune --model MODEL --train facebook/xnli --output ADAPTER
"""

import argparse
import csv
from collections.abc import Sequence
from pathlib import Path

from datasets import Dataset, load_dataset
from transformers import (
    DataCollatorForSeq2Seq,
    PreTrainedTokenizerBase,
    Trainer,
    TrainingArguments,
    set_seed,
)

from examples.models import tokenizer_of, with_lora

# In the order of the dataset's numbers, with the words of the harness's task xnli_en.
ANSWERS = {"entailment": "Yes", "neutral": "Also", "contradiction": "No"}
NOT_TRAINED = -100


def statements(premise: str, hypothesis: str) -> list[str]:
    """The three strings of which the harness takes the likeliest, one per answer.

    Example:
        >>> statements("It rains.", "It is wet.")[0]
        ' It rains., right? Yes, It is wet.'
    """
    return [f" {premise}, right? {word}, {hypothesis}" for word in ANSWERS.values()]


def encoded(
    premise: str, hypothesis: str, answer: int, tokenizer: PreTrainedTokenizerBase
) -> dict[str, list[int]]:
    """The tokens of the right statement; those that all three begin with are not trained on.

    The premise is the same in all three and cancels when they are compared. The answer's word
    comes before the hypothesis, so that it alone could be learnt no better than by guessing:
    what tells the answers apart is how likely each word makes the hypothesis after it.
    """
    options = [
        tokenizer(text, add_special_tokens=False)["input_ids"]
        for text in statements(premise, hypothesis)
    ]
    first = tokenizer.bos_token_id
    # As the harness begins a string, and as it ends one: no end-of-sequence token is scored.
    tokens = [tokenizer.eos_token_id if first is None else first, *options[answer]]
    same = 1 + next(i for i, three in enumerate(zip(*options, strict=False)) if len({*three}) > 1)
    return {"input_ids": tokens, "labels": [NOT_TRAINED] * same + tokens[same:]}


def items(source: str) -> Dataset:
    """Premises, hypotheses and answers, as numbers, of a TSV file or of a dataset's English part.

    Raises:
        ValueError: A line of the file is not premise, hypothesis and one of the three labels.
    """
    if not Path(source).is_file():
        return load_dataset(source, "en", split="train")
    numbers = {label: number for number, label in enumerate(ANSWERS)}
    rows = []
    with Path(source).open(encoding="utf-8", newline="") as file:
        for line, row in enumerate(csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE), 1):
            if len(row) != 3 or row[2] not in numbers:
                raise ValueError(
                    f"Expected line {line} of {source} to be premise, hypothesis and "
                    f"{', '.join(ANSWERS)}, parted by tabs and without a header, but got {row}"
                )
            rows.append({"premise": row[0], "hypothesis": row[1], "label": numbers[row[2]]})
    return Dataset.from_list(rows)


def main(arguments: Sequence[str] | None = None) -> None:
    """Train, and save the adapter with the history of its loss."""
    options = _parser().parse_args(arguments)
    set_seed(options.seed)
    tokenizer = tokenizer_of(options.model)
    data = items(options.train)
    data = data.map(
        lambda row: encoded(row["premise"], row["hypothesis"], row["label"], tokenizer),
        remove_columns=data.column_names,
    )
    trainer = Trainer(
        with_lora(options.model, options.rank, options.four_bit),
        TrainingArguments(
            output_dir=options.output,
            num_train_epochs=options.epochs,
            max_steps=options.max_steps,
            per_device_train_batch_size=options.batch_size,
            learning_rate=options.learning_rate,
            seed=options.seed,
            logging_steps=10,
            save_strategy="no",
            report_to="none",
        ),
        train_dataset=data,
        data_collator=DataCollatorForSeq2Seq(tokenizer, label_pad_token_id=NOT_TRAINED),
    )
    trainer.train()
    trainer.save_model()
    trainer.save_state()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--model", required=True, help="Hub id or folder")
    parser.add_argument("--output", required=True, help="folder for the adapter")
    parser.add_argument("--train", required=True, help="facebook/xnli, or a TSV file")
    parser.add_argument("--epochs", type=float, default=1)
    parser.add_argument("--max_steps", type=int, default=-1, help="instead of --epochs")
    parser.add_argument("--batch_size", type=int, default=16)
    parser.add_argument("--learning_rate", type=float, default=1e-4)
    parser.add_argument("--rank", type=int, default=8, help="of the low-rank matrices")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--four_bit", action="store_true", help="hold the model in 4 bits")
    return parser


if __name__ == "__main__":
    main()
