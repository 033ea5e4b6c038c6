"""`neuronxa inspect`: which sentences are not aligned, and a map of all (Figure 1 of the paper)."""

import functools
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from neuronxa_tasks.alignment import held_out_share
from neuronxa_tasks.alignment.failing import BestLayer, best_alignment, failing_pairs
from neuronxa_tasks.arguments import names
from neuronxa_tasks.commands.analysis.sentence_map import sentence_map
from neuronxa_tasks.commands.analysis.session import parser, start
from neuronxa_tasks.data.bitext import Bitext
from neuronxa_tasks.data.corpora import CORPORA
from neuronxa_tasks.data.languages import language_name
from neuronxa_tasks.errors import SettingsError
from neuronxa_tasks.harness.settings import Settings
from neuronxa_tasks.log import logger
from neuronxa_tasks.measures import Kind, Representation, representations
from neuronxa_tasks.results.analyses import Inspection
from neuronxa_tasks.states import SentenceStates

KINDS: tuple[Kind, ...] = ("embedding", "nas")

# Fewer make no map that could be read.
MIN_PAIRS = 10


def inspect(arguments: Sequence[str]) -> int:
    """Map the sentences of some languages and their pivot, and list the pairs that fail on NAS.

    Embedding and NAS are each taken in their best layer, in which most pairs are aligned.

    Args:
        arguments: Without the program's and the command's name.

    Returns:
        The exit code of the report.

    Raises:
        SettingsError: An argument does not exist or does not fit.
        BitextError: The sentences cannot be had, or are not parallel.
        ModelError: The model's neuron states cannot be taken.
    """
    command = parser("inspect", "Show which sentences are not aligned, and a map of all.")
    command.add_argument(
        "--languages",
        type=names,
        required=True,
        metavar="CODE,…",
        help="codes of the corpus, such as deu_Latn,swh_Latn",
    )
    options = command.parse_args(arguments)
    analysis = start("inspect", arguments, options)
    wanted = _representations(analysis.settings)
    bitexts = [analysis.bitext(code) for code in analysis.languages]
    for bitext in bitexts:
        _check(bitext)
    logger.info(
        "results and page will hold sentences of the corpus, under %s",
        CORPORA[analysis.corpus].licence,
    )

    # FLORES has one pivot side for all languages, Tatoeba one for each.
    @functools.lru_cache(maxsize=1)
    def pivot_states(sentences: tuple[str, ...]) -> SentenceStates:
        return analysis.encode(sentences, wanted, language_name(analysis.settings.pivot))

    found = []
    for bitext in bitexts:
        pivot = pivot_states(bitext.pivot_sentences)
        language = analysis.encode(bitext.sentences, wanted, language_name(bitext.language))
        layers = {r: analysis.encoder.layout.layers(r) for r in wanted}
        found.append(_inspected(bitext, pivot, language, layers))
    for entry in found:
        sys.stdout.write(f"{_summary(entry)}\n")
    content = Inspection.model_validate({"languages": found}).dump()
    return analysis.show(analysis.write("inspection", content))


def _representations(settings: Settings) -> tuple[Representation, ...]:
    wanted = representations(KINDS, settings.pooling, settings.activation)
    if len(wanted) > len(KINDS):
        raise SettingsError(
            f"Expected one `pooling` and one `activation`, but got {len(settings.pooling)} and "
            f"{len(settings.activation or (None,))}: run `neuronxa inspect` once for each"
        )
    return wanted


def _check(bitext: Bitext) -> None:
    if bitext.is_pivot:
        raise SettingsError(
            f"Expected `--languages` to be other than the pivot, but got {bitext.language}: leave "
            "it out, or set another pivot with --metadata pivot=CODE"
        )
    if len(bitext) < MIN_PAIRS:
        raise SettingsError(
            f"Expected `n_pairs` to be at least {MIN_PAIRS} for a map, but got {len(bitext)}: "
            "raise it, or use n_pairs=all"
        )


def _inspected(
    bitext: Bitext,
    pivot: SentenceStates,
    language: SentenceStates,
    layers: Mapping[Representation, Sequence[int]],
) -> dict[str, Any]:
    """What the results keep of one language, plain data fit for JSON."""
    best = {
        r.kind: best_alignment(pivot.layers[r], language.layers[r], pivot.rows, language.rows)
        for r in layers
    }
    sides = {"pivot": bitext.pivot_sentences, "language": bitext.sentences}
    return {
        "corpus": bitext.corpus,
        "pivot": bitext.pivot,
        "language": bitext.language,
        "n_pairs": len(bitext),
        **{r.kind: {**asdict(r), **_map(best[r.kind], layers[r])} for r in layers},
        "failing": [
            {
                **asdict(row),
                "pivot_sentence": bitext.pivot_sentences[row.pair],
                "sentence": bitext.sentences[row.pair],
                "neighbour_sentence": (
                    None if row.neighbour is None else sides[row.side][row.neighbour]
                ),
            }
            for row in failing_pairs(best["nas"])
        ],
    }


def _map(best: BestLayer, layers: Sequence[int]) -> dict[str, Any]:
    points = sentence_map(best.pivot, best.language).round(3)
    return {
        "layer": layers[best.position],
        "layers": len(best.aligned),
        "share": best.share,
        "held_out": held_out_share(best.aligned),
        "aligned": best.aligned_here.tolist(),
        "points": {"pivot": points[0].tolist(), "language": points[1].tolist()},
    }


def _summary(entry: Mapping[str, Any]) -> str:
    best = [
        f"{name} {entry[kind]['share']:.1%} aligned in layer {entry[kind]['layer']} "
        f"({entry[kind]['held_out']:.1%} in one chosen on other pairs)"
        for kind, name in (("embedding", "embedding"), ("nas", "NAS"))
    ]
    failing = f"{len(entry['failing'])} of {entry['n_pairs']} pairs fail on NAS"
    return f"{language_name(entry['language'])}: {', '.join(best)}; {failing}"
