"""Routed experts against a reference that goes token by token, expert by expert."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from torch.nn import functional
from transformers import AutoConfig, AutoModelForCausalLM, PreTrainedModel

from neuronxa_tasks.errors import ModelError
from neuronxa_tasks.harness.model import NeuronXALM
from neuronxa_tasks.harness.model_encoder import tokenize
from neuronxa_tasks.measures import ACTIVATIONS, POOLINGS
from neuronxa_tasks.states import ExpertSite, find_decoder, find_sites
from neuronxa_tasks.states.expert_forms import experts_of
from tests import reference
from tests.families import COMMON, HEADS_OF_8, silu

Neurons = tuple[torch.Tensor, torch.Tensor]
TEXTS = ["Drei blaue Boote warten im Hafen.", "It rained.", "三艘蓝色的船在港口等着。"]

SMALL = {"num_experts_per_tok": 2, "moe_intermediate_size": 24}
DEEPSEEK = {
    **SMALL,
    **{"n_routed_experts": 8, "n_shared_experts": 1, "first_k_dense_replace": 1},
    **{"n_group": 2, "topk_group": 1, "kv_lora_rank": 16, "q_lora_rank": 16, "head_dim": 4},
    **{"qk_rope_head_dim": 4, "qk_nope_head_dim": 8, "v_head_dim": 8, "num_key_value_heads": 4},
}
CONFIGS: dict[str, dict[str, Any]] = {
    "mixtral": {"num_local_experts": 4},
    "qwen3_moe": {**SMALL, "num_experts": 8},
    "qwen2_moe": {**SMALL, "num_experts": 8, "shared_expert_intermediate_size": 40},
    "olmoe": {"num_experts": 8, "num_experts_per_tok": 2},
    "deepseek_v3": DEEPSEEK,
    "gpt_oss": {"num_local_experts": 4, "num_experts_per_tok": 2},
    "granitemoe": {"num_local_experts": 4},
    # Its router is a network of its own, and sends some tokens to no expert.
    "zaya": {**SMALL, "num_experts": 4, "num_experts_per_tok": 1, "router_hidden_size": 16},
    # A small network gates its norms.
    "axk2": {
        **{**DEEPSEEK, "n_group": None, "topk_group": None, "n_routed_experts": 4},
        **{"index_topk": 64, "index_head_dim": 16, "index_n_heads": 2, "gated_norm_rank": 8},
    },
    "inkling2_text": {
        **{**SMALL, "n_routed_experts": 4, "swa_num_attention_heads": 4, "swa_head_dim": 8},
        **{"swa_num_key_value_heads": 2, "d_rel": 4, "rel_extent": 64, "unpadded_vocab_size": 512},
        **{"mlp_up_softcap": 2.0, "intermediate_size": 24},
    },
    "llama4_text": {
        **{"num_local_experts": 4, "intermediate_size_mlp": 40, "attention_chunk_size": 64},
    },
}
# Where the dense network of a layer is: all of the layer's, or beside the routed experts.
DENSE = {
    "qwen2_moe": "mlp.shared_expert",
    "deepseek_v3": "mlp.shared_experts",
    "axk2": "mlp.shared_experts",
    "llama4_text": "feed_forward.shared_expert",
}


def build(family: str) -> PreTrainedModel:
    torch.manual_seed(0)
    config = AutoConfig.for_model(family, **{**COMMON, **HEADS_OF_8, **CONFIGS[family]})
    model = AutoModelForCausalLM.from_config(config, dtype=torch.float32).eval()
    with torch.no_grad():
        for parameter in model.parameters():
            if parameter.ndim > 1:
                parameter.normal_(std=0.1)
    return model


def of_llama(experts: Any, expert: int, x: torch.Tensor) -> Neurons:
    both = experts.gate_up_proj[expert] @ x
    width = len(both) // 2
    gate = silu(both[:width])
    return gate, gate * both[width:]


def of_llama4(experts: Any, expert: int, x: torch.Tensor) -> Neurons:
    both = x @ experts.gate_up_proj[expert]
    width = len(both) // 2
    gate = silu(both[:width])
    return gate, gate * both[width:]


def of_gpt_oss(experts: Any, expert: int, x: torch.Tensor) -> Neurons:
    both = x @ experts.gate_up_proj[expert] + experts.gate_up_proj_bias[expert]
    gate, up = both[::2].clamp(max=experts.limit), both[1::2].clamp(-experts.limit, experts.limit)
    gate = gate * torch.sigmoid(experts.alpha * gate)
    return gate, gate * (up + 1)


def of_inkling2(experts: Any, expert: int, x: torch.Tensor) -> Neurons:
    gate, up = (experts.gate_up_proj[expert] @ x).chunk(2)
    gate = 4 * torch.tanh(gate / 4) * torch.sigmoid(gate)
    return gate, gate * 2 * torch.tanh(up / 2)


def dense_neurons(mlp: Any, x: torch.Tensor) -> Neurons:
    gate = functional.silu(mlp.gate_proj(x))
    return gate, gate * mlp.up_proj(x)


def token_states(
    model: PreTrainedModel, family: str, ids: list[int]
) -> dict[str, list[np.ndarray]]:
    """Every token's neurons, shared before routed, each `(T, d)` per layer."""
    own = {"gpt_oss": of_gpt_oss, "llama4_text": of_llama4, "inkling2_text": of_inkling2}
    neurons_of = own.get(family, of_llama)
    layers = find_decoder(model).layers
    calls: dict[str, tuple[Any, ...]] = {}
    handles = []
    for name, module in layers.named_modules():
        if name.endswith("experts") or name.endswith("gate_proj"):

            def hook(module: Any, args: tuple[Any, ...], name: str = name) -> None:
                calls[name] = args

            handles.append(module.register_forward_pre_hook(hook))
    with torch.no_grad():
        model(torch.tensor([ids]))
        for handle in handles:
            handle.remove()
        per_layer = []
        for index, layer in enumerate(layers):
            parts: list[Neurons] = []
            for dense in (DENSE.get(family, ""), "mlp", "feed_forward"):
                if dense and f"{index}.{dense}.gate_proj" in calls:
                    x = calls[f"{index}.{dense}.gate_proj"][0].reshape(len(ids), -1)
                    parts.append(dense_neurons(layer.get_submodule(dense), x))
            for name, args in calls.items():
                if name.startswith(f"{index}.") and name.endswith(".experts"):
                    experts = layers.get_submodule(name)
                    parts.append(routed_neurons(experts, args, len(ids), neurons_of))
            per_layer.append(
                [torch.cat(kind, dim=1).double().numpy() for kind in zip(*parts, strict=True)]
            )
    return {"gate": [gate for gate, _ in per_layer], "product": [p for _, p in per_layer]}


