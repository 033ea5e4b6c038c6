"""The `neuronxa` command in a process of its own, as a user runs it."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from neuronxa_tasks import cli
from neuronxa_tasks.commands import doctor
from neuronxa_tasks.harness import task_location as location


def neuronxa(*arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "neuronxa_tasks.cli", *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )


def test_run_takes_the_harnesss_flags_and_our_model(
    model_dir: Path, flores_dir: Path, tmp_path: Path
) -> None:
    run = neuronxa(
        *("run", "--model", "neuronxa", "--model_args", f"pretrained={model_dir},dtype=float32"),
        *("--tasks", "neuronxa_flores_deu_Latn,neuronxa_flores_fra_Latn", "--device", "cpu"),
        *("--metadata", f"flores_dir={flores_dir}", "n_pairs=all", "pivot=spa_Latn"),
        *("--batch_size", "auto", "--output_path", "out", "--log_samples"),
        folder=tmp_path,
    )
    assert run.returncode == 0, run.stderr
    assert "|neuronxa_flores_deu_Latn|" in run.stdout
    assert "overrides existing task" not in run.stderr
    (file,) = (tmp_path / "out").rglob("results_*.json")
    results = json.loads(file.read_text())
    assert results["config"]["model"] == "neuronxa"
    kept = results["configs"]["neuronxa_flores_deu_Latn"]["metadata"]["neuronxa"]
    assert (kept["pivot"], kept["n_pairs"]) == ("spa_Latn", 16)
    assert len(list((tmp_path / "out").rglob("samples_*.jsonl"))) == 2


@pytest.mark.parametrize(
    ("metadata", "message"),
    [
        ("colour=red", "Unknown key `colour` in `--metadata`, expected one of pivot"),
        ("pivto=fra_Latn", "did you mean `pivot`?"),
    ],
)
def test_run_refuses_unknown_keys_before_any_model_is_loaded(
    tmp_path: Path, metadata: str, message: str
) -> None:
    run = neuronxa(
        *("run", "--model", "neuronxa", "--model_args", "pretrained=/no/such/model"),
        *("--tasks", "neuronxa_flores_deu_Latn", "--metadata", metadata),
        folder=tmp_path,
    )
    assert run.returncode == 2
    assert message in run.stderr
    assert "Traceback" not in run.stderr


def test_an_error_of_ours_is_one_sentence_and_exit_code_2(
    model_dir: Path, flores_dir: Path, tmp_path: Path
) -> None:
    run = neuronxa(
        *("run", "--model", "hf", "--model_args", f"pretrained={model_dir}", "--device", "cpu"),
        *("--tasks", "neuronxa_flores_deu_Latn", "--metadata", f"flores_dir={flores_dir}"),
        folder=tmp_path,
    )
    assert run.returncode == 2
    assert "neuronxa: Expected `n_pairs` to be at most the 16 pairs" in run.stderr
    assert "Traceback" not in run.stderr


def test_run_finds_a_group_of_the_users_own_beside_ours(
    model_dir: Path, flores_dir: Path, tmp_path: Path
) -> None:
    (tmp_path / "tasks").mkdir()
    (tmp_path / "tasks" / "pair.yaml").write_text(
        "group: neuronxa_pair\ntask: [neuronxa_flores_deu_Latn, neuronxa_flores_fra_Latn]\n"
    )
    arguments = (
        *("run", "--model", "hf", "--model_args", f"pretrained={model_dir}", "--device", "cpu"),
        *("--metadata", f"flores_dir={flores_dir}", "n_pairs=4", "--include_path", "tasks"),
    )
    own = neuronxa(*arguments, "--tasks", "neuronxa_pair", folder=tmp_path)
    assert own.returncode == 0, own.stderr
    assert "neuronxa_flores_fra_Latn" in own.stdout


def test_an_unknown_command_or_argument_is_refused(tmp_path: Path) -> None:
    assert neuronxa("fly", folder=tmp_path).returncode == 2
    assert neuronxa("doctor", "--loud", folder=tmp_path).returncode == 2


@pytest.mark.parametrize("name", cli.COMMANDS)
def test_ctrl_c_ends_every_command_in_one_line(
    name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(arguments: list[str]) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(cli.pkgutil, "resolve_name", lambda name: interrupted)
    assert cli.main([name]) == 130
    said = capsys.readouterr().err.strip().splitlines()
    assert said == [f"neuronxa: interrupted: {cli.COMMANDS[name].kept}"]


def test_the_doctor_finds_this_installation_in_order() -> None:
    findings = doctor.diagnose()
    assert all(finding.good for finding in findings), "\n".join(map(str, findings))


def test_the_doctor_names_both_folders_where_the_harness_looks_elsewhere(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(location.lm_eval.tasks, "__file__", str(tmp_path / "__init__.py"))
    found = doctor.diagnose()[1]
    assert not found.good
    assert str(tmp_path) in found.text
    assert f"--include_path {location.installed_tasks()}" in found.text


def test_the_doctor_sees_task_files_of_another_version(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "task_files", lambda: {"flores/new.yaml": "task: new\n"})
    fresh = doctor.diagnose()[2]
    assert not fresh.good
    assert "flores/new.yaml" in fresh.text
