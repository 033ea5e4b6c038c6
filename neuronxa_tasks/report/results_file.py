"""Find and read results files of the harness, from any backend."""

import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from neuronxa_tasks.errors import ReportError
from neuronxa_tasks.report.parsing import parse_results
from neuronxa_tasks.report.values import ResultsFile

# The harness puts the date of the run into the name of every results file.
_DATED = re.compile(r"\d{4}-\d\d-\d\dT.*\.json")


def results_files(paths: Sequence[Path]) -> Iterator[Path]:
    """The results files among files and folders, each once.

    Raises:
        ReportError: A path does not exist, or a folder has no results file.
    """
    seen = set()
    for path in paths:
        if path.is_dir():
            found = sorted(p for p in path.rglob("*.json") if _DATED.search(p.name))
            if not found:
                raise ReportError(
                    f"Expected results files of lm_eval in {path}, but found none: "
                    "run with --output_path, or name a file"
                )
        elif path.is_file():
            found = [path]
        else:
            raise ReportError(f"Expected a results file or a folder with some, but got {path}")
        for file in found:
            if file.resolve() not in seen:
                seen.add(file.resolve())
                yield file


def read_results_file(path: Path) -> ResultsFile:
    """Read one file.

    Raises:
        ReportError: It cannot be read, is cut short, not JSON, or not of the harness.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ReportError(f"Expected a results file, but {error}") from error
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise ReportError(f"{path}: not JSON, perhaps cut short: {error}") from error
    try:
        return parse_results(content, str(path))
    except ReportError as error:
        raise ReportError(f"{path}: {error}") from error
