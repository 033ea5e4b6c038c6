"""A report as one JSON object, for programs, and the schema of that object."""

import json
from typing import Any, Literal

import pandas as pd
from pydantic import BaseModel, ConfigDict, Field

from neuronxa_tasks.report.compute import rows
from neuronxa_tasks.report.compute.report_tables import Report


class Summary(BaseModel):
    """What `summary.json` holds: models, means, robustness, correlations, what was left out."""

    model_config = ConfigDict(extra="forbid", title="Summary of a NeuronXA report")

    # Raised whenever a key of the summary changes its meaning or goes away.
    schema_version: Literal[1]
    version: str = Field(description="Of the package that made the report.")
    command: str
    metrics: list[str]
    benchmarks: list[str] = Field(description="Headings of benchmark columns.")
    models: list[rows.ModelRow]
    groups: list[rows.MeanRow]
    retrieval: list[rows.RetrievalRow]
    robustness: list[rows.RobustnessRow]
    stability: list[rows.StabilityRow]
    training: list[rows.TrainingRow]
    forecast_validation: list[rows.ForecastValidationRow]
    correlations: list[rows.CorrelationRow]
    differences: list[rows.DifferenceRow]
    averages: list[rows.AverageRow]
    corpora: list[rows.CorpusRow]
    pooled: list[rows.PooledRow]
    leaderboard: list[rows.LeaderRow]
    compared: list[str]
    compared_means: list[rows.ComparedMeansRow]
    comparison: list[rows.ComparisonRow]
    skipped: list[rows.SkippedRow]
    problems: list[str]


def summary(report: Report) -> dict[str, Any]:
    """Models, means, robustness, correlations and what was left out, as plain data."""
    return {
        "schema_version": 1,
        "version": report.version,
        "command": report.command,
        "metrics": list(report.metrics),
        "benchmarks": list(report.benchmarks),
        "models": records(report.models),
        "groups": records(report.groups),
        "retrieval": records(report.retrieval_groups),
        "robustness": records(_with_joined_codes(report.robustness)),
        "stability": records(report.stability),
        "training": records(report.training),
        "forecast_validation": records(report.forecast_validation),
        "correlations": records(report.correlations),
        "differences": records(report.differences),
        "averages": records(report.averages),
        "pooled": records(report.pooled),
        "leaderboard": records(report.leaderboard),
        "corpora": records(report.corpora),
        "compared": list(report.compared),
        "compared_means": records(report.compared_means),
        "comparison": records(report.comparison),
        "skipped": records(report.skipped),
        "problems": list(report.problems),
    }


def _with_joined_codes(robustness: pd.DataFrame) -> pd.DataFrame:
    if robustness.empty:
        return robustness
    return robustness.assign(not_above=robustness["not_above"].map(", ".join))


def records(table: pd.DataFrame) -> list[dict[str, Any]]:
    """The rows of a table; null where a value is missing.

    Example:
        >>> records(pd.DataFrame({"score": [0.5, None]}))
        [{'score': 0.5}, {'score': None}]
    """
    found: list[dict[str, Any]] = json.loads(table.to_json(orient="records", double_precision=15))
    return found


def summary_schema() -> dict[str, Any]:
    """The JSON Schema of `summary.json`."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **Summary.model_json_schema(),
    }
