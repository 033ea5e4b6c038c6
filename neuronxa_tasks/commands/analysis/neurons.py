"""`neuronxa neurons`: which neurons are of which language, and what happens without them."""

import argparse
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any

import pyarrow.parquet as pq
import torch

from neuronxa_tasks.alignment.language_neurons import Thresholds, overlap
from neuronxa_tasks.arguments import names
from neuronxa_tasks.commands.analysis.ablation import ablate, texts_of_parity
from neuronxa_tasks.commands.analysis.neuron_activations import ACTIVE, STATES, NeuronActivations
from neuronxa_tasks.commands.analysis.neuron_layers import SCHEMA, LayerOfNeurons
from neuronxa_tasks.commands.analysis.neuron_selection import SelectedNeurons, select_neurons
from neuronxa_tasks.commands.analysis.session import Analysis, check_parallel, parser, start
from neuronxa_tasks.commands.analysis.states_on_disk import encode, prepare, remove
from neuronxa_tasks.data.corpora import CORPORA
from neuronxa_tasks.data.languages import check_languages, language_name
from neuronxa_tasks.errors import SettingsError
from neuronxa_tasks.harness.settings import Settings
from neuronxa_tasks.results.neuron_findings import Neurons

# Neurons that are listed one by one.
CARRIERS = 20

# Settings that are not free, since activation and correlations are what they are.
FIXED = {"measures": "nasca", "pooling": [STATES.pooling, ACTIVE.pooling], "activation": "gate"}


def neurons(arguments: Sequence[str]) -> int:
    """Find each language's neurons, write them and a page, and switch some off if asked.

    Each language is run once. Its states wait on disk, in files that an interrupted call leaves
    to the next one, and are removed when everything is written.

    Args:
        arguments: As typed after `neuronxa neurons`.

    Returns:
        The exit code of `neuronxa report`.

    Raises:
        SettingsError: An argument is wrong, or the disk is too small for the states.
        BitextError: The sentences cannot be had, or are fewer than asked for.
        ModelError: The model's neuron states cannot be taken, or its neurons not switched off.
        RunError: The results cannot be written.
    """
    options = _options(arguments)
    analysis = start("neurons", arguments, options)
    texts = texts_of_parity(analysis) if options.ablate else []
    languages = prepare(analysis)
    encode(analysis, languages)
    thresholds = Thresholds(options.filter, options.share, options.bar)
    activations = NeuronActivations(languages)
    numbers = analysis.encoder.layout.with_neurons
    selected = select_neurons(activations, len(numbers), thresholds)
    content = {
        "corpus": analysis.corpus,
        "pivot": analysis.settings.pivot,
        "n_pairs": len(languages[0].bitext),
        "source": asdict(languages[0].bitext.provenance),
        "languages": list(analysis.languages),
        "sha256": [language.bitext.digests["language"] for language in languages],
        "tokens": list(activations.tokens),
        "truncated": [language.truncated for language in languages],
        **asdict(thresholds),
        **_found(analysis, activations, selected),
        "overlap": _overlap(selected),
        "ablation": ablate(analysis, texts, selected, options.ablate) if options.ablate else None,
    }
    file = analysis.write("neurons", Neurons.model_validate(content).dump())
    remove(analysis, languages)
    sys.stdout.write(f"{_summary(content)}\n{analysis.folder / 'neurons.parquet'}\n")
    return analysis.show(file)


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    made = parser("neurons", "Say which neurons are of which language.")
    default = Thresholds()
    made.add_argument(
        "--languages",
        type=names,
        metavar="CODE,CODE,…",
        help="which, beside the pivot (default: all of the corpus)",
    )
    for name, meaning in (
        ("filter", "quantile of all probabilities that a neuron has to exceed in some language"),
        ("share", "of all neurons, how many are language-specific"),
        ("bar", "quantile of all probabilities that a neuron exceeds in each of its languages"),
    ):
        value = getattr(default, name)
        made.add_argument(
            f"--{name}", type=float, default=value, help=f"{meaning} (default: {value})"
        )
    made.add_argument(
        "--ablate",
        type=names,
        default=[],
        metavar="CODE,CODE,…",
        help="switch the neurons of these languages off, and measure information parity",
    )
    options = made.parse_args(arguments)
    check_parallel(options.corpus)
    for name in ("filter", "share", "bar"):
        if not 0 < (value := getattr(options, name)) < 1:
            raise SettingsError(
                f"Expected `--{name}` to be a share between 0 and 1, but got {value}: the default "
                f"is {getattr(default, name)}"
            )
    if fixed := sorted(FIXED.keys() & options.metadata.keys()):
        raise SettingsError(
            f"Expected no `{fixed[0]}` in `--metadata`, but got {options.metadata[fixed[0]]!r}: "
            "which neurons are active is defined by the gate of every token; leave it out"
        )
    pivot = Settings.from_metadata(options.metadata).pivot
    known = CORPORA[options.corpus].languages
    named = check_languages(options.languages or known, known, "--languages")
    options.languages = list(dict.fromkeys((pivot, *named)))
    if len(options.languages) < 2:
        raise SettingsError(
            f"Expected `--languages` to name one beside the pivot, but got {pivot} alone: name "
            "another, or leave it out for all"
        )
    options.ablate = list(dict.fromkeys(options.ablate))
    if unknown := [code for code in options.ablate if code not in options.languages]:
        raise SettingsError(
            f"Expected `--ablate` to name languages that are run, but got {unknown[0]}: add it to "
            "`--languages`, or leave it out"
        )
    options.metadata = {**options.metadata, **FIXED}
    return options


