"""The harness's answers are kept apart by model, and found again by the same one."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from safetensors.torch import load_file, save_file

from neuronxa_tasks.cli import main
from neuronxa_tasks.data.miniature import MODEL
from neuronxa_tasks.harness.run.response_cache_path import cache_path_of_model


def path_of(model: str = "hf", **arguments: Any) -> str:
    return cache_path_of_model("cache", model, {"pretrained": "org/model", **arguments})


def test_the_same_model_finds_its_answers_again() -> None:
    assert path_of() == path_of()
    assert path_of(token="one") == path_of(token="another") == path_of()


@pytest.mark.parametrize(
    "arguments",
    [
        {"pretrained": "org/other"},
        {"revision": "step1000"},
        {"dtype": "float16"},
        {"load_in_4bit": True},
        {"peft": "adapters/de"},
        {"steer_path": "steer.pt"},
        {"model": "steered"},
    ],
    ids=str,
)
def test_whatever_may_change_an_answer_has_another_file(arguments: dict[str, Any]) -> None:
    assert path_of(**arguments) != path_of()


def test_a_folder_that_was_saved_again_has_another_file(tmp_path: Path, monkeypatch) -> None:
    weights = tmp_path / "demo" / "weights"
    weights.parent.mkdir()
    weights.write_text("one")
    before = path_of(pretrained=str(weights.parent))
    monkeypatch.chdir(tmp_path)
    assert path_of(pretrained=str(weights.parent)) == before
    weights.write_text("another")
    assert path_of(pretrained=str(weights.parent)) != before


def test_the_commit_of_a_branch_counts(monkeypatch) -> None:
    found = []
    for commit in ("1" * 40, "2" * 40):
        monkeypatch.setattr(
            "neuronxa_tasks.harness.run.response_cache_path.try_to_load_from_cache",
            lambda *_, commit=commit, **__: f"hub/snapshots/{commit}/config.json",
        )
        found.append(path_of())
    assert found[0] != found[1]


def test_a_second_model_does_not_get_the_firsts_answers(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    # Weights of zeros choose the first answer everywhere.
    shutil.copytree(MODEL, "zeros")
    state = load_file(MODEL / "model.safetensors")
    zeros = {name: 0 * weight for name, weight in state.items()}
    save_file(zeros, "zeros/model.safetensors", metadata={"format": "pt"})
    task = "neuronxa_miniature_categories_deu_Latn"

    def accuracy(model: str, output: str, *flags: str) -> float:
        arguments = ["--model", "neuronxa", "--model_args", f"pretrained={model}", "--tasks", task]
        arguments += ["--limit", "20", "--device", "cpu", "--output_path", output, *flags]
        assert main(["run", *arguments]) == 0
        (file,) = Path(output).rglob("results_*.json")
        return float(json.loads(file.read_text())["results"][task]["acc,none"])

    trained = accuracy(str(MODEL), "a", "--use_cache", "kept")
    assert accuracy("zeros", "b", "--use_cache", "kept") != trained
    assert accuracy(str(MODEL), "c", "--use_cache", "kept") == trained
    assert len(list(tmp_path.glob("kept_model-*_rank0.db"))) == 2
