"""What the page's tables are made of: cells with a text, and what each sorts by."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from neuronxa_tasks.report.show.number_formats import MISSING, interval, number, p_value, plain


@dataclass(frozen=True)
class Cell:
    """What stands in one place.

    Attributes:
        text: What is read.
        sort: A number to sort by; None sorts by the text.
        strong: Whether a test lets it stand out.
        note: What stands below, smaller.
        span: How many columns it takes.
        missing: Whether there is nothing to be read, so that it is sorted last.
        model: Label of the model that its row is of, if of one.
    """

    text: str
    sort: float | None = None
    strong: bool = False
    note: str = ""
    span: int = 1
    missing: bool = False
    model: str = ""


@dataclass(frozen=True)
class Table:
    """A table: the first column heads its row, and `numeric` says where the numbers begin.

    Attributes:
        caption: What it is of.
        columns: Heads of the columns.
        rows: As many cells each as there are columns, unless one spans several.
        numeric: Place of the first column of numbers.
        sortable: Whether the reader may sort it.
        folded: Whether it is one of many, which the page shows when asked.
        anchors: Ids of columns or rows by what heads them.
    """

    caption: str
    columns: list[str]
    rows: list[list[Cell]]
    numeric: int = 1
    sortable: bool = True
    folded: bool = False
    anchors: Mapping[str, str] = field(default_factory=dict)


NOTHING = Cell(MISSING, missing=True)


def decimal(value: Any, digits: int = 3, strong: bool = False, note: str = "") -> Cell:
    """A number that sorts by its value."""
    return NOTHING if pd.isna(value) else Cell(number(value, digits), float(value), strong, note)


def between(low: Any, high: Any) -> Cell:
    """An interval that sorts by its lower end."""
    return NOTHING if pd.isna(low) else Cell(interval(low, high), float(low))


def probability(p: Any) -> Cell:
    """A p value that sorts by its value."""
    return NOTHING if pd.isna(p) else Cell(p_value(p), float(p))


def whole(count: Any) -> Cell:
    """A whole number that sorts by its value."""
    return Cell(f"{count:.0f}", float(count))


def paired_means(row: Any) -> list[Cell]:
    """What a row of `rows.ComparedMeansRow` says of the difference: itself, how sure, where."""
    return [
        decimal(row.difference),
        between(row.low, row.high),
        probability(row.p),
        whole(row.ahead),
        whole(row.behind),
        whole(row.languages),
    ]


def spread(low: Any, high: Any, digits: int = 3) -> str:
    """An interval as a note: nothing where there is none."""
    return "" if pd.isna(low) else interval(low, high, digits)


def texts(values: Iterable[object]) -> list[Cell]:
    """Settings as text, nothing as an empty cell."""
    return [Cell(plain(value)) for value in values]