def routed_neurons(
    experts: Any, args: tuple[Any, ...], length: int, neurons_of: Callable[..., Neurons]
) -> Neurons:
    count, width = len(experts.down_proj), None
    rows: list[list[list[torch.Tensor]]] = []
    for token in range(length):
        row: list[list[torch.Tensor]] = [[], []]
        for expert in range(count):
            if len(args) == 1:
                x = args[0].view(count, length, -1)[expert, token]
                active = bool(x.any())
            else:
                x, routes = args[0][token], zip(*(a[token].tolist() for a in args[1:]), strict=True)
                active = any(chosen == expert and weight for chosen, weight in routes)
            both = neurons_of(experts, expert, x)
            width = len(both[0])
            for kind, states in enumerate(both):
                row[kind].append(states if active else torch.zeros(width))
        rows.append(row)
    gate, product = (torch.stack([torch.cat(row[kind]) for row in rows]) for kind in (0, 1))
    return gate, product


@pytest.mark.parametrize("family", CONFIGS)
def test_neurons_of_experts_rest_where_a_token_is_not_routed(family: str, tokenizer: Any) -> None:
    model = build(family)
    lm = NeuronXALM(pretrained=model, tokenizer=tokenizer, batch_size=2)
    states = lm.sentence_states(
        TEXTS, kinds=["nas", "nav"], poolings=POOLINGS, activations=ACTIVATIONS
    )
    sentences = [token_states(model, family, ids) for ids in tokenize(lm, TEXTS)]
    for representation, layers in states.items():
        for index, layer in enumerate(layers):
            expected = np.array(
                [
                    reference.pool(
                        reference.state(
                            tokens[str(representation.activation)][index], representation.kind
                        ),
                        representation.pooling,
                    )
                    for tokens in sentences
                ]
            )
            assert layer.shape == expected.shape
            assert expected.any()
            np.testing.assert_allclose(
                layer.numpy(), expected, rtol=1e-4, atol=1e-5 * abs(expected).max()
            )


@pytest.mark.parametrize("family", CONFIGS)
def test_the_models_own_implementation_is_back_and_its_outputs_unchanged(
    family: str, tokenizer: Any
) -> None:
    model = build(family)
    lm = NeuronXALM(pretrained=model, tokenizer=tokenizer, batch_size=2)
    ids = torch.tensor([tokenize(lm, TEXTS)[0]])
    implementation = model.config._experts_implementation
    with torch.no_grad():
        before = model(ids).logits
        lm.sentence_states(TEXTS)
        after = model(ids).logits
    assert torch.equal(before, after)
    assert model.config._experts_implementation == implementation
    assert not any(m._forward_hooks or m._forward_pre_hooks for m in model.modules())
    assert not any(hasattr(module, "neuronxa_observer") for module in model.modules())


