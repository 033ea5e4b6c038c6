"""Scoring of 1012 pairs beside the forward pass of an 8B model, on one layer of each.

Both grow in step with the number of layers and languages, so one layer gives their ratio.

    python benchmarks/scoring.py
"""

import statistics
import time
from collections.abc import Callable

import torch
from transformers import LlamaConfig, LlamaModel

from neuronxa_tasks.alignment import align

PAIRS, TOKENS, SAMPLE = 1012, 45, 8
HIDDEN, NEURONS = 4096, 14336


def main() -> None:
    """Print the table."""
    torch.manual_seed(0)
    config = LlamaConfig(
        vocab_size=1000,
        hidden_size=HIDDEN,
        intermediate_size=NEURONS,
        num_hidden_layers=1,
        num_attention_heads=32,
        num_key_value_heads=8,
    )
    model = LlamaModel(config).eval()
    ids = torch.randint(1000, (SAMPLE, TOKENS))
    rows = torch.arange(PAIRS)
    neurons = [torch.rand(PAIRS, config.intermediate_size) for _ in range(2)]
    hidden = [torch.randn(PAIRS, config.hidden_size) for _ in range(2)]

    def score() -> None:
        # NAS and NAV are as wide as the layer has neurons, embeddings as its hidden states.
        for pivot, language in (neurons, neurons, hidden):
            align([pivot], [language], rows, rows)

    with torch.inference_mode():
        forward = seconds(lambda: model(ids)) * PAIRS / SAMPLE
        scoring = seconds(score)
    print(f"one layer of Llama-3.1-8B, {PAIRS} sentences of {TOKENS} tokens, float32")
    print(f"forward pass {forward:.2f} s (from {SAMPLE} sentences)")
    print(f"NASCA + NAVCA + MEXA {scoring:.2f} s = {scoring / forward:.1%} of it")


def seconds(function: Callable[[], object], rounds: int = 5) -> float:
    """Median seconds of a call."""
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        function()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


if __name__ == "__main__":
    main()
