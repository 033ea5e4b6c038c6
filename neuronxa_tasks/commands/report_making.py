"""Make a report of results files: read, join, write."""

import argparse
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace
from pathlib import Path

from threadpoolctl import threadpool_limits

from neuronxa_tasks.errors import ReportError, RunError
from neuronxa_tasks.identity.training_steps import step_pattern
from neuronxa_tasks.report.compute.build import build_report
from neuronxa_tasks.report.compute.forecasts import BY_DEFAULT, ForecastSettings
from neuronxa_tasks.report.compute.renaming import Renaming
from neuronxa_tasks.report.compute.report_tables import FEW, Report, each_row
from neuronxa_tasks.report.read.home_folders import without_home
from neuronxa_tasks.report.read.outside_scores import read_scores
from neuronxa_tasks.report.read.results_files import read_results
from neuronxa_tasks.report.read.scores import ResultsFile
from neuronxa_tasks.report.show.folder import ReportFolder
from neuronxa_tasks.report.show.vega import Drawer
from neuronxa_tasks.results.names import clean_name


@dataclass(frozen=True)
class MadeReport:
    """A report, and what became of its files.

    Attributes:
        report: The report.
        page: The page; None where nothing was to be written.
        figures: Whether figure files were drawn, or were too many.
        failures: A sentence for every file or figure that is missing.
    """

    report: Report
    page: Path | None
    figures: bool
    failures: tuple[str, ...]


def add_sources(parser: argparse.ArgumentParser, nargs: str) -> None:
    """Give a command the arguments that say what a report is of and where it goes.

    Args:
        parser: The command's.
        nargs: How many results files or folders it takes.
    """
    parser.add_argument(
        "paths",
        nargs=nargs,
        help="results files of lm_eval, or folders or datasets (hf://datasets/ORG/NAME) with some",
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


def make_report(
    paths: Sequence[Path],
    output: Path | None,
    command: str,
    scores: Sequence[Path] = (),
    model_ids: Sequence[str] = (),
    compared: Sequence[str] = (),
    ranked_over: Sequence[str] = (),
    steps: str = "",
    all_figures: bool = False,
    figure_width: float | None = None,
    forecast: ForecastSettings = BY_DEFAULT,
    tell: Callable[[Report], None] | None = None,
) -> MadeReport:
    """Read results files, join them, and write the report.

    Args:
        paths: Results files, or folders with some.
        output: Folder for page, tables and figures; None to write nothing.
        command: What asked for it, for the page.
        scores: CSV files of outside figures.
        model_ids: What models are called, as `PATH=NAME@REVISION`.
        compared: Models to compare two by two, or nothing.
        ranked_over: Codes of the languages that models are ranked over; none for all.
        steps: Pattern of how checkpoints name their steps; empty for the usual ones.
        all_figures: Whether to draw figure files of any number of models.
        figure_width: Of figure files in inches, for a paper; None for slides.
        forecast: What is to be forecast, and from what.
        tell: Called with the report before anything is written.

    Raises:
        ReportError: There is nothing to report.
        RunError: The page cannot be written.
    """
    # What bundles and draws takes as long to start as the files take to read.
    # Its matrices are small: two threads of BLAS wait for each other longer than they compute.
    with threadpool_limits(1), Drawer() if output else nullcontext() as drawer:
        files, problems = read_results(paths)
        outside = [file for path in scores for file in read_scores(path)]
        made = build_report(
            [_shown(file) for file in (*files, *outside)],
            [Renaming.parse(clean_name(text)) for text in model_ids],
            tuple(compared),
            tuple(ranked_over),
            command=clean_name(without_home(command)),
            problems=problems,
            steps=step_pattern(steps) if steps else None,
            forecast=forecast,
        )
        if made.models.empty:
            raise ReportError(
                "Expected alignment, retrieval or benchmark scores, but found none in "
                f"{', '.join(file.path for file in files)}: run neuronxa_flores or "
                "neuronxa_combined"
            )
        found = (*made.problems, *_joining_nothing(made, outside))
        made = replace(made, problems=tuple(map(without_home, found)))
        if tell:
            tell(made)
        figures = all_figures or len(made.models) <= FEW
        if not output or not drawer:
            return MadeReport(made, None, figures, ())
        return _written(made, output, drawer, figures, figure_width)


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


def _written(
    report: Report, output: Path, drawer: Drawer, figures: bool, width: float | None
) -> MadeReport:
    # What draws takes long to import.
    from neuronxa_tasks.report.show.exports import write_report
    from neuronxa_tasks.report.show.figures import write_figures

    failures: list[str] = []
    try:
        vega = drawer.bundle()
    except ReportError as error:
        failures.append(str(error))
        vega = ""
    with ReportFolder(output) as folder:
        page = write_report(report, folder, vega)
        if figures:
            failures += write_figures(report, folder, drawer.draw, width)
    failures += folder.failures
    if page not in folder.written:
        raise RunError("; ".join(failures))
    return MadeReport(report, page, figures, tuple(failures))
