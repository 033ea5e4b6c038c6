"""What FLORES is said to take, against what is known of it."""

from pathlib import Path
from typing import Any

import pytest
import torch

from neuronxa_tasks.commands import flores_cost as module
from neuronxa_tasks.commands.flores_cost import BYTES_PER_SENTENCE, flores_cost
from neuronxa_tasks.data.languages import FLORES
from neuronxa_tasks.data.miniature import SENTENCES
from neuronxa_tasks.harness.model import NeuronXALM
from neuronxa_tasks.harness.model_encoder import make_encoder, tokenize


def test_all_languages_and_the_pivot_are_counted(lm: NeuronXALM) -> None:
    found = flores_cost(make_encoder(lm))
    assert found.cost.requests == 20_300
    assert found.cost.tokens % 20_400 == 0
    assert 0 < found.seconds_per_token < 1
    # Gate and product of three layers, and four hidden states, of two hundred sentences.
    assert found.states == 200 * 4 * (2 * 3 * 88 + 4 * 32)
    assert found.sentence().startswith("203 languages: 20,300 requests, about ")


def test_no_sentence_is_run(lm: NeuronXALM) -> None:
    seen: list[list[int]] = []

    def hook(_: Any, args: Any, kwargs: dict[str, torch.Tensor]) -> None:
        seen.extend(kwargs["input_ids"].tolist())

    encoder = make_encoder(lm)
    handle = lm.model.model.register_forward_pre_hook(hook, with_kwargs=True)
    flores_cost(encoder)
    handle.remove()
    texts = [line for file in SENTENCES.glob("*.txt") for line in file.read_text().splitlines()]
    begins = {tuple(ids[:6]) for ids in tokenize(lm, texts)}
    assert seen
    assert not begins & {tuple(ids[:6]) for ids in seen}


@pytest.mark.parametrize("batch_size", [1, 4])
def test_batches_are_as_the_run_would_have_them(
    make_lm: Any, batch_size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes = set()

    def hook(_: Any, args: Any, kwargs: dict[str, torch.Tensor]) -> None:
        sizes.add(len(kwargs["input_ids"]))

    monkeypatch.setattr(module, "SECONDS", 100)
    lm = make_lm(batch_size=batch_size)
    encoder = make_encoder(lm)
    lm.model.model.register_forward_pre_hook(hook, with_kwargs=True)
    flores_cost(encoder)
    assert sizes == {1, batch_size}


def test_sentences_are_no_longer_than_the_model_takes(make_lm: Any) -> None:
    lm = make_lm(max_position_embeddings=32)
    assert flores_cost(make_encoder(lm)).cost.tokens == 20_400 * 32


def test_a_sentence_of_flores_has_as_many_bytes_as_is_said(real_data: Path) -> None:
    means = []
    for code in FLORES:
        text = (real_data / "flores200" / "devtest" / f"{code}.devtest").read_text()
        lines = [line.strip() for line in text.splitlines()[:100]]
        means.append(sum(len(line.encode()) for line in lines) / len(lines))
    assert sum(means) / len(means) == pytest.approx(BYTES_PER_SENTENCE, abs=0.5)
