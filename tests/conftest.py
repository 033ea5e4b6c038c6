"""Tiny models, a tokenizer, sentences of our own, and real text where it is at hand."""

import os
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
from tokenizers import Tokenizer, models, pre_tokenizers, processors, trainers
from transformers import PreTrainedTokenizerFast

from neuronxa_tasks.harness.model import NeuronXALM
from tests.families import VOCABULARY, build_model

FLORES = Path(__file__).parent / "data" / "flores"
LANGUAGES = ("deu_Latn", "fra_Latn", "rus_Cyrl", "spa_Latn", "zho_Hans")


def is_probe(input_ids: torch.Tensor) -> bool:
    """Whether a pass is one of those before a run: for neurons, and for what padding changes."""
    return input_ids.shape in ((1, 4), (2, 8))


@pytest.fixture(autouse=True)
def _no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only this machine can be reached."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> None:
        if self.family != socket.AF_UNIX and address[0] not in ("127.0.0.1", "localhost"):
            raise AssertionError(f"a test reached for {address}")
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", guarded)


@pytest.fixture(scope="session", autouse=True)
def _no_handler_of_the_harness() -> Iterator[None]:
    """A run in this process would leave a handler that writes to one test's closed stream."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("lm_eval.utils._LOGGING_CONFIGURED", True)
        yield


@pytest.fixture(scope="session")
def flores_dir() -> Path:
    """Sixteen sentences in six languages, in the layout of the FLORES-200 archive."""
    return FLORES


@pytest.fixture(scope="session")
def real_data() -> Path:
    """Folder with real FLORES-200 and Tatoeba text."""
    folder = Path(os.environ.get("NEURONXA_DATA", ""))
    if not os.environ.get("NEURONXA_DATA") or not folder.is_dir():
        pytest.skip("set NEURONXA_DATA to a folder with flores200/ and tatoeba/ for real text")
    return folder


def lines(folder: Path, code: str) -> list[str]:
    """A language's sentences."""
    return (folder / "devtest" / f"{code}.devtest").read_text().splitlines()


@pytest.fixture(scope="session")
def tokenizer() -> PreTrainedTokenizerFast:
    """Byte-level BPE that puts `<s>` before every sentence."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    trainer = trainers.BpeTrainer(
        vocab_size=VOCABULARY,
        special_tokens=["<pad>", "<s>"],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train([str(FLORES / "devtest" / f"{code}.devtest") for code in LANGUAGES], trainer)
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A", special_tokens=[("<s>", 1)]
    )
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, bos_token="<s>", eos_token="<s>", pad_token="<pad>"
    )


@pytest.fixture(scope="session")
def make_lm(tokenizer: PreTrainedTokenizerFast) -> Any:
    """Builds the harness's model around a tiny model of a family."""

    def make(family: str = "llama", batch_size: int | str = 4, **changes: Any) -> NeuronXALM:
        model = build_model(family, **changes)
        return NeuronXALM(pretrained=model, tokenizer=tokenizer, batch_size=batch_size)

    return make


@pytest.fixture(scope="session")
def lm(make_lm: Any) -> NeuronXALM:
    """A tiny Llama."""
    return make_lm()


@pytest.fixture(scope="session")
def model_dir(tmp_path_factory: pytest.TempPathFactory, tokenizer: PreTrainedTokenizerFast) -> Path:
    """A tiny Llama with its tokenizer, saved as a user would have it."""
    folder = tmp_path_factory.mktemp("model")
    build_model("llama").save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder
