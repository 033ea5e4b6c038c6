"""What a check found, for a terminal, a program, a pull request, and its lines of code."""

import json
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field
from tabulate import tabulate

from neuronxa_tasks.finding import Finding, Level
from neuronxa_tasks.report.compute.checked_file import CheckedFile
from neuronxa_tasks.report.show.inert import inert

# GitHub takes 65,536 characters for a comment, and a file's own texts may be of any length.
_LONGEST = 1000

_MARKS: dict[Level, str] = {"ok": "✅", "note": "ℹ️", "fault": "❌"}  # noqa: RUF001
_COMMANDS: dict[Level, str] = {"note": "notice", "fault": "error"}


class _FoundRow(BaseModel):
    model_config = ConfigDict(extra="forbid")

    level: Level = Field(description="Only a fault makes a file bad.")
    topic: str = Field(description="What it is about, in one word.")
    text: str


class _FileRow(BaseModel):
    model_config = ConfigDict(extra="forbid")

    path: str
    model: str = Field(description="Its label in a report; empty where the file cannot be read.")
    good: bool
    findings: list[_FoundRow]


class Verdict(BaseModel):
    """What `neuronxa check --format json` prints."""

    model_config = ConfigDict(extra="forbid", title="Verdict of neuronxa check")

    # Raised whenever a key changes its meaning or goes away.
    schema_version: Literal[1] = 1
    good: bool
    files: list[_FileRow]


def as_text(files: Sequence[CheckedFile]) -> str:
    """A line for everything that was looked at; the files by name where there are several."""
    parts = []
    for file in files:
        lines = [str(finding) for finding in file.findings]
        if len(files) > 1:
            lines = [f"{file.path}: {_named(file)}", *(f"  {line}" for line in lines)]
        parts.append("\n".join(lines))
    return "\n".join(parts)


def as_json(files: Sequence[CheckedFile]) -> str:
    """One JSON object, as `Verdict` describes it."""
    rows = [
        _FileRow(
            path=file.path,
            model=file.model,
            good=file.good,
            findings=[_FoundRow(level=f.level, topic=f.topic, text=f.text) for f in file.findings],
        )
        for file in files
    ]
    verdict = Verdict(good=all(file.good for file in files), files=rows)
    return json.dumps(verdict.model_dump(), indent=2, ensure_ascii=False)


def as_github(files: Sequence[CheckedFile]) -> str:
    """Workflow commands, which GitHub shows beside the files of a pull request."""
    lines = [
        f"::{command} file={_property(file.path)},title={_property(finding.topic)}::"
        f"{_message(finding.text)}"
        for file in files
        for finding in file.findings
        if (command := _COMMANDS.get(finding.level))
    ]
    return "\n".join([*lines, f"{_counted(files)}"])


def as_markdown(files: Sequence[CheckedFile]) -> str:
    """A comment for a pull request: nothing in it becomes a link, a mention or markup."""
    parts = [f"**{_counted(files)}**"]
    for file in files:
        rows = [(_MARKS[f.level], f.topic, _inert(f.text)) for f in _worst_first(file.findings)]
        table = tabulate(rows, headers=["", "about", "found"], tablefmt="pipe")
        parts.append(f"### {_inert(file.path)}\n\n{_inert(_named(file))}\n\n{table}")
    return "\n\n".join(parts)


FORMATS: dict[str, Callable[[Sequence[CheckedFile]], str]] = {
    "text": as_text,
    "json": as_json,
    "github": as_github,
    "markdown": as_markdown,
}


def _named(file: CheckedFile) -> str:
    levels = Counter(finding.level for finding in file.findings)
    faults = "good" if file.good else f"{levels['fault']} fault{'s' * (levels['fault'] > 1)}"
    return f"{file.model}: {faults}" if file.model else faults


def _counted(files: Sequence[CheckedFile]) -> str:
    return f"{sum(file.good for file in files)} of {len(files)} results files are good"


def _worst_first(findings: Sequence[Finding]) -> list[Finding]:
    order: list[Level] = ["fault", "note", "ok"]
    return sorted(findings, key=lambda finding: order.index(finding.level))


def _message(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _message(text).replace(":", "%3A").replace(",", "%2C")


def _inert(text: str) -> str:
    return inert(text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…")
