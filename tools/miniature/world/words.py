"""The word tables of a language."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

TABLES = Path(__file__).parent / "tables"
# Columns of a noun's row that say how it behaves; every other column is a form of it.
FEATURES = ("gender", "class", "classifier", "onset", "animate")

Row = Mapping[str, str]


@dataclass(frozen=True)
class Words:
    """The words of one language.

    Attributes:
        nouns: A row of forms and features, by concept.
        places: The phrases `in`, `from`, `to` and `near`, by concept.
        verbs: The words of all concepts, by form.
        adjectives: Likewise.
        times: The phrase of every concept.
    """

    nouns: Mapping[str, Row]
    places: Mapping[str, Row]
    verbs: Mapping[str, Row]
    adjectives: Mapping[str, Row]
    times: Row

    def citation(self, concept: str) -> str:
        """How a dictionary lists the noun."""
        row = self.nouns[concept]
        return next(row[column] for column in row if column not in ("concept", *FEATURES))


def read_words(language: str) -> Words:
    """The tables of a language, by its ISO 639-3 code.

    Nouns and places have files of their own; the other words of all languages share one.
    """
    nouns, places = (
        {row["concept"]: row for row in _rows(f"{language}_{kind}")} for kind in ("nouns", "places")
    )
    verbs, adjectives = (
        {row["form"]: row for row in _rows(kind) if row["language"] == language}
        for kind in ("verbs", "adjectives")
    )
    (times,) = (row for row in _rows("times") if row["language"] == language)
    return Words(nouns, places, verbs, adjectives, times)


def _rows(name: str) -> list[Row]:
    """The rows of a table, without their empty cells."""
    with (TABLES / f"{name}.tsv").open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file, delimiter="\t")
        return [{column: cell for column, cell in row.items() if cell} for row in rows]
