"""A report as one JSON object, for programs; `summary.schema.json` describes it."""

import json
from collections.abc import Mapping
from importlib.resources import files
from typing import Any

import pandas as pd

from neuronxa_tasks.report.compute.report import Report

# Raised whenever a key of the summary changes its meaning or goes away.
SCHEMA_VERSION = 1


def summary(report: Report) -> dict[str, Any]:
    """Models, means, robustness, correlations and what was left out, as plain data."""
    return {
        "schema_version": SCHEMA_VERSION,
        "version": report.version,
        "command": report.command,
        "metrics": list(report.metrics),
        "benchmarks": list(report.benchmarks),
        "models": records(report.models),
        "groups": records(report.groups),
        "retrieval": records(report.retrieval_groups),
        "robustness": records(report.robustness),
        "stability": records(report.stability),
        "training": records(report.training),
        "correlations": records(report.correlations),
        "differences": records(report.differences),
        "averages": records(report.averages),
        "compared": list(report.compared),
        "comparison": records(report.comparison),
        "skipped": records(report.skipped),
        "problems": list(report.problems),
    }


def records(table: pd.DataFrame) -> list[dict[str, Any]]:
    """The rows of a table; null where a value is missing.

    Example:
        >>> records(pd.DataFrame({"score": [0.5, None]}))
        [{'score': 0.5}, {'score': None}]
    """
    rows: list[dict[str, Any]] = json.loads(table.to_json(orient="records", double_precision=15))
    return rows


def summary_schema() -> Mapping[str, Any]:
    """The JSON Schema of `summary.json`."""
    text = files("neuronxa_tasks.report.show").joinpath("summary.schema.json").read_text("utf-8")
    schema: dict[str, Any] = json.loads(text)
    return schema
