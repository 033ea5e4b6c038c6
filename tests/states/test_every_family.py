"""Every family of the installed transformers is measured right, or refused for a reason that holds.

Each is built tiny from its own defaults. Six sentences in one padded batch are compared with one
sentence at a time, and the neurons with their recomputation in float64.
"""

import re
from collections.abc import Sequence
from contextlib import nullcontext

import pytest
import torch
from torch import Tensor
from tqdm import tqdm
from transformers import PreTrainedModel

from neuronxa_tasks.errors import ModelError
from neuronxa_tasks.measures import ACTIVATIONS, KINDS, Kind, Representation, representations
from neuronxa_tasks.states import Decoder, Layout, SentenceEncoder, find_decoder, find_layout
from neuronxa_tasks.states.probe import check_causal, text_alone
from tests.every_reference import Neurons, reference_neurons
from tools import models_table
from tools.every_family import EXCLUDED, NOT_BUILT, build, families

CPU = torch.device("cpu")
LENGTHS = (1, 2, 5, 9, 17, 25)
MISSING: dict[str, set[Kind]] = {"NASCA, NAVCA": {"nas", "nav"}, "MEXA": {"embedding"}}

pytestmark = pytest.mark.filterwarnings("ignore")


@pytest.mark.parametrize(("mapping", "family"), families())
def test_a_family_is_measured_right_or_refused_for_a_reason(mapping: str, family: str) -> None:
    if (mapping, family) in NOT_BUILT:
        with pytest.raises((ValueError, AttributeError)):
            build(family, mapping)
        return
    model = build(family, mapping)
    excluded = EXCLUDED.get((mapping, family))
    decoder, layout, refusal = _found(model)
    if excluded and not excluded.without:
        assert re.search(excluded.says, refusal), refusal or "it is measured"
        return
    assert layout is not None, refusal
    left_out = MISSING[excluded.without] if excluded and excluded.without else set()
    assert set(layout.missing) == left_out, layout.missing
    assert all(re.search(excluded.says, why) for why in layout.missing.values() if excluded)
    _check_states(decoder, layout, family)


def _found(model: PreTrainedModel) -> tuple[Decoder | None, Layout | None, str]:
    """The decoder and its layout, or why there is none: nothing at all can be measured."""
    try:
        decoder = find_decoder(model)
        with text_alone(decoder.model):
            check_causal(decoder, decoder.vocabulary, CPU)
        layout = find_layout(decoder)
    except ModelError as error:
        return None, None, str(error)
    if set(layout.missing) == set(KINDS):
        return None, None, "; ".join(layout.missing.values())
    return decoder, layout, ""


def _check_states(decoder: Decoder, layout: Layout, family: str) -> None:
    generator = torch.Generator().manual_seed(1)
    most = min(decoder.vocabulary, 400)
    sentences = [
        torch.randint(10, most, (length,), generator=generator).tolist() for length in LENGTHS
    ]
    kinds = [kind for kind in KINDS if kind not in layout.missing]
    wanted = representations(kinds, ("weighted",), ACTIVATIONS)
    together = _states(decoder, layout, sentences, wanted, len(sentences))
    alone = _states(decoder, layout, sentences, wanted, 1)
    for representation in wanted:
        for layer, own in zip(together[representation], alone[representation], strict=True):
            torch.testing.assert_close(layer, own, rtol=1e-4, atol=1e-4 * float(own.abs().max()))
    if "nas" in layout.missing:
        return
    for row, sentence in enumerate(sentences):
        neurons = reference_neurons(decoder, family, sentence)
        assert set(neurons) == {(site.layer, site.down) for site in layout.sites}
        for representation in wanted:
            if representation.kind == "embedding":
                continue
            numbers = layout.layers(representation)
            for number, layer in zip(numbers, together[representation], strict=True):
                expected = _expected(layout, neurons, number, representation, len(sentence))
                torch.testing.assert_close(
                    layer[row].double(), expected, rtol=1e-4, atol=1e-4 * float(expected.max())
                )


def _states(
    decoder: Decoder,
    layout: Layout,
    sentences: Sequence[list[int]],
    wanted: Sequence[Representation],
    batch_size: int,
) -> dict[Representation, list[Tensor]]:
    encoder = SentenceEncoder(
        decoder=decoder,
        layout=layout,
        tokenize=lambda texts: [[int(token) for token in text.split()] for text in texts],
        max_length=100,
        batch_size=batch_size,
        device=CPU,
        autocast=nullcontext,
    )
    texts = [" ".join(map(str, sentence)) for sentence in sentences]
    states = encoder.encode(
        texts, wanted, truncate=False, name="texts", progress=tqdm(disable=True)
    )
    return {r: [layer[states.rows] for layer in states.layers[r]] for r in wanted}


def _expected(
    layout: Layout, neurons: Neurons, number: int, representation: Representation, length: int
) -> Tensor:
    weights = torch.arange(1, length + 1, dtype=torch.float64) / (length * (length + 1) / 2)
    parts = []
    for site in layout.sites:
        if site.layer == number:
            gate, product = neurons[number, site.down]
            tokens = gate if representation.activation == "gate" else product
            tokens = (tokens > 0).double() if representation.kind == "nas" else tokens.abs()
            parts.append(weights @ tokens)
    return torch.cat(parts)


def test_every_exclusion_is_of_a_family_that_there_is() -> None:
    assert {*EXCLUDED, *NOT_BUILT} <= set(families())
    assert not EXCLUDED.keys() & NOT_BUILT.keys()


def test_the_committed_table_is_of_the_installed_families() -> None:
    committed = models_table.FILE.read_text()
    listed = set(re.findall(r"^\| `([^`]+)` \|", committed, re.MULTILINE))
    new = sorted({family for _, family in families()} - listed)
    assert not new, f"not in {models_table.FILE.name}: {', '.join(new)}"
    assert committed == models_table.page(), "run python -m tools.models_table"
