"""The harness's cache of answers, whose faults change no score and end no run."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from lm_eval.api.instance import Instance
from lm_eval.api.model import LM, CachingLM

from neuronxa_tasks.harness.run import response_cache as responses
from neuronxa_tasks.harness.run.response_cache import SafeCachingLM
from tests.disks import fill, make_read_only, mounted
from tests.runs import Heard


class Counting(LM):
    """Answers by the length of a request, and counts how many it was asked."""

    def __init__(self) -> None:
        super().__init__()
        self.asked = 0

    def loglikelihood(self, requests: list[Instance]) -> list[tuple[float, bool]]:
        self.asked += len(requests)
        return [(-len(request.args[1]) / 3, True) for request in requests]

    def loglikelihood_rolling(self, requests: Any) -> Any: ...
    def generate_until(self, requests: Any) -> Any: ...


REQUESTS = [
    Instance("loglikelihood", {}, ("a text", " word" * i), i, ("task", i, 1)) for i in range(20)
]


def answers(file: Path) -> tuple[list[tuple[float, bool]], int]:
    """What is answered, and how many answers had to be computed."""
    lm = Counting()
    cached = SafeCachingLM(lm, str(file))
    return cached.loglikelihood(REQUESTS), lm.asked


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "below" / "cache_rank0.db"


def test_answers_are_those_of_the_harnesss_own_cache_and_computed_once(file: Path) -> None:
    plain = CachingLM(Counting(), str(file.with_name("plain.db"))).loglikelihood(REQUESTS)
    assert answers(file) == (plain, 20)
    assert answers(file) == (plain, 0)


def test_one_process_keeps_answers_that_come_as_the_run_goes(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(responses, "SECONDS_BETWEEN_WRITES", 0.0)
    lm = Counting()
    SafeCachingLM(lm, str(file))
    lm.cache_hook.add_partial("loglikelihood", REQUESTS[3].args, (-1.0, False))
    assert SafeCachingLM(Counting(), str(file)).loglikelihood(REQUESTS[3:4]) == [(-1.0, False)]


def test_no_damage_changes_an_answer(file: Path) -> None:
    expected, _ = answers(file)
    whole = file.read_bytes()
    for place in range(0, len(whole), 61):
        damaged = bytearray(whole)
        damaged[place] ^= 0x41
        file.write_bytes(damaged)
        assert answers(file)[0] == expected, place
        for other in file.parent.glob("*.damaged*"):
            other.unlink()


@pytest.mark.parametrize("spoil", [fill, make_read_only])
def test_a_disk_that_takes_nothing_is_no_end(
    tmp_path: Path, heard: Heard, spoil: Callable[[Path], object]
) -> None:
    with mounted(tmp_path / "disk", "size=100k") as disk:
        spoil(disk)
        assert answers(disk / "cache_rank0.db")[1] == 20
        assert "cannot be written" in heard()
        assert "answers to benchmarks" in heard()
