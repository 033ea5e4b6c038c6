"""Trains the miniature model and keeps checkpoints on the way.

python -m tools.miniature.train OUT
"""

import argparse
import logging
import time
from pathlib import Path
from typing import Any

import torch
from transformers import LlamaConfig, LlamaForCausalLM, get_cosine_schedule_with_warmup, set_seed

from tools.miniature.tokens import batches, train_tokenizer

logger = logging.getLogger(__name__)

SEED = 0
ROWS, LENGTH = 32, 128
LEARNING_RATE, MATRIX_LEARNING_RATE = 3e-3, 0.02
WARMUP = 100
CHECKPOINTS = (0, 100, 200, 400, 800, 1200, 1600, 2400, 3200, 4000)
CONFIG: dict[str, Any] = {
    "hidden_size": 128,
    "intermediate_size": 352,
    "num_hidden_layers": 5,
    "num_attention_heads": 4,
    "num_key_value_heads": 4,
    "max_position_embeddings": 256,
    "tie_word_embeddings": True,
}


def train(out: Path, steps: int) -> None:
    """Train for `steps` steps and save `step_N` folders below `out`."""
    set_seed(SEED)
    tokenizer = train_tokenizer(SEED)
    ids = {f"{name}_token_id": getattr(tokenizer, f"{name}_token_id") for name in ("bos", "eos")}
    model = LlamaForCausalLM(LlamaConfig(vocab_size=len(tokenizer), **ids, **CONFIG))
    logger.info("%.2f million parameters", model.num_parameters() / 1e6)
    matrices = [p for p in model.model.layers.parameters() if p.ndim == 2]
    rest = [p for p in model.parameters() if not any(p is matrix for matrix in matrices)]
    optimizers = (
        torch.optim.Muon(matrices, lr=MATRIX_LEARNING_RATE, weight_decay=0.01),
        torch.optim.AdamW(rest, lr=LEARNING_RATE, weight_decay=0.01),
    )
    schedules = [get_cosine_schedule_with_warmup(o, WARMUP, steps) for o in optimizers]
    start = time.perf_counter()
    stream = batches(tokenizer, SEED + 1, ROWS, LENGTH)
    for step in range(steps + 1):
        if step in CHECKPOINTS or step == steps:
            for part in (model, tokenizer):
                part.save_pretrained(out / f"step_{step}")
        rows = torch.from_numpy(next(stream))
        with torch.autocast("cpu", torch.bfloat16):
            loss = model(input_ids=rows, labels=rows).loss
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        for part in (*optimizers, *schedules):
            part.step()
        model.zero_grad()
        if step % 50 == 0:
            logger.info(
                "step %d, loss %.3f, %.0f s", step, loss.item(), time.perf_counter() - start
            )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("--steps", type=int, default=CHECKPOINTS[-1])
    arguments = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    train(arguments.out, arguments.steps)
