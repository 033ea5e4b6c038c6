"""An installation that only makes reports, without torch and the harness."""

import os
import re
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import pytest
import tomllib

from neuronxa_tasks.data.miniature import CHECKPOINTS
from tests.processes import python
from tests.source_imports import imported

ROOT = Path(__file__).parents[1]
# What all commands need and reports do not.
LEFT_OUT = ("accelerate", "datasets", "lm_eval", "peft", "safetensors", "sklearn", "tokenizers")
LEFT_OUT = (*LEFT_OUT, "torch", "tqdm", "transformers")
HIDING = f"""
import sys

class Hidden:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {LEFT_OUT}:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)

sys.meta_path.insert(0, Hidden())
"""
COMMANDS = {
    "report": ("report", str(CHECKPOINTS), "--output", "report"),
    "check": ("check", str(sorted(CHECKPOINTS.glob("*.json"))[-1])),
    "forecast": ("forecast", str(CHECKPOINTS), "--output", "report"),
    "path": ("path", "demo-model"),
}


def light(*arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """The command line in a Python, and in those that it starts, that lack these libraries."""
    (folder / "sitecustomize.py").write_text(HIDING)
    env = {**os.environ, "PYTHONPATH": f"{folder}{os.pathsep}{ROOT}"}
    return python("-m", "neuronxa_tasks.cli", *arguments, cwd=folder, env=env)


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_about_results_works(name: str, tmp_path: Path) -> None:
    done = light(*COMMANDS[name], folder=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert (tmp_path / "report" / "report.html").exists() == ("--output" in COMMANDS[name])


@pytest.mark.parametrize("name", ["run", "demo", "doctor", "matrix"])
def test_a_command_about_a_model_says_what_to_install(name: str, tmp_path: Path) -> None:
    done = light(name, folder=tmp_path)
    assert done.returncode == 2
    assert re.search(rf"Expected \w+ to be installed for `neuronxa {name}`", done.stderr)
    assert "Traceback" not in done.stderr


def required(lines: Iterable[str]) -> dict[str, str]:
    """Requirements by the name that is imported."""
    modules = {"vl-convert-python": "vl_convert", "huggingface-hub": "huggingface_hub"}
    names = {line: re.split(r"[\[<>=]", line)[0] for line in lines}
    return {modules.get(name, name): line for line, name in names.items()}


def test_the_list_has_what_these_commands_import_as_the_package_requires_it() -> None:
    lines = (ROOT / "requirements-report.txt").read_text(encoding="utf-8").splitlines()
    listed = required(line for line in lines if not line.startswith("#"))
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    everything = required(project["dependencies"])
    assert listed.items() <= everything.items()
    # Pandas writes Parquet by it.
    assert {*libraries_of("report", "check", "forecast"), "pyarrow"} == {*listed}


def libraries_of(*commands: str) -> set[str]:
    """What modules that these commands reach import of others, but what only loads text."""
    reached: set[Path] = set()
    libraries: set[str] = set()
    todo = [ROOT / "neuronxa_tasks" / "commands" / f"{name}.py" for name in commands]
    while todo:
        module = todo.pop()
        if module in reached or module == ROOT / "neuronxa_tasks" / "data" / "hub.py":
            continue
        reached.add(module)
        for name in imported(module):
            path = ROOT.joinpath(*name.split("."))
            files = (path.with_suffix(".py"), path / "__init__.py")
            todo += [file for file in files if file.is_file()]
            if not name.startswith("neuronxa_tasks"):
                libraries.add(name.split(".")[0])
    return libraries - set(sys.stdlib_module_names)
