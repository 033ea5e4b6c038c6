"""Check that tag, version, changelog and citation say the same, and print the notes of the release.

python -m tools.release v0.2.0

It prints what the changelog has under that version, which is the text of the tag, or says what
differs and ends with 1.
"""

import argparse
import re
import sys
from dataclasses import dataclass
from pathlib import Path

import tomllib

ROOT = Path(__file__).parent.parent

_HEADING = re.compile(r"^## \[([^\]]+)\](?: - (\d{4}-\d\d-\d\d))?$", re.MULTILINE)


@dataclass(frozen=True)
class Entry:
    """What the changelog has of one version.

    Attributes:
        version: The version, or `Unreleased`.
        date: As `2026-01-31`; None without one.
        notes: The text below its heading.
    """

    version: str
    date: str | None
    notes: str


def newest_entry(changelog: str) -> Entry:
    """The entry at the top.

    Args:
        changelog: The content of `CHANGELOG.md`.

    Raises:
        ValueError: It has no entry.
    """
    headings = [*_HEADING.finditer(changelog)]
    if not headings:
        raise ValueError(
            "Expected CHANGELOG.md to have a heading such as `## [0.2.0] - 2026-01-31`, but found "
            "none: add one"
        )
    end = headings[1].start() if len(headings) > 1 else len(changelog)
    first = headings[0]
    return Entry(first[1], first[2], changelog[first.end() : end].strip())


def differences(root: Path, tag: str | None = None) -> list[str]:
    """What does not agree, a sentence each.

    Args:
        root: Folder of the project.
        tag: Of the release, such as `v0.2.0`; None where nothing is released, so that the top of
            the changelog may be unreleased.
    """
    version = tomllib.loads(_text(root, "pyproject.toml"))["project"]["version"]
    cited, cited_date = (_cited(root, key) for key in ("version", "date-released"))
    entry = newest_entry(_text(root, "CHANGELOG.md"))
    found = []
    if cited != version:
        found.append(f"pyproject.toml has version {version}, but CITATION.cff {cited}")
    if tag and tag != f"v{version}":
        found.append(f"pyproject.toml has version {version}, but the tag is {tag}")
    if tag or entry.version != "Unreleased":
        if entry.version != version:
            found.append(f"pyproject.toml has version {version}, but CHANGELOG.md {entry.version}")
        if not entry.date or entry.date != cited_date:
            found.append(f"CHANGELOG.md has the date {entry.date}, but CITATION.cff {cited_date}")
    return found


def _text(root: Path, name: str) -> str:
    return (root / name).read_text(encoding="utf-8")


def _cited(root: Path, key: str) -> str | None:
    match = re.search(rf"^{key}: \"?([^\"\n]+)\"?$", _text(root, "CITATION.cff"), re.MULTILINE)
    return match[1] if match else None


def main() -> int:
    """Print the notes of a release and return 0, or say what differs and return 1."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("tag", help="of the release, such as v0.2.0")
    if found := differences(ROOT, parser.parse_args().tag):
        sys.stderr.write("".join(f"{sentence}\n" for sentence in found))
        return 1
    print(newest_entry(_text(ROOT, "CHANGELOG.md")).notes)
    return 0


if __name__ == "__main__":
    sys.exit(main())
