"""`neuronxa check`: may a results file be believed, and stand beside others?"""

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from neuronxa_tasks.errors import ReportError
from neuronxa_tasks.log import logger
from neuronxa_tasks.report.compute.checked_file import CheckedFile, check_file, unreadable
from neuronxa_tasks.report.compute.required import NAMES, Requirement
from neuronxa_tasks.report.read.hub_results import results_path, shown_path
from neuronxa_tasks.report.read.results_files import parse_file, read_content, results_files
from neuronxa_tasks.report.read.scores import ResultsFile
from neuronxa_tasks.report.show.terminal import say
from neuronxa_tasks.report.show.verdict import FORMATS
from neuronxa_tasks.results.schema import results_schema


def check(arguments: Sequence[str]) -> int:
    """Check results files.

    Args:
        arguments: Those of `neuronxa check`.

    Returns:
        0 where all files are good, 1 where something is wrong with one.

    Raises:
        ReportError: An argument names nothing that can be checked.
    """
    options = _parser().parse_args(arguments)
    if options.schema:
        say(json.dumps(results_schema(), indent=2))
        return 0
    if not options.paths:
        raise ReportError(
            "Expected results files or folders after `neuronxa check`, but got none: name what "
            "--output_path has written"
        )
    if options.min_languages is not None and options.min_languages < 1:
        raise ReportError(
            f"Expected `--min-languages` to be 1 or more, but got {options.min_languages}"
        )
    requirements = [Requirement.parse(text) for text in options.require]
    paths, against = (list(map(results_path, given)) for given in (options.paths, options.against))
    files = _checked(paths, against, requirements, options.min_languages)
    say(FORMATS[options.format](files))
    return 0 if all(file.good for file in files) else 1


def _checked(
    paths: Sequence[Path],
    against: Sequence[Path],
    requirements: Sequence[Requirement],
    min_languages: int | None,
) -> list[CheckedFile]:
    places, problems = results_files(paths)
    problems += [
        f"Expected results files or folders after `--against`, but there is no {shown_path(path)}"
        for path in against
        if not path.exists()
    ]
    # What was not looked at must not pass.
    if problems:
        raise ReportError("; ".join(problems))
    beside, missing = results_files(against)
    for problem in missing:
        logger.warning(problem)
    own = {path.resolve() for path in places}
    contents: dict[Path, Any] = {}
    read: dict[Path, ResultsFile] = {}
    reasons: dict[Path, str] = {}
    for path in (*places, *(path for path in beside if path.resolve() not in own)):
        try:
            content = read_content(path)
            read[path] = parse_file(content, path)
            contents[path] = content if path in places else {}
        except ReportError as error:
            reasons[path] = str(error)
    for path in reasons.keys() - set(places):
        logger.warning(reasons[path])
    return [
        check_file(read[path], contents[path], _others(path, read), requirements, min_languages)
        if path in read
        else unreadable(shown_path(path), reasons[path])
        for path in places
    ]


def _others(path: Path, read: dict[Path, ResultsFile]) -> list[ResultsFile]:
    return [file for other, file in read.items() if other != path]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="neuronxa check",
        description="Say what is wrong with results files: by themselves, beside each other, and "
        "beside those of `--against`.",
        epilog="Exit codes: 0, all files are good; 1, something is wrong with one; 2, an argument "
        "that cannot be used.",
    )
    parser.add_argument(
        "paths",
        nargs="*",
        help="results files, or folders or datasets (hf://datasets/ORG/NAME) with some",
    )
    parser.add_argument(
        "--against",
        nargs="+",
        default=[],
        metavar="PATH",
        help="what these shall stand beside, likewise",
    )
    parser.add_argument(
        "--format",
        choices=FORMATS,
        default="text",
        help="how it is said: to a reader, a program, or a pull request's annotations or comment",
    )
    parser.add_argument(
        "--require",
        nargs="+",
        default=[],
        metavar="NAME[=VALUE]",
        help=f"what a file has to say: {', '.join(NAMES)}",
    )
    parser.add_argument(
        "--min-languages",
        type=int,
        metavar="N",
        help="how many languages of a corpus or benchmark are enough; all, unless given",
    )
    parser.add_argument(
        "--schema", action="store_true", help="print the JSON Schema of a results file instead"
    )
    return parser
