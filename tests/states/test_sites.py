import pytest
import torch
from torch import nn
from torch.nn import functional

from neuronxa_tasks.errors import ModelError
from neuronxa_tasks.states import find_decoder, find_sites
from tests.families import FAMILIES, LAYERS, build_model


@pytest.mark.parametrize("family", FAMILIES)
def test_every_layer_has_the_site_that_the_family_names(family: str) -> None:
    decoder = find_decoder(build_model(family))
    sites = find_sites(decoder)
    assert [site.down for site in sites] == [
        f"{decoder.layers_name}.{index}.{FAMILIES[family].down}" for index in range(LAYERS)
    ]
    assert [site.layer for site in sites] == [1, 2, 3]


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16])
@pytest.mark.parametrize("family", FAMILIES)
def test_the_same_sites_are_found_in_half_precision(family: str, dtype: torch.dtype) -> None:
    model = build_model(family)
    expected = find_sites(find_decoder(model))
    assert find_sites(find_decoder(model.to(dtype))) == expected


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16, torch.float16])
def test_a_wide_norm_without_weights_is_no_activation(dtype: torch.dtype) -> None:
    model = build_model("olmo", hidden_size=2048, num_hidden_layers=1).to(dtype)
    (site,) = find_sites(find_decoder(model))
    assert site.down == "layers.0.mlp.down_proj"


@pytest.mark.parametrize("squared", ["module", "function"])
def test_a_squared_relu_is_no_gate_on_itself(squared: str) -> None:
    model = build_model("arcee")
    for layer in model.model.layers:
        mlp = layer.mlp
        mlp.act_fn = nn.ReLU()
        relu = mlp.act_fn if squared == "module" else functional.relu
        mlp.forward = lambda x, mlp=mlp, relu=relu: mlp.down_proj(relu(mlp.up_proj(x)) ** 2)
    site = find_sites(find_decoder(model))[0]
    assert (site.down, site.gate) == ("layers.0.mlp.down_proj", None)


def test_finding_sites_leaves_no_hook_behind() -> None:
    model = build_model("gpt2")
    find_sites(find_decoder(model))
    assert not any(m._forward_hooks or m._forward_pre_hooks for m in model.modules())


def test_a_model_whose_ffn_cannot_be_told_gets_the_list_of_what_was_looked_at() -> None:
    model = build_model("llama")
    for layer in model.model.layers:
        layer.mlp.act_fn = nn.Softmax(dim=-1)
    with pytest.raises(ModelError, match=r"layers\.0.*found none.*mlp\.down_proj \(88\)"):
        find_sites(find_decoder(model))


def test_dropout_before_the_down_projection_hides_no_gate() -> None:
    model = build_model("llama").eval()
    for layer in model.model.layers:
        mlp = layer.mlp
        mlp.dropout = nn.Dropout(0.1).eval()
        mlp.forward = lambda x, mlp=mlp: mlp.down_proj(
            mlp.dropout(mlp.act_fn(mlp.gate_proj(x)) * mlp.up_proj(x))
        )
    site = find_sites(find_decoder(model))[0]
    assert (site.down, site.gate.module) == ("layers.0.mlp.down_proj", "layers.0.mlp.act_fn")


def test_two_ffns_in_one_layer_are_refused_by_name() -> None:
    model = build_model("llama")
    for layer in model.model.layers:
        first, second = layer.mlp, build_model("llama", intermediate_size=40).model.layers[0].mlp
        layer.mlp = nn.Sequential(first, second)
    with pytest.raises(ModelError, match=r"mlp\.0\.down_proj and .*mlp\.1\.down_proj"):
        find_sites(find_decoder(model))


def test_an_encoder_decoder_is_refused() -> None:
    from transformers import T5Config, T5ForConditionalGeneration

    config = T5Config(d_model=16, d_ff=32, num_layers=1, num_heads=2, d_kv=8, vocab_size=32)
    with pytest.raises(ModelError, match="decoder-only"):
        find_decoder(T5ForConditionalGeneration(config))


def test_an_adapter_that_changes_weights_is_seen_through() -> None:
    peft = pytest.importorskip("peft")
    model = peft.get_peft_model(
        build_model("llama"),
        peft.LoraConfig(target_modules=["gate_proj", "down_proj"], init_lora_weights=False),
    )
    site = find_sites(find_decoder(model))[0]
    assert (site.down, site.gate.module) == ("layers.0.mlp.down_proj", "layers.0.mlp.act_fn")


def test_an_adapter_of_virtual_tokens_is_refused() -> None:
    peft = pytest.importorskip("peft")
    config = peft.PromptTuningConfig(task_type="CAUSAL_LM", num_virtual_tokens=4)
    model = peft.get_peft_model(build_model("llama"), config)
    with pytest.raises(ModelError, match="PROMPT_TUNING"):
        find_decoder(model)
