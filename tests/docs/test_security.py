"""docs/security.md: every promise names tests that exist, and those about the source hold."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.source_imports import imported

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
PROMISES = re.findall(r"^\| \*\*(.+?)\*\*.* \| (.+) \|$", TEXT, re.MULTILINE)
SOURCES = sorted((ROOT / "neuronxa_tasks").rglob("*.py"))


def calls(file: Path) -> Iterator[tuple[str, list[str]]]:
    """Every call of a file: what is called, and the names of its keywords."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func), [str(keyword.arg) for keyword in node.keywords]


@pytest.mark.parametrize(("promise", "held_by"), PROMISES)
def test_every_promise_names_tests_that_exist(promise: str, held_by: str) -> None:
    names = re.findall("`(.+?)`", held_by)
    assert names
    assert [name for name in names if not (ROOT / name).is_file()] == []
    assert all(name.startswith("tests/") for name in names)


def test_there_are_promises() -> None:
    assert len(PROMISES) >= 10


def test_no_pickle_is_read_or_written() -> None:
    # An error's class reads nothing.
    harmless = {"pickle", "pickle.UnpicklingError"}
    pickles = {"pickle", "dill", "cloudpickle", "marshal", "shelve"}
    used = {
        name for file in SOURCES for name in imported(file) if name.partition(".")[0] in pickles
    }
    assert used <= harmless
    called = {name for file in SOURCES for name, _ in calls(file)}
    assert not called & {f"{module}.load" for module in ("torch", "np", "numpy", "joblib")}


def test_no_code_is_built_from_text_and_no_shell_is_started() -> None:
    for file in SOURCES:
        for name, keywords in calls(file):
            assert name not in {"eval", "exec", "os.system", "os.popen"}, file
            assert "shell" not in keywords, file


def test_remote_code_is_nowhere_switched_on() -> None:
    mentioned = {file.name for file in SOURCES if "trust_remote_code" in file.read_text("utf-8")}
    # Among the arguments that say how a model is had, not which one it is.
    assert mentioned == {"model_arguments.py"}
