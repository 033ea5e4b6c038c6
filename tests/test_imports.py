"""Who imports whom among the package, its tests and what lies beside them."""

from pathlib import Path

import pytest

from tests.source_imports import imported

ROOT = Path(__file__).parents[1]


@pytest.mark.parametrize("folder", ["neuronxa_tasks", "benchmarks", "examples", "tools"])
def test_only_tests_import_tests(folder: str) -> None:
    files = list((ROOT / folder).rglob("*.py"))
    assert files
    assert not [file for file in files for name in imported(file) if name.split(".")[0] == "tests"]


@pytest.mark.parametrize("folder", ["benchmarks", "examples", "tools"])
def test_the_package_needs_nothing_beside_it(folder: str) -> None:
    files = (ROOT / "neuronxa_tasks").rglob("*.py")
    assert not [file for file in files for name in imported(file) if name.split(".")[0] == folder]


def test_what_tests_share_is_in_modules_of_its_own() -> None:
    files = (ROOT / "tests").rglob("*.py")
    assert not [file for file in files for name in imported(file) if "conftest" in name.split(".")]
