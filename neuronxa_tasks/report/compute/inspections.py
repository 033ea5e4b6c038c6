"""What `neuronxa inspect` found, as tables: the map of sentences, and the pairs that fail."""

from collections.abc import Iterator, Sequence
from typing import Any

import pandas as pd

from neuronxa_tasks.data.languages import language_name
from neuronxa_tasks.report.columns import INSPECTION_KEY
from neuronxa_tasks.results.analyses import FailingPair, InspectedLanguage, Inspection

# The states that are drawn.
KINDS = ("embedding", "nas")

_ABOUT = [*INSPECTION_KEY, "pivot_name", "language_name", "n_pairs"]
_MAP = [*_ABOUT, "kind", "layer", "share", "held_out", "pair", "aligned", "side", "x", "y"]
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
            "held_out": found.held_out,
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
            last[tuple(about[key] for key in INSPECTION_KEY)] = about, entry
    yield from last.values()
