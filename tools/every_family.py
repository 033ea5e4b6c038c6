"""A tiny seeded model of every family that transformers has, shrunk from its own defaults."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import torch
from transformers import (
    AutoConfig,
    AutoModelForCausalLM,
    AutoModelForImageTextToText,
    PreTrainedConfig,
    PreTrainedModel,
)
from transformers.models.auto.modeling_auto import (
    MODEL_FOR_CAUSAL_LM_MAPPING_NAMES,
    MODEL_FOR_IMAGE_TEXT_TO_TEXT_MAPPING_NAMES,
)

LAYERS = 4
VOCABULARY = 512

# What a key of a configuration means decides how small it gets; the first pattern that fits.
SIZES: tuple[tuple[str, int], ...] = (
    (r"(num_)?(hidden_|encoder_|decoder_)?layers|n_layers?|num_blocks", LAYERS),
    (r"depth|num_(encoder|decoder)_layers|layers|num_lstm_layers|conf_num_hidden_layers", 2),
    (r"vocab_size|vocab_size_per_layer_input|decoder_vocab_size|unpadded_vocab_size", VOCABULARY),
    (r".*_vocab_size|codebook_size|num_embeddings|ngram_vocab_size_base", 64),
    (r"hidden_size|d_model|n_embd|emb_dim|embed_dim|model_dim|embedding_dim|lru_width", 64),
    (r"(text|encoder|decoder|vision|backbone|out|merged)_hidden_size", 64),
    (r"hidden_size_global|image_text_hidden_size|word_embed_proj_dim|projector_\w+_dim", 64),
    (r"moe_intermediate_size|expert_ffn_hidden_size|moe_hidden_size", 24),
    (r"moe_shared_expert_intermediate_size|shared_expert_intermediate_size", 40),
    (r"share_expert_dim|shared_intermediate_size|shared_experts_intermediate_size", 40),
    (r".*intermediate_size(_mlp)?|.*ffn_dim|n_inner|d_ff|dim_ff|dff|mlp_dim|d_inner", 88),
    (r"feed_forward_size|ffn_hidden_size", 88),
    (r"(num_|n_|encoder_|decoder_)?(attention_)?heads?|n_head|num_\w+_attention_heads", 4),
    (r"swa_num_attention_heads|resampler_(n_)?heads|num_sliding_attention_heads", 4),
    (r"(swa_)?(num_)?(key_value_heads|kv_heads)|num_query_groups", 2),
    (r"(swa_|resampler_)?(head_dim|dim_head)|kv_channels|global_head_dim|attention_head_size", 16),
    (r"index_head_dim|d_kv|dim_head", 16),
    (r"n_routed_experts|(moe_)?num_(local_)?experts", 4),
    (r"(moe_)?num_experts_per_tok(en)?|moe_top_?k|moe_k", 2),
    (r"attention_hidden_size", 128),
    (r"qk_head_dim", 32),
    (r"q_lora_rank|kv_lora_rank|o_lora_rank", 16),
    (r"qk_nope_head_dim|v_head_dim|qk_rope_head_dim|rotary_dim", 16),
    (r"linear_(num_key_heads|num_value_heads)|linear_num_heads|index_n_heads", 2),
    (r"linear_(key_|value_)?head_dim", 16),
    (r"(mamba_)?d_state|ssm_state_size|state_size|mamba_d_state", 16),
    (r"n_group|n_groups|topk_group|num_expert_group", 1),
    (r"max_position_embeddings|n_positions|max_seq_len|n_ctx|model_max_length", 1024),
    (r"position_embedding_size", 1024),
    (r"sliding_window(_size)?|attention_window_size|attention_chunk_size|chunk_size", 8),
    (r"laurel_rank|hc_lowrank|gated_norm_rank|adapter_rank|router_hidden_size", 8),
    (r"(hidden_size|ple_embed_dim)\w*_per_layer_input|ple_embed_dim", 16),
    (r"first_k_dense_replace|num_dense_layers", 1),
)
TOKENS = re.compile(r".*(token_id|token_index|_id|_index|token_ids)")
DEPTHS = ("num_hidden_layers", "n_layers", "num_layers", "n_layer", "decoder_layers")

# Instead of a tower that needs a package of its own, in these families.
PLAIN_TOWER = {
    **{"hidden_size": 64, "intermediate_size": 88, "num_hidden_layers": 2},
    **{"num_attention_heads": 4, "image_size": 28, "patch_size": 14},
    **{"model_args": {"embed_dim": 64}, "vocab_size": 64, "vocab_offset": 400},
    "rms_norm_eps": 1e-6,
}
IN_PLACE_OF_TIMM = ("fast_vlm", "gemma3n", "perception_lm")
HEADS_OF_16 = {"head_dim": 16}
EXPERTS = {"n_routed_experts": 4, "n_shared_experts": 1, "num_experts_per_tok": 2}
MAMBA_HEADS = {"mamba_n_heads": 8, "mamba_d_head": 16}
SHARED_CACHES = {
    "layer_types": ["sliding_attention", "full_attention"] * 3,
    **{"num_hidden_layers": 6, "num_kv_shared_layers": 2},
}
GEMMA3N_TEXT = {
    **SHARED_CACHES,
    "intermediate_size": 88,
    "activation_sparsity_pattern": [0.95] * 2 + [0.0] * 4,
}
HYBRID_EXPERTS = {
    "layers_block_type": ["linear_attention", "moe", "full_attention", "mlp"],
    **{"ssm_state_size": 16, "mamba_num_heads": 8, "mamba_head_dim": 16, "n_groups": 1},
}
ASSISTED = {
    **{"hidden_size": 64, "intermediate_size": 88, "num_hidden_layers": 4, "vocab_size": 512},
    **{"num_attention_heads": 4, "num_key_value_heads": 2, "head_dim": 16},
    **{
        "num_kv_shared_layers": 4,
        "hidden_size_per_layer_input": 0,
        "vocab_size_per_layer_input": 0,
    },
    "layer_types": ["sliding_attention", "full_attention"] * 2,
}

# Towers that text does not reach, whose defaults are large.
SMALL_VQ = {"base_channels": 32, "channel_multiplier": [1, 1], "num_res_blocks": 1}
SMALL_SAM = {"output_channels": 32, "downsample_channels": [32, 32]}
COMPASS_ROPE = {"full_attention": {"rope_type": "default", "rope_theta": 10000.0}}
SLIDING_HEADS = {"head_dim": 40, "qk_nope_head_dim": 24, "qk_rope_head_dim": 16}
DOTS3 = {"qk_nope_head_dim": 16, "qk_rope_head_dim": 16, "v_head_dim": 16, "head_dim": 32}
DOTS3_NOTE = {**DOTS3, "per_layer_config": {"2": SLIDING_HEADS, "3": SLIDING_HEADS}}
INDEXED = {
    **{"indexer_n_heads": 2, "indexer_kv_heads": 1, "indexer_head_dim": 16},
    **{"indexer_budget": 64, "indexer_compress_ratio": 2},
}

WITHOUT_DEFAULTS = ("gemma4_assistant",)

# What a family needs beside its shrunk defaults.
OVERRIDES: dict[str, dict[str, Any]] = {
    "aria": {"projector_patch_to_query_dict": {}},
    "bamba": {**MAMBA_HEADS, "attn_layer_indices": [1, 3]},
    "blt": {"encoder_hash_byte_group_vocab": 64},
    "chameleon": {"vocabulary_map": {"<image>": 5}, "vq_config": SMALL_VQ},
    "cohere_compass": {"text_config": {"rope_parameters": COMPASS_ROPE}},
    "cohere_compass_text": {"rope_parameters": COMPASS_ROPE},
    "cosmos3_edge": {
        "text_config": {"rope_parameters": {"mrope_section": [2, 3, 3]}},
    },
    "dbrx": {
        "attn_config": {"rope_theta": 10000.0, "clip_qkv": 8.0, "kv_n_heads": 2},
        "ffn_config": {"moe_top_k": 2},
    },
    "deepseek_v2": {**EXPERTS, "first_k_dense_replace": 1},
    "deepseek_ocr2": {
        "text_config": {"mlp_layer_types": ["dense", *["sparse"] * 3], **EXPERTS},
        "vision_config": {"sam_config": SMALL_SAM},
    },
    "diffusion_gemma": {
        "text_config": {"num_experts": 4, "top_k_experts": 2, "moe_intermediate_size": 24}
    },
    "dots1": {**EXPERTS, "first_k_dense_replace": 1},
    "dots3_note": {
        "text_config": DOTS3_NOTE,
        "vision_config": {"adapter_in_dim": 64, "adapter_out_dim": 64},
        "audio_config": {"adapter_input_size": 64, "adapter_out_dim": 64},
    },
    "dots3_note_text": DOTS3_NOTE,
    "emu3": {"vocabulary_map": {"<image>": 5}, "vq_config": SMALL_VQ},
    # Its positions of images need heads of more than 40.
    "ernie4_5_vl_moe": {
        "text_config": {
            **{"hidden_size": 128, "num_attention_heads": 1, "num_key_value_heads": 1},
            "moe_intermediate_size": [24, 16],
        }
    },
    "gemma3n": {"text_config": GEMMA3N_TEXT},
    "gemma3n_text": GEMMA3N_TEXT,
    "gemma4_assistant": {
        "text_config": {"model_type": "gemma4_text", **ASSISTED},
        "backbone_hidden_size": 64,
    },
    "gemma4_unified_assistant": {
        "text_config": {"model_type": "gemma4_unified_text", **ASSISTED},
        "backbone_hidden_size": 64,
    },
    "glm4v_moe": {"text_config": {"rope_parameters": {"mrope_section": [1, 1, 2]}}},
    "granite4_vision": {"deepstack_layer_map": [], "downsample_rate": "4/8"},
    "granitemoehybrid": {**MAMBA_HEADS, "num_local_experts": 4},
    "hunyuan_v1_dense": HEADS_OF_16,
    "hunyuan_v1_moe": {**HEADS_OF_16, "num_experts": 4, "moe_topk": 2},
    "hunyuan_vl": {
        "text_config": {**HEADS_OF_16, "rope_parameters": {"mrope_section": [2, 3, 3]}},
    },
    "lfm2_moe": {"layer_types": ["conv", "full_attention"] * 2},
    "mamba2": {"num_heads": 8, "head_dim": 16},
    "ministral": HEADS_OF_16,
    "mistral4": {"head_dim": 32},
    "molmo2": {"adapter_config": {"vision_feature_layer": [1, 0]}},
    "nemotron": {**HEADS_OF_16, "num_key_value_heads": 2},
    "nemotron_h": HYBRID_EXPERTS,
    "qwen4_exp": {"text_config": INDEXED},
    "qwen4_exp_text": INDEXED,
    "reformer": {"axial_pos_embds_dim": [32, 32], "axial_pos_shape": [32, 32]},
    "step3p7": {"text_config": {"sliding_window": 8}},
    "xlnet": {"d_head": 16},
    "xmod": {"default_language": "en_XX"},
    "zamba": {
        "attention_head_dim": 32,
        "attention_hidden_size": 128,
        "layers_block_type": ["mamba", "hybrid"] * 2,
    },
    "zamba2": {
        **{"layers_block_type": ["linear_attention", "hybrid"] * 2, "num_mem_blocks": 2},
        **{"num_key_value_heads": 4, "mamba_ngroups": 1, "mamba_headdim": 16, "n_mamba_heads": 8},
        **{"attention_head_dim": 32, "attention_hidden_size": 128, "use_mamba_kernels": False},
        "hybrid_layer_ids": [1, 3],
    },
}


def configuration(family: str) -> PreTrainedConfig:
    """The small configuration of a family."""
    defaults = {} if family in WITHOUT_DEFAULTS else AutoConfig.for_model(family).to_dict()
    for key in ("transformers_version", "model_type", "architectures"):
        defaults.pop(key, None)
    small = merged(shrunk(defaults), OVERRIDES.get(family, {}))
    if "is_decoder" in small:
        small["is_decoder"] = True
    config = AutoConfig.for_model(family, **small)
    if family in IN_PLACE_OF_TIMM:
        # Not by attribute, whose type some families check.
        vars(config)["vision_config"] = AutoConfig.for_model("siglip_vision_model", **PLAIN_TOWER)
    return config


def merged(config: dict[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """A nested mapping with some of its entries replaced."""
    result = dict(config)
    for key, value in changes.items():
        inner = result.get(key)
        if isinstance(value, dict) and isinstance(inner, dict) and "model_type" not in value:
            value = merged(inner, value)
        result[key] = value
    return result


def shrunk(config: Mapping[str, Any]) -> dict[str, Any]:
    """A configuration with every size made small, one layer of every kind and LAYERS at least."""
    depth = next((config[key] for key in DEPTHS if isinstance(config.get(key), int)), 0)
    per_layer = [v for v in config.values() if isinstance(v, list) and len(v) == depth > LAYERS]
    own = config.get("per_layer_config") or {}
    kinds = [str([*(v[i] for v in per_layer), own.get(f"{i:02}")]) for i in range(depth)]
    firsts = [kinds.index(kind) for kind in dict.fromkeys(kinds)]
    rest = [index for index in range(depth) if index not in firsts]
    kept = sorted((firsts + rest)[:LAYERS])
    small: dict[str, Any] = {}
    for key, value in config.items():
        if key == "per_layer_config" and value:
            named = {str(new): value.get(f"{old:02}") for new, old in enumerate(kept)}
            small[key] = {number: shrunk(entry) for number, entry in named.items() if entry}
        elif isinstance(value, dict):
            small[key] = shrunk(value)
        elif isinstance(value, list) and len(value) == depth > LAYERS:
            small[key] = [_small(key, value[index]) for index in kept]
        elif key == "mrope_section" and value:
            # Half of a head's dimensions, shared among time, height and width.
            small[key] = [2, 3, 3]
        else:
            small[key] = _small(key, value)
    if config.get("num_key_value_heads") == config.get("num_attention_heads") is not None:
        small["num_key_value_heads"] = small["num_attention_heads"]
    return small


def _small(key: str, value: Any) -> Any:
    if not isinstance(value, int) or isinstance(value, bool):
        return value
    if TOKENS.fullmatch(str(key)):
        return value if value < VOCABULARY else 2
    for pattern, size in SIZES:
        if re.fullmatch(pattern, str(key)):
            return min(value, size)
    return value


# Whose configurations add sections of positions for heads of the usual width.
SECTIONED = (
    *("glm46v", "glm4v", "glm_ocr", "glmga", "paddleocr_vl", "qwen2_5_omni_thinker"),
    *("qwen2_5_vl", "qwen2_vl"),
)
for _family in SECTIONED:
    OVERRIDES[_family] = {"text_config": {"rope_parameters": {"mrope_section": [2, 3, 3]}}}

MAPPINGS: dict[str, tuple[Mapping[str, str], type]] = {
    "causal": (MODEL_FOR_CAUSAL_LM_MAPPING_NAMES, AutoModelForCausalLM),
    "image-text": (MODEL_FOR_IMAGE_TEXT_TO_TEXT_MAPPING_NAMES, AutoModelForImageTextToText),
}


def build(family: str, mapping: str) -> PreTrainedModel:
    """A seeded tiny model of a family, with weights large enough to matter."""
    torch.manual_seed(0)
    auto: Any = MAPPINGS[mapping][1]
    model: PreTrainedModel = auto.from_config(configuration(family), dtype=torch.float32).eval()
    generator = torch.Generator().manual_seed(0)
    with torch.no_grad():
        for parameter in model.parameters():
            if parameter.ndim > 1:
                parameter.normal_(std=0.1, generator=generator)
    return model


@dataclass(frozen=True)
class Exclusion:
    """Why a family is not measured, or not in full.

    Attributes:
        reason: For readers.
        says: A pattern in what is said of it.
        without: What is left out; None where nothing can be measured.
    """

    reason: str
    says: str
    without: str | None = None


ENCODER_DECODER = Exclusion("an encoder-decoder", "an encoder-decoder")
BATCH = Exclusion("its states depend on the batch", "attention depends on the batch")
NOT_CAUSAL = Exclusion("not causal when it runs by itself", "reads in both directions")
MORE_INPUT = Exclusion("needs another input beside text", "needs another input beside token ids")
NO_STACK = Exclusion("no one list of layers", "Expected one list of layers")
SEVERAL_TOKENS = Exclusion(
    "several states per token, for the tokens to come", "one vector per token"
)
NO_NETWORK = Exclusion("no feed-forward network", "has none", "NASCA, NAVCA")
STREAMS = Exclusion("several residual streams", "several residual streams", "MEXA")
TWO_NETWORKS = Exclusion("a second network in each layer", r"but found .* and ", "NASCA, NAVCA")

# By mapping and family; all others are measured in full.
EXCLUDED: dict[tuple[str, str], Exclusion] = {
    ("causal", "blt"): NO_STACK,
    ("causal", "cpmant"): BATCH,
    ("causal", "deepseek_v4"): STREAMS,
    ("causal", "falcon_mamba"): NO_NETWORK,
    ("causal", "gemma3n"): STREAMS,
    ("causal", "gemma3n_text"): STREAMS,
    ("causal", "hrm_text"): NO_STACK,
    ("causal", "hy_v4"): STREAMS,
    ("causal", "mamba"): NO_NETWORK,
    ("causal", "mamba2"): NO_NETWORK,
    ("causal", "prophetnet"): SEVERAL_TOKENS,
    ("causal", "xlm"): NO_STACK,
    ("causal", "xlnet"): NOT_CAUSAL,
    ("causal", "xmod"): TWO_NETWORKS,
    ("image-text", "blip"): NOT_CAUSAL,
    ("image-text", "diffusion_gemma"): MORE_INPUT,
    ("image-text", "florence2"): ENCODER_DECODER,
    ("image-text", "gemma3n"): STREAMS,
    ("image-text", "glm5_next"): STREAMS,
    ("image-text", "idefics"): NO_STACK,
    ("image-text", "paligemma"): BATCH,
    ("image-text", "pi0"): MORE_INPUT,
    ("image-text", "pix2struct"): ENCODER_DECODER,
    ("image-text", "pp_formulanet"): ENCODER_DECODER,
    ("image-text", "t5gemma2"): ENCODER_DECODER,
    ("image-text", "udop"): ENCODER_DECODER,
    ("image-text", "vision-encoder-decoder"): ENCODER_DECODER,
}

# Families that transformers itself does not make from a configuration by its automatic class.
NOT_BUILT: dict[tuple[str, str], str] = {
    ("causal", "gemma4_assistant"): "a draft model, which shares the caches of another",
    ("causal", "gemma4_unified_assistant"): "a draft model, which shares the caches of another",
    ("causal", "musicgen"): "its decoder has a configuration of its own",
    ("causal", "musicgen_melody"): "its decoder has a configuration of its own",
    ("image-text", "evolla"): "not among the classes of the mapping",
}


def families() -> list[tuple[str, str]]:
    """Every mapping and family of the installed transformers."""
    return [
        (mapping, family) for mapping, (names, _) in MAPPINGS.items() for family in sorted(names)
    ]
