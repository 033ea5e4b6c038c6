"""Runs that die and go on: `--use_cache`."""

import json
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from lm_eval.api.model import CachingLM
from safetensors.torch import load_file, save_file

from neuronxa_tasks.harness.model import NeuronXALM
from neuronxa_tasks.harness.requests.database import Store
from neuronxa_tasks.harness.requests.score_cache import FinishedLanguage, LanguageCache
from neuronxa_tasks.states.fingerprint import weights_fingerprint
from tests.conftest import LANGUAGES, is_probe
from tests.harness.conftest import TASKS, Evaluate, Heard, record

MakeLM = Callable[..., NeuronXALM]
KILLS = 20


@pytest.fixture
def passes() -> list[int]:
    """How many forward passes each run took."""
    return []


@pytest.fixture
def run_cached(
    make_lm: MakeLM, run_tasks: Evaluate, tmp_path: Path, passes: list[int]
) -> Callable[..., Any]:
    """Runs with the harness's response cache, counting the passes over sentences."""

    def run(*languages: str, lm: NeuronXALM | None = None, **options: Any) -> Any:
        lm = lm or make_lm()
        count = 0

        def counted(module: torch.nn.Module, args: Any, kwargs: dict[str, Any]) -> None:
            nonlocal count
            count += not is_probe(kwargs["input_ids"])

        handle = lm.model.model.register_forward_pre_hook(counted, with_kwargs=True)
        results = run_tasks(CachingLM(lm, str(tmp_path / "cache_rank0.db")), *languages, **options)
        handle.remove()
        passes.append(count)
        return results

    return run


def test_a_second_run_computes_nothing_and_keeps_everything(
    run_cached: Callable[..., Any], passes: list[int], tmp_path: Path
) -> None:
    first, second = (run_cached(*LANGUAGES) for _ in range(2))
    assert passes == [24, 0]
    assert second == first
    assert (tmp_path / "cache_neuronxa.db").is_file()


def test_only_what_is_missing_is_computed(
    run_cached: Callable[..., Any], passes: list[int], lm: NeuronXALM, run_tasks: Evaluate
) -> None:
    run_cached("deu_Latn", "fra_Latn")
    results = run_cached(*LANGUAGES)
    # The pivot again, and three languages of four batches each.
    assert passes == [12, 16]
    assert results == run_tasks(lm, *LANGUAGES)


@pytest.mark.parametrize(
    "changed",
    [
        {"metadata": {"pivot": "fra_Latn"}},
        {"metadata": {"n_pairs": 8}},
        {"metadata": {"pooling": "mean"}},
        {"metadata": {"activation": "product"}},
        {"lm": {"batch_size": 3}},
        {"lm": {"rms_norm_eps": 1e-3}},
        {"lm": {"max_position_embeddings": 512}},
        {"revision": "step2000"},
        {"bos": False},
        {"weight": True},
    ],
    ids=str,
)
def test_whatever_a_score_depends_on_is_computed_anew(
    run_cached: Callable[..., Any], make_lm: MakeLM, passes: list[int], changed: dict[str, Any]
) -> None:
    run_cached("deu_Latn")
    lm = make_lm(**changed.get("lm", {}))
    lm.revision = changed.get("revision", lm.revision)
    if "bos" in changed:
        lm.add_bos_token = changed["bos"]
    if "weight" in changed:
        lm.model.model.layers[2].mlp.up_proj.weight.data[5, 7] += 1
    run_cached("deu_Latn", lm=lm, metadata=changed.get("metadata"))
    assert passes[1] > 0


