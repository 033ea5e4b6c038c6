"""`neuronxa report`: from results files to tables, a page and a verdict."""

import argparse
import sys
from collections.abc import Sequence

from neuronxa_tasks.arguments import inches, names
from neuronxa_tasks.commands.check import check
from neuronxa_tasks.commands.report_making import MadeReport, add_sources, make_report
from neuronxa_tasks.errors import ReportError
from neuronxa_tasks.identity.masking import shown_command
from neuronxa_tasks.report.compute.report_tables import FEW, Report
from neuronxa_tasks.report.read.hub_results import results_path
from neuronxa_tasks.report.show.terminal import say
from neuronxa_tasks.report.show.text import printed


def report(arguments: Sequence[str]) -> int:
    """Make a report, or check a file.

    Args:
        arguments: Those of `neuronxa report`.

    Returns:
        0; 1 where a file or figure of the report is missing because it could not be written or
        drawn; with `--check` that of `neuronxa check`.

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
        beside = ["--against", *options.against] if options.against else []
        return check([options.check, *beside])
    if not options.paths:
        raise ReportError("Expected results files or folders after `neuronxa report`")
    if options.width and not options.output:
        raise ReportError("Expected `--output FOLDER` beside `--width`, which is of its figures")
    made = make_report(
        [results_path(path) for path in options.paths],
        options.output,
        shown_command("report", arguments),
        options.scores,
        options.model_id,
        options.compare,
        options.languages,
        options.step_pattern,
        all_figures=options.figures == "all",
        figure_width=options.width,
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


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="neuronxa report",
        description="Join results files of lm_eval, from any backend, of one or many models.",
    )
    add_sources(parser, nargs="*")
    parser.add_argument(
        "--compare",
        nargs="+",
        default=(),
        metavar="MODEL",
        help="two models or more, two by two, over all languages and one by one",
    )
    parser.add_argument(
        "--languages",
        type=names,
        default=[],
        metavar="CODES",
        help="rank models over these languages only: deu_Latn,swh_Latn,…",
    )
    parser.add_argument(
        "--figures",
        choices=("few", "all"),
        default="few",
        help=f"figure files of up to {FEW} models, or of any number",
    )
    parser.add_argument(
        "--width",
        type=inches,
        metavar="LENGTH",
        help="figure files of this width (3.03in, 16cm, 219pt), for a paper: without titles",
    )
    parser.add_argument("--check", metavar="FILE", help="as `neuronxa check FILE`")
    parser.add_argument(
        "--against",
        nargs="+",
        default=[],
        metavar="PATH",
        help="with --check: as that of `neuronxa check`",
    )
    return parser
