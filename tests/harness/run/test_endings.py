"""However a run ends, what it computed is kept, and one sentence says what and where."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from lm_eval.loggers import EvaluationTracker
from lm_eval.models.huggingface import HFLM

from neuronxa_tasks.cli import main
from neuronxa_tasks.commands.run import run
from neuronxa_tasks.data.miniature import MODEL
from neuronxa_tasks.errors import ReportError, RunError
from neuronxa_tasks.harness.failures import one_line
from neuronxa_tasks.report.read.results_files import read_results_file
from tests.disks import fill, make_read_only, mounted
from tests.runs import Heard, results_of

ALIGNMENT = "neuronxa_miniature_deu_Latn"
BENCHMARK = "neuronxa_miniature_continuations_deu_Latn"
SIZE = "--device cpu --batch_size 64 --metadata n_pairs=20 --limit 4".split()
ARGUMENTS = ("--model", "hf", "--model_args", f"pretrained={MODEL}", *SIZE)
BOTH = (*ARGUMENTS, "--tasks", ALIGNMENT, BENCHMARK)


@pytest.mark.parametrize("error", [ReportError("no such language"), OverflowError("too large")])
def test_a_join_that_fails_is_said_and_takes_nothing_along(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, heard: Heard, error: Exception
) -> None:
    def fail(*args: Any) -> None:
        raise error

    monkeypatch.setattr("neuronxa_tasks.commands.run.parse_results", fail)
    assert run([*BOTH, "--output_path", str(tmp_path)]) == 1
    assert results_of(tmp_path)["results"].keys() == {ALIGNMENT, BENCHMARK}
    assert f"Failed: the table of alignment and benchmarks: {one_line(error)}" in heard()


def test_a_disk_that_fills_up_at_the_end_leaves_the_partial_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, heard: Heard, capsys: Any
) -> None:
    save = EvaluationTracker.save_results_aggregated
    with mounted(tmp_path / "disk", "size=400k") as disk:

        def save_late(*args: Any, **options: Any) -> None:
            fill(disk)
            save(*args, **options)

        monkeypatch.setattr(EvaluationTracker, "save_results_aggregated", save_late)
        assert run([*BOTH, "--output_path", str(disk), "--log_samples"]) == 1
        kept, cut = sorted(disk.rglob("results_*.json"))
        assert json.loads(kept.read_text())["results"].keys() == {ALIGNMENT, BENCHMARK}
        with pytest.raises(ReportError):
            read_results_file(cut)
        assert f"the results could not be written in full: they are in {kept}" in heard()
        assert "the samples of" in heard()
    assert "# Alignment and benchmarks" in capsys.readouterr().out


@pytest.mark.parametrize("spoil", [fill, make_read_only])
def test_a_cache_that_cannot_be_written_ends_no_run(
    tmp_path: Path, heard: Heard, spoil: Callable[[Path], object]
) -> None:
    with mounted(tmp_path / "disk", "size=200k") as disk:
        spoil(disk)
        cache = str(disk / "cache")
        assert run([*BOTH, "--output_path", str(tmp_path / "out"), "--use_cache", cache]) == 0
    assert results_of(tmp_path / "out")["results"].keys() == {ALIGNMENT, BENCHMARK}
    assert heard().count("the run goes on") == 2


def test_damaged_caches_end_no_run_and_are_begun_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    arguments = [*BOTH, "--use_cache", str(tmp_path / "cache"), "--output_path"]
    assert run([*arguments, str(tmp_path / "before")]) == 0
    caches = list(tmp_path.glob("cache_*.db"))
    assert len(caches) == 2
    for cache in caches:
        cache.write_bytes(b"no database" * 500)
    assert run([*arguments, str(tmp_path / "first")]) == 0

    def refuse(*args: Any) -> None:
        raise AssertionError("the model is run")

    monkeypatch.setattr("neuronxa_tasks.harness.run.parted_run.seconds_per_token", lambda *_: 0.1)
    monkeypatch.setattr(HFLM, "_model_call", refuse)
    assert run([*arguments, str(tmp_path / "second")]) == 0
    first, second = (results_of(tmp_path / folder) for folder in ("first", "second"))
    assert first["results"] == second["results"]


@pytest.mark.usefixtures("interruptible")
def test_ctrl_c_keeps_the_parts_that_are_done(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(*args: Any, **options: Any) -> None:
        signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr(HFLM, "loglikelihood", interrupted)
    assert main(["run", *BOTH, "--output_path", str(tmp_path)]) == 130
    said = capsys.readouterr().err.splitlines()[-1]
    (file,) = tmp_path.rglob("results_*.json")
    assert said.startswith(f"neuronxa: interrupted: results of {ALIGNMENT} are in {file}, ")
    assert "--use_cache" in said
    read = read_results_file(file)
    assert {row.metric for row in read.alignments} == {"nasca", "navca", "mexa"}
    assert any(f"ended before {BENCHMARK}" in problem for problem in read.problems)
    assert main(["report", str(file)]) == 0
    assert f"ended before {BENCHMARK}" in capsys.readouterr().out


def test_an_error_that_nobody_foresaw_keeps_the_parts_that_are_done(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, heard: Heard
) -> None:
    def broken(*args: Any, **options: Any) -> None:
        raise KeyError("a mistake")

    monkeypatch.setattr(HFLM, "loglikelihood", broken)
    with pytest.raises(KeyError, match="a mistake"):
        run([*BOTH, "--output_path", str(tmp_path)])
    assert results_of(tmp_path)["results"].keys() == {ALIGNMENT}
    assert "What was computed is in" in heard()


def test_a_part_that_fails_alone_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    def short(*args: Any, **options: Any) -> None:
        raise RuntimeError("out of\nmemory")

    monkeypatch.setattr(HFLM, "loglikelihood", short)
    with pytest.raises(RunError, match=f"^{BENCHMARK} failed: RuntimeError: out of memory$") as e:
        run([*ARGUMENTS, "--tasks", BENCHMARK])
    assert e.value.exit_code == 1


def test_samples_of_a_task_that_is_not_run_are_refused(capsys: pytest.CaptureFixture[str]) -> None:
    arguments = [argument for argument in ARGUMENTS if argument not in ("--limit", "4")]
    asked = ["--tasks", ALIGNMENT, "--samples", json.dumps({BENCHMARK: [0]})]
    assert main(["run", *arguments, *asked]) == 2
    assert (
        f"`--samples` to be of tasks that are run, but got {BENCHMARK}" in capsys.readouterr().err
    )


@pytest.mark.usefixtures("interruptible")
def test_a_real_signal_ends_a_run_in_one_line(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "neuronxa_tasks.cli", "run", *BOTH, "--limit", "200"]
    with subprocess.Popen(
        command,
        cwd=tmp_path,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        # The costs are said before the first part is run.
        process.stdout.readline()
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=120)
    assert process.returncode == 130, said
    assert said.splitlines()[-1].startswith("neuronxa: interrupted: ")
    assert "Traceback" not in said


def test_a_folder_that_is_not_there_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["--model", "hf", "--model_args", "pretrained=/no/such/model"]
    assert main(["run", *arguments, "--tasks", ALIGNMENT]) == 2
    assert "there is no folder /no/such/model" in capsys.readouterr().err


def test_loggers_find_no_secret_among_the_arguments_of_the_process(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seen = []

    def answered(lm: HFLM, requests: list[Any], **options: Any) -> list[tuple[float, bool]]:
        seen.append(" ".join(sys.argv))
        return [(0.0, True)] * len(requests)

    monkeypatch.setattr(HFLM, "loglikelihood", answered)
    before = list(sys.argv)
    assert run([*ARGUMENTS, "--tasks", BENCHMARK, "--model_args", "token=hush"]) == 0
    assert seen
    assert "hush" not in seen[0]
    assert f"--tasks {BENCHMARK}" in seen[0]
    assert sys.argv == before
