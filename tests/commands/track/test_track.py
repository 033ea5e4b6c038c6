"""`neuronxa track`: what it finds, what it asks for, and a whole run over three checkpoints."""

import json
import re
import shutil
import sys
from argparse import Namespace
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import torch
from safetensors.torch import load_file, save_file

from neuronxa_tasks.cli import main
from neuronxa_tasks.commands.track.checkpoint_run import CheckpointRun, run_process
from neuronxa_tasks.commands.track.checkpoints import (
    Checkpoint,
    revision_checkpoints,
    saved_checkpoints,
)
from neuronxa_tasks.commands.track.track import find_checkpoints, track
from neuronxa_tasks.data.miniature import MODEL
from neuronxa_tasks.errors import ReportError, SettingsError
from neuronxa_tasks.identity.masking import masked_arguments
from neuronxa_tasks.report.compute.renaming import Renaming
from tools.synthetic_results import results


def folders(root: Path, *names: str, file: str = "config.json") -> str:
    for name in names:
        (root / name).mkdir(parents=True)
        (root / name / file).write_text("{}")
    return f"{root}/*"


def typed(**given: Any) -> Namespace:
    unsaid = {"model_args": [], "revisions": [], "adapters": [], "steps": [], "step_pattern": ""}
    return Namespace(**{**unsaid, **given})


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
    assert [model.checkpoint() for model in models] == [("run", 100), ("run", 900)]


@pytest.mark.parametrize(
    ("names", "steps", "message"),
    [
        (("a", "b"), [], r"Expected steps in names.*a, .*b: give one step for each.*--steps"),
        (("a", "b"), [1], r"`--steps` to have one step for each of .*but got 1: give 2"),
        (("a", "b"), [1, 1], r"one checkpoint of each step, but got step 1 for .*a, .*b"),
        (("x/a/step_100", "y/a/step_100"), [], r"step 100 for .*one training run at a time"),
    ],
)
def test_checkpoints_that_cannot_be_ordered_are_refused(
    tmp_path: Path, names, steps, message
) -> None:
    folders(tmp_path, *names)
    patterns = [str(tmp_path.joinpath(*["*"] * len(Path(names[0]).parts)))]
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
    assert [(c.step, c.series, c.model_args["revision"]) for c in found] == [
        (2000, "org/model", "step2000"),
        (1000, "org/model@stage1", "stage1-step1000-tokens5B"),
    ]
    with pytest.raises(SettingsError, match=r"but got main: .*step_1, main with --steps"):
        revision_checkpoints("org/model", ["step_1", "main"])


def test_short_steps_come_in_numerical_order() -> None:
    revisions = ["step64", "step0", "step143000", "step8", "step1", "step512"]
    found = revision_checkpoints("EleutherAI/pythia-70m", revisions)
    assert [c.step for c in found] == [0, 1, 8, 64, 512, 143000]
    assert {c.series for c in found} == {"EleutherAI/pythia-70m"}


def test_stages_and_seeds_may_have_the_same_steps(tmp_path: Path) -> None:
    stages = ["stage1-step1000-tokens3B", "stage2-ingredient1-step1000-tokens3B"]
    found = revision_checkpoints("org/model", stages)
    assert [c.series for c in found] == ["org/model@stage1", "org/model@stage2-ingredient1"]
    folders(tmp_path, "seed1/step_100", "seed2/step_100", "seed1/warm-step_100")
    found = saved_checkpoints([f"{tmp_path}/*/*"], "pretrained")
    assert [(c.series, c.step) for c in found] == [
        ("seed1", 100),
        ("seed1@warm", 100),
        ("seed2", 100),
    ]
    models = [Renaming.parse(checkpoint.model_id).model for checkpoint in found]
    assert [m.checkpoint() for m in models] == [(c.series, c.step) for c in found]


