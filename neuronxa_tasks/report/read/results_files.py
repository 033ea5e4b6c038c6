"""Find and read results files of the harness, from any backend."""

import json
import os
import re
import stat
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from neuronxa_tasks.errors import ReportError
from neuronxa_tasks.report.in_parallel import in_parallel
from neuronxa_tasks.report.read.hub_results import shown_path
from neuronxa_tasks.report.read.parsing import parse_results
from neuronxa_tasks.report.read.scores import ResultsFile
from neuronxa_tasks.results.names import clean_name

# The harness puts the date of the run into the name of every results file.
_DATED = re.compile(r"\d{4}-\d\d-\d\dT.*\.json$")

# Digits of an integer; no number in a results file needs more.
_DIGITS = 400


def read_results(paths: Sequence[Path]) -> tuple[list[ResultsFile], list[str]]:
    """What can be read, and a sentence for each file or folder that cannot.

    Args:
        paths: Files and folders.

    Raises:
        ReportError: No file can be read.
    """
    found, problems = results_files(paths)
    read = in_parallel(_file_or_problem, found)
    files = [file for file in read if isinstance(file, ResultsFile)]
    problems += [problem for problem in read if isinstance(problem, str)]
    if problems and not files:
        raise ReportError("; ".join(problems))
    return files, problems


def _file_or_problem(path: Path) -> ResultsFile | str:
    try:
        return read_results_file(path)
    except ReportError as error:
        return str(error)


def results_files(paths: Sequence[Path]) -> tuple[list[Path], list[str]]:
    """The results files among files and folders, each once, and a sentence per unusable path."""
    found: dict[str, Path] = {}
    problems: list[str] = []
    for path in paths:
        try:
            for file in _files(path, problems):
                found.setdefault(os.path.realpath(file), file)
        except OSError as error:
            reason = error.strerror or str(error)
            problems.append(
                f"Expected a results file or a folder with some, but got {shown_path(path)}: "
                f"{reason}"
            )
    return list(found.values()), problems


def _files(path: Path, problems: list[str]) -> Iterator[Path]:
    """The path itself, or the results files below it.

    Raises:
        OSError: It cannot be looked at.
    """
    if not stat.S_ISDIR(path.stat().st_mode):
        yield path
    else:
        unreadable: list[OSError] = []
        files = [
            Path(folder, name)
            for folder, _, names in os.walk(path, onerror=unreadable.append)
            for name in names
            if _DATED.search(name)
        ]
        yield from sorted(files)
        problems += [
            f"Expected a folder that can be read, but {clean_name(str(error))}"
            for error in unreadable
        ]
        if not files and not unreadable:
            problems.append(
                f"Expected results files of lm_eval in {shown_path(path)}, but found none: "
                "run with --output_path, or name a file"
            )


def read_results_file(path: Path) -> ResultsFile:
    """Read one file, in any encoding that JSON may have.

    Raises:
        ReportError: It cannot be read, is cut short, not JSON, or not of the harness.
    """
    return parse_file(read_content(path), path)


def parse_file(content: Any, path: Path) -> ResultsFile:
    """The scores of a file's content.

    Raises:
        ReportError: It is not a results file of the harness, or damaged as a whole.
    """
    try:
        return parse_results(content, shown_path(path))
    except ReportError as error:
        raise ReportError(f"{shown_path(path)}: {error}") from error


def read_content(path: Path) -> Any:
    """The JSON of one file, in any encoding that JSON may have.

    Raises:
        ReportError: It cannot be read, is cut short, or not JSON.
    """
    shown = shown_path(path)
    try:
        # A pipe would be waited for, perhaps for ever.
        if not stat.S_ISREG(path.stat().st_mode):
            raise ReportError(f"Expected a results file, but {shown} is no regular file")
        raw = path.read_bytes()
    except OSError as error:
        raise ReportError(f"Expected a results file, but {clean_name(str(error))}") from error
    try:
        return _decoded(raw)
    except ReportError as error:
        raise ReportError(f"{shown}: {error}") from error


def _decoded(raw: bytes) -> Any:
    try:
        return _loaded(raw)
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise ReportError(f"not JSON, perhaps cut short: {error}") from error
    except RecursionError as error:
        raise ReportError("nested more deeply than any results file of lm_eval") from error


def _loaded(raw: bytes) -> Any:
    try:
        return json.loads(raw)
    except (json.JSONDecodeError, UnicodeDecodeError):
        raise
    except ValueError:
        # An integer of more digits than Python reads: infinite, it is named by its field.
        return json.loads(raw, parse_int=_whole_number)


def _whole_number(digits: str) -> int | float:
    return int(digits) if len(digits) < _DIGITS else float(digits)