def test_changed_weights_that_lie_on_disk_while_they_run_are_computed_anew(
    run_cached: Callable[..., Any],
    passes: list[int],
    model_dir: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    shutil.copytree(model_dir, tmp_path / "model")
    file = tmp_path / "model" / "model.safetensors"
    placed = {
        "device_map": "auto",
        "max_memory": {"cpu": "60KB"},
        "offload_folder": str(tmp_path / "offload"),
    }
    monkeypatch.setattr(NeuronXALM, "_get_accelerate_args", lambda *_, **__: placed)

    def offloaded() -> NeuronXALM:
        lm = NeuronXALM(pretrained=str(file.parent), device="cpu", batch_size=4)
        assert any(weight.is_meta for weight in lm.model.state_dict().values())
        return lm

    first = run_cached("deu_Latn", lm=offloaded())
    assert run_cached("deu_Latn", lm=offloaded()) == first
    weights = load_file(file)
    weights["model.layers.1.mlp.up_proj.weight"] *= -1
    save_file(weights, file, metadata={"format": "pt"})
    changed = run_cached("deu_Latn", lm=offloaded())
    assert passes[1] == 0 < passes[2]
    fingerprints = [record(r, "deu_Latn")["model"]["fingerprint"] for r in (first, changed)]
    assert fingerprints[0] != fingerprints[1]


def test_nothing_is_kept_of_a_class_that_computes_something_else(
    run_cached: Callable[..., Any],
    make_lm: MakeLM,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    class Steered(NeuronXALM):
        def _model_call(self, *args: Any, **kwargs: Any) -> Any:
            return -super()._model_call(*args, **kwargs)

    lm = make_lm()
    run_cached("deu_Latn", lm=Steered(pretrained=lm.model, tokenizer=lm.tokenizer, batch_size=4))
    assert "Steered changes what its weights compute" in caplog.text
    assert not (tmp_path / "cache_neuronxa.db").exists()


def test_the_record_says_which_weights_were_measured_and_where_they_lay(
    lm: NeuronXALM, run_tasks: Evaluate, model_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = record(run_tasks(lm, "deu_Latn"), "deu_Latn")["model"]
    assert own == {"fingerprint": weights_fingerprint(lm.model), "folders": {}}
    monkeypatch.chdir(model_dir.parent)
    saved = NeuronXALM(pretrained=f"./{model_dir.name}", device="cpu", batch_size=4)
    found = record(run_tasks(saved, "deu_Latn"), "deu_Latn")["model"]
    assert found == {**own, "folders": {"pretrained": str(model_dir.resolve())}}
    assert saved.get_model_info()["neuronxa_model"] == found


def test_options_that_change_no_score_use_the_cache_and_are_recorded(
    run_cached: Callable[..., Any], passes: list[int]
) -> None:
    run_cached("deu_Latn")
    results = run_cached("deu_Latn", system_instruction="Be kind.", limit=3)
    assert passes[1] == 0
    assert record(results, "deu_Latn")["ignored"] == ["--system_instruction"]
    assert results["n-samples"]["neuronxa_flores_deu_Latn"]["effective"] == 3


def test_a_damaged_file_is_moved_aside_and_begun_anew(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    file = tmp_path / "cache.db"
    file.write_bytes(b"not a database" * 1000)
    cache = LanguageCache(file)
    assert cache.read(["a"]) == {}
    assert (tmp_path / "cache.damaged").is_file()
    cache.write("a", FinishedLanguage({"score": 1}, ["x"]))
    assert cache.read(["a", "b"]) == {"a": FinishedLanguage({"score": 1}, ["x"])}


def test_a_damaged_entry_is_ignored_and_written_anew(tmp_path: Path) -> None:
    cache = LanguageCache(tmp_path / "cache.db")
    for key in "ab":
        cache.write(key, FinishedLanguage({}, [key]))
    with sqlite3.connect(tmp_path / "cache.db") as connection:
        connection.execute("UPDATE languages SET value = ? WHERE key = 'a'", (b'{"record"',))
    connection.close()
    assert cache.read(["a", "b"]).keys() == {"b"}
    cache.write("a", FinishedLanguage({}, ["again"]))
    assert cache.read(["a"])["a"].responses == ["again"]


@pytest.mark.parametrize(
    "value",
    [
        b"{}",
        b"[]",
        b"null",
        b'{"record": 3, "responses": []}',
        b'{"record": {}, "responses": [1]}',
        b'{"record": {}, "responses": "x"}',
        b'{"record": {}',
        b"\xff",
        b"[" * 5000,
    ],
)
def test_an_entry_of_another_form_is_ignored_and_written_anew(
    tmp_path: Path, value: bytes, heard: Heard
) -> None:
    cache = LanguageCache(tmp_path / "cache.db")
    cache.write("b", FinishedLanguage({"p": float("nan")}, ["x"]))
    Store(tmp_path / "cache.db", "languages", "languages").write({"a": value})
    assert cache.read(["a", "b"]).keys() == {"b"}
    assert "has another form" in heard()
    cache.write("a", FinishedLanguage({}, ["again"]))
    assert cache.read(["a"])["a"].responses == ["again"]


def test_a_cache_that_cannot_be_used_ends_no_run_of_plain_lm_eval(
    run_cached: Callable[..., Any], passes: list[int], tmp_path: Path, heard: Heard
) -> None:
    (tmp_path / "cache_neuronxa.db").mkdir()
    first, second = (run_cached("deu_Latn") for _ in range(2))
    assert passes == [8, 8]
    assert first == second
    assert "unable to open database file" in heard()


def test_two_runs_at_once_do_not_harm_each_other(tmp_path: Path) -> None:
    write = (
        "import sys; from pathlib import Path\n"
        "from neuronxa_tasks.harness.requests.score_cache import *\n"
        "for i in range(100):\n"
        "    language = FinishedLanguage({'i': i}, ['x' * 1000])\n"
        "    LanguageCache(Path(sys.argv[1])).write(sys.argv[2] + str(i), language)\n"
    )
    writers = [
        subprocess.Popen([sys.executable, "-c", write, tmp_path / "cache.db", name])
        for name in "ab"
    ]
    assert [writer.wait() for writer in writers] == [0, 0]
    keys = [name + str(i) for name in "ab" for i in range(100)]
    assert len(LanguageCache(tmp_path / "cache.db").read(keys)) == 200


VICTIM = """
import json, sys, time
from pathlib import Path
from lm_eval.api.model import CachingLM
from lm_eval.evaluator import evaluate
from lm_eval.tasks import TaskManager
from transformers import AutoModelForCausalLM, AutoTokenizer
from neuronxa_tasks.harness.model import NeuronXALM
from neuronxa_tasks.harness.requests.database import Store
from neuronxa_tasks.states.fingerprint import weights_fingerprint
model_dir, flores_dir, tasks, cache, out, pause, languages = sys.argv[1:]
model = AutoModelForCausalLM.from_pretrained(model_dir)
tokenizer = AutoTokenizer.from_pretrained(model_dir)
lm = NeuronXALM(pretrained=model, tokenizer=tokenizer, batch_size=4)
model.model.register_forward_pre_hook(lambda *_: time.sleep(float(pause)))
manager = TaskManager(
    include_path=tasks,
    include_defaults=False,
    metadata={"flores_dir": flores_dir, "n_pairs": "all"},
)
names = [f"neuronxa_flores_{code}" for code in languages.split(",")]
print("ready", flush=True)
results = evaluate(lm=CachingLM(lm, cache), task_dict=manager.load(names))
Path(out).write_text(json.dumps(dict(results)))
"""


def test_a_run_that_is_killed_again_and_again_ends_with_the_same_results(
    model_dir: Path, flores_dir: Path, tmp_path: Path
) -> None:
    out = tmp_path / "results.json"

    def start(cache: str, pause: float) -> subprocess.Popen[str]:
        folders = [model_dir, flores_dir, TASKS, tmp_path / cache, out]
        arguments = [*folders, pause, ",".join(LANGUAGES)]
        return subprocess.Popen(
            [sys.executable, "-c", VICTIM, *map(str, arguments)],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )

    def killed(cache: str, moment: float) -> bool:
        with start(cache, 0.02) as victim:
            assert victim.stdout is not None
            victim.stdout.readline()
            time.sleep(moment)
            victim.send_signal(signal.SIGKILL)
            return victim.wait() != 0

    def finished(cache: str) -> Any:
        with start(cache, 0) as run:
            assert run.wait() == 0
        return json.loads(out.read_text())

    expected = finished("whole_rank0.db")
    # A whole run sleeps for 24 batches of 20 ms.
    moments = iter(random.Random(0).choices(range(600), k=10 * KILLS))
    kills = attempts = 0
    while kills < KILLS:
        attempts += 1
        cache = f"killed{attempts}_rank0.db"
        out.unlink()
        while kills < KILLS and killed(cache, next(moments) / 1000):
            kills += 1
        assert finished(cache) == expected
