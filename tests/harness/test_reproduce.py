"""`neuronxa reproduce table2` beside the harness's tasks and the independent reference."""

import io
import random
import weakref
from collections.abc import Sequence
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from lm_eval.api.model import LM
from transformers import PreTrainedTokenizerFast

from neuronxa_tasks.commands.analysis.reproduce import reproduce
from neuronxa_tasks.errors import BitextError, SettingsError
from neuronxa_tasks.harness.model import NeuronXALM
from neuronxa_tasks.harness.model_encoder import tokenize
from neuronxa_tasks.report.compute import table2
from neuronxa_tasks.report.compute.table2 import TABLE_2, Cell
from neuronxa_tasks.states import SentenceEncoder, SentenceStates
from tests import reference
from tests.conftest import lines
from tests.families import FAMILIES, LAYERS
from tests.harness.conftest import Evaluate, record
from tests.states.test_experts import build

CODES = list(dict.fromkeys(code for cell in TABLE_2 for code in (cell.pivot, cell.language)))
READINGS = ("gate, BOS", "product, BOS", "gate, no BOS", "product, no BOS")
Counts = dict[str, list[int]]


def printed(model: Path, flores: Path, *more: str) -> str:
    arguments = ("table2", "--model", str(model), "--device", "cpu", "--batch_size", "100")
    text = io.StringIO()
    with redirect_stdout(text):
        assert reproduce([*arguments, "--metadata", f"flores_dir={flores}", *more]) == 0
    return text.getvalue()


def counts(text: str) -> Counts:
    """The counts of the first table, by reading."""
    head, _, *rows = [line for line in text.split("# Distance")[0].splitlines() if "|" in line]
    readings = [name.strip() for name in head.split("|")[2:-2]]
    return {
        reading: [int(row.split("|")[place].split()[0]) for row in rows]
        for place, reading in enumerate(readings, start=2)
    }


