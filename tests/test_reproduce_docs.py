"""docs/reproduce.md: every table and figure has one command, and what it names exists."""

import argparse
import re
import shlex
from pathlib import Path

import pytest
from lm_eval._cli.utils import MergeDictAction

from neuronxa_tasks.cli import COMMANDS
from neuronxa_tasks.data.benchmarks import BENCHMARKS
from neuronxa_tasks.harness.settings import KEYS, Settings, check_keys
from neuronxa_tasks.harness.tasks.task_files import task_files
from neuronxa_tasks.report.compute.table2 import TABLE_2

TEXT = (Path(__file__).parents[1] / "docs" / "reproduce.md").read_text(encoding="utf-8")
SECTIONS = {
    section.partition("\n")[0]: section.partition("\n")[2] for section in TEXT.split("\n## ")[1:]
}
THINGS = [*(f"Table {n}" for n in range(1, 12)), *(f"Figure {n}" for n in range(1, 5))]
TASKS = {
    *(Path(file).stem for file in task_files()),
    *(benchmark.run_name for benchmark in BENCHMARKS),
}


def commands(text: str) -> list[list[str]]:
    return [shlex.split(line) for line in text.splitlines() if line.startswith("    ")]


def given(command: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("--tasks", default="")
    parser.add_argument("--metadata", nargs="+", action=MergeDictAction, default={})
    return parser.parse_known_args(command)[0]


def test_every_table_and_figure_has_its_heading_in_order() -> None:
    assert [title for title in SECTIONS if re.match("Table|Figure", title)] == THINGS


@pytest.mark.parametrize("title", THINGS)
def test_a_section_has_one_command_and_its_cost(title: str) -> None:
    assert len(commands(SECTIONS[title])) == 1
    assert len(re.findall("^Cost: ", SECTIONS[title], re.MULTILINE)) == 1


@pytest.mark.parametrize("command", commands(TEXT), ids=lambda command: " ".join(command[:6]))
def test_a_command_names_what_exists(command: list[str]) -> None:
    assert command[0] == "neuronxa"
    assert command[1] in COMMANDS
    options = given(command)
    assert set(filter(None, options.tasks.split(","))) <= TASKS
    check_keys(options.metadata)
    Settings.from_metadata(options.metadata)


def test_settings_and_tasks_in_the_text_exist() -> None:
    inline = re.findall("`([^`\n]+)`", TEXT)
    settings = [word.partition("=")[0] for word in inline if re.fullmatch(r"\w+=\S+", word)]
    assert settings
    assert set(settings) <= set(KEYS)
    named = [word for word in inline if re.fullmatch(r"neuronxa_\w+", word)]
    assert named
    assert set(named) <= TASKS


def test_table_2_is_that_of_the_command() -> None:
    cells = set(re.findall(r"(0\.\d{4}) = (\d+)", SECTIONS["Table 2"]))
    assert cells == {(f"{cell.score:.4f}", str(cell.aligned)) for cell in TABLE_2}
