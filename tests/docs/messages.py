"""What the package says when something is wrong, as its source has it."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

PACKAGE = Path(__file__).parents[2] / "neuronxa_tasks"
LOGGED = {"logger.warning", "logger.error"}


def logged() -> set[str]:
    """Every warning and error that is logged, with `…` for what is put in."""
    return {message for name, message in _said() if name in LOGGED}


def reported() -> set[str]:
    """Every warning of a report, likewise."""
    said = {text for name, text in _said() if re.fullmatch(r"(.*\.)?problems\.append", name)}
    # What another function has found is passed on without a word of its own.
    return {text for text in said if re.search(r"\w", text)}


def raised(error: str) -> set[str]:
    """Every message that a class of errors is raised with, likewise."""
    return {message for name, message in _said() if name == error}


def _said() -> Iterator[tuple[str, str]]:
    for file in sorted(PACKAGE.rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and node.args:
                first = node.args[0]
                if isinstance(first, ast.Constant | ast.JoinedStr):
                    yield ast.unparse(node.func), _text(first)


def _text(node: ast.Constant | ast.JoinedStr) -> str:
    parts = node.values if isinstance(node, ast.JoinedStr) else [node]
    text = "".join(str(part.value) if isinstance(part, ast.Constant) else "…" for part in parts)
    return re.sub(r"%(\.\d)?[sdrf]", "…", text)
