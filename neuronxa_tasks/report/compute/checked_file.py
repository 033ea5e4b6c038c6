"""Everything that is looked at in results files before they are believed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from neuronxa_tasks.finding import Finding
from neuronxa_tasks.report.compute.comparable import comparable
from neuronxa_tasks.report.compute.completeness import check_complete
from neuronxa_tasks.report.compute.copies import copies
from neuronxa_tasks.report.compute.required import Requirement, required
from neuronxa_tasks.report.compute.reruns import reruns
from neuronxa_tasks.report.read.contradictions import contradictions
from neuronxa_tasks.report.read.scores import ResultsFile


@dataclass(frozen=True)
class CheckedFile:
    """A results file and what was found in it.

    Attributes:
        path: The file.
        model: Label of its model; empty where it cannot be read.
        findings: What was looked at.
    """

    path: str
    model: str
    findings: tuple[Finding, ...]

    @property
    def good(self) -> bool:
        """Whether all is as it should be."""
        return all(finding.good for finding in self.findings)


def check_file(
    file: ResultsFile,
    content: Mapping[str, Any],
    others: Sequence[ResultsFile] = (),
    requirements: Sequence[Requirement] = (),
    min_languages: int | None = None,
) -> CheckedFile:
    """Look at one results file, by itself and beside others.

    Args:
        file: What was read of it.
        content: The JSON object that it was read from.
        others: Files that its scores shall stand beside.
        requirements: What it has to say.
        min_languages: How many languages are enough; None for all of a corpus or benchmark.
    """
    # An analysis has no scores that could contradict each other.
    broken = contradictions(content) if "results" in content else []
    findings = [
        *check_complete(file, min_languages),
        *(Finding(False, text, "contradiction") for text in broken),
        *required(file, requirements),
        *comparable(file, others),
        *copies(file, others),
        *reruns(file, others),
    ]
    return CheckedFile(file.path, file.model.label, tuple(findings))


def unreadable(path: str, reason: str) -> CheckedFile:
    """A file of which nothing can be read."""
    return CheckedFile(path, "", (Finding(False, reason, "damage"),))
