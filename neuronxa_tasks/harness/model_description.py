"""What a loaded model is, as far as its neuron states go, and how to say it."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from lm_eval.models.huggingface import HFLM

from neuronxa_tasks.harness.model_encoder import tokenize
from neuronxa_tasks.states import ExpertSite, SentenceEncoder, Site


@dataclass(frozen=True)
class LikeLayers:
    """Layers whose neurons are in the same places.

    Attributes:
        layers: Their numbers, from 1, ascending.
        places: Where neurons are in each, a phrase per network.
    """

    layers: tuple[int, ...]
    places: tuple[str, ...]


@dataclass(frozen=True)
class ModelDescription:
    """A model that can be measured.

    Attributes:
        model_class: Name of its class.
        decoder_class: Name of the class that is run.
        layers: Number of decoder layers.
        neurons: The layers that have neurons.
        parameters: How many it has.
        size: Bytes that they take.
        dtype: Of its activations.
        quantization: How weights are stored, empty where they are plain numbers.
        missing: Why states of some kind cannot be taken, a sentence each.
        begins_with: The beginning-of-sequence token before every sentence, empty where none is.
        context: Longest sequence of tokens that it takes.
        device: Where it runs.
    """

    model_class: str
    decoder_class: str
    layers: int
    neurons: tuple[LikeLayers, ...]
    parameters: int
    size: int
    dtype: str
    quantization: str
    begins_with: str
    context: int
    device: str
    missing: tuple[str, ...] = ()

    @property
    def without_neurons(self) -> tuple[int, ...]:
        """Numbers of the layers that have none."""
        having = {number for like in self.neurons for number in like.layers}
        return tuple(sorted(set(range(1, self.layers + 1)) - having))

    def rows(self) -> list[tuple[str, str]]:
        """The description in words, a heading and a text per row."""
        rows = [
            ("model", f"{self.model_class}, run as {self.decoder_class} on {self.device}"),
            ("parameters", f"{self.parameters:,}, {gigabytes(self.size)}"),
            ("dtype", self.dtype),
            ("quantization", self.quantization or "none"),
            ("layers", str(self.layers)),
        ]
        for like in self.neurons:
            rows += [(f"neurons, {ranges(like.layers)}", place) for place in like.places]
        if self.without_neurons:
            rows.append((f"neurons, {ranges(self.without_neurons)}", "none"))
        rows += [("not measured", why) for why in self.missing]
        begins = self.begins_with or "no beginning-of-sequence token"
        rows += [("sentences", f"begin with {begins}"), ("context", f"{self.context:,} tokens")]
        return rows


def describe(lm: HFLM, encoder: SentenceEncoder) -> ModelDescription:
    """The description of a model.

    Args:
        lm: The harness's model.
        encoder: What runs it.
    """
    model: Any = lm.model
    decoder = encoder.decoder
    bos = lm.tokenizer.bos_token_id
    begins = bos is not None and tokenize(lm, ["A"])[0][0] == bos
    return ModelDescription(
        model_class=type(model).__name__,
        decoder_class=type(decoder.model).__name__,
        layers=len(decoder.layers),
        neurons=_like_layers(encoder.layout.sites, decoder.layer_names),
        parameters=model.num_parameters(),
        size=model.get_memory_footprint(),
        dtype=plain_name(model.dtype),
        quantization=_quantization(model),
        missing=tuple(dict.fromkeys(encoder.layout.missing.values())),
        begins_with=lm.tokenizer.bos_token if begins else "",
        context=lm.max_length,
        device=str(lm.device),
    )


def aligned(rows: Sequence[tuple[str, str]]) -> list[str]:
    """Headings and texts as lines, the texts below one another.

    Example:
        >>> aligned([("a", "one"), ("long", "two")])
        ['a     one', 'long  two']
    """
    width = max(len(heading) for heading, _ in rows) + 2
    return [f"{heading:<{width}}{text}" for heading, text in rows]


def plain_name(dtype: torch.dtype) -> str:
    """The name of a number format.

    Example:
        >>> plain_name(torch.bfloat16)
        'bfloat16'
    """
    return str(dtype).removeprefix("torch.")


def gigabytes(size: int) -> str:
    """A number of bytes in words.

    Example:
        >>> gigabytes(538_000_000)
        '0.54 GB'
    """
    return f"{size / 1e9:.2f} GB"


def ranges(numbers: Sequence[int]) -> str:
    """Layer numbers in words.

    Args:
        numbers: At least one, ascending.

    Example:
        >>> ranges([1]), ranges([1, 2, 3, 5, 7, 8])
        ('layer 1', 'layers 1-3, 5, 7-8')
    """
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    said = [str(run[0]) if len(run) == 1 else f"{run[0]}-{run[-1]}" for run in runs]
    return f"{'layers' if len(numbers) > 1 else 'layer'} {', '.join(said)}"


def _like_layers(
    sites: Sequence[Site | ExpertSite], layer_names: Sequence[str]
) -> tuple[LikeLayers, ...]:
    places: dict[int, tuple[str, ...]] = {}
    for site in sites:
        place = _place(site, f"{layer_names[site.layer - 1]}.")
        places[site.layer] = (*places.get(site.layer, ()), place)
    layers: dict[tuple[str, ...], list[int]] = {}
    for number, said in places.items():
        layers.setdefault(said, []).append(number)
    return tuple(LikeLayers(tuple(numbers), said) for said, numbers in layers.items())


def _place(site: Site | ExpertSite, layer: str) -> str:
    down = site.down.removeprefix(layer)
    if isinstance(site, ExpertSite):
        return f"{site.experts} experts of {site.width:,} each, gate and product in {down}"
    if site.gate is None:
        return f"{site.width:,}, product into {down}, no gate"
    where = {None: "", 0: "the first half of ", 1: "the second half of "}[site.gate.half]
    module = site.gate.module.removeprefix(layer)
    called = "a function of " if site.gate.function else ""
    return f"{site.width:,}, gate from {called}{where}{module}, product into {down}"


def _quantization(model: Any) -> str:
    found = getattr(model.config, "quantization_config", None)
    if not found:
        return ""
    content = found if isinstance(found, dict) else found.to_dict()
    method = content.get("quant_method")
    bits = next((n for n in (4, 8) if content.get(f"load_in_{n}bit")), content.get("bits"))
    said = [str(getattr(method, "value", method)), *([f"{bits} bits"] if bits else [])]
    return f"{', '.join(said)}, held as {_held_as(model)}"


def _held_as(model: Any) -> str:
    """The number format of most bytes among the weights."""
    sizes: Counter[str] = Counter()
    for weight in model.parameters():
        made_of_others = hasattr(weight.data, "__tensor_flatten__")
        kind = type(weight.data).__name__ if made_of_others else plain_name(weight.dtype)
        sizes[kind] += weight.nbytes
    return sizes.most_common(1)[0][0]
