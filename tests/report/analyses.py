"""A matrix, an inspection and neurons with what a report needs of them, and no more."""

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


def neurons(ablation: bool = True, **changes: Any) -> dict[str, Any]:
    """Three languages and two layers, of which the first has no neurons."""
    none = [None, None]
    found = [
        {
            "language": code,
            "specific": [place, 2],
            "correlation": [0.25, 0.5] if place else none,
            "correlation_specific": [None, -0.5] if place else none,
            "correlation_shared": [0.75, None] if place else none,
        }
        for place, code in enumerate(CODES)
    ]
    carrier = {"layer": 3, "neuron": 7, "correlation": 0.875, "entropy": 1.0625}
    row = {
        "language": "fra_Latn",
        "neurons": 3,
        "change": [0.0, -0.25, 0.125],
        "stderr": [0.0, 0.0625, 0.03125],
        "nats": [1.0, 1.5, 1.0],
        "random_change": [0.0, -0.0078125, 0.0],
        "random_stderr": [0.0, 0.00390625, 0.0],
        "random_nats": [1.0, 1.0, 1.125],
    }
    content = {
        "corpus": "flores",
        "pivot": "deu_Latn",
        "n_pairs": 100,
        "languages": CODES,
        "sha256": ["a", "b", "c"],
        "filter": 0.95,
        "share": 0.01,
        "bar": 0.95,
        "layers": [
            {"layer": 2, "neurons": 88, "specific": 2, "shared": 5},
            {"layer": 3, "neurons": 88, "specific": 4, "shared": 0},
        ],
        "found": found,
        "overlap": [0.5, 0.0, 0.25],
        "carriers": [
            {**carrier, "specific": False, "shared": True},
            {**carrier, "neuron": 8, "entropy": None, "specific": True, "shared": False},
        ],
        "ablation": {
            "first": 501,
            "n_pairs": 100,
            "parity": [1.0, 0.75, 0.5],
            "ablated": [row],
        }
        if ablation
        else None,
    }
    return {**content, **changes}