@pytest.fixture(scope="module")
def made_up(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A hundred sentences in each language of Table 2, whose words differ in their endings."""
    drawn = random.Random(0)
    words = ["".join(drawn.choices("abcdefghij", k=5)) for _ in range(40)]
    sentences = [drawn.sample(words, 4) for _ in range(100)]
    folder = tmp_path_factory.mktemp("flores")
    (folder / "devtest").mkdir()
    for number, code in enumerate(CODES):
        ending = "klmnopqrstuvwxyz"[number]
        text = "".join(" ".join(f"{word}{ending}" for word in s) + "\n" for s in sentences)
        (folder / "devtest" / f"{code}.devtest").write_text(text)
    return folder


@pytest.fixture(scope="module")
def ours(model_dir: Path, made_up: Path) -> Counts:
    return counts(printed(model_dir, made_up))


def as_read(lm: NeuronXALM, bos: bool) -> NeuronXALM:
    """The model with or without special tokens, as the harness's argument has it."""
    return NeuronXALM(
        pretrained=lm.model, tokenizer=lm.tokenizer, batch_size=100, add_bos_token=bos
    )


def by_tasks(lm: LM, run_tasks: Evaluate, flores: Path, cells: Sequence[Cell]) -> Counts:
    """The same counts from the harness's tasks, one run per cell."""
    found: Counts = {"gate": [], "product": []}
    for cell in cells:
        metadata = {
            "flores_dir": str(flores),
            "n_pairs": 100,
            "pivot": cell.pivot,
            "measures": "nasca",
            "activation": ["gate", "product"],
        }
        metrics = record(run_tasks(lm, cell.language, metadata=metadata), cell.language)["metrics"]
        found["gate"].append(sum(metrics["nasca"]["aligned_layers"]))
        found["product"].append(sum(metrics["nasca_product"]["aligned_layers"]))
    return found


@pytest.mark.parametrize("bos", [True, False])
def test_every_reading_counts_what_the_tasks_score(
    lm: NeuronXALM, run_tasks: Evaluate, made_up: Path, ours: Counts, bos: bool
) -> None:
    assert tuple(ours) == READINGS
    for activation, expected in by_tasks(as_read(lm, bos), run_tasks, made_up, TABLE_2).items():
        assert ours[f"{activation}, {'BOS' if bos else 'no BOS'}"] == expected
        assert 0 < sum(expected) < 12 * 100 * LAYERS


def test_the_counts_of_real_text_are_those_of_the_tasks_but_for_one_pair(
    lm: NeuronXALM, run_tasks: Evaluate, model_dir: Path, real_data: Path
) -> None:
    flores = real_data / "flores200"
    ours = counts(printed(model_dir, flores))
    some = TABLE_2[:4]
    for activation, expected in by_tasks(as_read(lm, True), run_tasks, flores, some).items():
        np.testing.assert_allclose(ours[f"{activation}, BOS"][:4], expected, atol=LAYERS)


@pytest.mark.parametrize("bos", [True, False])
def test_a_count_is_the_references(lm: NeuronXALM, made_up: Path, ours: Counts, bos: bool) -> None:
    own, cell = as_read(lm, bos), TABLE_2[-1]
    sides = [
        [reference.token_states(lm.model, FAMILIES["llama"], ids) for ids in tokenize(own, texts)]
        for texts in (lines(made_up, cell.pivot), lines(made_up, cell.language))
    ]
    for activation in ("gate", "product"):
        aligned = 0
        for layer in range(LAYERS):
            first, second = (
                [
                    reference.pool(reference.state(tokens[activation][layer], "nas"), "weighted")
                    for tokens in side
                ]
                for side in sides
            )
            aligned += sum(reference.weak_alignment(first, second))
        assert ours[f"{activation}, {'BOS' if bos else 'no BOS'}"][-1] == aligned


def test_the_reading_that_gives_the_papers_counts_is_named(
    model_dir: Path, made_up: Path, ours: Counts, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert len(set(map(tuple, ours.values()))) == len(READINGS)
    fake = zip(TABLE_2, ours["product, no BOS"], strict=True)
    cells = tuple(Cell(cell.pivot, cell.language, cell.score, count) for cell, count in fake)
    monkeypatch.setattr(table2, "TABLE_2", cells)
    monkeypatch.setattr(table2, "LAYERS", LAYERS)
    text = printed(model_dir, made_up)
    assert text.endswith("All twelve are the paper's: product, no BOS.\n")


def test_every_language_runs_once_per_reading_of_bos_and_four_are_held_at_most(
    model_dir: Path, made_up: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    encode = SentenceEncoder.encode
    seen: list[weakref.ref[SentenceStates]] = []
    held: list[int] = []

    def counted(self: SentenceEncoder, *args: Any, **kwargs: Any) -> SentenceStates:
        states = encode(self, *args, **kwargs)
        seen.append(weakref.ref(states))
        held.append(sum(reference() is not None for reference in seen))
        return states

    monkeypatch.setattr(SentenceEncoder, "encode", counted)
    printed(model_dir, made_up)
    assert len(seen) == 2 * len(CODES)
    assert max(held) == 4


def test_a_tokenizer_without_bos_has_one_reading_of_each_activation(
    lm: NeuronXALM, tokenizer: PreTrainedTokenizerFast, made_up: Path, tmp_path: Path, ours: Counts
) -> None:
    lm.model.save_pretrained(tmp_path)
    bare = PreTrainedTokenizerFast.from_pretrained(_saved(tokenizer, tmp_path))
    bare.backend_tokenizer.post_processor = None
    bare.save_pretrained(tmp_path)
    found = counts(printed(tmp_path, made_up))
    assert found == {
        f"{activation} (the tokenizer adds no BOS)": ours[f"{activation}, no BOS"]
        for activation in ("gate", "product")
    }


def _saved(tokenizer: PreTrainedTokenizerFast, folder: Path) -> str:
    tokenizer.save_pretrained(folder)
    return str(folder)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["table3"], "one of table2, but got 'table3': docs/reproduce.md"),
        (
            ["table2", "--metadata", "pivot=deu_Latn"],
            "the rest is the table's, but got pivot",
        ),
        (["table2", "--metadata", "n_pairs=50"], "but got n_pairs"),
        (["table2", "--model_args", "pretrained=other"], "without pretrained, which is given by"),
        (["table2", "--model_args", "add_bos_token=False"], "without add_bos_token"),
    ],
)
def test_what_the_table_does_not_leave_open_is_refused(arguments: list[str], message: str) -> None:
    with pytest.raises(SettingsError, match=message):
        reproduce([*arguments, "--model", "no/such-model"])


def test_fewer_than_a_hundred_sentences_are_refused_before_the_model_is_loaded(
    made_up: Path, tmp_path: Path
) -> None:
    (tmp_path / "devtest").mkdir()
    for code in CODES:
        text = "".join(f"{line}\n" for line in lines(made_up, code)[:99])
        (tmp_path / "devtest" / f"{code}.devtest").write_text(text)
    with pytest.raises(BitextError, match="but got 100"):
        printed(Path("no/such-model"), tmp_path)


def test_a_model_must_be_named(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        reproduce(["table2"])
    assert "--model" in capsys.readouterr().err


def test_layers_are_counted_not_the_networks_in_them(
    tokenizer: PreTrainedTokenizerFast,
    made_up: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A layer with a shared and with routed experts has two."""
    build("qwen2_moe").save_pretrained(tmp_path)
    tokenizer.save_pretrained(tmp_path)
    told: list[int] = []

    def remember(found: Counts, *, layers: int) -> str:
        told.append(layers)
        return ""

    monkeypatch.setattr("neuronxa_tasks.commands.analysis.reproduce.beside_table2", remember)
    monkeypatch.setattr("neuronxa_tasks.commands.analysis.reproduce.TABLE_2", TABLE_2[:1])
    printed(tmp_path, made_up)
    assert told == [LAYERS]
