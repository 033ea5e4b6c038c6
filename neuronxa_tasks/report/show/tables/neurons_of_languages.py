"""The page's tables of languages' neurons, of those that carry alignment, and of ablation."""

from collections.abc import Hashable, Iterator, Sequence
from typing import Any

import pandas as pd

from neuronxa_tasks.data.languages import language_name
from neuronxa_tasks.report.columns import LANGUAGE_KEY, SERIES
from neuronxa_tasks.report.compute.report_tables import Report, each_row
from neuronxa_tasks.report.show.number_formats import number
from neuronxa_tasks.report.show.tables.cells import NOTHING, Cell, Table, decimal, whole


def neuron_tables(report: Report) -> list[Table]:
    """Tables per model and text."""
    if report.neurons.empty:
        return []
    several = report.neurons["label"].nunique() > 1
    nearest = _nearest(report.neuron_overlap)
    tables = []
    for key, own in report.neurons.groupby(SERIES, sort=False):
        subject = ", ".join(map(str, key)) if several else str(key[1])
        tables.append(_languages(own, nearest, subject))
        for found, made in ((report.carriers, _carriers), (report.ablation, _ablation)):
            if found.empty:
                continue
            part = found[(found["label"] == key[0]) & (found["condition"] == key[1])]
            if not part.empty:
                tables.append(made(part, subject))
    return tables


def _nearest(overlap: pd.DataFrame) -> dict[tuple[Hashable, ...], Any]:
    """The row of the language with which each shares most, by label, condition and language."""
    best = overlap.sort_values("value", ascending=False, kind="stable")
    rows = each_row(best.drop_duplicates(LANGUAGE_KEY))
    return {(row.label, row.condition, row.language): row for row in rows}


def _languages(own: pd.DataFrame, nearest: dict[tuple[Hashable, ...], Any], subject: str) -> Table:
    rows = []
    for key, layers in own.groupby(LANGUAGE_KEY, sort=False):
        total = layers["specific"].sum()
        most = layers.sort_values("specific", ascending=False, kind="stable").iloc[0]
        shared = nearest[key]
        rows.append(
            [
                Cell(language_name(key[2]), note=str(key[2])),
                _named(shared.other, shared.value) if shared.value else NOTHING,
                whole(total),
                Cell(str(most["layer"]), float(most["layer"])) if total else NOTHING,
                decimal(layers["correlation"].mean()),
                decimal(layers["correlation_specific"].mean()),
            ]
        )
    rows.sort(key=lambda row: -(row[2].sort or 0))
    heads = ["Language", "Shares most with", "Neurons", "Most in layer", "Correlation"]
    caption = f"Language-specific neurons: {subject}"
    return Table(caption, [*heads, "Of its own neurons"], rows, 2)


def _named(code: str, value: float) -> Cell:
    return Cell(language_name(code), note=number(value))


def _carriers(own: pd.DataFrame, subject: str) -> Table:
    rows = [
        [
            Cell(_kind(row.specific, row.shared)),
            whole(row.layer),
            whole(row.neuron),
            decimal(row.correlation),
            decimal(row.lape),
        ]
        for row in each_row(own)
    ]
    caption = f"Neurons that correlate most over pairs, mean over languages: {subject}"
    return Table(caption, ["Kind", "Layer", "Neuron", "Correlation", "LAPE"], rows)


def _kind(specific: bool, shared: bool) -> str:
    if shared:
        return "shared by all"
    return "of some language" if specific else "other"


def _ablation(own: pd.DataFrame, subject: str) -> Table:
    heads = ["Without neurons of", "Neurons", "Its parity", "Random", "Its nats", "Random"]
    heads += ["Other languages' parity", "Random"]
    caption = f"Change of information parity without neurons: {subject}"
    return Table(caption, heads, list(_ablation_rows(own)), 1)


def _ablation_rows(own: pd.DataFrame) -> Iterator[list[Cell]]:
    for code, rows in own.groupby("ablated", sort=False):
        itself, others = rows[rows["language"] == code].iloc[0], rows[rows["language"] != code]
        yield [
            Cell(language_name(str(code)), note=str(code)),
            whole(itself["neurons"]),
            *_with_errors(itself, ("change", "stderr"), ("random_change", "random_stderr")),
            decimal(itself["nats"]),
            decimal(itself["random_nats"]),
            decimal(others["change"].mean(), 4),
            decimal(others["random_change"].mean(), 4),
        ]


def _with_errors(row: pd.Series, *columns: Sequence[str]) -> Iterator[Cell]:
    for value, error in columns:
        yield decimal(row[value], 4, note=f"± {number(row[error], 4)}")
