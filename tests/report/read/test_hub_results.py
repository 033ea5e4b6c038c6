"""Results files on the Hub, from a server on this machine."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from neuronxa_tasks.errors import ReportError
from neuronxa_tasks.report.read.hub_results import results_path
from tests.hub import COMMIT, Hub, environment, serve
from tools.synthetic_results import results

LANGUAGES = ("eng_Latn", "deu_Latn", "fra_Latn", "swh_Latn")
DATED = "results_2026-11-01T05-00-00.000000.json"


def as_logged() -> dict[str, bytes]:
    """A dataset as the harness leaves it: per model its results and its samples."""
    files = {"README.md": b"# Dataset card"}
    for number, model in enumerate(("org__one", "org__two")):
        content = results(model.replace("__", "/"), LANGUAGES, seed=number)
        files[f"{model}/{DATED}"] = json.dumps(content).encode()
        files[f"{model}/samples_belebele_2026-11-01T05-00-00.000000.jsonl"] = b"not to be read"
    return files


@pytest.fixture(scope="module")
def hub() -> Iterator[tuple[Hub, str]]:
    hub = Hub({"org/lm-eval-results": as_logged()})
    with serve(hub) as address:
        yield hub, address


def neuronxa(address: str, home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "neuronxa_tasks.cli", *arguments]
    return subprocess.run(
        command, env=environment(address, home), capture_output=True, text=True, check=False
    )


def test_a_dataset_is_reported_as_a_folder_is(hub: tuple[Hub, str], tmp_path: Path) -> None:
    arguments = ["report", "hf://datasets/org/lm-eval-results", "--output", str(tmp_path / "r")]
    ended = neuronxa(hub[1], tmp_path, *arguments, "--figures", "few")
    assert ended.returncode == 0, ended.stderr
    summary: dict[str, Any] = json.loads((tmp_path / "r" / "summary.json").read_text())
    assert {model["label"] for model in summary["models"]} == {"org/one", "org/two"}
    assert summary["models"][0]["sources"] == [
        f"hf://datasets/org/lm-eval-results@{COMMIT}/org__one/{DATED}"
    ]
    # Samples are neither fetched nor read.
    assert not list(tmp_path.rglob("*.jsonl"))


def test_one_model_of_a_revision_is_checked_against_all(
    hub: tuple[Hub, str], tmp_path: Path
) -> None:
    dataset = "hf://datasets/org/lm-eval-results"
    arguments = [f"{dataset}@v1/org__one", "--against", dataset, "--min-languages", "2"]
    ended = neuronxa(hub[1], tmp_path, "check", *arguments)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert "ok    flores: the same settings as 1 of 1 other files" in ended.stdout
    assert "v1" in hub[0].revisions


def test_a_dataset_that_there_is_not_is_a_sentence(hub: tuple[Hub, str], tmp_path: Path) -> None:
    ended = neuronxa(hub[1], tmp_path, "check", "hf://datasets/org/nothing")
    assert ended.returncode == 2
    assert ended.stderr.startswith("neuronxa: Cannot read hf://datasets/org/nothing: ")
    assert "Traceback" not in ended.stderr


@pytest.mark.parametrize(
    "text", ["hf://org/name", "hf://datasets/name", "hf://datasets//x", "hf://"]
)
def test_another_address_is_refused(text: str) -> None:
    with pytest.raises(ReportError, match="Expected a dataset on the Hub to be hf://datasets/ORG"):
        results_path(text)


def test_a_path_stays_one() -> None:
    assert results_path("out/results.json") == Path("out/results.json")
