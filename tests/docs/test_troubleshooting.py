"""docs/troubleshooting.md has an entry for whatever the package says when something is wrong."""

import re
from pathlib import Path

import pytest

from neuronxa_tasks import errors
from tests.docs.messages import logged, raised, reported

TEXT = (Path(__file__).parents[2] / "docs" / "troubleshooting.md").read_text(encoding="utf-8")
ERRORS = [made for made in vars(errors).values() if isinstance(made, type)]
# What was said, its cause, what to do.
ROWS = [
    cells
    for line in TEXT.splitlines()
    if line.startswith("| ") and len(cells := re.split(r" \| ", line.strip("| "))) == 3
]


def section_of(made: type) -> str:
    (section,) = re.findall(rf"\n### {made.__name__}\n(.+?)(?=\n##|\Z)", TEXT, re.DOTALL)
    return str(section)


def test_something_is_said() -> None:
    assert len(logged()) > 20
    assert len(reported()) > 10


@pytest.mark.parametrize("made", ERRORS, ids=lambda made: made.__name__)
def test_a_class_of_errors_has_its_section_with_its_exit_code(made: type) -> None:
    section = section_of(made)
    assert re.search(rf"exit code {getattr(made, 'exit_code')}\b", section, re.IGNORECASE)  # noqa: B009
    assert "| symptom | cause | what to do |" in section


@pytest.mark.parametrize("made", ERRORS, ids=lambda made: made.__name__)
def test_a_symptom_that_is_quoted_is_what_the_class_says(made: type) -> None:
    for symptom in re.findall(r"^\| ((?:Expected|Cannot) .+?) \| ", section_of(made), re.MULTILINE):
        # What the text leaves out is `…` too.
        pattern = ".*".join(re.escape(part) for part in re.split(r" ?`?…`? ?", symptom))
        assert any(re.search(pattern, message) for message in raised(made.__name__)), symptom


@pytest.mark.parametrize("message", sorted(logged() | reported()))
def test_a_warning_has_its_entry(message: str) -> None:
    assert [said for said, _, _ in ROWS if said == f"`{message}`"]


def test_every_entry_of_a_warning_is_one_that_is_said() -> None:
    said = {message.strip("`") for message, _, _ in ROWS if re.fullmatch("`.*….*`", message)}
    assert said <= logged() | reported()


def test_every_row_says_cause_and_cure() -> None:
    assert all(all(cell.strip() for cell in row) for row in ROWS)
