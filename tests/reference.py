"""An independent NeuronXA: one sentence at a time, unpadded, pooled and scored in float64 loops."""

import copy
import math

import numpy as np
import torch
from numpy.typing import NDArray
from transformers import PreTrainedModel

from neuronxa_tasks.harness.model import NeuronXALM
from tests.families import Family

Floats = NDArray[np.float64]


def token_states(model: PreTrainedModel, family: Family, ids: list[int]) -> dict[str, list[Floats]]:
    """Gate activations, products and hidden states of one sentence, each `(T, d)` per layer."""
    layers = _layers(model)
    seen: dict[int, torch.Tensor] = {}
    handles = []
    for index, layer in enumerate(layers):
        first = layer.get_submodule(f"{family.ffn}.{family.first}".strip("."))

        def hook(module, args, index=index):
            seen[index] = args[0].reshape(len(ids), -1)

        handles.append(first.register_forward_pre_hook(hook))
    with torch.no_grad():
        hidden = model(torch.tensor([ids]), output_hidden_states=True).hidden_states
        for handle in handles:
            handle.remove()
        neurons = [
            family.neurons(layer.get_submodule(family.ffn), seen[index])
            for index, layer in enumerate(layers)
        ]
    return {
        "gate": [gate.double().numpy() for gate, _ in neurons],
        "product": [product.double().numpy() for _, product in neurons],
        "embedding": [states[0].double().numpy() for states in hidden],
    }


def _layers(model: PreTrainedModel) -> list[torch.nn.Module]:
    name = next(n for n in ("layers", "h", "blocks") if hasattr(model.get_decoder(), n))
    return list(getattr(model.get_decoder(), name))


def state(tokens: Floats, kind: str) -> Floats:
    """NAS, NAV or the hidden state of every token."""
    if kind == "nas":
        return np.where(tokens > 0, 1.0, 0.0)
    return np.abs(tokens) if kind == "nav" else tokens


def pool(tokens: Floats, pooling: str) -> Floats:
    """A sentence's state from its tokens', by loops over the definitions."""
    length = len(tokens)
    pooled = np.zeros(tokens.shape[1])
    for t in range(1, length + 1):
        weight = {
            "weighted": t / (length * (length + 1) / 2),
            "mean": 1 / length,
            "last": float(t == length),
        }[pooling]
        pooled += weight * tokens[t - 1]
    return pooled


def cosine(x: Floats, y: Floats) -> float:
    """Cosine of two vectors."""
    return float(np.dot(x, y) / (np.sqrt(np.dot(x, x)) * np.sqrt(np.dot(y, y))))


def weak_alignment(pivot: list[Floats], language: list[Floats]) -> list[bool]:
    """Equation 4, pair by pair."""
    n = len(pivot)
    c = [[cosine(x, y) for y in language] for x in pivot]
    return [
        all(c[i][i] > c[i][j] and c[i][i] > c[j][i] for j in range(n) if j != i) for i in range(n)
    ]


def expected_loss(lm: NeuronXALM, sentence: str, *, special: bool = True) -> float:
    """The definition: one sentence alone, in float64, token by token."""
    model = copy.deepcopy(lm.model).double()
    ids = lm.tokenizer(sentence, add_special_tokens=special)["input_ids"]
    with torch.no_grad():
        logits = model(torch.tensor([ids])).logits[0]
    total = 0.0
    for position, token in enumerate(ids[1:]):
        total -= float(torch.log_softmax(logits[position], dim=0)[token])
    return total / (len(ids) - 1)


def naive_pearson(x: list[float], y: list[float]) -> float:
    """The coefficient, sum by sum."""
    mean_x, mean_y = sum(x) / len(x), sum(y) / len(y)
    above = sum((a - mean_x) * (b - mean_y) for a, b in zip(x, y, strict=True))
    below = sum((a - mean_x) ** 2 for a in x) * sum((b - mean_y) ** 2 for b in y)
    return above / math.sqrt(below)


def similarities(
    pivot: list[Floats], language: list[Floats], centred: bool, neighbours: int | None
) -> list[list[float]]:
    """Cosines of all sentences, centred and scaled by CSLS as asked, one entry at a time."""
    n = len(pivot)
    if centred:
        pivot, language = ([x - sum(side) / n for x in side] for side in (pivot, language))
    c = [[cosine(x, y) for y in language] for x in pivot]
    if neighbours is None:
        return c
    k = min(neighbours, n)
    of_pivot = [sum(sorted(row)[-k:]) / k for row in c]
    of_language = [sum(sorted(column)[-k:]) / k for column in zip(*c, strict=True)]
    return [[2 * c[i][j] - of_pivot[i] - of_language[j] for j in range(n)] for i in range(n)]


def found(c: list[list[float]]) -> tuple[list[bool], list[bool]]:
    """Which pairs are found among all, forward and backward."""
    n = len(c)
    forward = [all(c[i][i] > c[i][j] for j in range(n) if j != i) for i in range(n)]
    backward = [all(c[i][i] > c[j][i] for j in range(n) if j != i) for i in range(n)]
    return forward, backward
