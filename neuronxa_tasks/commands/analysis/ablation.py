"""What a model can do without the neurons of a language, and without as many random ones."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from neuronxa_tasks.commands.analysis.neuron_selection import SelectedNeurons
from neuronxa_tasks.commands.analysis.session import Analysis
from neuronxa_tasks.data.held_out import HeldOut, held_out
from neuronxa_tasks.data.languages import language_name
from neuronxa_tasks.errors import SettingsError
from neuronxa_tasks.harness.requests.parity import sentence_nats
from neuronxa_tasks.log import logger
from neuronxa_tasks.states.switched_off import switched_off

# Neurons by true number of the layer.
Neurons = Mapping[int, Sequence[int]]

Nats = Mapping[str, float]


def texts_of_parity(analysis: Analysis) -> list[HeldOut]:
    """The pairs of every language that information parity takes, none of them an aligned one.

    Raises:
        BitextError: There are too few.
    """
    settings = analysis.settings
    whole = settings.of_all_pairs
    return [
        held_out(whole.bitext(analysis.corpus, code), settings.n_pairs, settings.parity_first)
        for code in analysis.languages
    ]


def ablate(
    analysis: Analysis, texts: Sequence[HeldOut], selected: SelectedNeurons, codes: Sequence[str]
) -> dict[str, Any]:
    """Switch the neurons of one language after the other off, and random ones as control.

    Args:
        analysis: Says which model and languages.
        texts: As `texts_of_parity` gives them.
        selected: Which neurons are of which language.
        codes: Whose neurons to switch off; a language without any is named and left out.

    Returns:
        Data for `neuron_findings.Ablation`.

    Raises:
        SettingsError: Some layer has too few other neurons for the control.
        ModelError: The model gives no log-likelihoods, or its neurons cannot be switched off.
    """
    intact = _nats(analysis, texts, {})
    before = [_parities(intact, text) for text in texts]
    rows = []
    for code in codes:
        language = analysis.languages.index(code)
        own, random = neurons_and_control(
            analysis.encoder.layout.with_neurons, selected, language, code
        )
        if not own:
            logger.warning(
                "%s has no neurons of its own to switch off: raise --share, or lower --bar", code
            )
            continue
        logger.info("information parity without the neurons of %s", language_name(code))
        row: dict[str, Any] = {"language": code, "neurons": sum(map(len, own.values()))}
        for prefix, neurons in (("", own), ("random_", random)):
            nats = _nats(analysis, texts, neurons)
            changes = [_parities(nats, t) - b for t, b in zip(texts, before, strict=True)]
            row[f"{prefix}change"] = [float(change.mean()) for change in changes]
            row[f"{prefix}stderr"] = [
                float(change.std(ddof=1) / np.sqrt(len(change))) for change in changes
            ]
            row[f"{prefix}nats"] = [_total(nats, text) / _total(intact, text) for text in texts]
        rows.append(row)
    return {
        "first": texts[0].first,
        "n_pairs": len(texts[0].bitext),
        "parity": [float(parities.mean()) for parities in before],
        "ablated": rows,
    }


def neurons_and_control(
    layers: Sequence[int], selected: SelectedNeurons, language: int, code: str
) -> tuple[Neurons, Neurons]:
    """The neurons of a language, and as many others of the same layers, drawn at random.

    Args:
        layers: True numbers of the layers that have neurons.
        selected: Which neurons are of which language.
        language: Place of the language.
        code: Its code, for messages.

    Returns:
        Both by true number of the layer, without the layers in which the language has none. The
        same language gets the same control every time.

    Raises:
        SettingsError: A layer has fewer other neurons.
    """
    rng = np.random.default_rng(language)
    own, random = {}, {}
    for number, neurons, entropy in zip(
        layers, selected.of_language(language), selected.entropy, strict=True
    ):
        if not len(neurons):
            continue
        others = np.setdiff1d(np.arange(len(entropy)), neurons.numpy())
        if len(others) < len(neurons):
            raise SettingsError(
                f"Expected `--share` to leave as many neurons as are of {code} in every layer, for "
                f"the control, but in layer {number} {len(neurons)} of {len(entropy)} are: lower it"
            )
        own[number] = neurons.tolist()
        random[number] = rng.choice(others, len(neurons), replace=False).tolist()
    return own, random


def _nats(analysis: Analysis, texts: Sequence[HeldOut], neurons: Neurons) -> Nats:
    """The nats of every sentence without some neurons."""
    encoder = analysis.encoder
    sentences = [
        sentence
        for text in texts
        for sentence in (*text.bitext.pivot_sentences, *text.bitext.sentences)
    ]
    with switched_off(encoder.decoder, encoder.layout, neurons):
        return sentence_nats(analysis.lm, sentences)


def _parities(nats: Nats, text: HeldOut) -> npt.NDArray[np.float64]:
    """Of every pair the pivot's nats over the language's."""
    pivot, language = (
        np.array([nats[sentence] for sentence in side])
        for side in (text.bitext.pivot_sentences, text.bitext.sentences)
    )
    return np.asarray(pivot / language)


def _total(nats: Nats, text: HeldOut) -> float:
    return sum(nats[sentence] for sentence in text.bitext.sentences)
