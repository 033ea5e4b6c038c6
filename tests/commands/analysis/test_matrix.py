"""Every language with every other: the tasks' scores, from one pass over each."""

import errno
import json
import shutil
from collections import namedtuple
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from safetensors.torch import load_file, save_file

from neuronxa_tasks.commands.analysis import matrix as matrix_module
from neuronxa_tasks.commands.analysis import states_on_disk
from neuronxa_tasks.commands.analysis.matrix import matrix
from neuronxa_tasks.commands.analysis.session import Analysis
from neuronxa_tasks.data.languages import ENGLISH
from neuronxa_tasks.data.miniature import MODEL
from neuronxa_tasks.errors import BitextError, RunError, SettingsError
from neuronxa_tasks.harness.model import NeuronXALM
from neuronxa_tasks.harness.model_encoder import tokenize
from neuronxa_tasks.states.store import StoredStates
from tests import reference
from tests.families import FAMILIES
from tests.runs import record
from tests.sentences import LANGUAGES, lines

CODES = (ENGLISH, *LANGUAGES)
METRICS = [
    f"{measure}{pooling}"
    for measure in ("nasca", "navca", "mexa")
    for pooling in ("", "_mean", "_last")
]
ALL_METRICS = ("measures=[nasca,navca,mexa]", "pooling=[weighted,mean,last]")


@pytest.fixture(autouse=True)
def _no_page(monkeypatch: pytest.MonkeyPatch) -> None:
    """A page is the report's business."""
    monkeypatch.setattr(Analysis, "show", lambda self, file: 0)


@pytest.fixture(scope="module")
def repeating(flores_dir, tmp_path_factory) -> Path:
    """Our sentences, of which three languages repeat one."""
    folder = tmp_path_factory.mktemp("flores")
    (folder / "devtest").mkdir()
    for code in CODES:
        sentences = lines(flores_dir, code)
        if code in ("deu_Latn", "zho_Hans"):
            sentences[7] = sentences[2]
        if code == "fra_Latn":
            sentences[9] = sentences[1]
        (folder / "devtest" / f"{code}.devtest").write_text("\n".join(sentences) + "\n")
    return folder


def arguments(model: Path, output: Path, *metadata: str, **options: str) -> list[str]:
    named = [text for key, value in options.items() for text in (f"--{key}", value)]
    return [
        *("--model_args", f"pretrained={model}", "--device", "cpu", "--batch_size", "4"),
        *("--output_path", str(output), *named),
        *(["--metadata", *metadata] if metadata else []),
    ]


def found(output: Path) -> dict[str, Any]:
    """What the newest results file in a folder holds."""
    file = max(output.glob("*/matrix_*.json"))
    return json.loads(file.read_text())["matrix"]


def score(content: dict[str, Any], metric: str, language: str, other: str) -> float:
    codes = content["languages"]
    pairs = [(a, b) for i, a in enumerate(codes) for b in codes[i + 1 :]]
    place = pairs.index(tuple(sorted((language, other), key=codes.index)))
    return content["metrics"][metric]["scores"][place]


@pytest.fixture(scope="module")
def output(model_dir, repeating, tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("out")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Analysis, "show", lambda self, file: 0)
        settings = (f"flores_dir={repeating}", "n_pairs=all", *ALL_METRICS)
        assert matrix(arguments(model_dir, folder, *settings, languages=",".join(CODES))) == 0
    return folder


@pytest.mark.parametrize(
    ("pivot", "language"),
    [(ENGLISH, "deu_Latn"), ("deu_Latn", "zho_Hans"), ("spa_Latn", "fra_Latn")],
)
def test_scores_are_those_of_the_tasks(
    output, model_dir, repeating, run_tasks, pivot, language
) -> None:
    lm = NeuronXALM(pretrained=str(model_dir), device="cpu", batch_size=4)
    settings = {"flores_dir": str(repeating), "pivot": pivot}
    metadata = {**settings, "pooling": ["weighted", "mean", "last"]}
    expected = record(run_tasks(lm, language, metadata=metadata), language)["metrics"]
    content = found(output)
    assert list(content["metrics"]) == METRICS
    for metric in METRICS:
        assert score(content, metric, pivot, language) == pytest.approx(
            expected[metric]["score"], abs=1e-12
        )


