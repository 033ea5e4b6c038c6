"""`neuronxa report`: from results files to tables, a page and a verdict."""

import argparse
import logging
import shlex
import sys
from collections.abc import Iterable, Sequence
from contextlib import nullcontext
from pathlib import Path

from neuronxa_tasks.errors import ReportError
from neuronxa_tasks.report.build import build_report
from neuronxa_tasks.report.check import Finding, check_against, check_complete
from neuronxa_tasks.report.content import FEW, Report
from neuronxa_tasks.report.identity import Renaming
from neuronxa_tasks.report.results_file import read_results_file, results_files
from neuronxa_tasks.report.scores_file import read_scores
from neuronxa_tasks.report.text import printed
from neuronxa_tasks.report.values import ResultsFile
from neuronxa_tasks.report.vega import bundling
from neuronxa_tasks.steps import step_pattern

logger = logging.getLogger(__name__)


def report(arguments: Sequence[str]) -> int:
    """Make a report, or check a file.

    Args:
        arguments: Those of `neuronxa report`.

    Returns:
        0; for a check 1 where something is wrong.

    Raises:
        ReportError: There is nothing to report, or the output cannot be written.
    """
    options = _parser().parse_args(arguments)
    if options.check:
        findings = _check(options.check, options.against)
        for finding in findings:
            sys.stdout.write(f"{finding}\n")
        return 0 if all(finding.good for finding in findings) else 1
    if not options.paths:
        raise ReportError("Expected results files or folders after `neuronxa report`")
    with bundling() if options.output else nullcontext() as vega:
        made = _read_and_build(options, arguments)
        sys.stdout.write(f"{printed(made)}\n")
        if vega:
            _write(made, options, vega.result())
    return 0


def _read_and_build(options: argparse.Namespace, arguments: Sequence[str]) -> Report:
    renamings = [Renaming.parse(text) for text in options.model_id]
    files, problems = _readable(results_files(options.paths))
    outside = [file for path in options.scores for file in read_scores(path)]
    made = build_report(
        [*files, *outside],
        renamings,
        tuple(options.compare),
        command=shlex.join(["neuronxa", "report", *arguments]),
        problems=problems,
        steps=step_pattern(options.step_pattern) if options.step_pattern else None,
    )
    if made.models.empty:
        raise ReportError(
            "Expected alignment, retrieval or benchmark scores, but found none in "
            f"{', '.join(file.path for file in files)}: run neuronxa_flores or neuronxa_combined"
        )
    return made


def _write(report: Report, options: argparse.Namespace, vega: str) -> None:
    # What draws takes long to import.
    from neuronxa_tasks.report.exports import write_report
    from neuronxa_tasks.report.figures import write_figures

    page, *_ = write_report(report, options.output, vega)
    if options.figures == "all" or len(report.models) <= FEW:
        try:
            write_figures(report, options.output / "figures")
        except OSError as error:
            raise ReportError(f"Expected to write figures below `--output`: {error}") from error
    else:
        sys.stdout.write(f"No figure files of more than {FEW} models: add --figures all\n")
    sys.stdout.write(f"{page}\n")


def _check(path: Path, against: Sequence[Path]) -> list[Finding]:
    file = read_results_file(path)
    others, problems = _readable(results_files(against)) if against else ([], [])
    for problem in problems:
        logger.warning(problem)
    others = [other for other in others if Path(other.path).resolve() != path.resolve()]
    return [*check_complete(file), *check_against(file, others)]


def _readable(paths: Iterable[Path]) -> tuple[list[ResultsFile], list[str]]:
    """What can be read, and a sentence for each file that cannot.

    Raises:
        ReportError: No file can be read.
    """
    files: list[ResultsFile] = []
    problems: list[str] = []
    for path in paths:
        try:
            files.append(read_results_file(path))
        except ReportError as error:
            problems.append(str(error))
    if not files:
        raise ReportError("; ".join(problems))
    return files, problems


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
