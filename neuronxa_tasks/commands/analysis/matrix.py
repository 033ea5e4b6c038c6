"""`neuronxa matrix`: alignment of every language with every other."""

import argparse
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import torch
from accelerate.utils.memory import clear_device_cache
from torch import Tensor
from tqdm import tqdm

from neuronxa_tasks.alignment.pairwise import pairwise_alignment
from neuronxa_tasks.arguments import names
from neuronxa_tasks.commands.analysis.session import Analysis, check_parallel, parser, start
from neuronxa_tasks.commands.analysis.states_on_disk import LanguageOnDisk, encode, prepare, remove
from neuronxa_tasks.data.corpora import CORPORA
from neuronxa_tasks.data.languages import check_languages, language_name
from neuronxa_tasks.errors import SettingsError
from neuronxa_tasks.harness.setting_values import check_choices
from neuronxa_tasks.measures import ALIGNMENT_MEASURES, Metric, Representation
from neuronxa_tasks.report.compute.language_matrix import both_orders
from neuronxa_tasks.results.analyses import Matrix

# Numbers of a block of languages: a GiB in float32, and memory holds two blocks.
BLOCK = 2**28

# Share of aligned sentences by metric, shape (layers, pairs of languages).
Shares = Mapping[Metric, npt.NDArray[np.float64]]

# A block takes an eighth of a GPU's free memory at most: two of them, and what scoring needs.
GPU_SHARE = 8


def matrix(arguments: Sequence[str]) -> int:
    """Align every language with every other, and write the matrix, its table and a page.

    Each language is run once. Its states wait on disk, in files that an interrupted call
    leaves to the next one, and are removed when the matrix is written.

    Args:
        arguments: As typed after `neuronxa matrix`.

    Returns:
        The exit code of `neuronxa report`.

    Raises:
        SettingsError: An argument is wrong, or the disk is too small for the states.
        BitextError: The sentences cannot be had, or are fewer than asked for.
        ModelError: The model's neuron states cannot be taken.
    """
    options = _options(arguments)
    analysis = start("matrix", arguments, options)
    languages = prepare(analysis)
    encode(analysis, languages)
    counts = {metric: _counts(analysis, languages, metric) for metric in analysis.settings.metrics}
    file = _write(analysis, languages, counts)
    remove(analysis, languages)
    return analysis.show(file)


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    made = parser("matrix", "Align every language with every other, from one pass over each.")
    made.add_argument(
        "--languages",
        type=names,
        metavar="CODE,CODE,…",
        help="which (default: all of the corpus)",
    )
    options = made.parse_args(arguments)
    check_parallel(options.corpus)
    if "pivot" in options.metadata:
        raise SettingsError(
            f"Expected no `pivot` in `--metadata`, but got {options.metadata['pivot']!r}: every "
            "language is compared with every other; leave it out"
        )
    known = CORPORA[options.corpus].languages
    options.languages = check_languages(options.languages or known, known, "--languages")
    if len(options.languages) < 2:
        raise SettingsError(
            f"Expected `--languages` to name two or more, but got {options.languages[0]}: "
            "name another, or leave it out for all"
        )
    options.metadata = {"measures": "nasca", **options.metadata}
    check_choices("measures", options.metadata["measures"], ALIGNMENT_MEASURES)
    return options


def _counts(analysis: Analysis, languages: Sequence[LanguageOnDisk], metric: Metric) -> Tensor:
    """Aligned sentences of every two languages, shape `(layers, pairs of languages)`, int64."""
    representation, device = metric.representation, analysis.lm.device
    upper = torch.triu_indices(len(languages), len(languages), offset=1)
    numbers = BLOCK
    if device.type == "cuda":
        clear_device_cache(garbage_collection=True)
        numbers = min(BLOCK, torch.cuda.mem_get_info(device)[0] // (GPU_SHARE * 4))
    layers = len(analysis.encoder.layout.layers(representation))
    counts = []
    for layer in tqdm(range(layers), desc=metric.name, unit="layer"):
        read = partial(_read, languages, representation, layer)
        aligned = pairwise_alignment(read, len(languages), numbers, device)
        counts.append(aligned[upper[0], upper[1]])
    return torch.stack(counts)


def _read(
    languages: Sequence[LanguageOnDisk], representation: Representation, layer: int, language: int
) -> tuple[Tensor, Tensor]:
    return languages[language].states.read(representation, layer)


def _write(
    analysis: Analysis, languages: Sequence[LanguageOnDisk], counts: Mapping[Metric, Tensor]
) -> Path:
    """Write everything, and say in a line what was found."""
    n = len(languages[0].bitext)
    shares = {metric: (aligned.double() / n).numpy() for metric, aligned in counts.items()}
    file = analysis.write("matrix", _content(analysis, languages, shares))
    tables = []
    for metric, layers in shares.items():
        numbers = analysis.encoder.layout.layers(metric.representation)
        tables.append(_table(analysis.languages, metric, layers, numbers))
        sys.stdout.write(f"{_sentence(tables[-1][tables[-1]['layer'].isna()])}\n")
    content = pd.concat(tables, ignore_index=True).to_parquet(index=False)
    analysis.write_beside(analysis.folder / "matrix.parquet", content)
    sys.stdout.write(f"{analysis.folder / 'matrix.parquet'}\n")
    return file


def _content(
    analysis: Analysis, languages: Sequence[LanguageOnDisk], shares: Shares
) -> dict[str, Any]:
    codes, first = analysis.languages, languages[0].bitext
    content = {
        "corpus": analysis.corpus,
        "n_pairs": len(first),
        "source": asdict(first.provenance),
        "languages": list(codes),
        "sha256": [language.bitext.digests["language"] for language in languages],
        "tokens": [sum(map(len, language.token_ids)) for language in languages],
        "truncated": [language.truncated for language in languages],
        "metrics": {
            metric.name: {
                **asdict(metric.representation),
                "first_layer": metric.representation.first_layer,
                "layers": len(layers),
                # The upper triangle, row by row: the matrix is symmetric.
                "scores": layers.mean(axis=0).tolist(),
            }
            for metric, layers in shares.items()
        },
    }
    return Matrix.model_validate(content).dump()


def _table(
    codes: Sequence[str],
    metric: Metric,
    layers: npt.NDArray[np.float64],
    layer_numbers: Sequence[int],
) -> pd.DataFrame:
    """Every two languages in both orders, once per layer, and without a layer for their mean."""
    category = pd.CategoricalDtype(list(codes))
    blocks = [
        both_orders(codes, scores).astype({"language": category, "other": category})
        for scores in (*layers, layers.mean(axis=0))
    ]
    numbers = np.repeat([*layer_numbers, None], len(blocks[0]))
    table = pd.concat(blocks, ignore_index=True)
    table.insert(0, "metric", metric.name)
    table.insert(1, "layer", pd.Series(numbers, dtype="Int16"))
    return table


def _sentence(means: pd.DataFrame) -> str:
    """Mean, highest and lowest score of one metric."""
    best, worst = (means.iloc[i] for i in (means["value"].argmax(), means["value"].argmin()))
    names = [
        f"{language_name(row['language'])} and {language_name(row['other'])} {row['value']:.2f}"
        for row in (best, worst)
    ]
    metric, mean = best["metric"], means["value"].mean()
    return f"{metric}: mean {mean:.2f}, highest {names[0]}, lowest {names[1]}"
