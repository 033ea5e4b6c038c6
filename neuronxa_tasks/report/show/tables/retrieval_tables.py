"""The page's tables of retrieval accuracy, as the paper's Tables 1 and 5."""

from collections.abc import Hashable
from typing import Any

from neuronxa_tasks.report.columns import ALL, GROUPS
from neuronxa_tasks.report.compute.report_tables import Report
from neuronxa_tasks.report.compute.retrieval_accuracy import retrieval_table
from neuronxa_tasks.report.show.tables.cells import Cell, Table, decimal, spread, whole

_HELD_OUT = f"{ALL}_held_out"


def retrieval_tables(report: Report) -> list[Table]:
    """A table per setting, a row per model, representation and direction."""
    table = retrieval_table(report)
    if table.empty:
        return []
    several = table["label"].nunique() > 1
    heads = [*(["Model"] if several else []), "Representation", "Direction"]
    tables = []
    for condition, own in table.groupby("condition", sort=False):
        shown = {group: title for group, title in GROUPS.items() if own[group].notna().any()}
        held_out = bool(own[_HELD_OUT].notna().any())
        rows = [
            [
                *([Cell(str(row["label"]), model=str(row["label"]))] if several else []),
                Cell(row["representation"]),
                Cell(row["direction"]),
                *(_accuracy_cell(row, group) for group in shown),
                *([decimal(row[_HELD_OUT], 2)] if held_out else []),
                whole(row["languages"]),
            ]
            for row in own.to_dict("records")
        ]
        caption = (
            f"Accuracy in percent, with 95% intervals: {condition}; "
            "in each direction those representations are bold that cannot be told from the "
            "highest, where others can"
        )
        others = ["All, layer chosen on other pairs"] if held_out else []
        columns = [*heads, *shown.values(), *others, "Languages"]
        tables.append(Table(caption, columns, rows, len(heads)))
    return tables


def _accuracy_cell(row: dict[Hashable, Any], group: str) -> Cell:
    note = spread(row[f"{group}_low"], row[f"{group}_high"], 2)
    return decimal(row[group], 2, strong=row[f"{group}_highest"], note=note)