@pytest.mark.parametrize("family", CONFIGS)
def test_watching_experts_changes_hidden_states_by_rounding_only(
    family: str, tokenizer: Any
) -> None:
    model = build(family)
    lm = NeuronXALM(pretrained=model, tokenizer=tokenizer, batch_size=1)
    ids = tokenize(lm, TEXTS[:1])[0]
    states = lm.sentence_states(TEXTS[:1], kinds=["nas", "embedding"])
    embeddings = next(layers for r, layers in states.items() if r.kind == "embedding")
    with torch.no_grad():
        hidden = model(torch.tensor([ids]), output_hidden_states=True).hidden_states
    for layer, expected in zip(embeddings, hidden, strict=True):
        pooled = reference.pool(expected[0].double().numpy(), "weighted")
        np.testing.assert_allclose(layer[0].numpy(), pooled, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("family", ["mixtral", "qwen2_moe", "gpt_oss"])
def test_a_token_that_is_sent_twice_to_an_expert_counts_once(family: str) -> None:
    decoder = find_decoder(build(family))
    module = decoder.model.get_submodule(find_sites(decoder)[-1].down)
    hidden = torch.randn(4, 32, generator=torch.Generator().manual_seed(0))
    routed = torch.tensor([[0, 0], [1, 0], [2, 2], [3, 1]])
    weights = torch.tensor([[0.25, 0.5], [0.75, 0.25], [0.5, 0.5], [1.0, 0.0]])
    seen: list[tuple[int, list[int]]] = []

    def observe(expert: int, tokens: torch.Tensor, *_: torch.Tensor) -> None:
        seen.append((expert, tokens.tolist()))

    experts = experts_of(module)
    assert experts is not None
    with torch.no_grad():
        output = experts.forward(hidden, routed, weights, observe)
        torch.testing.assert_close(output, module(hidden, routed, weights), rtol=1e-4, atol=1e-5)
    assert seen == [(0, [0, 1]), (1, [1]), (2, [2]), (3, [3])]


@pytest.mark.parametrize("family", ["zaya", "axk2"])
def test_networks_of_routers_and_norms_have_no_neurons(family: str) -> None:
    inside = {site.down.partition(".mlp.")[2] for site in find_sites(find_decoder(build(family)))}
    assert inside <= {"experts", "shared_experts.down_proj", "down_proj"}


def test_shared_experts_and_dense_layers_stand_beside_routed_ones() -> None:
    sites = find_sites(find_decoder(build("deepseek_v3")))
    assert [(site.layer, site.down.partition(".mlp.")[2], type(site)) for site in sites][:3] == [
        (1, "down_proj", type(sites[0])),
        (2, "shared_experts.down_proj", type(sites[0])),
        (2, "experts", ExpertSite),
    ]


def test_fused_shared_experts_are_found() -> None:
    torch.manual_seed(0)
    own = {"num_local_experts": 4, "shared_intermediate_size": 40}
    config = AutoConfig.for_model("granitemoeshared", **{**COMMON, **own})
    sites = find_sites(find_decoder(AutoModelForCausalLM.from_config(config).eval()))
    assert [(site.down, site.width) for site in sites[:2]] == [
        ("layers.0.shared_mlp.output_linear", 40),
        ("layers.0.block_sparse_moe.experts", 88),
    ]


def test_shared_experts_that_cannot_be_told_are_an_error() -> None:
    model = build("deepseek_v3")
    for layer in model.model.layers[1:]:
        layer.mlp.shared_experts.act_fn = torch.nn.Softmax(dim=-1)
    with pytest.raises(ModelError, match=r"layers\.1.*found none.*shared_experts\.down_proj"):
        find_sites(find_decoder(model))


def test_experts_of_an_unknown_form_are_refused_by_name() -> None:
    class OddExperts(torch.nn.Module):
        def __init__(self, experts: torch.nn.Module) -> None:
            super().__init__()
            self.weight = torch.nn.Parameter(experts.down_proj[0].detach())

        def forward(
            self, hidden: torch.Tensor, routed: torch.Tensor, weights: torch.Tensor
        ) -> torch.Tensor:
            return (hidden @ self.weight).relu() @ self.weight.T

    model = build("mixtral")
    for layer in model.model.layers:
        layer.mlp.experts = OddExperts(layer.mlp.experts)
    with pytest.raises(ModelError, match=r"layers\.0\..*OddExperts.*neurons cannot be told"):
        find_sites(find_decoder(model))
