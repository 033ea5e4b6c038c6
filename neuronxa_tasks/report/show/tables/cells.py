"""What the page's tables are made of: cells with a text, and what each sorts by."""

from collections.abc import Iterable
from dataclasses import dataclass
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
    """

    text: str
    sort: float | None = None
    strong: bool = False
    note: str = ""
    span: int = 1
    missing: bool = False


@dataclass(frozen=True)
class Table:
    """A table: the first column heads its row, and `numeric` says where the numbers begin."""

    caption: str
    columns: list[str]
    rows: list[list[Cell]]
    numeric: int = 1
    sortable: bool = True


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


def spread(low: Any, high: Any, digits: int = 2) -> str:
    """An interval as a note: nothing where there is none."""
    return "" if pd.isna(low) else interval(low, high, digits)


def texts(values: Iterable[object]) -> list[Cell]:
    """Settings as text, nothing as an empty cell."""
    return [Cell(plain(value)) for value in values]
