"""Write a report into a folder: tables, summary, page."""

import json
from pathlib import Path

import pandas as pd

from neuronxa_tasks.errors import ReportError
from neuronxa_tasks.report.content import Report
from neuronxa_tasks.report.correlations import TOKENS
from neuronxa_tasks.report.page import render_page
from neuronxa_tasks.report.retrieval import GROUPS, retrieval_table
from neuronxa_tasks.report.summary import summary
from neuronxa_tasks.report.text import (
    correlation_table,
    joined_table,
    latex,
    means_table,
    retrieval_means,
)


def write_report(report: Report, folder: Path, vega: str) -> list[Path]:
    """Write everything but figures; files of other names in the folder stay as they are.

    Args:
        report: What to write.
        folder: Where; made if it is missing.
        vega: The script that draws the page's charts.

    Returns:
        The files written, the page first.

    Raises:
        ReportError: The folder cannot be written to.
    """
    page = folder / "report.html"
    texts = {
        page: render_page(report, vega),
        folder / "languages.csv": report.languages.to_csv(index=False),
        folder / "correlations.csv": report.correlations.to_csv(index=False),
        folder / "summary.json": json.dumps(summary(report), indent=2, ensure_ascii=False) + "\n",
        folder / "tables.md": _markdown(report),
        folder / "tables.tex": _latex(report),
    }
    # Left out where there is nothing in them.
    tables = {
        "retrieval.csv": _retrieval(report),
        "stability.csv": report.stability,
        "checkpoints.csv": report.training,
        "matrix.csv": report.matrix,
        "map.csv": report.maps,
        "failing_pairs.csv": report.failing,
    }
    texts |= {
        folder / name: table.to_csv(index=False)
        for name, table in tables.items()
        if not table.empty
    }
    columns = {folder / "long.parquet": report.long, folder / "matrix.parquet": report.matrix}
    columns = {path: table for path, table in columns.items() if not table.empty}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for path, text in texts.items():
            path.write_text(text, encoding="utf-8")
        for path, table in columns.items():
            table.to_parquet(path, index=False)
    except OSError as error:
        raise ReportError(f"Expected a folder to write to in `--output`: {error}") from error
    return [*texts, *columns]


def _retrieval(report: Report) -> pd.DataFrame:
    columns = ["label", "condition", "language", "name", "resource", "metric"]
    columns += ["value", "stderr", "low", "high", "best_layer"]
    return report.retrieval.reindex(columns=columns)


def _markdown(report: Report) -> str:
    tables = [means_table(report), retrieval_means(report), correlation_table(report)]
    if len(report.models) == 1:
        tables.append(joined_table(report))
    return "\n".join(table for table in tables if table)


def _latex(report: Report) -> str:
    parts = [r"% Needs \usepackage{booktabs}."]
    if not report.groups.empty:
        keys = ["label", "condition", "group", "languages"]
        wide = report.groups.pivot(index=keys, columns="metric", values="value")
        means = wide[list(report.metrics)].reset_index()
        parts.append(_table("Mean alignment score over languages.", means, "tab:neuronxa-means"))
    if not report.retrieval_groups.empty:
        keys = ["label", "condition", "representation", "direction", "languages"]
        accuracy = retrieval_table(report)[[*keys, *GROUPS]].rename(columns=GROUPS)
        caption = "Retrieval accuracy in percent."
        parts.append(_table(caption, accuracy, "tab:neuronxa-retrieval"))
    if not report.correlations.empty:
        wide = report.correlations.pivot_table(
            index=["label", "condition", "benchmark"], columns="metric", values="pearson"
        )
        columns = [name for name in (*report.metrics, TOKENS) if name in wide]
        caption = "Pearson correlation of alignment and benchmark scores over languages."
        parts.append(_table(caption, wide[columns].reset_index(), "tab:neuronxa-correlations"))
    return "\n".join(parts)


def _table(caption: str, table: pd.DataFrame, label: str) -> str:
    text = table.select_dtypes(exclude="number").columns
    return latex(caption, table, label, [str(column) for column in text])
