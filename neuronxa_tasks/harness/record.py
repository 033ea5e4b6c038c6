"""What the results keep of one language, so that a reader can trust, redraw and re-test it."""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from importlib.metadata import version
from typing import Any

from neuronxa_tasks.alignment import Alignment
from neuronxa_tasks.bitext import Bitext
from neuronxa_tasks.measures import Metric
from neuronxa_tasks.states import ExpertSite, SentenceStates, Site

# Raised whenever the same model and text would get another score.
SCORE_VERSION = 1

VERSIONED_PACKAGES = ("neuronxa-tasks", "lm_eval", "transformers", "torch")


def package_versions() -> dict[str, str]:
    """Versions of the packages that a score depends on."""
    return {package: version(package) for package in VERSIONED_PACKAGES}


def pair_response(pair: int, alignments: Mapping[Metric, Alignment]) -> str:
    """The answer to one request, a short JSON object.

    Args:
        pair: Index of the pair in its bitext.
        alignments: The language's alignment by metric.

    Returns:
        The pair, and for every metric the layers in which it is aligned (positions in the
        record's list of layers), the number of layers, its margin and nearest wrong neighbour
        (null where a vector is zero).
    """
    answer: dict[str, Any] = {"pair": pair}
    for metric, alignment in alignments.items():
        # A vector of zeros has no cosine, and JSON no NaN.
        margin = float(alignment.margin[pair])
        known = math.isfinite(margin)
        answer[metric.name] = {
            "aligned": alignment.aligned[:, pair].nonzero().flatten().tolist(),
            "layers": len(alignment.aligned),
            "margin": round(margin, 6) if known else None,
            "nearest": int(alignment.nearest[pair]) if known else None,
        }
    return json.dumps(answer)


def language_record(
    bitext: Bitext,
    model: Mapping[str, Any],
    sites: Sequence[Site | ExpertSite],
    states: Mapping[str, SentenceStates],
    alignments: Mapping[Metric, Alignment],
) -> dict[str, Any]:
    """The record of one language, plain data fit for JSON.

    Args:
        bitext: The pairs.
        model: What the harness's results do not say of the model already.
        sites: Where its neurons are.
        states: States of both sides, by `pivot` and `language`.
        alignments: By metric.
    """
    return {
        "score_version": SCORE_VERSION,
        "corpus": bitext.corpus,
        "language": bitext.language,
        "pivot": bitext.pivot,
        "n_pairs": len(bitext),
        "source": asdict(bitext.provenance),
        "sha256": bitext.digests,
        **model,
        "sites": [site.down for site in sites],
        "gates": [
            site.gate.module if isinstance(site, Site) and site.gate else None for site in sites
        ],
        "tokens": {side: list(s.tokens) for side, s in states.items()},
        "truncated": {side: s.truncated for side, s in states.items()},
        "versions": package_versions(),
        "metrics": {
            metric.name: {
                **asdict(metric.representation),
                "first_layer": 0 if metric.representation.kind == "embedding" else 1,
                "layer_scores": alignment.layer_scores.tolist(),
                "score": float(alignment.layer_scores.mean()),
                "aligned_layers": alignment.aligned_layers.tolist(),
            }
            for metric, alignment in alignments.items()
        },
    }
