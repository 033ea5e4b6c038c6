"""A whole alignment run without a download: a small untrained model, sixteen sentences.

The model has random weights, so that its scores are chance; the run is a real one.
"""

import subprocess
import sys
from pathlib import Path

import torch
from tokenizers import Tokenizer, models, pre_tokenizers, trainers
from transformers import AutoModelForCausalLM, PreTrainedTokenizerFast, Qwen2Config

SENTENCES = Path(__file__).resolve().parents[1] / "tests" / "data" / "flores"
MODEL = Path("quickstart") / "model"


def main() -> int:
    """Make the model, then evaluate it with the harness's own command."""
    make_model(MODEL)
    languages = sorted(file.stem for file in (SENTENCES / "devtest").iterdir())
    tasks = ",".join(f"neuronxa_flores_{code}" for code in languages if code != "eng_Latn")
    command = [
        *(sys.executable, "-m", "lm_eval", "--model", "hf", "--device", "cpu"),
        *("--model_args", f"pretrained={MODEL},dtype=float32", "--batch_size", "16"),
        *("--tasks", tasks, "--metadata", f"flores_dir={SENTENCES}", "n_pairs=all"),
        *("--output_path", str(MODEL.parent / "out")),
    ]
    return subprocess.run(command, check=False).returncode


def make_model(folder: Path) -> None:
    """Save an untrained Qwen2 with four layers, and a tokenizer of the sentences."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    trainer = trainers.BpeTrainer(
        vocab_size=1000,
        special_tokens=["<|endoftext|>"],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train([str(file) for file in sorted((SENTENCES / "devtest").iterdir())], trainer)
    wrapped = PreTrainedTokenizerFast(tokenizer_object=tokenizer, eos_token="<|endoftext|>")
    torch.manual_seed(0)
    config = Qwen2Config(
        vocab_size=len(wrapped),
        hidden_size=128,
        intermediate_size=512,
        num_hidden_layers=4,
        num_attention_heads=4,
        num_key_value_heads=2,
        max_position_embeddings=512,
        eos_token_id=0,
    )
    AutoModelForCausalLM.from_config(config).save_pretrained(folder)
    wrapped.save_pretrained(folder)


if __name__ == "__main__":
    sys.exit(main())
