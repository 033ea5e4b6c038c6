"""Every block of the documentation is a command that its own parser takes, or is known as none."""

import argparse
import re
import runpy
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from accelerate.commands.launch import launch_command_parser
from lm_eval.tasks._yaml_loader import load_yaml
from torch.distributed.run import get_args_parser

from neuronxa_tasks.cli import COMMANDS
from neuronxa_tasks.data.belebele_overlap import LINES_OUTSIDE_BELEBELE
from neuronxa_tasks.data.benchmarks import BENCHMARKS
from neuronxa_tasks.harness.run.command_line import read_arguments
from neuronxa_tasks.harness.settings import Settings, check_keys
from neuronxa_tasks.harness.tasks.own_text_task import OwnText
from neuronxa_tasks.harness.tasks.task_files import task_files
from neuronxa_tasks.report.read.outside_scores import read_scores
from tests.docs.blocks import FILES, ROOT, Block, blocks, called
from tools.commands_page import FILE, page, parser_of

BLOCKS = [block for file in FILES for block in blocks(file)]
SHELL = [block for block in BLOCKS if block.is_shell]
SCORES = [block for block in BLOCKS if block.text.startswith("model,revision,")]
TASK_FILES = [block for block in BLOCKS if block.language == "yaml"]
TASKS = {
    *(Path(file).stem for file in task_files()),
    *(benchmark.run_name for benchmark in BENCHMARKS),
    *(name for block in TASK_FILES for name in re.findall(r"^task: (\S+)$", block.text, re.M)),
}
# Where commands of the documentation are called.
FOLDERS = (ROOT, ROOT / "examples" / "leaderboard")
# First words of what is neither run nor read: drawings, and what something has printed.
SHOWN = (
    "# Alignment and benchmarks",
    "# Pearson correlation over languages",
    "languages, corpora ──►",
    "results files ──►",
    "neuronxa …  ──►",
    "Checkpoints by step:",
    "Qwen2.5-0.5B shape",
    "one pooling ",
    "one layer of Llama-3.1-8B",
    "index of all tasks",
    "50 models x 204 languages",
    "It rains.,",
    "table = pandas.read_parquet(",
)


class _ParsedError(Exception):
    """Arguments were taken, and nothing is to be done with them."""


def neuronxa(arguments: list[str]) -> None:
    name, *rest = arguments
    assert name in COMMANDS
    if name in ("run", "stability"):
        return harness(rest)
    if name == "track":
        flags = next((n for n, text in enumerate(rest) if text.startswith("-")), len(rest))
        _, of_run = parser_of("track").parse_known_args(rest[flags:])
        # Where the text leaves the rest out, nothing is left.
        return harness(of_run) if of_run else None
    options = parser_of(name).parse_args(rest)
    return settings(getattr(options, "metadata", {}))


def harness(arguments: list[str]) -> None:
    if arguments[:2] == ["ls", "tasks"]:
        return
    asked = read_arguments([text for text in arguments if text != "run"])
    assert set(asked.tasks) <= TASKS
    settings(asked.metadata)


def settings(metadata: dict[str, Any]) -> None:
    check_keys(metadata)
    folders = [key for key in metadata if key.endswith("_dir")]
    Settings.from_metadata({**metadata, **dict.fromkeys(folders, str(ROOT))})


def launched(options: argparse.Namespace) -> None:
    assert options.module
    assert options.training_script == "neuronxa_tasks.cli"
    neuronxa(options.training_script_args)


def python(arguments: list[str]) -> None:
    is_module = arguments[0] == "-m"
    if is_module and arguments[1] in ("build", "venv"):
        return
    file = ROOT / (arguments[1].replace(".", "/") + ".py" if is_module else arguments[0])
    assert file.is_file()
    if len(arguments) == 1 + is_module:
        # Without arguments it would do its work.
        return
    parse = argparse.ArgumentParser.parse_args

    def parsed(parser: argparse.ArgumentParser, own: Sequence[str] | None = None) -> None:
        parse(parser, own)
        raise _ParsedError

    with (
        patch.object(argparse.ArgumentParser, "parse_args", parsed),
        patch.object(sys, "argv", arguments[1:] if is_module else arguments),
        pytest.raises(_ParsedError),
    ):
        runpy.run_path(str(file), run_name="__main__")


