"""Workflows, templates, hooks and citation are well formed, and do what the texts say."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.docs.blocks import ROOT, blocks

WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
TEMPLATES = sorted((ROOT / ".github" / "ISSUE_TEMPLATE").glob("*.yml"))
HOOKS = ROOT / ".pre-commit-config.yaml"
ALL = (ROOT / "tests" / "all.sh").read_text(encoding="utf-8").splitlines()
DOCUMENTED = {
    *ALL,
    *(
        line
        for name in ("README.md", "CONTRIBUTING.md")
        for block in blocks(ROOT / name)
        for line in block.text.splitlines()
    ),
}


def read(file: Path) -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load(file.read_text(encoding="utf-8"))
    return content


def steps(file: Path) -> list[dict[str, Any]]:
    return [step for job in read(file)["jobs"].values() for step in job["steps"]]


def test_there_are_workflows_for_tests_documentation_and_release() -> None:
    assert [file.stem for file in WORKFLOWS] == ["compatibility", "docs", "release", "tests"]


@pytest.mark.parametrize("file", WORKFLOWS, ids=lambda file: file.name)
def test_a_workflow_runs_what_is_documented_and_no_job_is_endless(file: Path) -> None:
    commands = [step["run"] for step in steps(file) if "run" in step]
    # What only GitHub knows is checked there.
    own = [command for command in commands if "GITHUB_" not in command]
    assert set(own) <= DOCUMENTED
    assert all(job["timeout-minutes"] for job in read(file)["jobs"].values())


@pytest.mark.parametrize("file", WORKFLOWS, ids=lambda file: file.name)
def test_a_workflow_may_only_read_unless_a_job_says_more(file: Path) -> None:
    assert read(file)["permissions"]["contents"] == "read"
    assert "secrets." not in file.read_text(encoding="utf-8")


def test_tests_run_on_linux_and_macos() -> None:
    jobs = read(ROOT / ".github" / "workflows" / "tests.yml")["jobs"]
    for job in jobs.values():
        assert job["strategy"]["matrix"]["os"] == ["ubuntu-latest", "macos-latest"]


def test_a_release_is_published_without_a_stored_token() -> None:
    publish = read(ROOT / ".github" / "workflows" / "release.yml")["jobs"]["publish"]
    assert publish["permissions"] == {"id-token": "write"}
    assert publish["environment"] == "release"
    assert all("password" not in step.get("with", {}) for step in publish["steps"])


@pytest.mark.parametrize("file", TEMPLATES, ids=lambda file: file.name)
def test_a_template_asks_for_something(file: Path) -> None:
    content = read(file)
    if file.name == "config.yml":
        assert content["blank_issues_enabled"] is True
        return
    assert content["name"]
    assert content["description"]
    asked = [part for part in content["body"] if part["type"] != "markdown"]
    assert len({part["id"] for part in asked}) == len(asked) > 0
    for name in re.findall(r"docs/[\w.-]+\.md", file.read_text(encoding="utf-8")):
        assert (ROOT / name).is_file()


def test_hooks_are_those_of_all_tests_and_come_from_the_environment() -> None:
    (repository,) = read(HOOKS)["repos"]
    assert repository["repo"] == "local"
    for hook in repository["hooks"]:
        assert hook["language"] == "system"
        assert any(line.startswith(hook["entry"]) for line in ALL)


def test_the_citation_has_the_papers_authors_and_the_packages_version() -> None:
    citation = read(ROOT / "CITATION.cff")
    (version,) = re.findall(r'^version = "(.+)"$', (ROOT / "pyproject.toml").read_text(), re.M)
    assert citation["version"] == version
    paper = citation["preferred-citation"]
    assert paper["title"].startswith("From Neurons to Semantics")
    assert [author["family-names"] for author in paper["authors"]][:2] == ["Huang", "Ye"]
    assert paper["url"] in (ROOT / "README.md").read_text(encoding="utf-8")