def _found(
    analysis: Analysis, activations: NeuronActivations, selected: SelectedNeurons
) -> dict[str, Any]:
    """Write the table of all neurons, and sum it up."""
    by_language: list[dict[str, Any]] = [
        {"language": code, "specific": [], **{key: [] for key in _MEANS}}
        for code in analysis.languages
    ]
    layers: list[dict[str, Any]] = []
    carriers: list[dict[str, Any]] = []
    table = analysis.folder / "neurons.parquet"
    with analysis.open_beside(table) as opened, pq.ParquetWriter(opened, SCHEMA) as writer:
        for layer in _layers(analysis, activations, selected):
            # A row group is a layer, so that memory never holds two.
            writer.write_table(layer.table(analysis.languages))
            layers.append(layer.counts())
            carriers = sorted(
                [*carriers, *layer.carriers(CARRIERS)],
                key=lambda carrier: -carrier["correlation"],
            )[:CARRIERS]
            means = layer.mean_correlations()
            for place, entry in enumerate(by_language):
                entry["specific"].append(int(layer.specific[place].sum()))
                for key in _MEANS:
                    entry[key].append(means[key][place])
    return {"layers": layers, "found": by_language, "carriers": carriers}


_MEANS = ("correlation", "correlation_specific", "correlation_shared")


def _layers(
    analysis: Analysis, activations: NeuronActivations, selected: SelectedNeurons
) -> Iterator[LayerOfNeurons]:
    for place, number in enumerate(analysis.encoder.layout.with_neurons):
        probabilities = activations.probabilities(place)
        specific = torch.zeros(probabilities.shape, dtype=torch.bool)
        specific[:, selected.specific[place]] = selected.members[place]
        yield LayerOfNeurons(
            number=number,
            probabilities=probabilities,
            entropy=selected.entropy[place],
            correlations=activations.correlations(place),
            specific=specific,
            shared=(probabilities > selected.bar).all(dim=0),
        )


def _overlap(selected: SelectedNeurons) -> list[float]:
    square = overlap(torch.cat([*selected.members], dim=1))
    upper = torch.triu_indices(len(square), len(square), offset=1)
    values: list[float] = square[upper[0], upper[1]].tolist()
    return values


def _summary(content: dict[str, Any]) -> str:
    layers, found = content["layers"], content["found"]
    specific, shared, total = (
        sum(layer[key] for layer in layers) for key in ("specific", "shared", "neurons")
    )
    most = max(layers, key=lambda layer: layer["specific"])["layer"]
    ranked = sorted(found, key=lambda entry: -sum(entry["specific"]))
    ends = " to ".join(
        f"{language_name(entry['language'])}'s {sum(entry['specific'])}"
        for entry in (ranked[-1], ranked[0])
    )
    return (
        f"{specific} of {total} neurons are language-specific, most in layer {most}, from {ends}; "
        f"{shared} are shared by all {len(found)} languages"
    )