def pip(arguments: list[str]) -> None:
    assert arguments[0] in ("install", "wheel")
    if "-c" in arguments:
        assert (ROOT / arguments[arguments.index("-c") + 1]).is_file()
    project = (ROOT / "pyproject.toml").read_text()
    extras = re.findall(r"\[(.+?)]", " ".join(arguments))
    assert all(re.search(rf"^{extra} = \[", project, re.MULTILINE) for extra in extras)


def typed(given: Sequence[str]) -> Iterator[str]:
    """Arguments where the text leaves some out: any task, or nothing."""
    for flag, text in zip(["", *given], given, strict=False):
        if text != "…":
            yield text.removesuffix(",…")
        elif flag == "--tasks":
            yield "neuronxa_flores"


def test_whatever_is_no_command_is_known() -> None:
    known = (*SHELL, *SCORES, *TASK_FILES)
    rules = (FOLDERS[1] / "leaderboard.sh").read_text(encoding="utf-8")
    others = [
        block
        for block in BLOCKS
        if block not in known
        and block.language != "python"
        and block.text.strip() not in rules
        and "".join(block.text.split()) != LINES_OUTSIDE_BELEBELE
    ]
    assert [str(block) for block in others if not block.text.lstrip().startswith(SHOWN)] == []


@pytest.mark.parametrize("block", SHELL, ids=str)
def test_a_command_is_one_that_can_be_typed(block: Block, tmp_path: Path) -> None:
    for program, *given in called(block, tmp_path):
        arguments = list(typed(given))
        match program:
            case "neuronxa":
                neuronxa(arguments)
            case "lm_eval":
                harness(arguments)
            case "torchrun":
                launched(get_args_parser().parse_args(arguments))
            case "accelerate":
                launched(launch_command_parser().parse_args(arguments[1:]))
            case "python" | "python3":
                python(arguments)
            case "pip":
                pip(arguments)
            case "bash":
                assert any((folder / arguments[0]).is_file() for folder in FOLDERS)
            case "mkdocs":
                assert arguments[0] in ("build", "serve")
            case "pre-commit":
                assert arguments[0] in ("install", "run")
            case "twine" | "check-wheel-contents":
                assert arguments[-1].startswith("dist")
            case "git":
                assert arguments[0] == "tag"
            case _:
                raise AssertionError(f"{program} of {block} is not checked")


@pytest.mark.parametrize("block", TASK_FILES, ids=str)
def test_a_task_file_has_a_class_and_its_own_name(block: Block, tmp_path: Path) -> None:
    file = tmp_path / "task.yaml"
    file.write_text(block.text, encoding="utf-8")
    content = load_yaml(file, resolve_func=True)
    assert issubclass(content["class"], OwnText)
    assert content["task"].startswith(f"neuronxa_own_{content['corpus']}_")
    assert content["task"].endswith(content["language"])


@pytest.mark.parametrize("block", SCORES, ids=str)
def test_a_table_of_outside_scores_can_be_read(block: Block, tmp_path: Path) -> None:
    (tmp_path / "scores.csv").write_text(block.text)
    files = read_scores(tmp_path / "scores.csv")
    assert sum(len(file.scores) for file in files) == len(block.text.splitlines()) - 1
    assert not [problem for file in files for problem in file.problems]


def test_every_argument_of_a_command_is_explained() -> None:
    assert not [line for line in page().splitlines() if line.endswith(("| None |", "|  |"))]


def test_the_page_of_commands_says_what_their_parsers_say() -> None:
    assert FILE.read_text(encoding="utf-8") == page()
