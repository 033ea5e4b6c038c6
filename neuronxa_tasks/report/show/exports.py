"""Write a report into a folder: tables, summary, page."""

import json
from pathlib import Path
from typing import Any

import pandas as pd

from neuronxa_tasks.report.columns import LANGUAGE_KEY
from neuronxa_tasks.report.compute.report_tables import Report
from neuronxa_tasks.report.in_parallel import in_parallel
from neuronxa_tasks.report.show.every_eval_ever import every_eval_ever
from neuronxa_tasks.report.show.folder import ReportFolder
from neuronxa_tasks.report.show.hub_exports import eval_results_yaml, model_card
from neuronxa_tasks.report.show.latex import latex
from neuronxa_tasks.report.show.model_scores import ModelScores, model_scores
from neuronxa_tasks.report.show.page import render_page
from neuronxa_tasks.report.show.summary import summary
from neuronxa_tasks.report.show.tables.paper_tables import paper_tables
from neuronxa_tasks.report.show.text import (
    correlations_text,
    joined_text,
    means_text,
    retrieval_text,
)

BYTE_ORDER_MARK = "\N{BYTE ORDER MARK}"

_PREAMBLE = r"% In your document: \usepackage{booktabs,longtable} and \input{tables}."

# What makes a spreadsheet calculate a cell.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def write_report(report: Report, folder: ReportFolder, vega: str) -> Path:
    """Write everything but figures.

    Args:
        report: The report to write.
        folder: Where to write it.
        vega: The script that draws the page's charts.

    Returns:
        The page.
    """
    folder.write("summary.json", json.dumps(summary(report), indent=2, ensure_ascii=False) + "\n")
    # Left out where there is nothing in them.
    for name, text in {"tables.md": _markdown(report), "tables.tex": _latex(report)}.items():
        if text:
            folder.write(name, text)
    tables = {
        "languages.csv": report.languages,
        "correlations.csv": report.correlations,
        "leaderboard.csv": report.leaderboard if len(report.models) > 1 else pd.DataFrame(),
        "pooled.csv": report.pooled,
        "retrieval.csv": _retrieval_export(report),
        "stability.csv": report.stability,
        "checkpoints.csv": report.training,
        "changes.csv": report.changes,
        "forecast.csv": report.forecasts,
        "forecast_validation.csv": report.forecast_validation,
        "corpora.csv": report.corpora,
        "matrix.csv": report.matrix,
        "map.csv": report.maps,
        "failing_pairs.csv": report.failing,
        "neurons.csv": report.neurons,
        "neuron_overlap.csv": report.neuron_overlap,
        "neuron_carriers.csv": report.carriers,
        "ablation.csv": report.ablation,
    }
    for name, table in tables.items():
        if not table.empty:
            folder.write(name, csv_text(table))
    for files in in_parallel(_hub_files, list(model_scores(report))):
        for name, text in files.items():
            folder.write(f"hub/{name}", text)
    if not report.long.empty:
        folder.write("long.parquet", report.long.to_parquet(index=False))
    names = [file.relative_to(folder.path) for file in folder.written]
    beside = [str(name) for name in names if name.name == str(name)]
    folder.write("report.html", render_page(report, vega, beside))
    return folder.path / "report.html"


def _hub_files(scores: ModelScores) -> dict[str, str]:
    return {
        f"{scores.file_name}.eval_results.yaml": eval_results_yaml(scores),
        f"{scores.file_name}.card.md": model_card(scores),
        f"{scores.file_name}.eee.json": every_eval_ever(scores),
    }


def csv_text(table: pd.DataFrame) -> str:
    r"""A table as CSV that spreadsheets read as it is meant.

    A byte order mark says that it is UTF-8, and a text that a spreadsheet would calculate, because
    it begins with `=`, `+`, `-` or `@`, has an apostrophe before it.

    Example:
        >>> csv_text(pd.DataFrame({"label": ["=1+1", "org/m"], "value": [-1.5, None]}))[1:]
        "label,value\n'=1+1,-1.5\norg/m,\n"
    """
    texts = table.select_dtypes(exclude="number").columns
    inert = table.assign(**{column: table[column].map(_inert) for column in texts})
    return BYTE_ORDER_MARK + inert.rename(columns=_inert).to_csv(index=False)


def _inert(value: Any) -> Any:
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value


def _retrieval_export(report: Report) -> pd.DataFrame:
    columns = [*LANGUAGE_KEY, "name", "resource", "metric"]
    columns += ["value", "stderr", "low", "high", "best_layer", "held_out"]
    return report.retrieval.reindex(columns=columns)


def _markdown(report: Report) -> str:
    tables = [means_text(report), retrieval_text(report), correlations_text(report)]
    if len(report.models) == 1:
        tables.append(joined_text(report))
    return "\n".join(table for table in tables if table)


def _latex(report: Report) -> str:
    tables = [latex(table, name) for name, table in paper_tables(report).items()]
    return "\n".join([_PREAMBLE, *tables]) if tables else ""