def test_a_pattern_says_how_other_names_carry_the_step(tmp_path: Path) -> None:
    options = typed(
        model_args=["pretrained=LumiOpen/Poro-34B"],
        revisions=["1000B", "200B"],
        step_pattern=r"(?P<step>\d+)B",
    )
    found = find_checkpoints([], options)
    assert [c.step for c in found] == [200, 1000]
    assert found[0].model_id == "LumiOpen/Poro-34B@200B=LumiOpen/Poro-34B@step_200"
    pattern = folders(tmp_path / "run", "global_step_7/actor/huggingface")
    options = typed(step_pattern=r"global_step_(?P<step>\d+)")
    (saved,) = find_checkpoints([f"{pattern}/actor/huggingface"], options)
    assert saved.step == 7


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


REVISION = Checkpoint("org/m@step1", 1, "org/m", {"revision": "step1"})


def written(run: CheckpointRun, name: str, languages: Sequence[str] = ("deu_Latn",)) -> Path:
    """Leaves a results file of a run."""
    run.folder.mkdir(parents=True, exist_ok=True)
    file = run.folder / f"results_{name}.json"
    file.write_text(json.dumps(results("org/m", languages, revision="step1")))
    return file


def finish(run: CheckpointRun) -> Path:
    """Leaves what a run leaves that ended well."""
    file = written(run, "2026-01-01T00-00-00")
    manifest = {"request": run.request, "results": file.name}
    (run.folder / "done.json").write_text(json.dumps(manifest))
    return file


def test_a_run_is_done_only_for_the_same_request_and_the_same_files(tmp_path: Path) -> None:
    (saved,) = saved_checkpoints([folders(tmp_path / "in", "step_100")], "pretrained")
    run = run_of(saved, tmp_path, "--limit", "10")
    assert run.results() is None
    file = finish(run)
    assert run_of(saved, tmp_path, "--limit", "10").results() == file
    assert run_of(saved, tmp_path, "--limit", "20").results() is None
    assert run_of(saved, tmp_path).results() is None
    (Path(saved.name) / "config.json").write_text('{"saved": "again"}')
    assert run_of(saved, tmp_path, "--limit", "10").results() is None


def test_a_manifest_that_names_another_runs_results_is_damaged(tmp_path: Path, caplog) -> None:
    run = run_of(REVISION, tmp_path)
    file = finish(run)
    elsewhere = tmp_path / file.name
    file.replace(elsewhere)
    for named in (str(elsewhere), "a\0b", "../../x"):
        manifest = {"request": run.request, "results": named}
        (run.folder / "done.json").write_text(json.dumps(manifest))
        assert run.results() is None
    assert caplog.text.count("done.json is damaged") == 3


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"{}", b"[]", b"null", b'"done"', b"\xff\xfe{}", b'{"results": 1}', b"[" * 100_000],
    ids=lambda content: content[:8],
)
def test_a_damaged_manifest_is_named_and_its_checkpoint_run_again(
    tmp_path: Path, caplog, content: bytes
) -> None:
    run = run_of(REVISION, tmp_path)
    finish(run)
    (run.folder / "done.json").write_bytes(content)
    assert run.results() is None
    assert "done.json is damaged" in caplog.text


@pytest.mark.parametrize("damage", ["gone", "cut", "empty", "folder"])
def test_a_done_checkpoint_whose_results_are_damaged_is_named_and_run_again(
    tmp_path: Path, caplog, damage: str
) -> None:
    run = run_of(REVISION, tmp_path)
    file = finish(run)
    content = file.read_bytes()
    file.unlink()
    if damage == "folder":
        file.mkdir()
    elif damage != "gone":
        file.write_bytes(content[:100] if damage == "cut" else b"")
    assert run.results() is None
    assert f"{file}, which was done, has lost its results" in caplog.text


