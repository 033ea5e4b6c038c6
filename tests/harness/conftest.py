"""Runs of the harness in this process, with our task files and no others."""

import json
import logging
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from lm_eval.api.model import LM
from lm_eval.evaluator import evaluate
from lm_eval.tasks import TaskManager

TASKS = Path(__file__).parents[2] / "task_yamls"

Evaluate = Callable[..., dict[str, Any]]
Heard = Callable[[], str]


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
        manager = TaskManager(include_path=str(TASKS), include_defaults=False, metadata=settings)
        names = [
            name if name.startswith("neuronxa") else f"neuronxa_flores_{name}" for name in languages
        ]
        return dict(evaluate(lm=lm, task_dict=manager.load(names), **options))

    return run


def record(results: dict[str, Any], language: str) -> dict[str, Any]:
    """What a run's results keep of a FLORES language."""
    return results["configs"][f"neuronxa_flores_{language}"]["metadata"]["neuronxa"]


def answers(results: dict[str, Any], language: str) -> list[dict[str, Any]]:
    """The model's answers to a language's requests, in the order of the log."""
    samples = results["samples"][f"neuronxa_flores_{language}"]
    return [json.loads(sample["resps"][0][0]) for sample in samples]
