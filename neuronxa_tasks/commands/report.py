"""`neuronxa report`: from results files to tables, a page and a verdict."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from neuronxa_tasks.commands.report_making import MadeReport, add_sources, make_report
from neuronxa_tasks.errors import ReportError
from neuronxa_tasks.finding import Finding
from neuronxa_tasks.identity.masking import shown_command
from neuronxa_tasks.log import logger
from neuronxa_tasks.report.compute.check import check_against, check_complete
from neuronxa_tasks.report.compute.report_tables import FEW, Report
from neuronxa_tasks.report.read.results_files import read_results, read_results_file
from neuronxa_tasks.report.show.terminal import say
from neuronxa_tasks.report.show.text import printed


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
    made = make_report(
        options.paths,
        options.output,
        shown_command("report", arguments),
        options.scores,
        options.model_id,
        options.compare,
        options.step_pattern,
        all_figures=options.figures == "all",
        tell=say_tables,
    )
    return say_written(made)


def say_tables(report: Report) -> None:
    """Print a report's tables."""
    say(printed(report))


def say_written(made: MadeReport) -> int:
    """Print where a report's page is and what is missing; the exit code."""
    if made.page:
        if not made.figures:
            say(f"No figure files of more than {FEW} models: add --figures all")
        say(str(made.page))
    for failure in made.failures:
        say(f"neuronxa: {failure}", sys.stderr)
    return 1 if made.failures else 0


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
    add_sources(parser, nargs="*")
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
