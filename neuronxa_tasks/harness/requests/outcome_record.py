"""What the results keep of one language, so that a reader can trust, redraw and re-test it."""

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from neuronxa_tasks.alignment import held_out_share
from neuronxa_tasks.data.bitext import Bitext
from neuronxa_tasks.harness.requests.outcomes import Hits, Outcome, Similarity
from neuronxa_tasks.harness.requests.surface import surface_alignment
from neuronxa_tasks.measures import SCORE_VERSION, Metric
from neuronxa_tasks.results.record import LanguageRecord
from neuronxa_tasks.states import Named, SentenceEncoder, SentenceStates
from neuronxa_tasks.versions import package_versions


def pair_response(pair: int, outcomes: Mapping[Metric, Outcome]) -> str:
    """The answer to one request, a short JSON object.

    Args:
        pair: Index of the pair in its bitext.
        outcomes: The language's outcomes by metric.

    Returns:
        The pair, and for every metric of alignment the layers in which it is aligned (positions
        in the record's list of layers), the number of layers, its margin and nearest wrong
        neighbour (null where a vector is zero); of retrieval whether it is found in the best
        layer; of a baseline the value of the whole language.
    """
    answers = {metric.name: _answer(outcome, pair) for metric, outcome in outcomes.items()}
    return json.dumps({"pair": pair, **answers})


def _answer(outcome: Outcome, pair: int) -> dict[str, Any]:
    match outcome:
        case Hits():
            return {"found": bool(outcome.found[outcome.best, pair])}
        case Similarity():
            return {"value": _plain(float(outcome.layer_scores.mean()))}
    # A vector of zeros has no cosine, and JSON no NaN.
    margin = float(outcome.margin[pair])
    known = math.isfinite(margin)
    return {
        "aligned": outcome.aligned[:, pair].nonzero().flatten().tolist(),
        "layers": len(outcome.aligned),
        "margin": round(margin, 6) if known else None,
        "nearest": int(outcome.nearest[pair]) if known else None,
    }


def pair_value(metric: Metric, answer: Mapping[str, Any]) -> float:
    """What a pair's answer contributes to the metric's mean.

    Args:
        metric: Of alignment: share of layers in which the pair is aligned. Of retrieval: 1 if it
            is found. A baseline: the value of the whole language.
        answer: As `pair_response` gives it for the metric.
    """
    if metric.family == "retrieval":
        return float(answer["found"])
    if metric.family == "baseline":
        return math.nan if answer["value"] is None else float(answer["value"])
    return len(answer["aligned"]) / int(answer["layers"])


def _plain(number: float) -> float | None:
    return number if math.isfinite(number) else None


def language_record(
    bitext: Bitext,
    model: Mapping[str, Any],
    encoder: SentenceEncoder,
    states: Mapping[str, SentenceStates],
    outcomes: Mapping[Metric, Outcome],
) -> dict[str, Any]:
    """The record of one language, plain data fit for JSON.

    Args:
        bitext: The pairs.
        model: What the harness's results do not say of the model already.
        encoder: What ran it.
        states: States of both sides, by `pivot` and `language`.
        outcomes: By metric.
    """
    layout = encoder.layout
    record = {
        "score_version": SCORE_VERSION,
        "corpus": bitext.corpus,
        "language": bitext.language,
        "pivot": bitext.pivot,
        "n_pairs": len(bitext),
        **bitext.place,
        "source": asdict(bitext.provenance),
        "sha256": bitext.digests,
        **model,
        **_described(encoder),
        "tokens": {side: list(s.tokens) for side, s in states.items()},
        "truncated": {side: s.truncated for side, s in states.items()},
        "versions": package_versions(),
        **_surface(bitext, outcomes),
        "metrics": {
            metric.name: _entry(metric, outcome, layout.layers(metric.representation))
            for metric, outcome in outcomes.items()
        },
    }
    return LanguageRecord.model_validate(record).dump()


def _surface(bitext: Bitext, metrics: Iterable[Metric]) -> dict[str, Any]:
    """What strings alone align, where a measure of alignment stands beside it."""
    if all(metric.family != "alignment" for metric in metrics):
        return {}
    aligned = surface_alignment(bitext)
    score = float(aligned.double().mean())
    return {"surface": {"score": score, "aligned": aligned.int().tolist()}}


def _described(encoder: SentenceEncoder) -> dict[str, Any]:
    """Where the states of a language were taken from."""
    decoder, layout = encoder.decoder, encoder.layout
    layers = range(1, len(decoder.layers) + 1)
    with_neurons = {site.layer for site in layout.sites}
    return {
        "decoder": type(decoder.model).__name__,
        "layers_without_neurons": [
            number for number in layout.running if number not in with_neurons
        ],
        "layers_not_run": [number for number in layers if number not in layout.running],
        "missing": dict(layout.missing),
        **({"named": _plain_lists(layout.named)} if layout.named else {}),
        "sites": [site.down for site in layout.sites],
        "gates": [gate for _, _, gate in layout.described()],
    }


def _plain_lists(named: Named) -> dict[str, list[str]]:
    return {"down_projections": list(named.down_projections), "gates": list(named.gates)}


def _entry(metric: Metric, outcome: Outcome, layers: Sequence[int]) -> dict[str, Any]:
    follow = list(layers) == list(range(layers[0], layers[0] + len(layers)))
    entry = {
        **asdict(metric.representation),
        "correction": metric.correction,
        "csls_k": metric.csls_k,
        "first_layer": layers[0],
        **({} if follow else {"layers": list(layers)}),
        "layer_scores": [_plain(score) for score in outcome.layer_scores.tolist()],
    }
    match outcome:
        case Hits():
            return {
                **entry,
                "score": float(outcome.layer_scores[outcome.best]),
                "best_layer": layers[outcome.best],
                "held_out": held_out_share(outcome.found),
                "outcomes": outcome.found[outcome.best].int().tolist(),
            }
        case Similarity():
            return {**entry, "score": _plain(float(outcome.layer_scores.mean()))}
    return {
        **entry,
        "score": float(outcome.layer_scores.mean()),
        "aligned_layers": outcome.aligned_layers.tolist(),
        "mutual_neighbours": outcome.mutual_neighbours.tolist(),
        "permutation_p": outcome.permutation_p,
        "by_pairs": {str(n): score for n, score in outcome.by_pairs.items()},
    }
