"""What `neuronxa inspect` found, as tables: the map of sentences, and the pairs that fail."""

from collections.abc import Iterator, Sequence
from typing import Any

import pandas as pd

from neuronxa_tasks.data.languages import language_name
from neuronxa_tasks.report.show.tables.cells import Cell, Table
from neuronxa_tasks.report.show.wording import MISSING, number
from neuronxa_tasks.results.analyses import FailingPair, InspectedLanguage, Inspection

KEYS = ["label", "corpus", "pivot", "language"]
KINDS = ("embedding", "nas")

# Rows of one table on the page.
SHOWN = 30

_ABOUT = [*KEYS, "pivot_name", "language_name", "n_pairs"]
_MAP = [*_ABOUT, "kind", "layer", "share", "pair", "aligned", "side", "x", "y"]
_FAILING = [
    *(*_ABOUT, "layer", "layers", "pair", "margin", "aligned_layers"),
    *("pivot_sentence", "sentence", "neighbour", "side", "neighbour_sentence"),
]


def maps(contents: Sequence[tuple[str, Inspection]]) -> pd.DataFrame:
    """Every sentence's place on the map, embedding and NAS each in their best layer.

    Args:
        contents: Model's label and what was found in it, oldest first: of one language inspected
            twice the last counts.

    Returns:
        A row per model, language, kind (`embedding` or `nas`), pair and side (`pivot` or
        `language`): the best layer, the share of pairs aligned there, whether this one is, x, y.
    """
    rows = [
        {
            **about,
            "kind": kind,
            "layer": found.layer,
            "share": found.share,
            "pair": pair,
            "aligned": aligned,
            "side": side,
            "x": x,
            "y": y,
        }
        for about, entry in _entries(contents)
        for kind, found in zip(KINDS, (entry.embedding, entry.nas), strict=True)
        for side, points in (("pivot", found.points.pivot), ("language", found.points.language))
        for pair, (aligned, (x, y)) in enumerate(zip(found.aligned, points, strict=True))
    ]
    return pd.DataFrame(rows, columns=_MAP)


def failing(contents: Sequence[tuple[str, Inspection]]) -> pd.DataFrame:
    """The pairs that are not aligned on NAS in its best layer, the lowest margin first.

    Args:
        contents: As for `maps`.

    Returns:
        A row per failing pair: the layer, in how many of all layers it is aligned, its margin
        over the nearest wrong neighbour, and that neighbour with the side on which it stands.
    """
    rows = [
        {
            **about,
            "layer": entry.nas.layer,
            "layers": entry.nas.layers,
            **{name: getattr(row, name) for name in FailingPair.model_fields},
        }
        for about, entry in _entries(contents)
        for row in entry.failing
    ]
    table = pd.DataFrame(rows, columns=_FAILING)
    return table.astype({"margin": "float64", "neighbour": "Int64"})


def _entries(
    contents: Sequence[tuple[str, Inspection]],
) -> Iterator[tuple[dict[str, Any], InspectedLanguage]]:
    """Every language's entry, and what its rows have in common."""
    last = {}
    for label, content in contents:
        for entry in content.languages:
            about = {
                "label": label,
                "corpus": entry.corpus,
                "pivot": entry.pivot,
                "language": entry.language,
                "pivot_name": language_name(entry.pivot),
                "language_name": language_name(entry.language),
                "n_pairs": entry.n_pairs,
            }
            last[tuple(about[key] for key in KEYS)] = about, entry
    yield from last.values()


def failing_tables(pairs: pd.DataFrame) -> list[Table]:
    """A table per model and language of the pairs that fail worst.

    Args:
        pairs: As `failing` gives them.
    """
    several = pairs["label"].nunique() > 1
    tables = []
    for _, own in pairs.groupby(KEYS, sort=False):
        first = own.iloc[0]
        subject = f"{first.pivot_name} and {first.language_name}"
        caption = (
            f"{subject}{f', {first.label}' if several else ''}: {len(own)} of {first.n_pairs} "
            f"pairs are not aligned on NAS in layer {first.layer}, lowest margin first"
        )
        if len(own) > SHOWN:
            caption += f"; {SHOWN} are shown, failing_pairs.csv has all"
        heads = [first.pivot_name, first.language_name, "Nearest wrong neighbour"]
        rows = [_row(row) for row in own.head(SHOWN).itertuples()]
        tables.append(Table(caption, [*heads, "Margin", "Layers aligned"], rows, numeric=3))
    return tables


def _row(row: Any) -> list[Cell]:
    known = not pd.isna(row.neighbour)
    name = row.pivot_name if row.side == "pivot" else row.language_name
    return [
        Cell(row.pivot_sentence, note=f"pair {row.pair}"),
        Cell(row.sentence),
        Cell(row.neighbour_sentence, note=f"{name}, pair {row.neighbour}")
        if known
        else Cell(MISSING),
        Cell(number(row.margin), float(row.margin) if known else None),
        Cell(f"{row.aligned_layers} of {row.layers}", float(row.aligned_layers)),
    ]