def test_scores_are_those_of_a_reference_in_double_precision(output, model_dir, repeating) -> None:
    lm = NeuronXALM(pretrained=str(model_dir), device="cpu", batch_size=4)
    states = {}
    for code in CODES[:4]:
        tokens = [
            reference.token_states(lm.model, FAMILIES["llama"], ids)["gate"]
            for ids in tokenize(lm, lines(repeating, code))
        ]
        states[code] = [
            [reference.pool(reference.state(t, "nas"), "weighted") for t in sentences]
            for sentences in zip(*tokens, strict=True)
        ]
    content = found(output)
    for language, other in combinations(states, 2):
        sides = zip(states[language], states[other], strict=True)
        expected = np.mean([reference.weak_alignment(x, y) for x, y in sides])
        assert score(content, "nasca", language, other) == pytest.approx(expected)


def test_a_repeated_sentence_is_a_miss_with_every_language(output) -> None:
    table = pd.read_parquet(next(output.glob("*/matrix.parquet")))
    german = table[(table["language"] == "deu_Latn") | (table["other"] == "deu_Latn")]
    assert german["value"].max() <= 14 / 16


def test_the_table_has_every_layer_of_every_two_languages_in_both_orders(output) -> None:
    table = pd.read_parquet(next(output.glob("*/matrix.parquet")))
    assert list(table) == ["metric", "layer", "language", "other", "value"]
    assert not table.duplicated(["metric", "layer", "language", "other"]).any()
    layers = table.groupby("metric")["layer"].agg(lambda layer: sorted(layer.dropna().unique()))
    assert layers["nasca"] == [1, 2, 3]
    assert layers["mexa"] == [0, 1, 2, 3]
    means = table[table["layer"].isna()].set_index(["metric", "language", "other"])["value"]
    by_layer = table.dropna().groupby(["metric", "language", "other"], observed=True)["value"]
    pd.testing.assert_series_equal(by_layer.mean().sort_index(), means.sort_index())
    content = found(output)
    for metric, language, other in means.index:
        assert means[metric, language, other] == means[metric, other, language]
        assert means[metric, language, other] == score(content, metric, language, other)


def test_the_file_says_what_was_compared(output, model_dir) -> None:
    content = found(output)
    assert content["languages"] == list(CODES)
    assert content["n_pairs"] == 16
    assert len(set(content["sha256"])) == len(content["tokens"]) == len(CODES)
    assert content["metrics"]["navca_mean"]["activation"] == "product"


def test_no_states_are_left_behind(output) -> None:
    assert not list(output.rglob("*.safetensors"))
    assert not list(output.rglob("states"))


def test_only_nasca_and_all_languages_of_the_corpus_unless_asked(tmp_path, run_tasks) -> None:
    assert matrix(arguments(MODEL, tmp_path, "n_pairs=20", corpus="miniature")) == 0
    content = found(tmp_path)
    assert list(content["metrics"]) == ["nasca"]
    assert len(content["languages"]) == 12
    lm = NeuronXALM(pretrained=str(MODEL), device="cpu", batch_size=4)
    results = run_tasks(lm, "neuronxa_miniature_fra_Latn", metadata={"n_pairs": 20})
    expected = results["results"]["neuronxa_miniature_fra_Latn"]["nasca,none"]
    assert 0 < expected == pytest.approx(score(content, "nasca", ENGLISH, "fra_Latn"))


def test_an_interrupted_call_goes_on_where_it_was(
    output, model_dir, repeating, tmp_path, monkeypatch
) -> None:
    settings = (f"flores_dir={repeating}", "n_pairs=all", *ALL_METRICS)
    typed = arguments(model_dir, tmp_path, *settings, languages=",".join(CODES))
    run: list[str] = []
    encode = Analysis.encode

    def interrupted(self: Analysis, texts: Any, representations: Any, name: str) -> Any:
        if len(run) == 4:
            raise KeyboardInterrupt
        run.append(name)
        return encode(self, texts, representations, name)

    monkeypatch.setattr(Analysis, "encode", interrupted)
    with pytest.raises(KeyboardInterrupt):
        matrix(typed)
    assert len(list(tmp_path.rglob("*.safetensors"))) == 4
    run.clear()
    assert matrix(typed) == 0
    assert len(run) == len(CODES) - 4
    assert found(tmp_path) == found(output)


