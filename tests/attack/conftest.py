"""How hard the suite attacks: the same cases in every run, few enough for a minute or so."""

import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
import vl_convert
from hypothesis import HealthCheck, given, settings

from tests.attack.targets import TARGETS, Target

Attack = Callable[[str, int], None]


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
    """Damages an input so many times; fails with the smallest case that does not hold."""

    def attacked(name: str, examples: int) -> None:
        ready = target(name)

        @settings(
            max_examples=examples,
            derandomize=True,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
        )
        @given(case=ready.cases)
        def attempt(case: Any) -> None:
            with tempfile.TemporaryDirectory(dir=tmp_path) as folder:
                ready.attempt(Path(folder), case)

        attempt()

    return attacked


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No figure is drawn, which takes seconds, and tiny models are slower on several threads.

    What would abort the process that draws is an error here.
    """

    def drawn(chart: dict[str, Any]) -> str:
        assert not any(ord(letter) < 32 and letter not in "\t\n" for letter in _texts(chart))
        return ""

    monkeypatch.setattr(vl_convert, "vegalite_to_svg", drawn)
    monkeypatch.setattr(vl_convert, "svg_to_png", lambda *_, **__: b"")
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield from value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from key
            yield from _texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner)
