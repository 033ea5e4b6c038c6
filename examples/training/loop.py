"""What both trainings share: seeded steps, and a checkpoint every k of them."""

import argparse
import logging
from pathlib import Path

import torch
from datasets import Dataset
from peft import PeftMixedModel, PeftModel
from transformers import (
    DataCollatorForSeq2Seq,
    PreTrainedModel,
    PreTrainedTokenizerBase,
    Trainer,
    TrainingArguments,
)

IGNORED = -100


def parser(description: str | None) -> argparse.ArgumentParser:
    """The flags of both scripts."""
    made = argparse.ArgumentParser(
        description=description, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    made.add_argument("--model", required=True, help="folder or Hub id of the model to start from")
    made.add_argument("--output", type=Path, required=True, help="folder for checkpoint-0, …")
    made.add_argument("--steps", type=int, default=2000, help="of the optimizer")
    made.add_argument("--save_every", type=int, default=200, help="steps between checkpoints")
    made.add_argument("--batch_size", type=int, default=16, help="rows per device")
    made.add_argument("--learning_rate", type=float, default=1e-4)
    made.add_argument("--length", type=int, default=512, help="tokens of a row, at most")
    made.add_argument("--seed", type=int, default=0)
    return made


def train(
    model: PreTrainedModel | PeftModel | PeftMixedModel,
    tokenizer: PreTrainedTokenizerBase,
    rows: Dataset,
    options: argparse.Namespace,
) -> float:
    """Train and save `checkpoint-k` folders, the first, `checkpoint-0`, before any step.

    Args:
        model: What to train; of an adapted model only the adapter is trained and saved.
        tokenizer: Saved with every checkpoint.
        rows: `input_ids` and `labels`; labels of -100 are not learnt.
        options: As `parser` reads them.

    Returns:
        The mean training loss.
    """
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    cuda = torch.cuda.is_available()
    if cuda:
        # Activations that are computed again take no memory in between.
        model.gradient_checkpointing_enable()
    trainer = Trainer(
        model=model,
        args=TrainingArguments(
            output_dir=str(options.output),
            max_steps=options.steps,
            save_steps=options.save_every,
            save_only_model=True,
            per_device_train_batch_size=options.batch_size,
            learning_rate=options.learning_rate,
            lr_scheduler_type="cosine",
            warmup_steps=0.03,
            logging_steps=min(50, options.save_every),
            bf16=cuda,
            dataloader_pin_memory=cuda,
            seed=options.seed,
        ),
        train_dataset=rows,
        data_collator=DataCollatorForSeq2Seq(tokenizer, label_pad_token_id=IGNORED),
        processing_class=tokenizer,
    )
    trainer.save_model(str(options.output / "checkpoint-0"))
    return float(trainer.train().training_loss)
