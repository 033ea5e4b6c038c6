"""Many things are done in several processes, and come out as one process would have them."""

import os

import pytest

from neuronxa_tasks.errors import ReportError
from neuronxa_tasks.report import in_parallel as module
from neuronxa_tasks.report.in_parallel import in_parallel


@pytest.fixture(autouse=True)
def _two_processors(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "cpu_count", lambda: 2)


def with_process(item: int) -> tuple[int, int]:
    return item, os.getpid()


def refused(item: int) -> int:
    if item == 30:
        raise ReportError("Expected another number, but got 30")
    return item


def test_many_things_are_done_elsewhere_in_their_order() -> None:
    found = in_parallel(with_process, range(60))
    assert [item for item, _ in found] == list(range(60))
    assert os.getpid() not in {process for _, process in found}


def test_few_things_are_done_here() -> None:
    assert in_parallel(with_process, range(30)) == [(item, os.getpid()) for item in range(30)]


def test_an_error_is_that_of_the_function() -> None:
    with pytest.raises(ReportError, match="got 30"):
        in_parallel(refused, range(60))
