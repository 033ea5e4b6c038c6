"""`neuronxa inspect`: the best layer, the pairs that fail there, and the map."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from neuronxa_tasks.alignment.failing import best_alignment, failing_pairs
from neuronxa_tasks.commands.analysis.inspect import inspect
from neuronxa_tasks.commands.analysis.sentence_map import sentence_map
from neuronxa_tasks.commands.analysis.session import Analysis
from neuronxa_tasks.data.miniature import MODEL
from neuronxa_tasks.errors import BitextError, SettingsError
from neuronxa_tasks.harness.model import NeuronXALM
from neuronxa_tasks.measures import Representation
from tests.reference import cosine, weak_alignment
from tests.sentences import lines

KINDS = {
    "embedding": (Representation("embedding", "weighted", None), 0),
    "nas": (Representation("nas", "weighted", "gate"), 1),
}


@pytest.fixture(autouse=True)
def _no_report(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Analysis, "show", lambda self, file: 0)


def run(folder: Path, model: Path, *arguments: str) -> list[dict[str, Any]]:
    given = ["--model_args", f"pretrained={model}", "--device", "cpu", "--batch_size", "8"]
    assert inspect([*given, "--output_path", str(folder), *arguments]) == 0
    (file,) = folder.rglob("inspection_*.json")
    return json.loads(file.read_text(encoding="utf-8"))["inspection"]["languages"]


@pytest.fixture(scope="module")
def tiny(model_dir, flores_dir, tmp_path_factory) -> dict[str, Any]:
    """German of a tiny model, inspected."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Analysis, "show", lambda self, file: 0)
        options = ("--languages", "deu_Latn", "--metadata", f"flores_dir={flores_dir}")
        (german,) = run(tmp_path_factory.mktemp("out"), model_dir, *options, "n_pairs=all")
    return german


@pytest.fixture(scope="module")
def states(model_dir, flores_dir) -> dict[str, list[list[np.ndarray]]]:
    """By kind, the states of each side in every layer, float64."""
    model = NeuronXALM(pretrained=str(model_dir), device="cpu", batch_size=1)
    sides = [model.sentence_states(lines(flores_dir, c)) for c in ("eng_Latn", "deu_Latn")]
    return {
        kind: [[layer.double().numpy() for layer in side[representation]] for side in sides]
        for kind, (representation, _) in KINDS.items()
    }


@pytest.mark.parametrize("kind", KINDS)
def test_the_best_layer_is_the_first_with_most_aligned_pairs(tiny, states, kind) -> None:
    aligned = [weak_alignment(list(x), list(y)) for x, y in zip(*states[kind], strict=True)]
    counts = [sum(layer) for layer in aligned]
    best = counts.index(max(counts))
    assert tiny[kind]["layer"] == best + KINDS[kind][1]
    assert tiny[kind]["layers"] == len(counts)
    assert tiny[kind]["aligned"] == aligned[best]
    assert tiny[kind]["share"] == pytest.approx(max(counts) / 16)
    assert 0 <= tiny[kind]["held_out"] <= tiny[kind]["share"]


def test_failing_pairs_are_those_of_equation_4_with_their_nearest_wrong_neighbour(
    tiny, states, flores_dir
) -> None:
    english, german = lines(flores_dir, "eng_Latn"), lines(flores_dir, "deu_Latn")
    layers = list(zip(*states["nas"], strict=True))
    x, y = layers[tiny["nas"]["layer"] - 1]
    expected = {}
    for i, aligned in enumerate(weak_alignment(list(x), list(y))):
        if aligned:
            continue
        wrong = [(cosine(x[i], y[j]), j, "language", german[j]) for j in range(16) if j != i]
        wrong += [(cosine(x[j], y[i]), j, "pivot", english[j]) for j in range(16) if j != i]
        similarity, *neighbour = max(wrong)
        among = sum(weak_alignment(list(a), list(b))[i] for a, b in layers)
        expected[i] = (*neighbour, cosine(x[i], y[i]) - similarity, among)
    assert expected
    assert {row["pair"] for row in tiny["failing"]} == set(expected)
    for row in tiny["failing"]:
        neighbour, side, text, margin, among = expected[row["pair"]]
        assert (row["neighbour"], row["side"], row["neighbour_sentence"]) == (neighbour, side, text)
        assert row["margin"] == pytest.approx(margin, abs=1e-5)
        assert row["aligned_layers"] == among
        assert row["pivot_sentence"] == english[row["pair"]]
        assert row["sentence"] == german[row["pair"]]


def test_the_lowest_margin_comes_first(tiny) -> None:
    margins = [row["margin"] for row in tiny["failing"]]
    assert margins == sorted(margins)
    assert margins[-1] <= 0


