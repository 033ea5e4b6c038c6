"""A report as text: the joined table and the correlations, for a terminal or a Markdown file."""

import re
import textwrap
from collections.abc import Hashable, Mapping
from dataclasses import replace
from typing import Any

import pandas as pd
from tabulate import tabulate

from neuronxa_tasks.report.columns import ALL, GROUPS, SERIES, SURFACE, TOKENS, TRIVIAL
from neuronxa_tasks.report.compute.report_tables import Report, each_row, in_order_of
from neuronxa_tasks.report.compute.retrieval_accuracy import retrieval_table
from neuronxa_tasks.report.show.leading_metrics import leading_metrics

# As Markdown has it, where the page has an en dash.
_MISSING = "-"

# Columns of a terminal.
_WIDTH = 100


def printed(report: Report) -> str:
    """What the command line prints: tables, then what was left out and what is wrong.

    The joined table of more than one model would be too long to read, so that several models
    show their means instead. Of many metrics the leading ones stand in the tables, which would
    be too wide for a terminal, and a line says where the others are.
    """
    report, others = _of_leading_metrics(report)
    joined = joined_text(report) if len(report.models) == 1 else ""
    parts = [
        joined,
        means_text(report, digits=3),
        retrieval_text(report),
        correlations_text(report),
    ]
    parts.append(corpora_text(report))
    if others:
        where = "with --output FOLDER, languages.csv and tables.md there have"
        told = f"{len(others)} other metrics: {where} {', '.join(others)}"
        parts.append(textwrap.fill(told, _WIDTH, break_long_words=False) + "\n")
    parts += [f"{row.what}: {row.why}" for row in each_row(report.skipped)]
    parts += [f"Warning: {problem}" for problem in report.problems]
    return "\n".join(part for part in parts if part)


def _of_leading_metrics(report: Report) -> tuple[Report, list[str]]:
    """The report without the metrics that do not lead, and those."""
    shown = leading_metrics(report.metrics)
    others = [metric for metric in report.metrics if metric not in shown]
    corpora = report.corpora
    if len(corpora):
        corpora = corpora[~corpora["metric"].isin(others)]
    return replace(report, metrics=shown, corpora=corpora), others


def joined_text(report: Report) -> str:
    """Per language, alignment beside benchmarks."""
    if report.languages.empty:
        return ""
    columns = ["condition", "language", "name", *report.metrics, *report.benchmarks]
    table = report.languages[columns]
    if table["condition"].nunique() == 1:
        table = table.drop(columns="condition")
    if shown := (*report.metrics, *report.benchmarks):
        table = table.sort_values(shown[0], ascending=False)
    return markdown("Alignment and benchmarks", table)


def means_text(report: Report, digits: int = 4) -> str:
    """Mean scores of every model over all, Head and Long-tail languages.

    Args:
        report: What to show.
        digits: Of an interval's ends, fewer where there is less room.
    """
    if report.groups.empty:
        return ""
    table = report.groups.assign(
        score=[
            f"{row.value:.4f}"
            + (f" [{row.low:.{digits}f}, {row.high:.{digits}f}]" if row.low == row.low else "")
            for row in each_row(report.groups)
        ]
    )
    keys = [*SERIES, "group", "languages"]
    wide = table.pivot(index=keys, columns="metric", values="score")
    wide = wide[[metric for metric in report.metrics if metric in wide]]
    shown = in_order_of(report.models, wide.reset_index())
    # Said once, not in every row.
    alike = [key for key in SERIES if shown[key].nunique() == 1]
    of = [_escaped(str(shown[key].iloc[0])) for key in alike]
    title = "\n\n".join(["Mean over languages [95 % interval]", *([", ".join(of)] if of else [])])
    return markdown(title, shown.drop(columns=alike))


def retrieval_text(report: Report) -> str:
    """Mean retrieval accuracy in percent, in bold what a test lets stand out."""
    table = retrieval_table(report)
    if table.empty:
        return ""
    for group in GROUPS:
        table[group] = [
            "" if pd.isna(row[group]) else _accuracy_text(row, group)
            for row in table.to_dict("records")
        ]
    keys = [key for key in SERIES if table[key].nunique() > 1]
    columns = [*keys, "representation", "direction", "languages", *GROUPS]
    return markdown("Retrieval accuracy in percent [95 % interval]", table[columns])


def _accuracy_text(row: Mapping[Hashable, Any], group: str) -> str:
    bold = "**" if row[f"{group}_highest"] else ""
    low, high = row[f"{group}_low"], row[f"{group}_high"]
    return f"{bold}{row[group]:.2f}{bold}" + ("" if pd.isna(low) else f" [{low:.1f}, {high:.1f}]")