def test_results_are_taken_by_what_is_in_them_and_not_by_their_dates(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = run_of(REVISION, tmp_path)
    written(run, "2027-01-01T00-00-00", ("deu_Latn", "fra_Latn", "rus_Cyrl", "spa_Latn"))

    def runs(command: Sequence[str]) -> str:
        written(run, "2026-03-03T00-00-00")
        written(run, "2026-02-02T00-00-00", ("deu_Latn", "fra_Latn", "rus_Cyrl"))
        (run.folder / "results_2026-04-04T00-00-00.json").write_text('{"results": {')
        return ""

    monkeypatch.setattr("neuronxa_tasks.commands.track.checkpoint_run.run_process", runs)
    assert run.execute() == ""
    assert run.results() == run.folder / "results_2026-02-02T00-00-00.json"


def test_a_run_whose_results_are_cut_is_not_done(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = run_of(REVISION, tmp_path)

    def runs(command: Sequence[str]) -> str:
        file = written(run, "2026-03-03T00-00-00")
        file.write_bytes(file.read_bytes()[:200])
        return ""

    monkeypatch.setattr("neuronxa_tasks.commands.track.checkpoint_run.run_process", runs)
    assert "is damaged" in run.execute()
    assert run.results() is None


def test_a_folder_that_is_called_like_a_revision_is_no_part_of_the_model(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    before = run_of(REVISION, tmp_path).request
    folders(tmp_path, "step1")
    assert run_of(REVISION, tmp_path).request == before


def test_a_base_that_was_saved_again_is_another_request(tmp_path: Path) -> None:
    folders(tmp_path, "base", "lora")
    checkpoint = Checkpoint("lora", 1, "lora", {"peft": str(tmp_path / "lora")})
    shared = ("--model_args", f"pretrained={tmp_path / 'base'}")
    before = run_of(checkpoint, tmp_path, *shared).request
    (tmp_path / "base" / "config.json").write_text('{"saved": "again"}')
    assert run_of(checkpoint, tmp_path, *shared).request != before


@pytest.mark.parametrize(
    "text", ["dtype=auto,token=hush", '{"dtype": "auto", "api_key": "hush"}', "hf_token=hush"]
)
def test_secrets_are_passed_on_and_written_nowhere(tmp_path: Path, text: str) -> None:
    run = run_of(REVISION, tmp_path, "--model_args", text, "--hf_hub_log_args", "token=hush")
    assert "hush" in " ".join(run.command)
    assert "hush" not in json.dumps(run.request)
    assert "hush" not in " ".join(masked_arguments(run.command))


def test_a_run_has_its_own_output_and_cache_and_passes_every_flag_on(tmp_path: Path) -> None:
    checkpoint = Checkpoint("in/a, b", 1, "in", {"pretrained": "in/a, b"})
    flags = ("--model_args", "dtype=float32", "--tasks", "neuronxa_flores", "--limit", "3")
    run = run_of(checkpoint, tmp_path, *flags, cache="cache")
    assert run.command[:7] == ["run", *flags]
    rest = dict(zip(run.command[7::2], run.command[8::2], strict=True))
    assert json.loads(rest["--model_args"]) == {"pretrained": "in/a, b"}
    assert rest["--output_path"] == str(run.folder)
    assert rest["--use_cache"] == f"cache_{run.folder.name}"
    assert "--use_cache" not in run_of(checkpoint, tmp_path, *flags).command


def test_flags_of_the_harnesss_loggers_reach_every_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    typed: list[list[str]] = []

    def execute(run: CheckpointRun) -> str:
        typed.append(run.command)
        return "not run"

    monkeypatch.setattr(CheckpointRun, "execute", execute)
    pattern = folders(tmp_path / "run", "step_1", "step_2")
    flags = ["--wandb_args", "project=p,group=g", "--trackio_args", "project=p"]
    output = ["--output_path", str(tmp_path / "out")]
    assert track([pattern, *flags, "--tasks", "neuronxa_flores", *output]) == 1
    assert len(typed) == 2
    assert all(set(flags) <= set(command) for command in typed)


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
    command = (
        "track checkpoints/* --model neuronxa --batch_size 64 --device cpu --metadata n_pairs=20 "
        "--tasks neuronxa_miniature_deu_Latn,neuronxa_miniature_fra_Latn "
        "--output_path out --scores comet.csv"
    ).split()
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
