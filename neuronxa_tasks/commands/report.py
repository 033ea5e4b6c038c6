"""`neuronxa report`: from results files to tables, a page and a verdict."""

import argparse
import shlex
import sys
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path

from neuronxa_tasks.errors import ReportError, RunError
from neuronxa_tasks.finding import Finding
from neuronxa_tasks.identity.training_steps import step_pattern
from neuronxa_tasks.log import logger
from neuronxa_tasks.report.compute.build import build_report
from neuronxa_tasks.report.compute.check import check_against, check_complete
from neuronxa_tasks.report.compute.renaming import Renaming
from neuronxa_tasks.report.compute.report_tables import FEW, Report, each_row
from neuronxa_tasks.report.read.home_folders import without_home
from neuronxa_tasks.report.read.outside_scores import read_scores
from neuronxa_tasks.report.read.results_files import read_results, read_results_file
from neuronxa_tasks.report.read.scores import ResultsFile
from neuronxa_tasks.report.show.folder import ReportFolder
from neuronxa_tasks.report.show.terminal import say
from neuronxa_tasks.report.show.text import printed
from neuronxa_tasks.report.show.vega import Drawer
from neuronxa_tasks.results.names import clean_name


def report(arguments: Sequence[str]) -> int:
    """Make a report, or check a file.

    Args:
        arguments: Those of `neuronxa report`.

    Returns:
        0; 1 where a check finds something wrong, and where a file or figure of the report is
        missing because it could not be written or drawn.

    Raises:
        ReportError: There is nothing to report.
        RunError: The page cannot be written.
    """
    options = _parser().parse_args(arguments)
    if options.against and not options.check:
        raise ReportError("Expected `--check FILE` beside `--against`, which is what it compares")
    if options.check and (options.paths or options.output or options.scores or options.compare):
        raise ReportError(
            "Expected `--check FILE` with nothing but `--against`: make the report in another call"
        )
    if options.check:
        findings = _check(options.check, options.against)
        for finding in findings:
            say(str(finding))
        return 0 if all(finding.good for finding in findings) else 1
    if not options.paths:
        raise ReportError("Expected results files or folders after `neuronxa report`")
    with Drawer() if options.output else nullcontext() as drawer:
        made = _read_and_build(options, arguments)
        say(printed(made))
        failures = _write(made, options, drawer) if drawer else []
    for failure in failures:
        say(f"neuronxa: {failure}", sys.stderr)
    return 1 if failures else 0


def _read_and_build(options: argparse.Namespace, arguments: Sequence[str]) -> Report:
    files, problems = read_results(options.paths)
    outside = [file for path in options.scores for file in read_scores(path)]
    made = build_report(
        [_shown(file) for file in (*files, *outside)],
        [Renaming.parse(clean_name(text)) for text in options.model_id],
        tuple(options.compare),
        command=clean_name(without_home(shlex.join(["neuronxa", "report", *arguments]))),
        problems=problems,
        steps=step_pattern(options.step_pattern) if options.step_pattern else None,
    )
    if made.models.empty:
        raise ReportError(
            "Expected alignment, retrieval or benchmark scores, but found none in "
            f"{', '.join(file.path for file in files)}: run neuronxa_flores or neuronxa_combined"
        )
    found = (*made.problems, *_joining_nothing(made, outside))
    return replace(made, problems=tuple(map(without_home, found)))


def _shown(file: ResultsFile) -> ResultsFile:
    """The file without home folders in its path."""
    path = clean_name(without_home(file.path))
    problems = tuple(problem.replace(file.path, path) for problem in file.problems)
    return replace(file, path=path, problems=problems)


def _joining_nothing(made: Report, outside: Sequence[ResultsFile]) -> list[str]:
    paths = {clean_name(without_home(file.path)) for file in outside}
    alone = made.models["sources"].map(lambda sources: set(sources) <= paths)
    others = ", ".join(made.models.loc[~alone, "label"])
    return [
        f"{', '.join(row.sources)}: the scores of {row.label} join no results, which are of "
        f"{others}; name the model and revision as there, or use --model-id"
        for row in each_row(made.models[alone])
        if others
    ]


def _write(report: Report, options: argparse.Namespace, drawer: Drawer) -> list[str]:
    """Write everything, say where the page is, and return a sentence for what is missing."""
    # What draws takes long to import.
    from neuronxa_tasks.report.show.exports import write_report
    from neuronxa_tasks.report.show.figures import write_figures

    failures: list[str] = []
    try:
        vega = drawer.bundle()
    except ReportError as error:
        failures.append(str(error))
        vega = ""
    with ReportFolder(options.output) as folder:
        page = write_report(report, folder, vega)
        if options.figures == "all" or len(report.models) <= FEW:
            failures += write_figures(report, folder, drawer.draw)
        else:
            say(f"No figure files of more than {FEW} models: add --figures all")
    failures += folder.failures
    if page not in folder.written:
        raise RunError("; ".join(failures))
    say(str(page))
    return failures


def _check(path: Path, against: Sequence[Path]) -> list[Finding]:
    file = read_results_file(path)
    others, problems = read_results(against, but=path) if against else ([], [])
    for problem in problems:
        logger.warning(problem)
    return [*check_complete(file), *check_against(file, others)]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="neuronxa report",
        description="Join results files of lm_eval, from any backend, of one or many models.",
    )
    parser.add_argument(
        "paths", type=Path, nargs="*", help="results files of lm_eval, or folders with some"
    )
    parser.add_argument("--output", type=Path, help="folder for page, tables and figures")
    parser.add_argument(
        "--scores",
        type=Path,
        action="append",
        default=[],
        metavar="FILE",
        help="CSV of outside figures: model,revision,language,benchmark,value,n_shot",
    )
    parser.add_argument(
        "--model-id",
        type=str,
        action="append",
        default=[],
        metavar="PATH=NAME@REVISION",
        help="what a local folder, an adapter, or the model of one results file is called",
    )
    parser.add_argument(
        "--step-pattern",
        default="",
        metavar="REGEX",
        help=r"how checkpoints name their steps, such as (?P<step>\d+)B",
    )
    parser.add_argument(
        "--compare",
        nargs=2,
        default=(),
        metavar=("A", "B"),
        help="two models, language by language",
    )
    parser.add_argument(
        "--figures",
        choices=("few", "all"),
        default="few",
        help=f"figure files of up to {FEW} models, or of any number",
    )
    parser.add_argument("--check", type=Path, metavar="FILE", help="is this file complete?")
    parser.add_argument(
        "--against",
        type=Path,
        nargs="+",
        default=[],
        metavar="PATH",
        help="with --check: and comparable with these?",
    )
    return parser
