"""What an alignment run costs beyond the base model's forward pass, as a ratio.

The floor runs the decoder alone over the same length-sorted batches of distinct sentences.
Each round measures floor and run one after the other; the table gives the median of rounds.

    python benchmarks/overhead.py --flores_dir FLORES --languages deu_Latn swh_Latn

Real weights are given as the harness's model arguments; without them the model is a seeded one.
"""

import argparse
import statistics
import time
from pathlib import Path
from typing import Any

import torch
from lm_eval.models.huggingface import HFLM
from lm_eval.utils import simple_parse_args_string
from tokenizers import Tokenizer, models, pre_tokenizers, trainers
from torch.nn.utils.rnn import pad_sequence
from transformers import AutoModelForCausalLM, PreTrainedTokenizerFast, Qwen2Config

from neuronxa_tasks.harness.model import NeuronXALM
from neuronxa_tasks.harness.model_encoder import make_encoder, tokenize
from neuronxa_tasks.harness.requests.alignment_answer import bitext_alignment
from neuronxa_tasks.harness.requests.alignment_request import REQUEST_TYPE, BitextRequest
from neuronxa_tasks.harness.settings import Settings

CASES: dict[str, dict[str, Any]] = {
    "one pooling": {},
    "three poolings, both activations": {
        "pooling": ["weighted", "mean", "last"],
        "activation": ["gate", "product"],
    },
}


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--flores_dir", type=Path, required=True)
    parser.add_argument("--languages", nargs="+", required=True)
    parser.add_argument("--model_args", help="such as pretrained=MODEL; by default a seeded model")
    parser.add_argument("--layers", type=int, default=8, help="of the seeded model")
    parser.add_argument("--n_pairs", type=int, default=100)
    parser.add_argument("--batch_size", default="16", help="a number or auto")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--cases", nargs="+", choices=CASES, default=list(CASES))
    args = parser.parse_args()

    lm = load(args.model_args, args.batch_size) if args.model_args else seeded(args)
    model = args.model_args or f"Qwen2.5-0.5B shape, {args.layers} layers, float32"
    print(f"{model}, {torch.get_num_threads()} threads")
    print(f"{len(args.languages)} languages x {args.n_pairs} pairs, batches of {args.batch_size}\n")
    print(f"{'case':35} {'floor s':>8} {'run s':>8} {'ratio':>6} {'range':>13}")
    for case in args.cases:
        settings = Settings.from_metadata(
            {"flores_dir": args.flores_dir, "n_pairs": args.n_pairs, **CASES[case]}
        )
        requests = make_requests(args.languages, settings)
        floor(lm, requests[: args.n_pairs])
        rounds = [
            (timed(floor, lm, requests), timed(bitext_alignment, lm, requests))
            for _ in range(args.rounds)
        ]
        ratios = [run / base for base, run in rounds]
        base, run = (statistics.median(column) for column in zip(*rounds, strict=True))
        spread = f"{min(ratios):.3f}-{max(ratios):.3f}"
        print(f"{case:35} {base:8.2f} {run:8.2f} {statistics.median(ratios):6.3f} {spread:>13}")


def load(model_args: str, batch_size: str) -> HFLM:
    """A model by the harness's arguments."""
    return NeuronXALM(**simple_parse_args_string(model_args), batch_size=batch_size, device="cpu")


def seeded(args: argparse.Namespace) -> HFLM:
    """A seeded model with a tokenizer of the languages."""
    tokenizer = train_tokenizer(args.flores_dir, ["eng_Latn", *args.languages])
    model = make_model(len(tokenizer), args.layers)
    return HFLM(pretrained=model, tokenizer=tokenizer, batch_size=args.batch_size)


def make_model(vocabulary: int, layers: int) -> Any:
    """A seeded model in the shape of Qwen2.5-0.5B."""
    torch.manual_seed(0)
    config = Qwen2Config(
        vocab_size=vocabulary,
        hidden_size=896,
        intermediate_size=4864,
        num_hidden_layers=layers,
        num_attention_heads=14,
        num_key_value_heads=2,
    )
    return AutoModelForCausalLM.from_config(config, dtype=torch.float32).eval()


def train_tokenizer(flores_dir: Path, languages: list[str]) -> PreTrainedTokenizerFast:
    """A byte-level BPE tokenizer of these languages."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    trainer = trainers.BpeTrainer(
        vocab_size=16000,
        special_tokens=["<|endoftext|>"],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train([str(flores_dir / "devtest" / f"{c}.devtest") for c in languages], trainer)
    return PreTrainedTokenizerFast(tokenizer_object=tokenizer, eos_token="<|endoftext|>")


def make_requests(languages: list[str], settings: Settings) -> list[BitextRequest]:
    """Every pair of every language."""
    bitexts = [settings.bitext("flores", language) for language in languages]
    return [
        BitextRequest(
            request_type=REQUEST_TYPE,
            doc={"pair": pair},
            arguments=("", ""),
            idx=0,
            bitext=bitext,
            settings=settings,
            metrics=settings.metrics,
        )
        for bitext in bitexts
        for pair in range(len(bitext))
    ]


def floor(lm: HFLM, requests: list[BitextRequest]) -> None:
    """The decoder alone over each distinct sentence, in length-sorted batches."""
    bitexts = list({id(r.bitext): r.bitext for r in requests}.values())
    encoder = make_encoder(lm)
    for texts in (bitexts[0].pivot_sentences, *(bitext.sentences for bitext in bitexts)):
        distinct = sorted({tuple(ids) for ids in tokenize(lm, texts)}, key=len, reverse=True)
        for first in range(0, len(distinct), encoder.batch_size):
            batch = [torch.tensor(ids) for ids in distinct[first : first + encoder.batch_size]]
            with torch.inference_mode():
                encoder.decoder(pad_sequence(batch, batch_first=True))


def timed(function: Any, *args: Any) -> float:
    """Seconds that a call takes."""
    start = time.perf_counter()
    function(*args)
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
