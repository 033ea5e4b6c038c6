"""What a model can probably do in languages without a benchmark, from alignment and tokens."""

import functools
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from neuronxa_tasks.data.benchmarks import BENCHMARKS, PARITIES
from neuronxa_tasks.data.languages import ENGLISH
from neuronxa_tasks.errors import ReportError
from neuronxa_tasks.report.columns import LANGUAGE_KEY, SERIES, TOKENS
from neuronxa_tasks.report.compute.forecast_fit import Fit, Forecast, fitted, no_fit
from neuronxa_tasks.report.compute.forecast_validation import (
    ALIGNMENT,
    MINIMUM,
    PARITY,
    PREDICTORS,
    PRODUCT,
    SCORE,
)
from neuronxa_tasks.report.compute.rows import ForecastRow, ForecastValidationRow
from neuronxa_tasks.report.in_parallel import in_parallel
from neuronxa_tasks.report.read.scores import Column

DEFAULT_METRIC = "nasca"
# Fewer models say nothing of one more.
MODELS = 3

_BENCHMARKS = {benchmark.name: benchmark for benchmark in BENCHMARKS}


@dataclass(frozen=True)
class ForecastSettings:
    """What is to be forecast, chosen before the scores are seen.

    Attributes:
        metric: The alignment metric to forecast from; None is NASCA.
        benchmarks: Headings or names of benchmarks; none is all of them.
        confidence: How often an interval is to hold.
    """

    metric: str | None = None
    benchmarks: tuple[str, ...] = ()
    confidence: float = 0.9


BY_DEFAULT = ForecastSettings()


