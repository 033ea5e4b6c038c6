"""What sentence states take in memory is said before a run, and too much of it in a warning."""

import pytest
import torch

from neuronxa_tasks.harness.model import NeuronXALM
from neuronxa_tasks.harness.requests import memory
from tests.runs import Evaluate, Heard


def test_little_is_not_said(lm: NeuronXALM, run_tasks: Evaluate, heard: Heard) -> None:
    run_tasks(lm, "deu_Latn")
    assert "sentence states" not in heard()


@pytest.mark.parametrize("free", [10**9, 10])
def test_what_is_held_is_said_before_the_run(
    lm: NeuronXALM,
    run_tasks: Evaluate,
    heard: Heard,
    monkeypatch: pytest.MonkeyPatch,
    free: int,
) -> None:
    held: list[int] = []
    count = memory.bytes_held

    def counted(*given: object) -> int:
        held.append(count(*given))
        return held[-1]

    monkeypatch.setattr(memory, "bytes_held", counted)
    monkeypatch.setattr(memory, "WORTH_SAYING", 1)
    monkeypatch.setattr(memory, "get_max_memory", lambda: {"cpu": free})
    run_tasks(lm, "deu_Latn", metadata={"n_pairs": 10})
    # NAS and NAV of three layers of 88 neurons, hidden states of four layers of 32 numbers.
    assert held == [2 * 10 * (2 * 3 * 88 + 4 * 32) * torch.float32.itemsize]
    assert "sentence states of a language and its pivot take" in heard()
    assert (": ask for fewer measures" in heard()) == (free == 10)