def stability_text(report: Report) -> str:
    """Scores of the first pairs alone, by their number, and what they predict."""
    table = report.stability
    if table.empty:
        return "These results do not say what fewer pairs would give: measure the model again\n"
    alike = [key for key in SERIES if table[key].nunique() == 1]
    names = {ALL: "mean", "order": "order of languages"}
    names |= {heading: f"r with {heading}" for heading in report.benchmarks}
    title = "Scores of the first pairs alone; order: rank correlation with all pairs"
    return markdown(title, table.drop(columns=alike).rename(columns=names))


def forecasts_text(report: Report) -> str:
    """What each forecast is worth or why there is none, and the scores of all languages."""
    checked = report.forecast_validation
    order = ["label", "condition", "benchmark", "left_out", "predictor", "languages"]
    shown = ["error", "skill", "p", "covered"]
    alike = [key for key in SERIES if checked[key].nunique() == 1]
    table = checked[[*order, *shown]].drop(columns=alike)
    parts = [
        markdown(
            "Error of each predictor where others are left out", table.dropna(subset=["error"])
        )
    ]
    decided = checked[checked["reason"].notna()]
    parts += [f"{row.label}, {row.benchmark}: {row.reason}" for row in each_row(decided)]
    rows = report.forecasts
    if not rows.empty:
        score = [
            f"{row.measured:.4f}"
            if row.measured == row.measured
            else f"{row.forecast:.4f} [{row.low:.2f}, {row.high:.2f}]{'!' * row.extrapolated}"
            for row in each_row(rows)
        ]
        keys = [*(key for key in SERIES if key not in alike), "language", "name"]
        wide = rows.assign(score=score).pivot(index=keys, columns="benchmark", values="score")
        held = f"{100 * rows['confidence'].iloc[0]:g} %"
        title = f"Measured scores, and forecasts [{held} interval]; !: outside what was fitted"
        parts.append(markdown(title, wide.reset_index()))
    return "\n".join(parts)


def correlations_text(report: Report) -> str:
    """Pearson's r of every metric with every benchmark, in bold what a test lets stand out."""
    table = report.correlations
    if table.empty:
        return ""
    keys = [*SERIES, "benchmark"]
    if table["condition"].nunique() == 1:
        keys.remove("condition")
    shown = [_correlation_text(row) for row in each_row(table)]
    wide = table.assign(shown=shown).pivot(index=keys, columns="metric", values="shown")
    order = [metric for metric in (*report.metrics, *TRIVIAL) if metric in wide]
    wide = wide[order].rename(columns={TOKENS: "tokens over the pivot's", SURFACE: "surface"})
    return markdown(
        "Pearson correlation over languages, without English [95 % interval]",
        in_order_of(report.models, wide.reset_index()),
    )


def _correlation_text(row: Any) -> str:
    if pd.isna(row.pearson):
        return str(row.reason)
    bold = "**" if row.highest else ""
    spread = f"[{row.fisher_low:.2f}, {row.fisher_high:.2f}], n = {row.n}"
    paper = "" if pd.isna(row.paper) else f", paper {row.paper:.4f}"
    return f"{bold}{row.pearson:.4f}{bold} {spread}{paper}"


def corpora_text(report: Report) -> str:
    """Pearson's r of every metric on two corpora, over the languages of both."""
    if report.corpora.empty:
        return ""
    table = report.corpora.rename(columns={"condition": "corpus", "other": "other corpus"})
    return markdown("The same metric on two corpora, over the languages of both", table)


def markdown(title: str, table: pd.DataFrame) -> str:
    """A Markdown table with a title; numbers with four digits, a dash for what is missing."""
    numeric = [pd.api.types.is_numeric_dtype(kind) for kind in table.dtypes]
    text = tabulate(
        [[_cell(value) for value in row] for row in table.itertuples(index=False)],
        headers=[_escaped(str(column)) for column in table.columns],
        tablefmt="pipe",
        colalign=["right" if number else "left" for number in numeric],
        disable_numparse=True,
    )
    return f"# {title}\n\n{text}\n"


def _cell(value: Any) -> str:
    if pd.isna(value):
        return _MISSING
    return f"{value:.4f}" if isinstance(value, float) else _escaped(str(value))


def _escaped(text: str) -> str:
    """Text in a cell of Markdown: it neither ends the cell nor becomes HTML, code or a link."""
    return re.sub(r"[\\|<`]|(?<=\])\(", r"\\\g<0>", text)
