"""What is trained: a model with a LoRA adapter, in 4 bits where asked, and its tokenizer."""

from importlib.util import find_spec
from typing import Any

import torch
from accelerate import PartialState
from peft import (
    LoraConfig,
    PeftMixedModel,
    PeftModel,
    get_peft_model,
    prepare_model_for_kbit_training,
)
from transformers import (
    AutoModelForCausalLM,
    AutoTokenizer,
    BitsAndBytesConfig,
    PreTrainedTokenizerBase,
)


def tokenizer_of(name: str) -> PreTrainedTokenizerBase:
    """The tokenizer of a folder or Hub id, which has a token to pad with."""
    tokenizer: PreTrainedTokenizerBase = AutoTokenizer.from_pretrained(name)
    if tokenizer.pad_token is None:
        tokenizer.pad_token = tokenizer.eos_token
    return tokenizer


def with_lora(name: str, rank: int, four_bit: bool) -> PeftModel | PeftMixedModel:
    """A model with untrained low-rank matrices on every linear layer, all that is trained.

    Args:
        name: Folder or Hub id.
        rank: That of the matrices.
        four_bit: Hold the model itself in 4 bits.
    """
    if four_bit:
        model = AutoModelForCausalLM.from_pretrained(name, **quantized())
        model = prepare_model_for_kbit_training(model)
    else:
        dtype = torch.bfloat16 if torch.cuda.is_available() else torch.float32
        model = AutoModelForCausalLM.from_pretrained(name, dtype=dtype)
    # Gradients reach the adapters through the frozen embeddings when activations are recomputed.
    model.enable_input_require_grads()
    lora = LoraConfig(
        task_type="CAUSAL_LM", r=rank, lora_alpha=2 * rank, target_modules="all-linear"
    )
    return get_peft_model(model, lora)


def quantized() -> dict[str, Any]:
    """How to load a model in 4 bits, as QLoRA does."""
    if not torch.cuda.is_available() or find_spec("bitsandbytes") is None:
        raise SystemExit("--four_bit needs a GPU and `pip install bitsandbytes`: leave it out")
    config = BitsAndBytesConfig(
        load_in_4bit=True, bnb_4bit_quant_type="nf4", bnb_4bit_compute_dtype=torch.bfloat16
    )
    device = PartialState().local_process_index
    return {"quantization_config": config, "device_map": {"": device}, "dtype": torch.bfloat16}
