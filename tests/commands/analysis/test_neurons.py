"""Which neurons are of which language, against loops over the tokens of three families."""

import copy
import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
import torch

from neuronxa_tasks.commands.analysis.ablation import neurons_and_control
from neuronxa_tasks.commands.analysis.neuron_selection import SelectedNeurons
from neuronxa_tasks.commands.analysis.neurons import neurons
from neuronxa_tasks.commands.analysis.session import Analysis
from neuronxa_tasks.data.languages import ENGLISH
from neuronxa_tasks.data.miniature import MODEL
from neuronxa_tasks.errors import BitextError, ModelError, SettingsError
from neuronxa_tasks.harness.model import NeuronXALM
from neuronxa_tasks.harness.model_encoder import tokenize
from neuronxa_tasks.harness.model_loading import ModelLoader
from neuronxa_tasks.states import find_decoder
from tests import reference
from tests.families import FAMILIES, build_model
from tests.sentences import lines
from tests.states import test_experts
from tools.every_family import build

CODES = (ENGLISH, "deu_Latn", "fra_Latn", "zho_Hans")
PAIRS = 9
FILTER, SHARE, BAR = 0.9, 0.05, 0.8
THRESHOLDS = {"filter": str(FILTER), "share": str(SHARE), "bar": str(BAR)}

# Gate activations of one sentence, `(T, d)` per layer.
Gates = Callable[[Any, list[int]], list[np.ndarray]]

MODELS: dict[str, tuple[Callable[[], Any], Gates]] = {
    family: (
        lambda family=family: build_model(family),
        lambda model, ids, family=family: reference.token_states(model, FAMILIES[family], ids)[
            "gate"
        ],
    )
    for family in ("llama", "gpt2")
} | {
    family: (
        lambda family=family: test_experts.build(family),
        lambda model, ids, family=family: test_experts.token_states(model, family, ids)["gate"],
    )
    # A shared expert beside routed ones, and a dense layer before them.
    for family in ("qwen2_moe", "deepseek_v3")
}


@pytest.fixture(autouse=True)
def _no_page(monkeypatch: pytest.MonkeyPatch) -> None:
    """A page is the report's business."""
    monkeypatch.setattr(Analysis, "show", lambda self, file: 0)


