"""`neuronxa track --watch`: each checkpoint is run once, when training has saved all of it."""

import json
import re
import sys
import time
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from safetensors.numpy import save_file

from neuronxa_tasks.cli import main
from neuronxa_tasks.commands.track import watching
from neuronxa_tasks.commands.track.checkpoint_run import CheckpointRun, run_process
from neuronxa_tasks.commands.track.checkpoints import saved_checkpoints
from neuronxa_tasks.commands.track.watching import watch
from neuronxa_tasks.commands.track.whole import missing
from neuronxa_tasks.report.show.vega import Drawing
from tools.synthetic_results import results

Step = Callable[[], object]


def save(folder: Path, name: str = "model.safetensors") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "config.json").write_text("{}")
    file = folder / name
    save_file({"weight": np.ones(1000, np.float32)}, file)
    return file


def cut(file: Path) -> Path:
    file.write_bytes(file.read_bytes()[:500])
    return file


def test_weights_are_whole_when_every_file_is_as_long_as_it_says(tmp_path: Path) -> None:
    assert missing(tmp_path) == "no weights"
    file = save(tmp_path)
    assert missing(tmp_path) == ""
    assert missing(cut(file).parent) == "the end of model.safetensors"
    file.write_bytes(b"")
    assert missing(tmp_path) == "the end of model.safetensors"


def test_shards_are_whole_when_all_that_their_list_names_are_there(tmp_path: Path) -> None:
    names = [f"model-0000{number}-of-00002.safetensors" for number in (1, 2)]
    save(tmp_path, names[0])
    assert missing(tmp_path) == "no list of its shards"
    listed = tmp_path / "model.safetensors.index.json"
    listed.write_text('{"weight_map": {')
    assert missing(tmp_path) == f"the end of {listed.name}"
    listed.write_text(json.dumps({"weight_map": {"a": names[0], "b": names[1]}}))
    assert missing(tmp_path) == names[1]
    save(tmp_path, names[1])
    assert missing(tmp_path) == ""


def test_adapters_and_older_files_are_weights_too_and_what_a_trainer_keeps_is_none(
    tmp_path: Path,
) -> None:
    save(tmp_path / "adapter", "adapter_model.safetensors")
    assert missing(tmp_path / "adapter") == ""
    save(tmp_path / "older").unlink()
    for name in ("training_args.bin", "pytorch_model.bin"):
        assert missing(tmp_path / "older") == "no weights"
        with zipfile.ZipFile(tmp_path / "older" / name, "w") as archive:
            archive.writestr("data.pkl", "x" * 1000)
    assert missing(tmp_path / "older") == ""
    cut(tmp_path / "older" / "pytorch_model.bin")
    assert missing(tmp_path / "older") == "the end of pytorch_model.bin"


