"""`neuronxa forecast`: what a model can probably do in languages without a benchmark."""

import argparse
from collections.abc import Sequence

from neuronxa_tasks.commands.report import say_written
from neuronxa_tasks.commands.report_making import add_sources, make_report
from neuronxa_tasks.errors import ReportError
from neuronxa_tasks.identity.masking import shown_command
from neuronxa_tasks.report.compute.forecasts import DEFAULT_METRIC, ForecastSettings
from neuronxa_tasks.report.compute.report_tables import Report, each_row
from neuronxa_tasks.report.read.hub_results import results_path
from neuronxa_tasks.report.show.terminal import say
from neuronxa_tasks.report.show.text import forecasts_text


def forecast(arguments: Sequence[str]) -> int:
    """Print forecasts and what they are worth, and write the report that has them.

    Args:
        arguments: Those of `neuronxa forecast`.

    Returns:
        0; 1 where a file or figure of the report is missing because it could not be written.

    Raises:
        ReportError: Nothing can be fitted, or what is asked for is not there.
        RunError: The page cannot be written.
    """
    options = _parser().parse_args(arguments)
    if not 50 <= options.interval < 100:
        raise ReportError(
            "Expected `--interval` to be a percentage of at least 50 and below 100, but got "
            f"{options.interval:g}: 90 is usual"
        )
    made = make_report(
        [results_path(path) for path in options.paths],
        options.output,
        shown_command("forecast", arguments),
        options.scores,
        options.model_id,
        steps=options.step_pattern,
        forecast=ForecastSettings(options.metric, tuple(options.benchmark), options.interval / 100),
        tell=_say_forecasts,
    )
    return say_written(made)


def _say_forecasts(report: Report) -> None:
    checked = report.forecast_validation
    if checked.empty:
        raise ReportError(
            "Expected alignment scores and a benchmark, from which to forecast, but these "
            "results do not have both: run neuronxa_combined, or add --scores"
        )
    if checked["error"].isna().all():
        reasons = [f"{row.label}, {row.benchmark}: {row.reason}" for row in each_row(checked)]
        raise ReportError(f"Nothing can be forecast: {'; '.join(reasons)}")
    say(forecasts_text(report))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="neuronxa forecast",
        description="Forecast benchmarks in languages that have none, from alignment and tokens.",
    )
    add_sources(parser, nargs="+")
    parser.add_argument(
        "--benchmark",
        action="append",
        default=[],
        metavar="NAME",
        help="such as belebele, or a column's heading; may be given again (default: all)",
    )
    parser.add_argument(
        "--metric", help=f"the alignment metric to forecast from (default: {DEFAULT_METRIC})"
    )
    parser.add_argument(
        "--interval",
        type=float,
        default=90,
        metavar="PERCENT",
        help="how often an interval is to hold the score (default: 90)",
    )
    return parser
