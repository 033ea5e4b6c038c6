from typing import Any

import pytest
import torch

from neuronxa_tasks.harness.model import NeuronXALM
from neuronxa_tasks.states import room
from neuronxa_tasks.states.room import Room
from tests.states.test_experts import TEXTS, build


@pytest.fixture
def mapped(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Sizes of the tensors that have been put into files."""
    sizes: list[int] = []
    from_file = torch.from_file

    def remembering(*args: Any, size: int, **options: Any) -> torch.Tensor:
        sizes.append(size)
        return from_file(*args, size=size, **options)

    monkeypatch.setattr(torch, "from_file", remembering)
    return sizes


def free(monkeypatch: pytest.MonkeyPatch, size: float) -> None:
    monkeypatch.setattr(room, "get_max_memory", lambda: {"cpu": size})


def test_what_memory_has_room_for_is_in_no_file(
    monkeypatch: pytest.MonkeyPatch, mapped: list[int]
) -> None:
    free(monkeypatch, 800)
    given = Room()
    tensors = [given.zeros((5, 10), torch.device("cpu")) for _ in range(4)]
    assert mapped == [50, 50]
    assert all(torch.equal(tensor, torch.zeros(5, 10)) for tensor in tensors)


def test_a_file_ends_with_its_tensor(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    free(monkeypatch, 0)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    tensor = Room().zeros((3, 2), torch.device("cpu"))
    assert list(tmp_path.iterdir()) == []
    assert tensor.add_(1).sum() == 6


def test_states_are_the_same_in_files(
    monkeypatch: pytest.MonkeyPatch, mapped: list[int], tokenizer: Any
) -> None:
    # Shared and routed experts stand side by side in a layer.
    lm = NeuronXALM(pretrained=build("qwen2_moe"), tokenizer=tokenizer, batch_size=2)
    expected = lm.sentence_states(TEXTS)
    assert mapped == []
    free(monkeypatch, 0)
    for representation, layers in lm.sentence_states(TEXTS).items():
        assert all(map(torch.equal, layers, expected[representation]))
    assert len(mapped) > 10
