"""The leaderboard to copy: its shell script as it is, and the workflows that call it."""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tools.strangers import ENOUGH, leaderboard, strangers

EXAMPLE = Path(__file__).parents[2] / "examples" / "leaderboard"
WORKFLOWS = sorted((EXAMPLE / ".github" / "workflows").glob("*.yml"))


@pytest.fixture
def board(tmp_path: Path) -> Path:
    """A checkout of the leaderboard with three models, and `neuronxa` beside it."""
    checkout = tmp_path / "board"
    shutil.copytree(EXAMPLE, checkout)
    leaderboard(checkout / "results")
    command = tmp_path / "bin" / "neuronxa"
    command.parent.mkdir()
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m neuronxa_tasks.cli "$@"\n')
    command.chmod(0o755)
    return checkout


def call(board: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    path = f"{board.parent / 'bin'}{os.pathsep}{os.environ['PATH']}"
    package = str(EXAMPLE.parents[1])
    env = {**os.environ, "PATH": path, "PYTHONPATH": package}
    env["MIN_LANGUAGES"] = str(ENOUGH)
    command = ["bash", str(board / "leaderboard.sh"), *arguments]
    return subprocess.run(command, cwd=board, env=env, capture_output=True, text=True, check=False)


def proposed(board: Path, *names: str) -> Path:
    """A checkout of a pull request with some of the strangers' files."""
    checkout = board / "proposed"
    shutil.rmtree(checkout, ignore_errors=True)
    shutil.copytree(board / "results", checkout / "results")
    for name, path in strangers(board.parent / "inbox").items():
        if name in names:
            shutil.copytree(path.parent, checkout / "results" / name)
    return checkout


def test_a_days_pull_requests_from_check_to_page(board: Path) -> None:
    proposed(board, "cut_short", "other_pivot", "few_pairs", "renamed")
    refused = call(board, "check", "proposed")
    assert refused.returncode == 1, refused.stderr
    lines = refused.stdout.splitlines()
    errors = [line for line in lines if line.startswith("::error")]
    for name in ("cut_short", "other_pivot", "few_pairs", "renamed"):
        assert any(f"file=results/{name}/results_" in line for line in errors), name
    assert lines[-1] == "0 of 4 results files are good"
    comment = (board / "verdict.md").read_text()
    assert "**0 of 4 results files are good**" in comment
    assert "perhaps cut short" in comment
    assert "one is a copy of the other" in comment

    checkout = proposed(board, "rerun", "good")
    taken = call(board, "check", "proposed")
    assert taken.returncode == 0, taken.stdout + taken.stderr
    assert "run again: " in (board / "verdict.md").read_text()
    shutil.copytree(checkout / "results", board / "results", dirs_exist_ok=True)

    assert call(board, "publish", "site").returncode == 0
    page = (board / "site" / "index.html").read_text()
    assert "good/model" in page
    assert "re/named" not in page


def test_without_a_results_file_nothing_is_checked(board: Path) -> None:
    proposed(board)
    assert call(board, "check", "proposed").returncode == 0
    assert (board / "verdict.md").read_text() == "No results file was added or changed.\n"


def test_another_call_is_a_usage_error(board: Path) -> None:
    assert call(board, "deploy").returncode == 2


def steps(workflow: Path) -> list[dict[str, Any]]:
    content = yaml.safe_load(workflow.read_text(encoding="utf-8"))
    return [step for job in content["jobs"].values() for step in job["steps"]]


def test_the_workflows_call_the_script_and_nothing_else_of_neuronxa() -> None:
    runs = {w.stem: [step["run"] for step in steps(w) if "run" in step] for w in WORKFLOWS}
    install = "pip install -r requirements.txt"
    assert runs["check"][:2] == [install, "bash leaderboard.sh check proposed"]
    assert runs["check"][2].startswith("gh pr comment ")
    assert runs["publish"] == [install, "bash leaderboard.sh publish site"]


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda path: path.stem)
def test_no_text_of_a_stranger_becomes_part_of_a_command(workflow: Path) -> None:
    assert not [step["run"] for step in steps(workflow) if "${{" in step.get("run", "")]
    # Of what is proposed nothing is run: the leaderboard's own checkout is the first.
    checkouts = [s for s in steps(workflow) if s.get("uses", "").startswith("actions/checkout")]
    assert "ref" not in checkouts[0].get("with", {})
    assert all(s["with"]["persist-credentials"] is False for s in checkouts if len(checkouts) > 1)
