"""The training scripts on the bundled model, for a few steps on the CPU."""

import logging
import math
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file
from transformers import AutoTokenizer

from examples.training import pretraining, translation
from neuronxa_tasks.data.miniature import MODEL, SENTENCES
from neuronxa_tasks.harness.model import NeuronXALM

ENGLISH, GERMAN = SENTENCES / "eng_Latn.txt", SENTENCES / "deu_Latn.txt"
CHECKPOINTS = ["checkpoint-0", "checkpoint-2", "checkpoint-4"]
STEPS = ("--steps", "4", "--save_every", "2", "--batch_size", "4", "--learning_rate", "1e-3")


@pytest.fixture(autouse=True)
def _logging_as_before() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield
    root.handlers[:], root.level = handlers, level


def states(**model_args: str) -> torch.Tensor:
    lm = NeuronXALM(device="cpu", batch_size=2, **model_args)
    (layers,) = lm.sentence_states(["Der Koch sieht eine Orange."], kinds=["embedding"]).values()
    return torch.cat(layers, dim=1)


def test_fine_tuning_saves_adapters_that_load_and_differ_more_and_more(tmp_path: Path) -> None:
    loss = translation.main(
        [
            *("--model", str(MODEL), "--output", str(tmp_path), *STEPS),
            *("--source", str(ENGLISH), "--source_language", "English"),
            *("--target", str(GERMAN), "--target_language", "German"),
        ]
    )
    assert 0 < loss < math.log(4096)
    assert sorted(path.name for path in tmp_path.iterdir()) == CHECKPOINTS
    base, *tuned = [
        states(pretrained=str(MODEL)),
        *(states(pretrained=str(MODEL), peft=str(tmp_path / name)) for name in CHECKPOINTS),
    ]
    far = [float((base - other).norm()) for other in tuned]
    assert far[0] == pytest.approx(0, abs=1e-4)
    assert 1e-3 < far[1] < far[2]


def test_only_the_translation_is_learnt() -> None:
    tokenizer = AutoTokenizer.from_pretrained(MODEL)
    row = translation.row({"prompt": "German:", "answer": " Der Koch"}, tokenizer)
    learnt = [label for label in row["labels"] if label != -100]
    assert len(row["labels"]) == len(row["input_ids"])
    assert row["input_ids"][-len(learnt) :] == learnt
    assert tokenizer.decode(learnt) == f" Der Koch{tokenizer.eos_token}"


def test_pretraining_saves_models_that_load_and_changes_their_weights(tmp_path: Path) -> None:
    loss = pretraining.main(
        [
            *("--model", str(MODEL), "--output", str(tmp_path), *STEPS),
            *("--text", str(GERMAN), "--length", "64"),
        ]
    )
    assert 0 < loss < math.log(4096)
    assert sorted(path.name for path in tmp_path.iterdir()) == CHECKPOINTS
    first, _, last = (load_file(tmp_path / name / "model.safetensors") for name in CHECKPOINTS)
    start = load_file(MODEL / "model.safetensors")
    assert all(torch.equal(first[name], start[name]) for name in start)
    assert not any(torch.equal(last[name], start[name]) for name in start)
    assert states(pretrained=str(tmp_path / CHECKPOINTS[-1])).isfinite().all()


def test_rows_hold_all_documents_in_order_but_the_rest(tmp_path: Path) -> None:
    tokenizer = AutoTokenizer.from_pretrained(MODEL)
    rows = pretraining.rows([GERMAN, ENGLISH], tokenizer, 50)
    assert {len(row["input_ids"]) for row in rows} == {50}
    lines = (GERMAN.read_text() + ENGLISH.read_text()).splitlines()
    expected = [token for line in lines for token in [*tokenizer(line)["input_ids"], 0]]
    joined = [token for row in rows for token in row["input_ids"]]
    assert joined == expected[: len(expected) // 50 * 50]


def test_the_same_seed_gives_the_same_weights(tmp_path: Path) -> None:
    text = ("--text", str(GERMAN), "--length", "64", "--model", str(MODEL))
    for name in ("a", "b"):
        pretraining.main([*text, *STEPS, "--steps", "1", "--output", str(tmp_path / name)])
    a, b = (load_file(tmp_path / name / "checkpoint-1" / "model.safetensors") for name in "ab")
    assert all(torch.equal(a[name], b[name]) for name in a)


def test_four_bits_without_a_gpu_are_refused_in_a_sentence(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with pytest.raises(SystemExit, match="--four_bit needs a GPU"):
        translation.quantized()
