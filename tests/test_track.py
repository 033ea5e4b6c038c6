"""`neuronxa track`: what it finds, what it asks for, and a whole run over three checkpoints."""

import json
import re
import shutil
import sys
from argparse import Namespace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import torch
from safetensors.torch import load_file, save_file

from neuronxa_tasks.checkpoint_run import CheckpointRun, run_process
from neuronxa_tasks.checkpoints import Checkpoint, revision_checkpoints, saved_checkpoints
from neuronxa_tasks.cli import main
from neuronxa_tasks.errors import ReportError, SettingsError
from neuronxa_tasks.miniature import MODEL
from neuronxa_tasks.report.identity import Renaming
from neuronxa_tasks.track import find_checkpoints, track


def folders(root: Path, *names: str, file: str = "config.json") -> str:
    for name in names:
        (root / name).mkdir(parents=True)
        (root / name / file).write_text("{}")
    return f"{root}/*"


def typed(**given: Any) -> Namespace:
    return Namespace(**{"model_args": [], "revisions": [], "adapters": [], "steps": [], **given})


@pytest.mark.parametrize(
    "names",
    [
        ("checkpoint-1000", "checkpoint-200", "checkpoint-30"),
        ("step_1000", "step_200", "step_30"),
        ("iter_0001000", "iter_0000200", "iter_0000030"),
    ],
)
def test_checkpoints_come_in_the_order_of_their_steps(tmp_path: Path, names) -> None:
    found = saved_checkpoints([folders(tmp_path, *names)], "pretrained")
    assert [checkpoint.step for checkpoint in found] == [30, 200, 1000]
    assert [Path(checkpoint.name).name for checkpoint in found] == list(reversed(names))
    assert found[0].model_args == {"pretrained": str(tmp_path / names[2])}


def test_the_shell_may_expand_the_glob(tmp_path: Path) -> None:
    pattern = folders(tmp_path, "step_100", "step_200")
    expanded = [str(tmp_path / "step_200"), str(tmp_path / "step_100")]
    assert saved_checkpoints(expanded, "pretrained") == saved_checkpoints([pattern], "pretrained")


def test_steps_on_the_command_line_name_what_has_none(tmp_path: Path) -> None:
    found = saved_checkpoints([folders(tmp_path / "run", "a", "b")], "pretrained", [900, 100])
    assert [(Path(c.name).name, c.step) for c in found] == [("b", 100), ("a", 900)]
    models = [Renaming.parse(checkpoint.model_id).model for checkpoint in found]
    assert [(model.series, model.step) for model in models] == [("run", 100), ("run", 900)]


@pytest.mark.parametrize(
    ("names", "steps", "message"),
    [
        (("a", "b"), [], r"Expected steps in names.*a, .*b: give one step for each.*--steps"),
        (("a", "b"), [1], r"`--steps` to have one step for each of .*but got 1: give 2"),
        (("a", "b"), [1, 1], r"one checkpoint of each step, but got step 1 for .*a, .*b"),
        (("x/step_100", "y/step_100"), [], r"step 100 for .*one training run at a time"),
    ],
)
def test_checkpoints_that_cannot_be_ordered_are_refused(
    tmp_path: Path, names, steps, message
) -> None:
    folders(tmp_path, *names)
    patterns = [str(tmp_path / "*" / "*") if "/" in names[0] else str(tmp_path / "*")]
    with pytest.raises(SettingsError, match=message):
        saved_checkpoints(patterns, "pretrained", steps)


def test_a_pattern_without_a_match_is_refused(tmp_path: Path) -> None:
    folders(tmp_path, "step_100")
    with pytest.raises(SettingsError, match=r"nothing matches .*stpe_\*"):
        saved_checkpoints([f"{tmp_path}/*", f"{tmp_path}/stpe_*"], "pretrained")


def test_a_folder_without_a_model_is_named(tmp_path: Path, caplog) -> None:
    pattern = folders(tmp_path, "step_100")
    folders(tmp_path, "runs", "step_200", file="events")
    folders(tmp_path, "step_300", file="adapter_config.json")
    found = saved_checkpoints([pattern], "pretrained")
    assert [checkpoint.step for checkpoint in found] == [100, 200, 300]
    assert found[0].fault == ""
    assert "no config.json" in found[1].fault
    assert "use --model_args pretrained=BASE --adapters" in found[2].fault
    assert "runs has no config.json and no step in its name: left out" in caplog.text


