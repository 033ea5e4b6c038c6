"""Quantized and compiled models show their neurons, and never zeros."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from neuronxa_tasks.harness.model import NeuronXALM
from neuronxa_tasks.harness.model_encoder import tokenize
from neuronxa_tasks.measures import ACTIVATIONS
from neuronxa_tasks.states.fingerprint import weights_fingerprint
from tests import reference
from tests.conftest import lines
from tests.families import FAMILIES, build_model

MakeLM = Callable[..., NeuronXALM]


@pytest.fixture(scope="module")
def texts(flores_dir: Path) -> list[str]:
    return lines(flores_dir, "fra_Latn")[:4]


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(
    "config", ["Int8WeightOnlyConfig", "Int8DynamicActivationInt8WeightConfig"]
)
def test_a_model_of_int8_weights_shows_its_own_neurons(
    make_lm: MakeLM, texts: list[str], config: str
) -> None:
    quantization = pytest.importorskip("torchao.quantization")
    lm = make_lm(batch_size=1)
    before = weights_fingerprint(lm.model)
    quantization.quantize_(lm.model, getattr(quantization, config)())
    assert "int8" in str(lm.model.model.layers[0].mlp.down_proj.weight).lower()
    for representation, layers in lm.sentence_states(texts, activations=ACTIVATIONS).items():
        source = representation.activation or "embedding"
        for row, ids in enumerate(tokenize(lm, texts)):
            tokens = reference.token_states(lm.model, FAMILIES["llama"], ids)[source]
            for layer, states in zip(layers, tokens, strict=True):
                expected = reference.pool(reference.state(states, representation.kind), "weighted")
                np.testing.assert_allclose(
                    layer[row].numpy(), expected, rtol=1e-4, atol=1e-4 * abs(expected).max()
                )
    assert weights_fingerprint(lm.model) != before


def compile_model(model: Any) -> Any:
    return torch.compile(model, backend="eager")


def compile_in_place(model: Any) -> Any:
    model.compile(backend="eager")
    return model


def compile_decoder(model: Any) -> Any:
    model.model.compile(backend="eager")
    return model


def compile_layers(model: Any) -> Any:
    for layer in model.model.layers:
        layer.compile(backend="eager")
    return model


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(
    "compiled", [compile_model, compile_in_place, compile_decoder, compile_layers]
)
@pytest.mark.parametrize("warm", [False, True])
def test_a_compiled_model_shows_the_same_neurons(
    make_lm: MakeLM, texts: list[str], compiled: Callable[[Any], Any], warm: bool
) -> None:
    expected = make_lm().sentence_states(texts)
    lm = make_lm()
    lm._model = compiled(build_model("llama"))
    if warm:
        with torch.no_grad():
            lm.model(torch.tensor([[1, 5, 6]]))
    states = lm.sentence_states(texts)
    for representation, layers in states.items():
        for one, other in zip(layers, expected[representation], strict=True):
            torch.testing.assert_close(one, other, rtol=1e-4, atol=1e-5)
