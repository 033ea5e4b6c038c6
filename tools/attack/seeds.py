"""Small good inputs, which the attack damages and which have to survive beside the damaged."""

import json
from pathlib import Path
from typing import Any

from tools.synthetic_results import DIGEST, results

GOOD = "org/good"
LANGUAGES = ("eng_Latn", "deu_Latn", "fra_Latn", "zho_Hans", "spa_Latn")
PAIRS = 6
LAYERS = 3

SCORES = (
    ("model", "revision", "language", "benchmark", "value", "n_shot"),
    *((GOOD, "", code, "COMET", f"0.{60 + i}", "") for i, code in enumerate(LANGUAGES[1:])),
    ("org/other", "step100", "deu", "BLEU", "31.5", "5"),
)


def results_content(model: str, seed: int = 0) -> dict[str, Any]:
    """What the harness writes of a combined run with retrieval."""
    return results(model, LANGUAGES, seed=seed, layers=LAYERS, pairs=PAIRS, retrieval=True)


def matrix_content(model: str) -> dict[str, Any]:
    """What `neuronxa matrix` writes."""
    codes = LANGUAGES[:4]
    scores = [0.5, 0.25, 0.125, 0.75, 0.0, 1.0]
    return _analysis(
        model,
        "matrix",
        {
            "corpus": "flores",
            "n_pairs": PAIRS,
            "source": {"dataset": "folder", "revision": None, "split": "devtest"},
            "languages": list(codes),
            "sha256": [f"{code}{DIGEST}"[:64] for code in codes],
            "tokens": [120, 130, 140, 150],
            "truncated": [0, 0, 0, 0],
            "metrics": {
                "nasca": {
                    **{"kind": "nas", "pooling": "weighted", "activation": "gate"},
                    **{"first_layer": 1, "layers": LAYERS, "scores": scores},
                }
            },
        },
    )


def inspection_content(model: str) -> dict[str, Any]:
    """What `neuronxa inspect` writes."""
    failing = [
        {
            "pair": pair,
            "aligned_layers": 1,
            "margin": -0.125,
            "neighbour": 0,
            "side": "language",
            "pivot_sentence": f"sentence {pair}",
            "sentence": f"Satz {pair}",
            "neighbour_sentence": "Satz 0",
        }
        for pair in (4, 5)
    ]
    entry = {
        "corpus": "flores",
        "pivot": "eng_Latn",
        "language": "deu_Latn",
        "n_pairs": PAIRS,
        "embedding": _map(0, [True] * PAIRS),
        "nas": _map(2, [pair < 4 for pair in range(PAIRS)]),
        "failing": failing,
    }
    return _analysis(model, "inspection", {"languages": [entry]})


def neurons_content(model: str) -> dict[str, Any]:
    """What `neuronxa neurons` writes."""
    codes = LANGUAGES[:3]
    unknown = [None] * LAYERS
    found = [
        {
            "language": code,
            "specific": [2, 0, 1],
            "correlation": [0.25, 0.5, 0.75] if place else unknown,
            "correlation_specific": [0.25, None, 0.5] if place else unknown,
            "correlation_shared": [None, 0.5, 0.5] if place else unknown,
        }
        for place, code in enumerate(codes)
    ]
    changes = {
        **{"change": [0.0, -0.25, 0.125], "stderr": [0.0, 0.125, 0.125], "nats": [1.0, 1.5, 1.0]},
        **{"random_change": [0.0, 0.0, 0.0], "random_stderr": [0.0, 0.125, 0.125]},
        "random_nats": [1.0, 1.0, 1.0],
    }
    return _analysis(
        model,
        "neurons",
        {
            "corpus": "flores",
            "pivot": "eng_Latn",
            "n_pairs": PAIRS,
            "source": {"dataset": "folder", "revision": None, "split": "devtest"},
            "languages": list(codes),
            "sha256": [f"{code}{DIGEST}"[:64] for code in codes],
            "tokens": [120, 130, 140],
            "truncated": [0, 0, 0],
            **{"filter": 0.95, "share": 0.01, "bar": 0.95},
            "layers": [
                {"layer": layer + 1, "neurons": 88, "specific": 2, "shared": 5}
                for layer in range(LAYERS)
            ],
            "found": found,
            "overlap": [0.5, 0.0, 0.25],
            "carriers": [
                {
                    **{"layer": 2, "neuron": 7, "correlation": 0.875, "entropy": 1.0},
                    **{"specific": False, "shared": True},
                }
            ],
            "ablation": {
                "first": 501,
                "n_pairs": PAIRS,
                "parity": [1.0, 0.75, 0.5],
                "ablated": [{"language": codes[1], "neurons": 3, **changes}],
            },
        },
    )


def write(folder: Path, content: dict[str, Any], name: str = "results") -> Path:
    """Write a file as the harness names it."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"{name}_2026-11-01T05-00-00.000000.json"
    file.write_text(json.dumps(content), encoding="utf-8")
    return file


def _map(layer: int, aligned: list[bool]) -> dict[str, Any]:
    points = [[float(pair), layer + pair / 2] for pair in range(len(aligned))]
    return {
        "layer": layer,
        "layers": LAYERS,
        "share": sum(aligned) / len(aligned),
        "aligned": aligned,
        "points": {"pivot": points, "language": [[-x, -y] for x, y in points]},
    }


def _analysis(model: str, kind: str, content: dict[str, Any]) -> dict[str, Any]:
    return {
        "neuronxa_analysis": kind,
        kind: content,
        "config": {"model": "neuronxa", "model_args": {"pretrained": model}},
        "date": 1.8e9,
        "versions": {"neuronxa-tasks": "0.1.0"},
        "score_version": 1,
        "command": f"neuronxa {kind}",
    }