def test_revisions_say_their_steps() -> None:
    found = revision_checkpoints("org/model", ["step2000", "stage1-step1000-tokens5B"])
    assert [(c.step, c.model_args["revision"]) for c in found] == [
        (1000, "stage1-step1000-tokens5B"),
        (2000, "step2000"),
    ]
    with pytest.raises(SettingsError, match=r"but got main: .*step_1, main with --steps"):
        revision_checkpoints("org/model", ["step_1", "main"])


def test_revisions_without_a_step_get_one_from_the_command_line() -> None:
    found = revision_checkpoints("org/model", ["main", "5e3a1c"], [3000, 1000])
    names = {"1000": "org/model@5e3a1c", "3000": "org/model"}
    assert [c.model_id for c in found] == [f"{names[n]}=org/model@step_{n}" for n in names]


def test_adapters_are_found_beside_their_base(tmp_path: Path) -> None:
    pattern = folders(tmp_path, "checkpoint-2", file="adapter_config.json")
    (found,) = find_checkpoints([], typed(model_args=["pretrained=base"], adapters=[pattern]))
    assert found.model_args == {"peft": str(tmp_path / "checkpoint-2")}
    assert found.fault == ""


@pytest.mark.parametrize(
    ("given", "options", "message"),
    [
        ([], {}, r"either folders, --revisions or --adapters, but got none"),
        (["a"], {"revisions": ["step1"]}, r"but got folders and --revisions"),
        (
            ["a"],
            {"model_args": ["dtype=float32,pretrained=b"]},
            r"without pretrained.*pretrained=b",
        ),
        (["a"], {"model_args": ['{"pretrained": "b"}']}, r"without pretrained.*pretrained=b"),
        ([], {"revisions": ["step1"], "model_args": ["dtype=auto"]}, r"add pretrained=MODEL"),
        ([], {"adapters": ["a"], "model_args": ["pretrained=b", "peft=c"]}, r"without peft"),
        (["a"], {"model_args": ["{pretrained"]}, r"KEY=VALUE or JSON"),
    ],
)
def test_arguments_that_contradict_each_other_are_refused(given, options, message) -> None:
    with pytest.raises(SettingsError, match=message):
        find_checkpoints(given, typed(**options))


def test_the_output_has_to_be_given(tmp_path: Path, capsys) -> None:
    with pytest.raises(SystemExit, match="2"):
        track([folders(tmp_path, "step_100"), "--tasks", "neuronxa_flores"])
    assert "--output_path" in capsys.readouterr().err


def test_outside_figures_are_read_before_anything_runs(tmp_path: Path) -> None:
    pattern = folders(tmp_path / "run", "step_100")
    output = ("--tasks", "neuronxa_flores", "--output_path", str(tmp_path / "out"))
    with pytest.raises(ReportError, match=r"there is no comet\.csv"):
        track([pattern, *output, "--scores", "comet.csv"])
    assert not (tmp_path / "out").exists()


def test_several_processes_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WORLD_SIZE", "2")
    with pytest.raises(SettingsError, match="one process for `neuronxa track`, but got 2"):
        track([])


def run_of(checkpoint: Checkpoint, output: Path, *arguments: str, cache: str = "") -> CheckpointRun:
    return CheckpointRun(checkpoint, arguments, output, cache)


def finish(run: CheckpointRun) -> None:
    """Leaves what a run leaves that ended well."""
    run.folder.mkdir(parents=True)
    (run.folder / "results_1.json").write_text("{}")
    manifest = {"request": run.request, "results": "results_1.json"}
    (run.folder / "done.json").write_text(json.dumps(manifest))


def test_a_run_is_done_only_for_the_same_request_and_the_same_files(tmp_path: Path) -> None:
    (saved,) = saved_checkpoints([folders(tmp_path / "in", "step_100")], "pretrained")
    run = run_of(saved, tmp_path, "--limit", "10")
    assert run.results() is None
    finish(run)
    assert run_of(saved, tmp_path, "--limit", "10").results() == run.folder / "results_1.json"
    assert run_of(saved, tmp_path, "--limit", "20").results() is None
    assert run_of(saved, tmp_path).results() is None
    (Path(saved.name) / "config.json").write_text('{"saved": "again"}')
    assert run_of(saved, tmp_path, "--limit", "10").results() is None


def test_a_run_whose_results_are_gone_is_not_done(tmp_path: Path) -> None:
    run = run_of(Checkpoint("org/m@step1", 1, {"revision": "step1"}), tmp_path)
    finish(run)
    assert run.results()
    (run.folder / "results_1.json").unlink()
    assert run.results() is None


