"""Neurons that are switched off give nothing to the residual stream, and come back."""

import copy
from typing import Any

import pytest
import torch
from transformers import PreTrainedModel

from neuronxa_tasks.errors import ModelError
from neuronxa_tasks.states import ExpertSite, find_decoder, find_layout
from neuronxa_tasks.states.expert_forms import DispatchedExperts, experts_of
from neuronxa_tasks.states.switched_off import switched_off
from tests.families import FAMILIES, build_model
from tests.states.test_experts import CONFIGS, build

IDS = torch.tensor([[1, 40, 77, 200, 31, 9, 150]])
OFF = (0, 5, 31)


def logits(model: PreTrainedModel) -> torch.Tensor:
    with torch.no_grad():
        return model(IDS).logits


@pytest.mark.parametrize("family", ["llama", "gpt2", "opt", "phi3", "gpt_neox", "lfm2"])
def test_a_dense_network_loses_what_its_neurons_would_have_added(family: str) -> None:
    model = build_model(family)
    decoder, before = find_decoder(model), logits(model)
    by_hand = copy.deepcopy(model)
    down = find_decoder(by_hand).layers[1].get_submodule(FAMILIES[family].down)
    with torch.no_grad():
        # GPT-2's weights lie the other way.
        weight = down.weight if type(down).__name__ == "Conv1D" else down.weight.T
        weight[list(OFF)] = 0
    with switched_off(decoder, find_layout(decoder), {2: OFF}):
        without = logits(model)
    assert not torch.allclose(without, before, rtol=1e-3)
    torch.testing.assert_close(without, logits(by_hand), rtol=1e-5, atol=1e-6)
    assert torch.equal(logits(model), before)


def without_up(model: PreTrainedModel, layer: int, expert: int, neuron: int) -> PreTrainedModel:
    """A copy in which a gated neuron's `up`, and so its product, is zero for every token."""
    by_hand = copy.deepcopy(model)
    decoder = find_decoder(by_hand)
    (site,) = [
        site
        for site in find_layout(decoder).sites
        if isinstance(site, ExpertSite) and site.layer == layer
    ]
    module: Any = decoder.model.get_submodule(site.down)
    width = site.width
    with torch.no_grad():
        weight = module.gate_up_proj[expert]
        (weight if weight.shape[0] == 2 * width else weight.T)[width + neuron] = 0
    return by_hand


@pytest.mark.parametrize("family", sorted(CONFIGS.keys() - {"gpt_oss", "inkling2_text"}))
def test_an_expert_loses_what_its_neurons_would_have_added(family: str) -> None:
    model = build(family)
    decoder, before = find_decoder(model), logits(model)
    layout = find_layout(decoder)
    site = [site for site in layout.sites if isinstance(site, ExpertSite)][-1]
    beside = sum(
        s.width for s in layout.sites if s.layer == site.layer and not isinstance(s, ExpertSite)
    )
    for expert in (0, site.experts - 1):
        place = beside + expert * site.width + 3
        with switched_off(decoder, layout, {site.layer: [place]}):
            without = logits(model)
        expected = logits(without_up(model, site.layer, expert, 3))
        torch.testing.assert_close(without, expected, rtol=1e-5, atol=1e-6)
    every = range(beside, beside + site.experts * site.width)
    with switched_off(decoder, layout, {site.layer: every}):
        assert not torch.equal(logits(model), before)
    assert torch.equal(logits(model), before)


@pytest.mark.parametrize("family", ["gpt_oss", "inkling2_text", "mixtral"])
def test_an_expert_without_its_neurons_is_one_whose_products_are_zero(family: str) -> None:
    model = build(family)
    decoder = find_decoder(model)
    layout = find_layout(decoder)
    site = [site for site in layout.sites if isinstance(site, ExpertSite)][-1]
    experts = experts_of(decoder.model.get_submodule(site.down))
    assert isinstance(experts, DispatchedExperts)
    hidden = torch.randn(6, 32, generator=torch.Generator().manual_seed(0))
    routed, weights = torch.tensor([[0, 1], [1, 2], [2, 3]] * 2), torch.full((6, 2), 0.5)
    small = [neuron for neuron in OFF if neuron < site.width]
    beside = sum(
        s.width for s in layout.sites if s.layer == site.layer and not isinstance(s, ExpertSite)
    )
    off = [
        beside + expert * site.width + neuron
        for expert in range(site.experts)
        for neuron in small[: 1 + expert]
    ]
    with torch.no_grad():
        expected = experts.forward(
            hidden,
            routed,
            weights,
            lambda e, t, p, product: product.index_fill_(1, torch.tensor(small[: 1 + e]), 0),
        )
        with switched_off(decoder, layout, {site.layer: off}):
            found = experts.module(hidden, routed, weights)
    torch.testing.assert_close(found, expected, rtol=1e-4, atol=1e-5)


def test_other_layers_and_no_neurons_change_nothing() -> None:
    model = build_model("llama")
    decoder, before = find_decoder(model), logits(model)
    layout = find_layout(decoder)
    with switched_off(decoder, layout, {}):
        assert torch.equal(logits(model), before)


def test_a_fault_inside_leaves_the_model_as_it_was() -> None:
    model = build("qwen2_moe")
    decoder, before = find_decoder(model), logits(model)
    layout = find_layout(decoder)
    with (
        pytest.raises(KeyboardInterrupt),
        switched_off(decoder, layout, {1: range(60), 2: range(200)}),
    ):
        raise KeyboardInterrupt
    assert torch.equal(logits(model), before)
    assert not any(m._forward_hooks or m._forward_pre_hooks for m in model.modules())


def test_a_network_that_does_not_run_is_named() -> None:
    decoder = find_decoder(build_model("llama"))
    with (
        pytest.raises(ModelError, match=r"layers\.0\.mlp\.down_proj to run, but it did not"),
        switched_off(decoder, find_layout(decoder), {1: OFF}),
    ):
        pass


def test_experts_whose_weights_are_elsewhere_are_refused() -> None:
    model = build("mixtral")
    decoder = find_decoder(model)
    layout = find_layout(decoder)
    model.model.layers[0].mlp.experts.to("meta")
    with (
        pytest.raises(ModelError, match=r"layers\.0\.mlp\.experts in memory.*without offloading"),
        switched_off(decoder, layout, {1: OFF}),
    ):
        pass
