"""The series of a report: one per model and condition, which charts and tables tell apart."""

from dataclasses import replace

import pandas as pd

from neuronxa_tasks.report.columns import ALL, SERIES
from neuronxa_tasks.report.compute.report_tables import FEW, Report


def with_series(report: Report, frame: pd.DataFrame) -> pd.DataFrame:
    """Add `series`: the model's label, with the condition where the report has several."""
    if frame.empty:
        return frame.assign(series="")
    label, condition = frame["label"].astype(str), frame["condition"].astype(str)
    several = report.languages["condition"].replace("", pd.NA).nunique() > 1
    return frame.assign(
        series=label.where(condition == "", label + " · " + condition) if several else label
    )


def measured_series(report: Report) -> pd.DataFrame:
    """Model and condition of every series: the rows of a model without alignment have none."""
    if report.languages.empty:
        return pd.DataFrame(columns=SERIES)
    keys = report.languages[SERIES].drop_duplicates()
    return keys[keys["condition"] != ""]


def series_of(report: Report) -> list[str]:
    """Names of all series, in the order of the joined table."""
    return list(with_series(report, measured_series(report))["series"])


def leading(report: Report) -> Report:
    """The report, its languages and forecasts cut to the first `FEW` series of the leaderboard."""
    if len(measured_series(report)) <= FEW or report.leaderboard.empty:
        return report
    keys = leading_table(report).head(FEW)[SERIES]

    def cut(frame: pd.DataFrame) -> pd.DataFrame:
        if frame.empty:
            return frame
        return keys.merge(frame[frame["label"].isin(keys["label"])], on=SERIES)

    return replace(
        report,
        languages=cut(report.languages),
        forecasts=cut(report.forecasts),
    )


def leading_table(report: Report) -> pd.DataFrame:
    """Of the setting that most models have, the leaderboard by the first metric, over all."""
    board = report.leaderboard
    if board.empty:
        return board
    first = (board["condition"] == board["condition"].iloc[0]) & (board["group"] == ALL)
    leading: pd.DataFrame = board[first & (board["metric"] == board["metric"].iloc[0])]
    return leading


def means_over_all(report: Report) -> pd.DataFrame:
    """Mean scores over all languages."""
    return report.groups[report.groups["group"] == ALL] if len(report.groups) else report.groups


def first_metric(report: Report) -> str:
    """The first metric that any language but English has: models are ranked by it."""
    known = set(report.groups["metric"])
    return next(metric for metric in report.metrics if metric in known)
