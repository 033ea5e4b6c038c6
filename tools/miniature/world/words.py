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
    """Nouns and places of one language.

    Attributes:
        nouns: A row of forms and features, by concept.
        places: The phrases `in`, `from`, `to` and `near`, by concept.
    """

    nouns: Mapping[str, Row]
    places: Mapping[str, Row]

    def noun(self, concept: str) -> Row:
        """Forms and features of a noun."""
        return self.nouns[concept]

    def place(self, concept: str) -> Row:
        """The phrases of a place."""
        return self.places[concept]

    def citation(self, concept: str) -> str:
        """How a dictionary lists the noun."""
        row = self.nouns[concept]
        return next(row[column] for column in row if column not in ("concept", *FEATURES))


def read_words(language: str) -> Words:
    """The tables of a language, by its ISO 639-3 code."""
    return Words(_read(f"{language}_nouns.tsv"), _read(f"{language}_places.tsv"))


def _read(name: str) -> dict[str, Row]:
    with (TABLES / name).open(encoding="utf-8", newline="") as file:
        return {row["concept"]: row for row in csv.DictReader(file, delimiter="\t")}
