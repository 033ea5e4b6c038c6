"""The page's joined table: columns, and rows of numbers and short texts."""

import json
from typing import Any

import pandas as pd

from neuronxa_tasks.report.columns import LANGUAGE_KEY, RESOURCES, SERIES, TRIVIAL
from neuronxa_tasks.report.compute.chance import corrected
from neuronxa_tasks.report.compute.report_tables import Report
from neuronxa_tasks.report.show.headline import forecast_facts
from neuronxa_tasks.report.show.leading_metrics import leading_metrics
from neuronxa_tasks.report.show.number_formats import metric_title


def language_table(report: Report) -> dict[str, Any] | None:
    """What the page's script shows, or None where there is no language.

    Text that repeats is kept once, in the column's `levels`, by which the table is filtered.
    Columns of metrics that are not among the leading ones are `folded`, shown when asked. What
    stands beside a score, its interval and p, or in place of one that is missing, its forecast,
    has no column of its own: `beside` says at which place of a row it is. `usual` are the settings
    that most models have.
    """
    table = report.languages
    if table.empty:
        return None
    table = table.assign(resource=table["resource"].map(RESOURCES))
    repeated = {"label": "Model", "condition": "Settings"}
    repeated = {name: title for name, title in repeated.items() if table[name].nunique() > 1}
    about = {"script": "Script", "family": "Family", "branch": "Branch", "resource": "Resource"}
    titles = {"name": "Language", "language": "Code", **repeated}
    titles |= {metric: metric_title(metric) for metric in report.metrics}
    titles |= {benchmark: benchmark for benchmark in report.benchmarks}
    titles |= {**{name: metric_title(name) for name in TRIVIAL}, **about}
    leading = leading_metrics(report.metrics)
    columns: list[dict[str, Any]] = []
    parts: list[tuple[str, pd.Series]] = []
    for name, title in titles.items():
        values = table[name].replace("", pd.NA)
        if values.isna().all():
            continue
        levels = None
        if name in repeated or name in about:
            places, levels = pd.factorize(values, sort=True)
            values = pd.Series(places, table.index).replace(-1, pd.NA)
        parts.append((name, values))
        columns.append(
            {
                "name": name,
                "title": title,
                "levels": None if levels is None else list(levels),
                "number": name in (*report.metrics, *report.benchmarks, *TRIVIAL),
                "score": name in report.metrics,
                "compared": name in (*report.metrics, *report.benchmarks),
                "folded": name in report.metrics and name not in leading,
                "beside": {},
            }
        )
    for (name, _), column in zip(parts.copy(), columns, strict=True):
        if column["score"] or name in report.benchmarks:
            beside = _beside(table, name) if column["score"] else _forecasts(report, name)
            column["beside"] = {end: len(parts) + place for place, end in enumerate(beside)}
            parts += beside.items()
    rows = pd.concat([values for _, values in parts], axis=1, keys=range(len(parts)))
    return {
        "columns": columns,
        "held": forecast_facts(report).get("confidence"),
        "usual": None if report.leaderboard.empty else report.leaderboard["condition"].iloc[0],
        "rows": json.loads(rows.to_json(orient="values", double_precision=4)),
    }


def _beside(table: pd.DataFrame, metric: str) -> dict[str, pd.Series]:
    """Both ends of a score's interval, and its corrected p, where they are known."""
    known = {
        end: table[f"{metric}_{end}"].round(3)
        for end in ("low", "high", "p")
        if f"{metric}_{end}" in table
    }
    if "p" in known:
        known["p"] = table.groupby(SERIES)[f"{metric}_p"].transform(corrected)
    return known


def _forecasts(report: Report, benchmark: str) -> dict[str, pd.Series]:
    """Forecast and both ends of its interval of the languages that have no score, if any has."""
    found = report.forecasts
    if found.empty:
        return {}
    own = found[(found["benchmark"] == benchmark) & found["measured"].isna()]
    if own.empty:
        return {}
    columns = ["forecast", "low", "high"]
    rows = report.languages[LANGUAGE_KEY].merge(own[[*LANGUAGE_KEY, *columns]], how="left")
    rows.index = report.languages.index
    return {column: rows[column].round(3) for column in columns}