def test_damaged_states_are_named_and_made_anew(
    output, model_dir, repeating, tmp_path, monkeypatch, caplog
) -> None:
    settings = (f"flores_dir={repeating}", "n_pairs=all", *ALL_METRICS)
    typed = arguments(model_dir, tmp_path, *settings, languages=",".join(CODES))
    with monkeypatch.context() as patch:
        patch.setattr("neuronxa_tasks.commands.analysis.matrix._counts", interrupt)
        with pytest.raises(KeyboardInterrupt):
            matrix(typed)
    (damaged,) = tmp_path.rglob("deu_Latn_*.safetensors")
    content = damaged.read_bytes()
    damaged.write_bytes(content[:-256] + bytes(256))
    encoded: list[str] = []
    encode = Analysis.encode
    monkeypatch.setattr(
        Analysis, "encode", lambda self, *given: encoded.append(given[2]) or encode(self, *given)
    )
    assert matrix(typed) == 0
    assert [name.split()[1] for name in encoded] == ["deu_Latn"]
    assert f"{damaged} is damaged and made anew" in caplog.text
    assert found(tmp_path) == found(output)


def interrupt(*_: object) -> None:
    raise KeyboardInterrupt


def test_a_disk_that_fills_up_at_the_end_costs_no_states(
    model_dir, repeating, tmp_path, monkeypatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    call = arguments(
        model_dir, tmp_path, f"flores_dir={repeating}", "n_pairs=10", languages="deu_Latn,fra_Latn"
    )
    with monkeypatch.context() as patch:
        patch.setattr("neuronxa_tasks.commands.analysis.session.write_whole", full)
        with pytest.raises(RunError, match="could not be written: No space"):
            matrix(call)
    assert list(tmp_path.rglob("*.safetensors"))
    assert matrix(call) == 0
    assert not list(tmp_path.rglob("*.safetensors"))


def test_two_calls_on_one_output_do_not_take_each_others_states(
    output, model_dir, repeating, tmp_path, monkeypatch
) -> None:
    settings = (f"flores_dir={repeating}", "n_pairs=all", *ALL_METRICS)
    typed = arguments(model_dir, tmp_path, *settings, languages=",".join(CODES))
    counts = matrix_module._counts
    calls: list[str] = []

    def meanwhile(*given: Any) -> Any:
        # A second call begins, finds the first one's states, and is done before the first.
        if not calls:
            calls.append("second")
            assert matrix(typed) == 0
        return counts(*given)

    monkeypatch.setattr(matrix_module, "_counts", meanwhile)
    assert matrix(typed) == 0
    results = [json.loads(file.read_text())["matrix"] for file in tmp_path.rglob("matrix_*.json")]
    assert results == [found(output)] * 2
    assert not list(tmp_path.rglob("*.safetensors"))


def test_weights_on_disk_are_told_apart_by_what_they_are(
    model_dir, repeating, tmp_path, monkeypatch
) -> None:
    folder = tmp_path / "model"
    shutil.copytree(model_dir, folder)
    monkeypatch.setattr("neuronxa_tasks.commands.analysis.matrix.remove", lambda *_: None)
    monkeypatch.setattr(
        "lm_eval.models.huggingface.HFLM._get_accelerate_args",
        lambda *_, **__: {
            "device_map": "auto",
            "max_memory": {"cpu": "60KB"},
            "offload_folder": str(tmp_path / "offload"),
        },
    )
    typed = arguments(folder, tmp_path, f"flores_dir={repeating}", languages="deu_Latn,fra_Latn")
    typed += ["n_pairs=16"]
    typed.insert(typed.index("--metadata") + 1, typed.pop())
    assert matrix(typed) == matrix(typed) == 0
    assert len(list(tmp_path.rglob("*.safetensors"))) == 3
    weights = load_file(folder / "model.safetensors")
    weights["model.layers.1.mlp.up_proj.weight"][0, 0] += 1
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})
    assert matrix(typed) == 0
    assert len(list(tmp_path.rglob("*.safetensors"))) == 5


