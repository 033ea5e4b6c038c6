"""Whether alignment and benchmarks move together over training (figure 4 of the paper)."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from neuronxa_tasks.data.languages import ENGLISH
from neuronxa_tasks.report.compute.comparison import differences
from neuronxa_tasks.report.compute.resampling import CONFIDENCE
from neuronxa_tasks.report.compute.rows import TrainingRow

# Fewer checkpoints than this say nothing of a run.
_LEAST_STEPS = 5


def training_runs(models: pd.DataFrame) -> pd.DataFrame:
    """The checkpoints of runs that have two steps or more, by run and step.

    Args:
        models: One row per model, with `series` and `step`.

    Returns:
        Columns `label`, `series` and `step`.
    """
    steps = _checkpoints(models)
    several = steps.groupby("series")["step"].transform("nunique") > 1
    return steps[several].sort_values(["series", "step"], ignore_index=True)


def earlier_checkpoints(models: pd.DataFrame) -> list[str]:
    """Labels of the checkpoints that are not the last of their run: no models of their own."""
    runs = training_runs(models)
    return list(runs.loc[runs.duplicated("series", keep="last"), "label"])


def changes(alignments: pd.DataFrame, models: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """What the last checkpoint of every run has more than its first, pair by pair.

    Args:
        alignments: Rows of alignment scores.
        models: One row per model, with `series` and `step`.

    Returns:
        As `comparison.compare`, with `series`, `first` and `last`, the two steps.
    """
    if alignments.empty:
        return pd.DataFrame(), pd.DataFrame()
    runs = training_runs(models[models["label"].isin(alignments["label"])])
    by_run = runs.groupby("series", sort=False)
    ends = by_run.agg(
        label=("label", "last"),
        other=("label", "first"),
        first=("step", "first"),
        last=("step", "last"),
    )
    pairs = list(zip(ends["label"], ends["other"], strict=True))
    means, languages = differences(alignments, pairs)
    if means.empty:
        return means, languages
    about = ends.reset_index()
    return means.merge(about, on=["label", "other"]), languages.merge(about, on=["label", "other"])


def over_training(
    models: pd.DataFrame, languages: pd.DataFrame, metrics: Sequence[str], headings: Sequence[str]
) -> pd.DataFrame:
    """Correlation over steps of the mean alignment score and the mean of a benchmark.

    Args:
        models: One row per model, with `series` and `step`.
        languages: The joined table; English is left out.
        metrics: Names of its metrics.
        headings: Names of its benchmark columns.

    Returns:
        Columns of `TrainingRow`, one row per series of checkpoints, condition, metric and
        benchmark that has five steps or more. Means are over the languages that have both at
        every one of these steps. `low` and `high` are the 95 % interval by Fisher's z.
    """
    steps = _checkpoints(models)
    rows = languages[languages["language"] != ENGLISH].merge(steps, on="label")
    found = [
        {"series": series, "condition": condition, "metric": metric, "benchmark": heading, **row}
        for (series, condition), block in rows.groupby(["series", "condition"], sort=False)
        for metric in metrics
        for heading in headings
        for row in _correlate_over_steps(block, metric, heading)
    ]
    return pd.DataFrame(found, columns=TrainingRow.columns())


def _checkpoints(models: pd.DataFrame) -> pd.DataFrame:
    steps = models.dropna(subset=["step"])[["label", "series", "step"]]
    # Two models of one step would be averaged, and are no checkpoint of either's run.
    return steps[~steps.duplicated(["series", "step"], keep=False)]


def left_out(
    models: pd.DataFrame,
    training: pd.DataFrame,
    languages: pd.DataFrame,
    headings: Sequence[str],
) -> list[str]:
    """Sentences that name every checkpoint which is not put on a line over steps, or correlated.

    Args:
        models: One row per model, with `model`, `series` and `step`.
        training: As `over_training` gives it.
        languages: The joined table.
        headings: Names of its benchmark columns; without any there is nothing to correlate.

    Returns:
        Nothing of models that have no checkpoints among them.
    """
    stepped = models[models["step"].notna()]
    alike = models["model"].isin(stepped["model"])
    reasons: dict[str, list[str]] = {}
    for row in models[alike & models["step"].isna()].itertuples():
        why = "their names have no step: say how steps are written by --step-pattern"
        reasons.setdefault(why, []).append(str(row.label))
    measured = set(languages.loc[languages["condition"] != "", "label"])
    for series, rows in stepped.groupby("series", sort=False):
        twice = rows["step"].duplicated(keep=False)
        for row in rows[twice].itertuples():
            why = f"{series} has several checkpoints of step {row.step}: name them by --model-id"
            reasons.setdefault(why, []).append(str(row.label))
        once = rows[~twice]
        if not headings or (len(rows) == 1 and len(stepped) == 1):
            continue
        if len(once) < _LEAST_STEPS:
            why = f"{series} has {len(once)} steps, and a correlation needs {_LEAST_STEPS}"
            reasons.setdefault(why, []).extend(once["label"])
        for heading in training.loc[training["series"] == series, "benchmark"].unique():
            known = set(languages.loc[languages[heading].notna(), "label"])
            without = [label for label in once["label"] if label in measured - known]
            reasons.setdefault(f"they have no {heading}", []).extend(without)
        without = [label for label in once["label"] if label not in measured]
        reasons.setdefault("they have no alignment scores", []).extend(without)
    return [
        f"Left out of what is said over training: {', '.join(labels)}: {why}"
        for why, labels in reasons.items()
        if labels
    ]


def _correlate_over_steps(
    block: pd.DataFrame, metric: str, heading: str
) -> Iterator[dict[str, Any]]:
    both = block.dropna(subset=[metric, heading])
    count = both["step"].nunique()
    # A language that comes or goes would move the mean by itself.
    stays = both.groupby("language")["step"].transform("nunique") == count
    means = both[stays].groupby("step")[[metric, heading]].mean().astype("float64")
    if len(means) < _LEAST_STEPS or (np.ptp(means.to_numpy(), axis=0) == 0).any():
        return
    pearson = stats.pearsonr(means[metric], means[heading])
    low, high = pearson.confidence_interval(CONFIDENCE)
    yield {
        "steps": len(means),
        "languages": both.loc[stays, "language"].nunique(),
        "pearson": float(pearson.statistic),
        "low": float(low),
        "high": float(high),
        "p": float(pearson.pvalue),
    }
