"""Tiny models, a tokenizer, sentences, and runs of the harness in this process."""

import logging
import os
import signal
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from lm_eval.api.model import LM
from lm_eval.evaluator import evaluate
from tokenizers import Tokenizer, models, pre_tokenizers, processors, trainers
from transformers import PreTrainedTokenizerFast

from neuronxa_tasks.harness.model import NeuronXALM
from tests.families import VOCABULARY, build_model
from tests.runs import Evaluate, Heard, our_tasks, task_of
from tests.sentences import FLORES, LANGUAGES


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


@pytest.fixture
def heard(caplog: pytest.LogCaptureFixture) -> Iterator[Heard]:
    """Gives what the harness's logger, which may or may not propagate, has been told so far."""
    logger = logging.getLogger("lm_eval")
    propagate, logger.propagate = logger.propagate, True
    with caplog.at_level(logging.INFO, logger="lm_eval"):
        yield lambda: "\n".join(caplog.messages)
    logger.propagate = propagate


@pytest.fixture
def interruptible() -> Iterator[None]:
    """Ctrl-C interrupts, where the shell that started the tests has it ignored too."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture(scope="session")
def run_tasks(flores_dir: Path) -> Evaluate:
    """Evaluates tasks on our sentences; `metadata` is what a user gives as `--metadata`."""

    def run(
        lm: LM, *languages: str, metadata: dict[str, Any] | None = None, **options: Any
    ) -> dict[str, Any]:
        settings = {"flores_dir": str(flores_dir), "n_pairs": "all", **(metadata or {})}
        tasks = our_tasks(**settings).load([task_of(language) for language in languages])
        return dict(evaluate(lm=lm, task_dict=tasks, **options))

    return run