@pytest.fixture
def run(flores_dir: Path, tokenizer: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Runs the command on a model, and gives the harness's model, the results and the table."""

    def neurons_of(
        model: Any, *metadata: str, **options: str
    ) -> tuple[NeuronXALM, dict[str, Any], pd.DataFrame]:
        lm = NeuronXALM(pretrained=model, tokenizer=tokenizer, batch_size=4)
        monkeypatch.setattr(ModelLoader, "create_from_arg_obj", lambda *_: lm)
        given = {"languages": ",".join(CODES[1:]), **THRESHOLDS, **options}
        typed = [text for key, value in given.items() for text in (f"--{key}", value)]
        settings = [f"flores_dir={flores_dir}", f"n_pairs={PAIRS}", *metadata]
        arguments = ["--model_args", "pretrained=tiny", "--output_path", str(tmp_path), *typed]
        assert neurons([*arguments, "--metadata", *settings]) == 0
        content = json.loads(max(tmp_path.glob("*/neurons_*.json")).read_text())["neurons"]
        return lm, content, pd.read_parquet(tmp_path / "tiny" / "neurons.parquet")

    return neurons_of


@pytest.fixture(params=MODELS)
def found(request: pytest.FixtureRequest, run: Any, flores_dir: Path) -> Any:
    """A model's table and results, and its gate activations: per language, sentence and layer."""
    make, gates = MODELS[request.param]
    lm, content, table = run(make())
    states = {
        code: [gates(lm.model, ids) for ids in tokenize(lm, lines(flores_dir, code)[:PAIRS])]
        for code in CODES
    }
    return content, table, states


def by_neuron(table: pd.DataFrame, column: str) -> dict[tuple[int, int], list[Any]]:
    """A list over languages for every layer and neuron."""
    wide = table.pivot(index=["layer", "neuron"], columns="language", values=column)
    return {key: list(row) for key, row in zip(wide.index, wide[[*CODES]].to_numpy(), strict=True)}


def expected_probabilities(states: dict[str, Any]) -> dict[tuple[int, int], list[float]]:
    first = states[ENGLISH][0]
    expected: dict[tuple[int, int], list[float]] = {}
    for layer, own in enumerate(first):
        for neuron in range(own.shape[1]):
            shares = []
            for code in CODES:
                active = [
                    value > 0 for sentence in states[code] for value in sentence[layer][:, neuron]
                ]
                shares.append(sum(map(bool, active)) / len(active))
            expected[layer + 1, neuron] = shares
    return expected


def naive_selection(
    probabilities: dict[tuple[int, int], list[float]],
) -> tuple[dict[tuple[int, int], set[str]], set[tuple[int, int]], dict[tuple[int, int], float]]:
    """The authors' steps, neuron by neuron: each one's languages, those shared, and LAPE."""
    ranked = sorted(p for row in probabilities.values() for p in row)
    least = ranked[round(len(ranked) * FILTER) - 1]
    bar = ranked[round(len(ranked) * BAR) - 1]
    entropy = {
        key: -sum(p / sum(row) * math.log(p / sum(row)) for p in row if p)
        for key, row in probabilities.items()
        if sum(row)
    }
    counting = [key for key in entropy if any(p > least for p in probabilities[key])]
    counting.sort(key=lambda key: entropy[key])
    chosen = counting[: round(len(probabilities) * SHARE)]
    languages = {
        key: {code for code, p in zip(CODES, probabilities[key], strict=True) if p > bar}
        for key in chosen
    }
    shared = {key for key, row in probabilities.items() if all(p > bar for p in row)}
    return languages, shared, entropy


def test_every_neuron_is_what_loops_over_tokens_find(found: Any) -> None:
    content, table, states = found
    probabilities = expected_probabilities(states)
    own = by_neuron(table, "probability")
    assert own.keys() == probabilities.keys()
    for key, row in probabilities.items():
        assert own[key] == pytest.approx(row, abs=1e-7)
    languages, shared, entropy = naive_selection(probabilities)
    for key, row in by_neuron(table, "lape").items():
        if key not in entropy:
            assert np.isnan(row).all()
        else:
            assert row == pytest.approx([entropy[key]] * len(CODES), abs=1e-6)
    specific = {
        key: {code for code, is_own in zip(CODES, row, strict=True) if is_own}
        for key, row in by_neuron(table, "specific").items()
    }
    # Of equal entropies, rounding decides.
    last = max(entropy[key] for key in languages)
    for key, own_languages in specific.items():
        if key in entropy and abs(entropy[key] - last) > 1e-9:
            assert own_languages == languages.get(key, set()), key
    assert sum(map(bool, languages.values())) > 1
    assert {k for k, row in by_neuron(table, "shared").items() if all(row)} == shared
    for place, layer in enumerate(content["layers"]):
        keys = [key for key in specific if key[0] == layer["layer"] == place + 1]
        assert layer["neurons"] == len(keys)
        assert layer["shared"] == len(shared.intersection(keys))
        for entry in content["found"]:
            count = sum(entry["language"] in specific[key] for key in keys)
            assert entry["specific"][place] == count


def test_correlations_are_those_over_pairs_that_anc_averages(found: Any) -> None:
    content, table, states = found
    pooled = {
        code: [
            [reference.pool(reference.state(layer, "nas"), "weighted") for layer in sentence]
            for sentence in sentences
        ]
        for code, sentences in states.items()
    }
    means: dict[str, list[float]] = {code: [] for code in CODES}
    rows = by_neuron(table, "correlation")
    for (layer, neuron), row in rows.items():
        assert np.isnan(row[0])
        x = [sentence[layer - 1][neuron] for sentence in pooled[ENGLISH]]
        for code, value in zip(CODES[1:], row[1:], strict=True):
            y = [sentence[layer - 1][neuron] for sentence in pooled[code]]
            constant = np.ptp(x) < 1e-9 or np.ptp(y) < 1e-9
            expected = 0 if constant else reference.naive_pearson(x, y)
            assert value == pytest.approx(expected, abs=1e-5)
            if layer == 1:
                means[code].append(expected)
    for entry in content["found"][1:]:
        assert entry["correlation"][0] == pytest.approx(np.mean(means[entry["language"]]), abs=1e-5)
    average = {key: float(np.mean(row[1:])) for key, row in rows.items()}
    best = content["carriers"]
    assert [c["correlation"] for c in best] == pytest.approx(
        sorted(average.values(), reverse=True)[: len(best)], abs=1e-6
    )
    for carrier in best:
        key = carrier["layer"], carrier["neuron"]
        assert carrier["correlation"] == pytest.approx(average[key], abs=1e-6)


def test_languages_overlap_in_the_neurons_that_both_have(found: Any) -> None:
    content, table, _ = found
    own = {
        code: set(zip(part["layer"], part["neuron"], strict=True))
        for code, part in table[table["specific"]].groupby("language", observed=True)
    }
    expected = []
    for i, code in enumerate(CODES):
        for other in CODES[i + 1 :]:
            a, b = own.get(code, set()), own.get(other, set())
            expected.append(len(a & b) / len(a | b) if a | b else 0)
    assert content["overlap"] == pytest.approx(expected)


def test_layers_have_their_true_numbers_and_those_without_neurons_none(run: Any) -> None:
    _, content, table = run(build("nemotron_h", "causal"))
    assert [layer["layer"] for layer in content["layers"]] == [2, 4]
    assert sorted(set(table["layer"])) == [2, 4]


def test_the_table_has_a_row_group_per_layer_and_no_states_are_left(run: Any, tmp_path) -> None:
    run(build_model("llama"))
    file = pq.ParquetFile(tmp_path / "tiny" / "neurons.parquet")
    assert file.num_row_groups == 3
    assert file.metadata.row_group(1).num_rows == 88 * len(CODES)
    assert not list(tmp_path.rglob("*.safetensors"))


def test_an_interrupted_call_runs_only_the_languages_that_are_missing(
    run: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    model, encode = build_model("llama"), Analysis.encode
    passes: list[str] = []

    def counted(self: Analysis, *given: Any) -> Any:
        if len(passes) == 2:
            raise KeyboardInterrupt
        passes.append(given[2])
        return encode(self, *given)

    monkeypatch.setattr(Analysis, "encode", counted)
    with pytest.raises(KeyboardInterrupt):
        run(model)
    monkeypatch.setattr(
        Analysis, "encode", lambda self, *g: passes.append(g[2]) or encode(self, *g)
    )
    run(model)
    assert len(passes) == len(set(passes)) == len(CODES)


def naive_nats(lm: NeuronXALM, model: Any, text: str) -> float:
    ids = lm.tokenizer(text)["input_ids"]
    with torch.no_grad():
        logits = model(torch.tensor([[lm.prefix_token_id, *ids[:-1]]])).logits[0].double()
    return -float(sum(torch.log_softmax(row, 0)[t] for row, t in zip(logits, ids, strict=True)))


def test_without_its_neurons_every_languages_parity_is_what_a_cut_model_gives(
    run: Any, flores_dir: Path
) -> None:
    lm, content, table = run(build_model("llama"), "n_pairs=4", ablate="deu_Latn,eng_Latn")
    found = content["ablation"]
    assert (found["first"], found["n_pairs"]) == (13, 4)
    texts = {code: lines(flores_dir, code)[12:] for code in CODES}
    nats = {code: [naive_nats(lm, lm.model, t) for t in texts[code]] for code in CODES}
    parity = {code: np.divide(nats[ENGLISH], nats[code]) for code in CODES}
    assert found["parity"] == pytest.approx([parity[c].mean() for c in CODES], rel=1e-4)
    assert [row["language"] for row in found["ablated"]] == ["deu_Latn", "eng_Latn"]
    for row in found["ablated"]:
        own = table[(table["language"] == row["language"]) & table["specific"]]
        assert row["neurons"] == len(own) > 0
        cut = copy.deepcopy(lm.model)
        layers = find_decoder(cut).layers
        with torch.no_grad():
            for layer, neuron in zip(own["layer"], own["neuron"], strict=True):
                layers[layer - 1].mlp.down_proj.weight[:, neuron] = 0
        without = {code: [naive_nats(lm, cut, t) for t in texts[code]] for code in CODES}
        for place, code in enumerate(CODES):
            change = np.divide(without[ENGLISH], without[code]) - parity[code]
            assert row["change"][place] == pytest.approx(change.mean(), abs=2e-5)
            assert row["stderr"][place] == pytest.approx(change.std(ddof=1) / 2, abs=2e-5)
            ratio = sum(without[code]) / sum(nats[code])
            assert row["nats"][place] == pytest.approx(ratio, rel=1e-4)
        assert row["random_change"] != row["change"]


def test_the_control_is_as_many_other_neurons_of_the_same_layers() -> None:
    members = torch.zeros(2, 6, dtype=torch.bool)
    members[1, :4] = True
    specific = torch.tensor([3, 4, 10, 19, 21, 30])
    nothing = torch.zeros(2, 0, dtype=torch.bool)
    selected = SelectedNeurons(
        bar=0.5,
        entropy=[torch.zeros(40), torch.zeros(40)],
        specific=[torch.zeros(0, dtype=torch.int64), specific],
        members=[nothing, members],
    )
    own, random = neurons_and_control((3, 7), selected, 1, "deu_Latn")
    assert own == {7: [3, 4, 10, 19]}
    assert list(random) == [7]
    assert len(set(random[7])) == 4
    assert not set(random[7]) & set(own[7])
    assert (own, random) == neurons_and_control((3, 7), selected, 1, "deu_Latn")
    assert neurons_and_control((3, 7), selected, 0, ENGLISH) == ({}, {})


def test_a_control_that_cannot_be_drawn_is_said() -> None:
    members = torch.ones(1, 3, dtype=torch.bool)
    selected = SelectedNeurons(0.5, [torch.zeros(5)], [torch.arange(3)], [members])
    with pytest.raises(SettingsError, match=r"`--share`.*in layer 2 3 of 5 are: lower it"):
        neurons_and_control((2,), selected, 0, "deu_Latn")


def test_a_language_without_neurons_is_named_and_not_ablated(
    run: Any, caplog: pytest.LogCaptureFixture
) -> None:
    _, content, table = run(
        build_model("llama"),
        "n_pairs=4",
        ablate="deu_Latn",
        share="0.004",
        filter="0.5",
        bar="0.99",
    )
    assert not table[(table["language"] == "deu_Latn") & table["specific"]].size
    assert content["ablation"]["ablated"] == []
    assert "deu_Latn has no neurons of its own to switch off: raise --share" in caplog.text


def test_a_model_without_neurons_is_refused_in_a_sentence(run: Any) -> None:
    with pytest.raises(ModelError, match="there are no neurons to measure"):
        run(build("mamba", "causal"))


@pytest.mark.parametrize(
    ("options", "metadata", "error", "message"),
    [
        ({"ablate": "swh_Latn"}, [], SettingsError, "`--ablate`.*run, but got swh_Latn: add it"),
        ({"languages": "eng_Latn"}, [], SettingsError, "beside the pivot, but got eng_Latn alone"),
        ({"languages": "deu_Lat"}, [], SettingsError, "`--languages`.*deu_Lat"),
        ({"share": "0"}, [], SettingsError, "`--share` to be a share.*got 0.0: the default is"),
        ({"bar": "95"}, [], SettingsError, "`--bar` to be a share between 0 and 1, but got 95.0"),
        ({"filter": "nan"}, [], SettingsError, "`--filter`.*got nan"),
        ({"corpus": "tatoeba"}, [], SettingsError, "`--corpus tatoeba`, .* use flores"),
        ({}, ["activation=product"], SettingsError, "no `activation`.*'product'.*leave it out"),
        ({}, ["pooling=last"], SettingsError, "no `pooling`"),
        ({}, ["correction=csls"], SettingsError, "no `correction`"),
        ({}, ["n_pairs=400"], BitextError, "300"),
    ],
)
def test_bad_input_is_said_before_anything_is_run(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    options: dict[str, str],
    metadata: list[str],
    error: type[Exception],
    message: str,
) -> None:
    monkeypatch.setattr(Analysis, "encode", None)
    given = {"corpus": "miniature", "languages": "deu_Latn,fra_Latn", **options}
    typed = [text for key, value in given.items() for text in (f"--{key}", value)]
    arguments = ["--model_args", f"pretrained={MODEL}", "--output_path", str(tmp_path), *typed]
    with pytest.raises(error, match=message):
        neurons([*arguments, *(["--metadata", *metadata] if metadata else [])])
