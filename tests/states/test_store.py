"""States on disk are those that were taken, up to their scale."""

from pathlib import Path

import pytest
import torch
from torch.testing import assert_close

from neuronxa_tasks.harness.model import NeuronXALM
from neuronxa_tasks.measures import Pooling, Representation
from neuronxa_tasks.states import SentenceStates, pooling_weights, store
from neuronxa_tasks.states.store import StoredStates, stored_dtype
from tests.states.test_experts import build

NAV = Representation("nav", "weighted", "product")
LENGTHS = (5, 361, 40)


def nas(pooling: Pooling) -> Representation:
    return Representation("nas", pooling, "gate")


def states(
    representation: Representation, layers: list[torch.Tensor], tokens: tuple[int, ...]
) -> SentenceStates:
    rows = torch.arange(len(layers[0]))
    return SentenceStates({representation: layers}, rows, tokens, truncated=0)


def pooled(pooling: Pooling, active: torch.Tensor, lengths: tuple[int, ...]) -> torch.Tensor:
    weights = pooling_weights(torch.tensor(lengths), max(lengths), [pooling])
    return torch.bmm(weights, active.float())[:, 0]


def activity(lengths: tuple[int, ...]) -> torch.Tensor:
    torch.manual_seed(0)
    return torch.rand(len(lengths), max(lengths), 50) < 0.4


@pytest.mark.parametrize(
    ("pooling", "dtype"),
    [("weighted", torch.uint16), ("mean", torch.uint16), ("last", torch.uint8)],
)
def test_pooled_nas_is_kept_as_the_integers_it_is_made_of(tmp_path, pooling, dtype) -> None:
    active = activity(LENGTHS)
    stored = StoredStates(tmp_path / "deu.safetensors")
    stored.write(states(nas(pooling), [pooled(pooling, active, LENGTHS)], LENGTHS))
    found, rows = stored.read(nas(pooling), 0)
    assert found.dtype == dtype
    assert rows.tolist() == [0, 1, 2]
    for sentence, length in enumerate(LENGTHS):
        by_hand = torch.zeros(50, dtype=torch.int64)
        for position in range(1, length + 1):
            weight = {"weighted": position, "mean": 1, "last": int(position == length)}[pooling]
            by_hand += weight * active[sentence, position - 1]
        assert found[sentence].long().tolist() == by_hand.tolist()


def test_sentences_too_long_for_16_bits_are_kept_as_they_came(tmp_path) -> None:
    lengths = (362, 3)
    came = pooled("weighted", activity(lengths), lengths)
    stored = StoredStates(tmp_path / "shn.safetensors")
    stored.write(states(nas("weighted"), [came], lengths))
    assert_close(stored.read(nas("weighted"), 0)[0], came, rtol=0, atol=0)


def test_states_that_are_no_shares_of_integers_are_kept_as_they_came(tmp_path) -> None:
    came = torch.tensor([[0.5 / 15, 1.0]])
    stored = StoredStates(tmp_path / "deu.safetensors")
    stored.write(states(nas("weighted"), [came], (5,)))
    assert_close(stored.read(nas("weighted"), 0)[0], came, rtol=0, atol=0)


def test_nav_beyond_the_range_of_float16_survives(tmp_path) -> None:
    came = [torch.tensor([[1e6, 1e-12]]), torch.tensor([[3.0, 0.1]])]
    stored = StoredStates(tmp_path / "deu.safetensors")
    stored.write(states(NAV, came, (5,)))
    for layer, expected in enumerate(came):
        assert_close(stored.read(NAV, layer)[0], expected, rtol=0, atol=0)


def test_sentences_with_equal_tokens_share_a_row(tmp_path) -> None:
    stored = StoredStates(tmp_path / "deu.safetensors")
    rows = torch.tensor([1, 0, 1])
    layer = torch.tensor([[1.0, 0.0], [1 / 3, 2 / 3]])
    stored.write(SentenceStates({nas("weighted"): [layer]}, rows, (2, 1, 2), truncated=0))
    found, read = stored.read(nas("weighted"), 0)
    assert found.tolist() == [[1, 0], [1, 2]]
    assert read.tolist() == [1, 0, 1]