def test_a_run_has_its_own_output_and_cache_and_passes_every_flag_on(tmp_path: Path) -> None:
    checkpoint = Checkpoint("in/a, b", 1, {"pretrained": "in/a, b"})
    flags = ("--model_args", "dtype=float32", "--tasks", "neuronxa_flores", "--limit", "3")
    run = run_of(checkpoint, tmp_path, *flags, cache="cache")
    assert run.command[:7] == ["run", *flags]
    rest = dict(zip(run.command[7::2], run.command[8::2], strict=True))
    assert json.loads(rest["--model_args"]) == {"pretrained": "in/a, b"}
    assert rest["--output_path"] == str(run.folder)
    assert rest["--use_cache"] == f"cache_{run.folder.name}"
    assert "--use_cache" not in run_of(checkpoint, tmp_path, *flags).command


@pytest.mark.parametrize(
    ("program", "reason"),
    [
        ("print('fine')", ""),
        ("raise OSError('no such file')", "OSError: no such file"),
        ("import sys; sys.exit('neuronxa: Expected this, but got that')", "Expected this, but "),
        ("import os; os.kill(os.getpid(), 9)", "killed by signal 9 .* memory runs out"),
        ("import sys; sys.exit(3)", "exit code 3"),
    ],
)
def test_a_process_that_fails_says_why(program: str, reason: str, capfd) -> None:
    found = run_process([sys.executable, "-c", program])
    assert re.match(reason, found) if reason else found == ""
    printed = capfd.readouterr()
    assert program != "print('fine')" or printed.out == "fine\n"
    assert "no such file" not in reason or "Traceback" in printed.err


def save_checkpoints(root: Path) -> bytes:
    """The bundled model as step 300, and with noise as step 100, whose weights are returned."""
    weights = load_file(MODEL / "model.safetensors")
    generator = torch.Generator().manual_seed(0)
    noisy = {
        name: weight + 0.3 * torch.randn(weight.shape, generator=generator)
        for name, weight in weights.items()
    }
    for step, state in ((100, noisy), (300, weights)):
        folder = root / f"checkpoint-{step}"
        shutil.copytree(MODEL, folder)
        save_file(state, folder / "model.safetensors", metadata={"format": "pt"})
    return (root / "checkpoint-100" / "model.safetensors").read_bytes()


def test_a_broken_checkpoint_is_named_and_run_alone_once_mended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd
) -> None:
    monkeypatch.chdir(tmp_path)
    whole = save_checkpoints(tmp_path / "checkpoints")
    broken = tmp_path / "checkpoints" / "checkpoint-100" / "model.safetensors"
    broken.write_bytes(whole[:1000])
    Path("comet.csv").write_text(
        "model,revision,language,benchmark,value,n_shot\n"
        "checkpoints,100,deu_Latn,COMET,0.6,\ncheckpoints,300,deu_Latn,COMET,0.8,\n"
    )
    command = [
        *("track", "checkpoints/*", "--model", "neuronxa"),
        *("--tasks", "neuronxa_miniature_deu_Latn,neuronxa_miniature_fra_Latn"),
        *("--metadata", "n_pairs=20", "--batch_size", "64", "--device", "cpu"),
        *("--output_path", "out", "--scores", "comet.csv"),
    ]
    assert main(command) == 1
    printed = capfd.readouterr().out
    assert printed.count("$ neuronxa run") == 2
    assert re.search(r"100  checkpoints/checkpoint-100: failed: .*[Hh]eader", printed)
    assert re.search(r"300  checkpoints/checkpoint-300: done, out", printed)
    page = Path("out/report/report.html")
    assert "Mean scores of checkpoints" not in page.read_text()

    broken.write_bytes(whole)
    assert main(command) == 0
    printed = capfd.readouterr().out
    assert "2 checkpoints, 1 of them done before" in printed
    assert printed.count("$ neuronxa run") == 1
    assert re.search(r"100  checkpoints/checkpoint-100: done, out", printed)
    assert re.search(r"300  checkpoints/checkpoint-300: done before, out", printed)
    assert "Mean scores of checkpoints" in page.read_text()
    table = pd.read_csv("out/report/languages.csv")
    noisy, trained = (table[table["label"] == f"checkpoints@step_{n}"] for n in (100, 300))
    assert noisy["nasca"].mean() < trained["nasca"].mean() - 0.1
    assert [*noisy["COMET"].dropna(), *trained["COMET"].dropna()] == [0.6, 0.8]