class Training:
    """What happens between two looks, one step after another, and then Ctrl-C."""

    def __init__(self, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.root = root
        self.started: list[str] = []
        self.reported: list[list[int]] = []
        self.failing: set[str] = set()
        training = self

        def execute(run: CheckpointRun) -> str:
            name = Path(run.checkpoint.name).name
            training.started.append(name)
            if name in training.failing:
                return "OSError: no such layer"
            run.folder.mkdir(parents=True, exist_ok=True)
            file = run.folder / "results_2026-01-01T00-00-00.json"
            model = run.checkpoint.model_args["pretrained"]
            made = results(model, ("deu_Latn", "fra_Latn"), seed=run.checkpoint.step, pairs=20)
            file.write_text(json.dumps(made))
            manifest = {"request": run.request, "results": file.name}
            (run.folder / "done.json").write_text(json.dumps(manifest))
            return ""

        monkeypatch.setattr(CheckpointRun, "execute", execute)
        self._monkeypatch = monkeypatch

    def go_on(self, *steps: Step) -> None:
        waiting = iter(steps)

        def sleep(_: float) -> None:
            step = next(waiting, None)
            if step is None:
                raise KeyboardInterrupt
            step()

        self._monkeypatch.setattr(watching, "time", SimpleNamespace(sleep=sleep))

    def look(self) -> list[CheckpointRun]:
        if not (self.root / "in").exists():
            return []
        found = saved_checkpoints([f"{self.root}/in/*"], "pretrained")
        return [CheckpointRun(checkpoint, (), self.root / "out") for checkpoint in found]

    def watched(self) -> str:
        def report(done: Sequence[watching.Done]) -> None:
            self.reported.append([run.checkpoint.step for run, _ in done])

        with pytest.raises(KeyboardInterrupt) as ended:
            watch(self.look, report)
        return str(ended.value)


@pytest.fixture
def training(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Training:
    return Training(tmp_path, monkeypatch)


def nothing() -> None:
    """Training goes on, and saves nothing."""


def test_checkpoints_are_run_once_each_as_they_appear(training: Training) -> None:
    first, second = (training.root / "in" / f"step_{n}" for n in (1, 2))
    training.go_on(lambda: save(first), nothing, lambda: save(second), nothing, nothing)
    assert training.watched().startswith("2 checkpoints are done")
    assert training.started == ["step_1", "step_2"]
    assert training.reported == [[1], [1, 2], [1, 2]]


def test_a_checkpoint_that_is_being_saved_is_not_run_before_it_is_whole(
    training: Training, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = training.root / "in" / "step_1"
    training.go_on(
        lambda: cut(save(folder)),
        nothing,
        nothing,
        lambda: save(folder),
        lambda: (folder / "tokenizer.json").write_text("{}"),
        lambda: training.started.append("settled"),
        nothing,
    )
    training.watched()
    assert training.started == ["settled", "step_1"]
    assert capsys.readouterr().out.count("waiting, without the end of model.safetensors") == 1


def test_one_that_fails_is_named_and_not_run_again_before_it_changes(
    training: Training, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = training.root / "in" / "step_1"
    training.failing.add("step_1")
    training.go_on(
        lambda: save(folder),
        *[nothing] * 4,
        lambda: (training.failing.clear(), (folder / "config.json").write_text('{"a": 1}')),
        nothing,
    )
    training.watched()
    assert training.started == ["step_1", "step_1"]
    assert capsys.readouterr().out.count("step_1: failed: OSError: no such layer") == 1
    assert training.reported[-1] == [1]


def test_what_is_done_stays_where_training_removes_it(training: Training) -> None:
    first, second = (training.root / "in" / f"step_{n}" for n in (1, 2))
    save(first)

    def rotate() -> None:
        for file in first.iterdir():
            file.unlink()
        first.rmdir()
        save(second)

    training.go_on(nothing, rotate, nothing, nothing)
    training.watched()
    assert training.reported[-1] == [1, 2]


def test_what_was_done_before_is_not_run_again(training: Training) -> None:
    save(training.root / "in" / "step_1")
    for _ in range(2):
        training.go_on(nothing, nothing)
        training.watched()
    assert training.started == ["step_1"]


def test_ctrl_c_ends_with_the_page_made_and_the_base_in_it(
    training: Training, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(training.root)
    monkeypatch.setattr(
        "neuronxa_tasks.report.show.vega.Drawer.draw", lambda *_: Drawing("", b"", b"")
    )
    base = training.root / "out" / "base" / "results_2026-01-01T00-00-00.json"
    base.parent.mkdir(parents=True)
    base.write_text(json.dumps(results("org/base", ("deu_Latn", "fra_Latn"), pairs=20)))
    folders = [training.root / "in" / f"step_{n}" for n in (1, 1000)]
    training.go_on(*(lambda folder=folder: save(folder) for folder in folders), nothing)
    command = ["track", "in/*", "--watch", "--tasks", "neuronxa_flores", "--output_path", "out"]
    assert main(command) == 130
    printed = capsys.readouterr()
    assert "waiting: Expected a folder or a glob" in printed.out
    assert "interrupted: 2 checkpoints are done and in the report" in printed.err
    page = Path("out/report/report.html").read_text()
    assert "Mean scores of in" in page
    assert re.search(r'"label": ?"org/base"', page)
    assert "from step 1 to 1,000" in page


@pytest.mark.parametrize("more", [["--steps", "1,2"], ["--revisions", "a,b"]])
def test_steps_and_revisions_are_not_watched(
    more: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["track", "in/*", "--watch", *more, "--output_path", str(tmp_path)]
    assert main(command) == 2
    assert "Expected `--watch` with folders or --adapters" in capsys.readouterr().err


def test_an_interrupt_of_this_process_alone_reaches_the_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("neuronxa_tasks.commands.track.checkpoint_run._GRACE", 0.1)
    mark = tmp_path / "pid"
    program = (
        "import os, pathlib, sys, time; "
        f"pathlib.Path({str(mark)!r}).write_text(str(os.getpid())); "
        "print('on', file=sys.stderr, flush=True); time.sleep(600)"
    )

    def interrupting(text: str) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(sys.stderr, "write", interrupting)
    with pytest.raises(KeyboardInterrupt):
        run_process([sys.executable, "-c", program])
    pid = int(mark.read_text())
    deadline = time.monotonic() + 10
    while Path(f"/proc/{pid}").exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not Path(f"/proc/{pid}").exists()