def test_states_of_other_settings_are_not_taken(
    model_dir, repeating, tmp_path, monkeypatch
) -> None:
    monkeypatch.setattr("neuronxa_tasks.commands.analysis.matrix.remove", lambda *_: None)
    for changed in ("n_pairs=16", "n_pairs=15", "pooling=mean", "activation=product"):
        settings = {"flores_dir": str(repeating), "n_pairs": "16", **dict([changed.split("=")])}
        metadata = [f"{key}={value}" for key, value in settings.items()]
        matrix(arguments(model_dir, tmp_path, *metadata, languages="deu_Latn,fra_Latn"))
    assert len(list(tmp_path.rglob("*.safetensors"))) == 8


def test_states_of_another_call_are_left_alone(model_dir, repeating, tmp_path) -> None:
    folder = tmp_path / str(model_dir).replace("/", "__") / "states"
    folder.mkdir(parents=True)
    (folder / "swh_Latn_0123.safetensors").write_bytes(b"")
    settings = (f"flores_dir={repeating}", "n_pairs=all")
    matrix(arguments(model_dir, tmp_path, *settings, languages="deu_Latn,fra_Latn"))
    assert [file.name for file in folder.iterdir()] == ["swh_Latn_0123.safetensors"]


def test_the_space_that_is_asked_for_is_what_the_states_take(
    model_dir, repeating, tmp_path, monkeypatch
) -> None:
    written: list[int] = []
    write = StoredStates.write

    def counting(self: StoredStates, states: Any) -> None:
        write(self, states)
        for representation, layers in states.layers.items():
            for layer in range(len(layers)):
                written.append(self.read(representation, layer)[0].nbytes)

    asked: list[int] = []
    monkeypatch.setattr(StoredStates, "write", counting)
    size = states_on_disk.LanguageOnDisk.size
    monkeypatch.setattr(
        states_on_disk.LanguageOnDisk,
        "size",
        lambda self, *about: asked.append(size(self, *about)) or asked[-1],
    )
    settings = (f"flores_dir={repeating}", "n_pairs=all", *ALL_METRICS)
    matrix(arguments(model_dir, tmp_path, *settings, languages=",".join(CODES)))
    assert sum(asked) == sum(written) > 0


def test_a_disk_that_is_too_small_is_said_before_anything_is_run(
    model_dir, repeating, tmp_path, monkeypatch
) -> None:
    usage = namedtuple("usage", "free")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage(free=2 * 10**9))
    monkeypatch.setattr(Analysis, "encode", lambda *_: pytest.fail("a sentence was run"))
    monkeypatch.setattr(states_on_disk, "numbers_per_sentence", lambda *_: 10**9)
    settings = (f"flores_dir={repeating}", "n_pairs=all")
    message = r"60\.0GB free in .* 2 languages, but 2\.00GB are.*--output_path"
    with pytest.raises(SettingsError, match=message):
        matrix(arguments(model_dir, tmp_path, *settings, languages="deu_Latn,fra_Latn"))


@pytest.mark.parametrize(
    ("metadata", "options", "message"),
    [
        ([], {"languages": "deu_Latn,deu_Lat"}, "did you mean deu_Latn"),
        ([], {"languages": "deu_Latn,fra_Latn,deu_Latn"}, "deu_Latn 2 times"),
        ([], {"languages": "deu_Latn"}, "two or more, but got deu_Latn"),
        ([], {"corpus": "tatoeba"}, "its own English side"),
        (["pivot=deu_Latn"], {}, "no `pivot`"),
        (["correction=csls"], {}, "no `correction` .* but got csls: `neuronxa matrix` compares"),
        (["measures=cka"], {}, "nasca, navca, mexa"),
    ],
)
def test_what_cannot_be_compared_is_refused(tmp_path, metadata, options, message) -> None:
    with pytest.raises(SettingsError, match=message):
        matrix(arguments(MODEL, tmp_path, *metadata, **options))


def test_more_pairs_than_there_are_are_refused(tmp_path) -> None:
    with pytest.raises(BitextError, match="at most the 300 pairs"):
        matrix(arguments(MODEL, tmp_path, "n_pairs=301", corpus="miniature"))


def test_the_call_says_what_it_found(model_dir, repeating, tmp_path, capsys) -> None:
    settings = (f"flores_dir={repeating}", "n_pairs=all")
    matrix(arguments(model_dir, tmp_path, *settings, languages="deu_Latn,fra_Latn,zho_Hans"))
    assert "nasca: mean 0." in (said := capsys.readouterr().out)
    assert "matrix.parquet" in said
