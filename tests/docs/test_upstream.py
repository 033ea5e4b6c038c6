"""docs/upstream.md: every name of the file that depends on the harness's insides is there."""

import ast
import re
from pathlib import Path

import pytest

from neuronxa_tasks.harness import upstream

TEXT = (Path(__file__).parents[2] / "docs" / "upstream.md").read_text(encoding="utf-8")


def own_names() -> set[str]:
    """Names that the file defines or hands on, those of the methods' own constants included."""
    tree = ast.parse(Path(upstream.__file__).read_text(encoding="utf-8"))
    classes = [node for node in tree.body if isinstance(node, ast.ClassDef)]
    defined = [*tree.body, *(node for made in classes for node in made.body)]
    names = {node.name for node in defined if isinstance(node, ast.FunctionDef | ast.ClassDef)} | {
        target.id
        for node in defined
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    return {*(name for name in names if not name.startswith("_")), *upstream.__all__}


def test_the_names_are_found() -> None:
    assert {"attach", "FORWARD", "OWN_KEYS", "HarnessCLI"} <= own_names()


@pytest.mark.parametrize("name", sorted(own_names()))
def test_a_name_stands_in_the_table_and_in_the_text_of_one_change(name: str) -> None:
    assert len(re.findall(rf"`{name}`", TEXT)) >= 2


def test_every_name_of_the_table_is_in_the_file() -> None:
    rows = re.findall(r"^\| \[\d.*\|(.+)\|$", TEXT, re.MULTILINE)
    assert {name for row in rows for name in re.findall("`(.+?)`", row)} == own_names()