def forecasts(
    languages: pd.DataFrame,
    models: pd.DataFrame,
    metrics: Sequence[str],
    benchmarks: Mapping[str, Column],
    settings: ForecastSettings,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Forecasts of every model and benchmark, and what they are worth.

    A model with ten languages that have alignment and the benchmark is fitted by itself. Any
    other model's forecast is that of all these together, the last checkpoint of a training run.

    Args:
        languages: The joined table; English is left out.
        models: One row per model, checkpoints in the order of training.
        metrics: Names of the alignment metrics.
        benchmarks: The benchmarks' columns by their heading.
        settings: What is asked for.

    Returns:
        Rows of `ForecastRow`, of those that beat the mean only, and of `ForecastValidationRow`,
        of every model and benchmark, with a reason where there is no forecast.

    Raises:
        ReportError: A benchmark or metric that is asked for is not there.
    """
    found: list[pd.DataFrame] = []
    checked: list[dict[str, Any]] = []
    metric = settings.metric or DEFAULT_METRIC
    for heading in _asked(settings, metrics, benchmarks):
        table = _predictors(languages, benchmarks, heading, metric)
        bounds = _bounds(benchmarks[heading])
        for condition, alike in table.groupby("condition", sort=False):
            for label, made in _made(alike, models, bounds, settings.confidence):
                about: dict[str, Any] = {
                    "label": label,
                    "condition": condition,
                    "benchmark": heading,
                    "metric": metric,
                    "confidence": settings.confidence,
                }
                checked += [{**about, **row} for row in made.validated]
                if made.forecast is not None:
                    found.append(made.forecast.assign(**about))
    rows = pd.concat(found, ignore_index=True) if found else pd.DataFrame()
    return (
        rows.reindex(columns=ForecastRow.columns()),
        pd.DataFrame(checked, columns=ForecastValidationRow.columns()),
    )


def _asked(
    settings: ForecastSettings, metrics: Sequence[str], benchmarks: Mapping[str, Column]
) -> list[str]:
    if settings.metric and settings.metric not in metrics:
        raise ReportError(
            f"Expected `--metric` to be one of {', '.join(metrics) or 'none'}, which these "
            f"results have, but got {settings.metric!r}: name one of them, or measure it"
        )
    names = {heading: {heading, column.benchmark} for heading, column in benchmarks.items()}
    wanted = set(settings.benchmarks)
    if unknown := wanted.difference(*names.values()):
        raise ReportError(
            f"Expected `--benchmark` to be one of {', '.join(benchmarks) or 'none'}, which these "
            f"results have, but got {', '.join(map(repr, sorted(unknown)))}: name one of them, "
            "or add its scores by --scores"
        )
    return [heading for heading, own in names.items() if not wanted or own & wanted]


def _bounds(column: Column) -> tuple[float, float]:
    """The least and the greatest score of a benchmark: chance, where that is known, and 1."""
    if column.benchmark in PARITIES:
        return 0.0, math.inf
    known = _BENCHMARKS.get(column.benchmark)
    return (known.chance or 0.0, 1.0) if known else (-math.inf, math.inf)


def _predictors(
    languages: pd.DataFrame, benchmarks: Mapping[str, Column], heading: str, metric: str
) -> pd.DataFrame:
    """Score and predictors of every model and language, as `forecast_validation` names them."""
    table = languages[languages["condition"] != ""]
    parities = [
        other
        for other, column in benchmarks.items()
        if column.benchmark in PARITIES and other != heading
    ]
    missing = pd.Series(math.nan, table.index)
    tokens = table[TOKENS].astype("float64")
    alignment = table.get(metric, missing).astype("float64")
    english = table[table["language"] == ENGLISH].set_index(SERIES)[heading]
    of_english = english.reindex(pd.MultiIndex.from_frame(table[SERIES])).to_numpy(np.float64)
    # What the joined table has under its own name.
    others = {name for columns in PREDICTORS.values() for name in columns if name in table}
    made = table[[*LANGUAGE_KEY, "name", "family", *others]].assign(
        **{
            # A language of no known family is taken as a family of its own.
            "family": table["family"].where(table["family"] != "", table["language"]),
            SCORE: table[heading].astype("float64"),
            ALIGNMENT: alignment,
            PARITY: table[parities].bfill(axis=1).iloc[:, 0] if parities else missing,
            # Twice as many tokens and half as many are equally far from as many.
            TOKENS: np.log(tokens.where(tokens > 0)),
            PRODUCT: alignment * of_english,
        },
    )
    return made[made["language"] != ENGLISH]


def _made(
    table: pd.DataFrame, models: pd.DataFrame, bounds: tuple[float, float], confidence: float
) -> Iterator[tuple[str, Forecast]]:
    """Every model under one condition: its label, and what is forecast of it."""
    aligned = table.dropna(subset=[ALIGNMENT, TOKENS])
    both = aligned.dropna(subset=[SCORE])
    counts = both["label"].value_counts()
    own = {str(label): aligned[aligned["label"] == label] for label in table["label"].unique()}
    enough = [label for label in own if counts.get(label, 0) >= MINIMUM]
    by_itself = functools.partial(_by_itself, bounds=bounds, confidence=confidence)
    alone = in_parallel(by_itself, [own[label] for label in enough])
    found = dict(zip(enough, alone, strict=True))
    together: Fit | None = None
    for label, languages in own.items():
        if label in found:
            yield label, found[label]
        elif languages.empty:
            reason = "no language has this metric and tokens: choose another by --metric"
            yield label, no_fit(languages, "family", reason).of(languages)
        else:
            together = together or _of_all(both, _last_of_runs(enough, models), bounds, confidence)
            yield label, together.of(languages)


def _by_itself(own: pd.DataFrame, bounds: tuple[float, float], confidence: float) -> Forecast:
    block = own.dropna(subset=[SCORE])
    return fitted(block, ("language", "family"), bounds, confidence).of(own)


def _of_all(
    both: pd.DataFrame, labels: Sequence[str], bounds: tuple[float, float], confidence: float
) -> Fit:
    block = both[both["label"].isin(labels)]
    # With the same languages in all, so that models differ in level and in nothing else.
    block = block[block.groupby("language")["label"].transform("nunique") == len(labels)]
    if len(labels) < MODELS:
        reason = (
            f"fewer than {MINIMUM} languages of this model have alignment, tokens and it, and "
            f"models with as many: {len(labels)}, needed to forecast another: {MODELS}"
        )
        return no_fit(block, "model", reason)
    return fitted(block, ("model",), bounds, confidence)


def _last_of_runs(labels: Sequence[str], models: pd.DataFrame) -> list[str]:
    """One model of each name and each training run: versions of one are not independent."""
    rows = models[models["label"].isin(labels)]
    rows = rows.drop_duplicates("series", keep="last").drop_duplicates("model", keep="last")
    return list(rows["label"])
