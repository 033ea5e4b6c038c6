"""A matrix and an inspection with what a report needs of them, and no more."""

from typing import Any

CODES = ["deu_Latn", "fra_Latn", "rus_Cyrl"]


def analysis(kind: str, content: Any, date: float = 1.0) -> dict[str, Any]:
    return {
        "neuronxa_analysis": kind,
        kind: content,
        "config": {"model": "neuronxa", "model_args": {"pretrained": "org/model"}},
        "date": date,
    }


def matrix(scores: list[float], corpus: str = "flores") -> dict[str, Any]:
    return {
        "corpus": corpus,
        "n_pairs": 100,
        "languages": CODES,
        "sha256": ["a", "b", "c"],
        "metrics": {"nasca": {"scores": scores}},
    }


def inspection() -> dict[str, Any]:
    found = {
        "layer": 2,
        "layers": 4,
        "share": 0.5,
        "aligned": [True, False],
        "points": {"pivot": [[0.0, 0.1], [1.0, 1.1]], "language": [[0.2, 0.3], [1.2, 1.3]]},
    }
    failing = {
        "pair": 1,
        "margin": -0.25,
        "aligned_layers": 1,
        "pivot_sentence": "Good morning. <b>",
        "sentence": "Guten Morgen.",
        "neighbour": 0,
        "side": "language",
        "neighbour_sentence": "Gute Nacht.",
    }
    entry = {"corpus": "flores", "pivot": "eng_Latn", "language": "deu_Latn", "n_pairs": 2}
    return {"languages": [{**entry, "embedding": found, "nas": found, "failing": [failing]}]}
