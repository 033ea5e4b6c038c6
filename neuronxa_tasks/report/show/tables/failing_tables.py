"""The page's tables of the pairs that are not aligned, with their nearest wrong neighbours."""

from typing import Any

import pandas as pd

from neuronxa_tasks.report.columns import INSPECTION_KEY
from neuronxa_tasks.report.show.tables.cells import NOTHING, Cell, Table, decimal

# Rows of one table.
_SHOWN = 30


def failing_tables(pairs: pd.DataFrame) -> list[Table]:
    """A table per model and language of the pairs that fail worst.

    Args:
        pairs: As `inspections.failing` gives them.
    """
    if pairs.empty:
        return []
    several = pairs["label"].nunique() > 1
    tables = []
    for _, own in pairs.groupby(INSPECTION_KEY, sort=False):
        first = own.iloc[0]
        subject = f"{first.pivot_name} and {first.language_name}"
        caption = (
            f"{subject}{f', {first.label}' if several else ''}: {len(own)} of {first.n_pairs} "
            f"pairs are not aligned on NAS in layer {first.layer}, lowest margin first"
        )
        if len(own) > _SHOWN:
            caption += f"; {_SHOWN} are shown, failing_pairs.csv has all"
        heads = [first.pivot_name, first.language_name, "Nearest wrong neighbour"]
        rows = [_failing_row(row) for row in own.head(_SHOWN).itertuples()]
        tables.append(Table(caption, [*heads, "Margin", "Layers aligned"], rows, numeric=3))
    return tables


def _failing_row(row: Any) -> list[Cell]:
    name = row.pivot_name if row.side == "pivot" else row.language_name
    return [
        Cell(row.pivot_sentence, note=f"pair {row.pair}"),
        Cell(row.sentence),
        NOTHING
        if pd.isna(row.neighbour)
        else Cell(row.neighbour_sentence, note=f"{name}, pair {row.neighbour}"),
        decimal(row.margin),
        Cell(f"{row.aligned_layers} of {row.layers}", float(row.aligned_layers)),
    ]
