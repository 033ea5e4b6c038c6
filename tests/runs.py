"""Runs of the harness in this process, and what is found in their results."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from lm_eval.tasks import TaskManager

TASKS = Path(__file__).parents[1] / "task_yamls"

# The fixtures `run_tasks` and `heard`.
Evaluate = Callable[..., dict[str, Any]]
Heard = Callable[[], str]


def our_tasks(*folders: Path, **metadata: Any) -> TaskManager:
    """The tasks of our files and of `folders`, none else; `metadata` is what a user gives."""
    places = [str(TASKS), *map(str, folders)]
    return TaskManager(include_path=places, include_defaults=False, metadata=metadata)


def task_of(name: str) -> str:
    """A task by its name, or by the FLORES language that it aligns with English."""
    return name if name.startswith("neuronxa") else f"neuronxa_flores_{name}"


def record(results: dict[str, Any], name: str) -> dict[str, Any]:
    """What a run's results keep of a task."""
    return results["configs"][task_of(name)]["metadata"]["neuronxa"]


def answers(results: dict[str, Any], name: str) -> list[dict[str, Any]]:
    """The model's answers to a task's requests, in the order of the log."""
    return [json.loads(sample["resps"][0][0]) for sample in results["samples"][task_of(name)]]


def results_of(folder: Path) -> dict[str, Any]:
    """The only results file in a folder, or below it."""
    (file,) = folder.rglob("results_*.json")
    content: dict[str, Any] = json.loads(file.read_text())
    return content
