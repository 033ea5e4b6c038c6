"""How hard the suite attacks: the same cases in every run, few enough for a minute or so."""

import tempfile
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis.errors import HypothesisWarning

from tests.attack import Attack
from tools.attack.targets import TARGETS, UNHURRIED, Target


@pytest.fixture(scope="session")
def target(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Target]:
    """Makes a target ready, once."""
    made: dict[str, Target] = {}

    def ready(name: str) -> Target:
        if name not in made:
            made[name] = TARGETS[name](tmp_path_factory.mktemp(name))
        return made[name]

    return ready


@pytest.fixture
def attack(target: Callable[[str], Target], tmp_path: Path) -> Attack:
    """Damages an input so many times; fails with the first case that does not hold."""

    def attacked(name: str, examples: int) -> None:
        ready = target(name)

        @settings(UNHURRIED, max_examples=examples, derandomize=True)
        @given(case=ready.cases)
        def attempt(case: Any) -> None:
            with tempfile.TemporaryDirectory(dir=tmp_path) as folder:
                ready.attempt(Path(folder), case)

        with warnings.catch_warnings():
            # It would rather not show strategies that hold a whole results file.
            warnings.simplefilter("ignore", HypothesisWarning)
            attempt()

    return attacked


@pytest.fixture(autouse=True)
def _one_thread() -> Iterator[None]:
    """Tiny models are slower on several."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)