def test_a_tie_fails_with_a_margin_of_zero() -> None:
    x = torch.tensor([[1.0, 0.0], [0.0, 1.0], [0.6, 0.8]])
    rows = torch.arange(3)
    copied = torch.tensor([0, 1, 1])
    by_pair = {row.pair: row for row in failing_pairs(best_alignment([x], [x], rows, copied))}
    assert set(by_pair) == {1, 2}
    assert by_pair[1].margin == 0
    assert (by_pair[1].neighbour, by_pair[1].side) == (2, "language")
    assert by_pair[2].margin == pytest.approx(0.8 - 1)
    assert (by_pair[2].neighbour, by_pair[2].side) == (1, "pivot")


def test_a_sentence_without_active_neurons_has_no_margin_and_no_neighbour() -> None:
    x, rows = torch.eye(3), torch.arange(3)
    x[1] = 0
    failing = failing_pairs(best_alignment([x], [torch.eye(3)], rows, rows))
    assert {row.pair for row in failing} == {0, 1, 2}
    assert all(row.margin is None and row.neighbour is None for row in failing)


def test_pairs_of_equal_sentences_are_told_apart_by_their_rows() -> None:
    distinct = torch.eye(3)
    found = best_alignment(
        [distinct[:2]], [distinct], torch.tensor([0, 0, 1]), torch.tensor([0, 2, 1])
    )
    assert found.similarity.tolist() == [[1, 0, 0], [1, 0, 0], [0, 0, 1]]
    assert found.aligned_here.tolist() == [False, False, True]


def test_the_map_is_the_same_every_time_and_keeps_near_sentences_together() -> None:
    torch.manual_seed(1)
    centres = 10 * torch.randn(2, 1, 30)
    pivot, language = (centres + torch.randn(2, 20, 30)).reshape(2, 20, 30)
    points = sentence_map(pivot, language)
    assert points.shape == (2, 20, 2)
    assert np.array_equal(points, sentence_map(pivot, language))
    middle = points.mean(axis=1)
    spread = np.linalg.norm(points - middle[:, None], axis=2).max()
    assert np.linalg.norm(middle[0] - middle[1]) > spread


def test_the_miniature_is_inspected_from_one_pass_over_its_pivot(
    tmp_path, monkeypatch, capsys
) -> None:
    passes = []
    encode = Analysis.encode

    def counted(self, texts, representations, name):
        passes.append(name)
        return encode(self, texts, representations, name)

    monkeypatch.setattr(Analysis, "encode", counted)
    options = ("--corpus", "miniature", "--languages", "deu_Latn,zho_Hans")
    german, chinese = run(tmp_path, MODEL, *options, "--metadata", "n_pairs=20")
    assert passes == ["English", "German", "Chinese (Simplified)"]
    assert (german["language"], chinese["language"]) == ("deu_Latn", "zho_Hans")
    assert german["pivot"] == "eng_Latn"
    points = german["nas"]["points"]
    assert [len(points[side]) for side in ("pivot", "language")] == [20, 20]
    assert len(german["failing"]) == 20 - sum(german["nas"]["aligned"])
    assert "German: embedding" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("languages", "metadata", "message"),
    [
        ("xyz_Latn", ["n_pairs=20"], "xyz_Latn"),
        ("deu_Latn,deu_Latn", ["n_pairs=20"], "deu_Latn 2 times"),
        ("eng_Latn", ["n_pairs=20"], "other than the pivot"),
        ("deu_Latn", ["n_pairs=9"], "at least 10"),
        ("deu_Latn", ["n_pairs=20", "pooling=[mean,last]"], "got 2 and 1"),
        ("deu_Latn", ["n_pairs=20", "activation=[gate,product]"], "got 1 and 2"),
        ("deu_Latn", ["n_pairs=20", "pivot=fin_Latn"], "`pivot`"),
        ("deu_Latn", ["n_pairs=20", "correction=centred"], "no `correction` .* but got centred"),
    ],
)
def test_what_cannot_be_inspected_is_said_before_anything_is_run(
    tmp_path, monkeypatch, languages, metadata, message
) -> None:
    monkeypatch.setattr(Analysis, "encode", None)
    options = ("--corpus", "miniature", "--languages", languages, "--metadata", *metadata)
    with pytest.raises(SettingsError, match=message):
        run(tmp_path, MODEL, *options)


def test_a_missing_pivot_of_a_folder_is_named(tmp_path, model_dir, flores_dir) -> None:
    options = ("--languages", "deu_Latn", "--metadata", f"flores_dir={flores_dir}")
    with pytest.raises(BitextError, match="fin_Latn"):
        run(tmp_path, model_dir, *options, "n_pairs=all", "pivot=fin_Latn")
