"""A report is made in three stages, and none knows of a later one."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import pytest

import neuronxa_tasks.report
from neuronxa_tasks.report.show.sections import SECTIONS

REPORT = Path(neuronxa_tasks.report.__path__[0])

# What a stage must not import: later stages, and libraries whose place is another stage.
CLOSED = {
    "read": ("neuronxa_tasks.report.compute", "neuronxa_tasks.report.show", "pandas", "scipy"),
    "compute": ("neuronxa_tasks.report.show", "altair", "jinja2", "markupsafe", "tabulate"),
    "show": ("scipy.stats",),
}
NOWHERE = ("torch", "lm_eval", "neuronxa_tasks.harness", "neuronxa_tasks.commands")


def imported(module: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(module.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield str(node.module)


@pytest.mark.parametrize("stage", CLOSED)
def test_no_stage_imports_what_is_beyond_its_wall(stage: str) -> None:
    modules = list((REPORT / stage).rglob("*.py"))
    assert len(modules) > 5
    beyond = [
        f"{module.name} imports {name}"
        for module in modules
        for name in imported(module)
        if name.startswith((*CLOSED[stage], *NOWHERE))
    ]
    assert beyond == []


def test_reading_and_computing_load_neither_charts_nor_templates_nor_a_model() -> None:
    code = (
        "import sys, neuronxa_tasks.report.compute.build;"
        "print(*{'torch', 'lm_eval', 'altair', 'jinja2', 'vl_convert'} & sys.modules.keys())"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout.split() == []


def test_every_section_has_its_words_in_a_file_named_by_its_id() -> None:
    folder = files("neuronxa_tasks.report.show") / "templates" / "sections"
    assert {file.name for file in folder.iterdir()} == {f"{s.id}.html.j2" for s in SECTIONS}
