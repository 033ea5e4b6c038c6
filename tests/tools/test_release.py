"""What a release says of itself in several places is the same in all of them."""

from pathlib import Path

import pytest

from tools.release import ROOT, Entry, differences, newest_entry

CHANGELOG = """# Changelog

## [0.2.0] - 2026-01-31

### Added

- A thing.

## [0.1.0] - 2025-01-31

- The first.
"""


def project(
    folder: Path, *, cited: str = "0.2.0", released: str = "2026-01-31", changelog: str = CHANGELOG
) -> Path:
    """Files of a project of version 0.2.0."""
    (folder / "pyproject.toml").write_text('[project]\nversion = "0.2.0"\n')
    citation = f"cff-version: 1.2.0\nversion: {cited}\ndate-released: {released}\n"
    (folder / "CITATION.cff").write_text(citation)
    (folder / "CHANGELOG.md").write_text(changelog)
    return folder


def test_this_project_agrees_with_itself() -> None:
    assert differences(ROOT) == []


def test_the_notes_are_what_stands_under_the_newest_version() -> None:
    assert newest_entry(CHANGELOG) == Entry("0.2.0", "2026-01-31", "### Added\n\n- A thing.")


def test_what_agrees_can_be_released(tmp_path: Path) -> None:
    assert differences(project(tmp_path), "v0.2.0") == []


@pytest.mark.parametrize(
    ("changes", "tag", "found"),
    [
        ({}, "v0.3.0", "but the tag is v0.3.0"),
        ({"cited": "0.1.0"}, "v0.2.0", "but CITATION.cff 0.1.0"),
        ({"released": "2026-02-01"}, "v0.2.0", "but CITATION.cff 2026-02-01"),
        ({"changelog": CHANGELOG.replace("0.2.0", "0.3.0")}, None, "CHANGELOG.md 0.3.0"),
        ({"changelog": CHANGELOG.replace(" - 2026-01-31", "")}, None, "the date None"),
    ],
)
def test_what_differs_is_named(
    tmp_path: Path, changes: dict[str, str], tag: str | None, found: str
) -> None:
    (sentence,) = differences(project(tmp_path, **changes), tag)
    assert found in sentence


def test_what_is_not_dated_yet_may_be_unreleased_but_not_tagged(tmp_path: Path) -> None:
    changelog = CHANGELOG.replace("[0.2.0] - 2026-01-31", "[Unreleased]")
    project(tmp_path, changelog=changelog)
    assert differences(tmp_path) == []
    assert any("CHANGELOG.md Unreleased" in one for one in differences(tmp_path, "v0.2.0"))


def test_a_changelog_without_versions_is_refused() -> None:
    with pytest.raises(ValueError, match="heading such as"):
        newest_entry("# Changelog\n")
