"""`neuronxa reproduce table2`: which reading of the paper gives its Table 2."""

import argparse
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import NoReturn

from tqdm import tqdm

from neuronxa_tasks.alignment import align
from neuronxa_tasks.commands.analysis.session import add_run_arguments
from neuronxa_tasks.data.bitext import Bitext
from neuronxa_tasks.data.languages import language_name
from neuronxa_tasks.errors import SettingsError
from neuronxa_tasks.harness.logs import setup_logging
from neuronxa_tasks.harness.model import NeuronXALM
from neuronxa_tasks.harness.model_encoder import make_encoder
from neuronxa_tasks.harness.model_loading import ModelLoader
from neuronxa_tasks.harness.run.key_values import KeyValues
from neuronxa_tasks.harness.settings import Settings
from neuronxa_tasks.log import logger
from neuronxa_tasks.measures import ACTIVATIONS, DEFAULT_POOLING, Representation, representations
from neuronxa_tasks.report.compute.table2 import N_PAIRS, TABLE_2
from neuronxa_tasks.report.show.reproduction import beside_table2
from neuronxa_tasks.states import SentenceEncoder, SentenceStates

TABLES = ("table2",)
# Every other setting is the table's.
TEXT_SETTINGS = ("flores_dir", "flores_source", "truncate")
NAS = representations(("nas",), (DEFAULT_POOLING,), ACTIVATIONS)


def reproduce(arguments: Sequence[str]) -> int:
    """Print Table 2 as a model gives it, in every reading that the paper leaves open.

    Args:
        arguments: Those of `neuronxa reproduce`.

    Returns:
        0, whether a reading gives the table or not.

    Raises:
        SettingsError: There is no such table, or a setting is not free.
        BitextError: The sentences cannot be had, or are fewer than 100.
        ModelError: The model cannot be loaded, or its neuron states cannot be taken.
    """
    options = _parser().parse_args(arguments)
    _check(options)
    setup_logging()
    settings = Settings.from_metadata({**options.metadata, "n_pairs": N_PAIRS})
    bitexts = [
        replace(settings, pivot=cell.pivot).bitext("flores", cell.language) for cell in TABLE_2
    ]
    lm = ModelLoader("neuronxa", NeuronXALM).create_from_arg_obj(
        {"pretrained": options.model, **options.model_args},
        {"batch_size": options.batch_size, "device": options.device},
    )
    encoder = make_encoder(lm)
    found = {}
    for way, own in _ways(lm, encoder).items():
        for representation, counts in aligned_counts(own, bitexts, settings.truncate).items():
            found[f"{representation.activation}{way}"] = counts
    if lm.rank == 0:
        sys.stdout.write(beside_table2(found, layers=len(encoder.decoder.layers)))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="neuronxa reproduce",
        description="Count the aligned pairs of the paper's Table 2 with gate and product "
        "activation, with and without the beginning-of-sequence token, and name what gives it.",
    )
    parser.add_argument("table", help=f"which: {', '.join(TABLES)}")
    parser.add_argument("--model", required=True, help="Hub id or folder, as `pretrained`")
    parser.add_argument(
        "--model_args",
        nargs="+",
        action=KeyValues,
        default={},
        metavar="KEY=VALUE",
        help="more of the harness's Hugging Face models, such as dtype=bfloat16",
    )
    add_run_arguments(parser, f"settings of the text: {', '.join(TEXT_SETTINGS)}")
    return parser


def _check(options: argparse.Namespace) -> None:
    if options.table not in TABLES:
        raise SettingsError(
            f"Expected one of {', '.join(TABLES)}, but got {options.table!r}: docs/reproduce.md "
            "says which command makes each of the other tables and figures"
        )
    for argument, taken in (("pretrained", "--model"), ("add_bos_token", "both readings")):
        if argument in options.model_args:
            raise SettingsError(
                f"Expected `--model_args` without {argument}, which is given by {taken}, but got "
                f"{argument}={options.model_args[argument]}: leave it out"
            )
    for key in options.metadata:
        if key not in TEXT_SETTINGS:
            raise SettingsError(
                f"Expected `--metadata` to hold only {', '.join(TEXT_SETTINGS)}, since the rest is "
                f"the table's, but got {key}: leave it out"
            )


def _ways(lm: NeuronXALM, encoder: SentenceEncoder) -> dict[str, SentenceEncoder]:
    """Encoders with and without special tokens, by how to name them."""

    def tokens(special: bool) -> Callable[[Sequence[str]], list[list[int]]]:
        return lambda texts: lm.tokenizer(list(texts), add_special_tokens=special)["input_ids"]

    if tokens(True)(["A"]) == tokens(False)(["A"]):
        return {" (the tokenizer adds no BOS)": encoder}
    return {
        ", BOS": replace(encoder, tokenize=tokens(True)),
        ", no BOS": replace(encoder, tokenize=tokens(False)),
    }


def aligned_counts(
    encoder: SentenceEncoder, bitexts: Sequence[Bitext], truncate: bool
) -> dict[Representation, list[int]]:
    """The number of weakly aligned pairs of every bitext, summed over layers.

    A language is run once, and its states are held for as long as a bitext needs them: four
    languages at most in the order of Table 2.

    Args:
        encoder: Runs the model.
        bitexts: Of one corpus, so that a language has the same sentences in each.
        truncate: Whether sentences longer than the model's context are cut.

    Returns:
        One count per bitext, for NAS of either activation.
    """
    needed = Counter(code for bitext in bitexts for code in (bitext.pivot, bitext.language))
    total = len(bitexts[0]) * len(needed)
    counts: dict[Representation, list[int]] = {representation: [] for representation in NAS}
    held: dict[str, SentenceStates] = {}
    with tqdm(total=total, unit="sentence", disable=encoder.processes.rank > 0) as progress:
        for bitext in bitexts:
            sides = {bitext.pivot: bitext.pivot_sentences, bitext.language: bitext.sentences}
            for code, texts in sides.items():
                if code not in held:
                    held[code] = _encode(encoder, code, texts, truncate, progress)
            for representation in NAS:
                count = _aligned(held[bitext.pivot], held[bitext.language], representation)
                counts[representation].append(count)
            needed.subtract(list(sides))
            held = {code: states for code, states in held.items() if needed[code]}
    return counts


def _encode(
    encoder: SentenceEncoder,
    code: str,
    texts: Sequence[str],
    truncate: bool,
    progress: "tqdm[NoReturn]",
) -> SentenceStates:
    name = language_name(code)
    progress.set_description(name)
    states = encoder.encode(texts, NAS, truncate=truncate, name=name, progress=progress)
    if states.truncated:
        logger.warning("%d of %d sentences of %s were cut", states.truncated, len(texts), name)
    return states


def _aligned(first: SentenceStates, second: SentenceStates, states: Representation) -> int:
    outcome = align(first.layers[states], second.layers[states], first.rows, second.rows)
    return int(outcome.aligned.sum())