def test_what_is_cut_off_while_it_is_written_is_not_there(tmp_path, monkeypatch) -> None:
    def fail(tensors: object, file: Path, metadata: object) -> None:
        file.write_bytes(b"half")
        raise OSError("the disk is full")

    monkeypatch.setattr(store, "save_file", fail)
    stored = StoredStates(tmp_path / "deu.safetensors")
    with pytest.raises(OSError, match="full"):
        stored.write(states(nas("last"), [torch.ones(1, 2)], (1,)))
    assert not list(tmp_path.iterdir())


@pytest.fixture
def written(tmp_path) -> Path:
    stored = StoredStates(tmp_path / "states" / "deu.safetensors")
    stored.write(states(NAV, [torch.rand(3, 50)], LENGTHS))
    return stored.file


def zero_the_end(file: Path) -> None:
    content = file.read_bytes()
    file.write_bytes(content[:-64] + bytes(64))


def flip_a_bit(file: Path) -> None:
    content = bytearray(file.read_bytes())
    content[-5] ^= 1
    file.write_bytes(content)


def put_a_folder(file: Path) -> None:
    file.unlink()
    file.mkdir()


DAMAGES = {
    "cut": lambda file: file.write_bytes(file.read_bytes()[:-100]),
    "empty": lambda file: file.write_bytes(b""),
    "text": lambda file: file.write_text("states\n" * 100),
    "zeros": zero_the_end,
    "bit": flip_a_bit,
    "folder": put_a_folder,
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_what_is_damaged_is_not_read_and_can_be_written_again(written, damage) -> None:
    damage(written)
    stored = StoredStates(written)
    assert stored.open()
    assert not stored.ready
    stored.write(states(NAV, [torch.rand(3, 50)], LENGTHS))
    assert StoredStates(written).open() == ""


def test_what_is_whole_can_be_read_after_another_call_has_removed_it(written) -> None:
    stored = StoredStates(written)
    assert (stored.open(), stored.ready) == ("", True)
    written.unlink()
    assert stored.read(NAV, 0)[0].shape == (3, 50)


def test_what_is_not_there_is_not_damaged(tmp_path) -> None:
    stored = StoredStates(tmp_path / "deu.safetensors")
    assert (stored.open(), stored.ready) == ("", False)


@pytest.mark.parametrize("tokens", [1, 22, 361])
def test_every_state_of_so_many_tokens_fits(tokens) -> None:
    for pooling, largest in (("weighted", tokens * (tokens + 1) // 2), ("mean", tokens)):
        dtype = stored_dtype(nas(pooling), tokens)
        assert largest <= torch.iinfo(dtype).max


def test_neurons_of_experts_are_integers_too(tmp_path, tokenizer) -> None:
    lm = NeuronXALM(pretrained=build("mixtral"), tokenizer=tokenizer)
    texts = ["Drei blaue Boote warten im Hafen.", "It rained."]
    tokens = tuple(len(ids) for ids in tokenizer(texts)["input_ids"])
    layers = lm.sentence_states(texts, kinds=["nas"])[nas("weighted")]
    stored = StoredStates(tmp_path / "deu.safetensors")
    stored.write(SentenceStates({nas("weighted"): layers}, torch.arange(2), tokens, truncated=0))
    divisors = torch.tensor([[t * (t + 1) / 2] for t in tokens])
    for number, layer in enumerate(layers):
        found, _ = stored.read(nas("weighted"), number)
        assert found.dtype == torch.uint16
        assert_close(found.float() / divisors, layer)


@pytest.mark.parametrize("pooling", ["weighted", "mean", "last"])
@pytest.mark.parametrize("lengths", [LENGTHS, (362, 3)])
def test_states_come_back_on_their_scale_for_every_sentence(
    tmp_path: Path, pooling: Pooling, lengths: tuple[int, ...]
) -> None:
    distinct = pooled(pooling, activity(lengths), lengths)
    rows = torch.tensor([1, 0, 1])
    tokens = tuple(lengths[row] for row in rows)
    stored = StoredStates(tmp_path / "deu.safetensors")
    stored.write(SentenceStates({nas(pooling): [distinct[:2]]}, rows, tokens, truncated=0))
    found = stored.pooled(nas(pooling), 0, tokens)
    assert found.dtype == torch.float64
    assert_close(found, distinct[rows].double(), rtol=1e-5, atol=1e-6)
