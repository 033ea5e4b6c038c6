"""The rooms of the package: who imports whom, and who may use which library."""

import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import neuronxa_tasks
from tests.source_imports import imported

PACKAGE = Path(neuronxa_tasks.__file__).parent
NAME = neuronxa_tasks.__name__

ROOT = PACKAGE.parent
BASIS = set("arguments errors finding log measures standard_output versions writing".split())


def rooms() -> dict[str, set[str]]:
    """What each room may import beside itself, as the table of the documentation says."""
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `(\w+)` \| [^|]+ \| ([^|]+) \|$", text, re.MULTILINE)
    before: dict[str, set[str]] = {}
    for room, allowed in rows:
        basis = BASIS if "the basis" in allowed or allowed == "all of these" else set()
        others = before if allowed == "all of these" else re.findall(r"`(\w+)`", allowed)
        before[room] = {*basis, *others}
    return before


BEFORE = rooms()
# The stages of a room, each of which knows only those before it.
STAGES = {
    "harness": ("requests", "tasks", "run"),
    "report": ("read", "compute", "show"),
}
# What a library's room is: nothing outside imports it.
LIBRARIES = {
    "lm_eval": ("harness",),
    "torch": ("states", "alignment", "harness", "commands"),
    "transformers": ("states", "harness"),
    "altair": ("report/show",),
    "jinja2": ("report/show",),
    "markupsafe": ("report/show",),
    "tabulate": ("report/show",),
    "datasets": ("data", "harness"),
    "pandas": ("report/compute", "report/show", "commands"),
    "scipy": ("report/compute", "report/show"),
    "scipy.stats": ("report/compute",),
}
MODULES = sorted(file.relative_to(PACKAGE) for file in PACKAGE.rglob("*.py"))


def own_imports(module: Path) -> Iterator[tuple[str, ...]]:
    """The modules of the package that a file imports, as the parts of their names."""
    for name in imported(PACKAGE / module):
        package, *parts = name.split(".")
        inside = PACKAGE.joinpath(*parts)
        if package == NAME and (inside.is_dir() or inside.with_suffix(".py").is_file()):
            yield tuple(parts)


@pytest.mark.parametrize("module", MODULES, ids=str)
def test_a_room_imports_only_those_before_it(module: Path) -> None:
    room, later = module.parts[0], set[str]()
    if len(module.parts) > 1:
        allowed = BEFORE[room]
        order = STAGES.get(room, ())
        if module.parts[1] in order:
            later = set(order[order.index(module.parts[1]) + 1 :])
    else:
        # The basis knows no room; the command line names commands without importing them.
        allowed = {*BASIS, *({"data"} if module.stem == "cli" else ())}
    for parts in own_imports(module):
        where = f"{module} imports {'.'.join(parts)}"
        if parts[:1] == (room,):
            assert not later & set(parts[1:2]), where
        else:
            assert not parts or parts[0] in allowed, where


@pytest.mark.parametrize("module", MODULES, ids=str)
def test_a_library_is_used_in_its_rooms_alone(module: Path) -> None:
    used = imported(PACKAGE / module)
    for library, rooms in LIBRARIES.items():
        if not any(module.is_relative_to(room) for room in rooms):
            assert not [name for name in used if f"{name}.".startswith(f"{library}.")]


def test_every_folder_is_a_room() -> None:
    folders = {module.parts[0] for module in MODULES if len(module.parts) > 1}
    assert folders == BEFORE.keys()
    assert {m.stem for m in MODULES if len(m.parts) == 1} == {
        *BASIS,
        *("__init__", "cli"),
    }


def test_no_module_has_the_name_of_another() -> None:
    names = [module.stem for module in MODULES if module.stem != "__init__"]
    assert {name for name in names if names.count(name) > 1} == set()


def test_no_module_has_the_name_of_the_standard_library() -> None:
    standard = {str(m) for m in MODULES if m.stem in sys.stdlib_module_names}
    assert standard == {"commands/analysis/inspect.py"}
