"""Results files as the harness would write them, with scores drawn from a seeded generator."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from neuronxa_tasks.data.benchmarks import tasks_of_language

DIGEST = "ab" * 32


def results(
    model: str = "org/model",
    languages: Sequence[str] = (),
    *,
    seed: int = 0,
    layers: int = 4,
    pairs: int = 100,
    alignment: bool = True,
    benchmarks: bool = True,
    n_shot: int = 5,
    pivot: str = "eng_Latn",
    metrics: Sequence[str] = ("nasca", "navca", "mexa"),
    retrieval: bool = False,
    date: float = 1.8e9,
    **model_args: str,
) -> dict[str, Any]:
    """One run of a model whose languages differ in quality, alignment and benchmarks with it."""
    generator = np.random.default_rng(seed)
    quality = dict(zip(languages, np.linspace(0.9, 0.1, len(languages)), strict=True))
    content: dict[str, Any] = {
        "results": {},
        "configs": {},
        "n-shot": {},
        "config": {
            "model": "hf",
            "model_args": {"pretrained": model, **model_args},
            "model_dtype": "torch.bfloat16",
            "model_num_parameters": 1000,
            "limit": None,
        },
        "model_name": model,
        "date": date,
        "lm_eval_version": "0.4.13",
        "transformers_version": "5.23.0",
    }
    for language, good in quality.items():
        if alignment and language != pivot:
            task = f"neuronxa_flores_{language}"
            record = _record(language, good, generator, layers, pairs, pivot, metrics)
            content["configs"][task] = {"metadata": {"version": 1.0, "neuronxa": record}}
            content["n-shot"][task] = 0
            content["results"][task] = {"alias": task, "sample_len": pairs} | {
                f"{metric},none": kept["score"] for metric, kept in record["metrics"].items()
            }
            if retrieval:
                task = f"neuronxa_flores_retrieval_{language}"
                kept = _retrieval(good, generator, layers, pairs)
                content["configs"][task] = {"metadata": {"neuronxa": {**record, "metrics": kept}}}
                content["results"][task] = {
                    f"{metric},none": entry["score"] for metric, entry in kept.items()
                }
        if benchmarks:
            for benchmark, task in tasks_of_language(language).items():
                if benchmark not in ("belebele", "m_arc", "m_mmlu"):
                    continue
                value = 0.25 + 0.5 * good + 0.05 * generator.standard_normal()
                content["configs"][task] = {"task": task}
                content["n-shot"][task] = n_shot
                content["results"][task] = {"acc,none": value, "acc_stderr,none": 0.01}
                if benchmark == "m_arc":
                    content["results"][task] |= {
                        "acc_norm,none": value + 0.02,
                        "acc_norm_stderr,none": 0.01,
                    }
    return content


def _record(
    language: str,
    good: float,
    generator: np.random.Generator,
    layers: int,
    pairs: int,
    pivot: str,
    metrics: Sequence[str],
) -> dict[str, Any]:
    kept = {
        metric: _baseline(good, generator, layers)
        if metric.startswith(("cka", "svcca", "anc", "sads"))
        else _alignment(metric, good, generator, layers, pairs)
        for metric in metrics
    }
    return {
        "score_version": 1,
        "corpus": "flores",
        "language": language,
        "pivot": pivot,
        "n_pairs": pairs,
        "bos": True,
        "dtype": "bfloat16",
        "source": {"dataset": "folder", "revision": None, "split": "devtest"},
        "sha256": {"pivot": DIGEST, "language": f"{language}{DIGEST}"},
        "tokens": {
            "pivot": [20] * pairs,
            "language": (20 + generator.integers(0, 10 + int(30 * (1 - good)), pairs)).tolist(),
        },
        "truncated": {"pivot": 0, "language": 0},
        "surface": _surface(language, pairs),
        "metrics": kept,
    }


def _surface(language: str, pairs: int) -> dict[str, Any]:
    """Of a language in the pivot's letters more pairs are aligned by their strings."""
    count = pairs * (6 if language.endswith("Latn") else 2) // 10 - len(set(language))
    return {"score": count / pairs, "aligned": [1] * count + [0] * (pairs - count)}


def _alignment(
    metric: str, good: float, generator: np.random.Generator, layers: int, pairs: int
) -> dict[str, Any]:
    first = 0 if metric.startswith("mexa") else 1
    count = layers + 1 - first
    profile = good * np.sin(np.linspace(0.3, 2.8, count))
    aligned = generator.random((count, pairs)) < profile[:, None]
    return {
        "first_layer": first,
        "layer_scores": aligned.mean(axis=1).tolist(),
        "score": float(aligned.mean()),
        "aligned_layers": aligned.sum(axis=0).tolist(),
        # A quarter of the others has another nearest neighbour that it is nearest to.
        "mutual_neighbours": [int(n + (pairs - n) // 4) for n in aligned.sum(axis=1)],
        "permutation_p": 1 / 10001 if good > 0.2 else 0.4,
        "by_pairs": {
            str(m): float(aligned[:, :m].mean()) for m in sorted({10, 20, pairs}) if m <= pairs
        },
    }


def _baseline(good: float, generator: np.random.Generator, layers: int) -> dict[str, Any]:
    scores = good * generator.random(layers + 1)
    return {
        "first_layer": 0,
        "layer_scores": scores.tolist(),
        "score": float(scores.mean()),
    }


def _retrieval(
    good: float, generator: np.random.Generator, layers: int, pairs: int
) -> dict[str, Any]:
    """Every direction of hidden states and of NAS, whose best layer is the last but one."""
    kept = {}
    for states, first in (("nas", 1), ("embedding", 0)):
        for direction, ease in (("forward", 1.0), ("backward", 0.9), ("both", 0.8)):
            outcomes = generator.random(pairs) < good * ease
            best = float(outcomes.mean())
            scores = [int(outcomes.sum()) // 2 / pairs] * (layers + 1 - first)
            scores[-2] = best
            kept[f"{states}_{direction}"] = {
                "first_layer": first,
                "layer_scores": scores,
                "score": best,
                "best_layer": layers - 1,
                "outcomes": outcomes.astype(int).tolist(),
            }
    return kept
