"""What `neuronxa neurons` finds out about a model."""

from typing import Annotated

from pydantic import Field, model_validator

from neuronxa_tasks.results.fields import (
    MAX_LANGUAGES,
    MAX_LAYERS,
    Code,
    Count,
    Digest,
    Layer,
    Name,
    Number,
    Pairs,
    Part,
    Share,
)

Correlation = Annotated[float, Field(ge=-1, le=1)]
Positive = Annotated[float, Field(gt=0, allow_inf_nan=False)]

# Neurons that are listed one by one.
MAX_CARRIERS = 1_000


class NeuronLayer(Part):
    """The neurons of one layer.

    Attributes:
        layer: Its true number.
        neurons: How many it has.
        specific: Of them, language-specific.
        shared: Of them, those that every language has.
    """

    layer: Layer
    neurons: Count
    specific: Count
    shared: Count


class NeuronsOfLanguage(Part):
    """The neurons of one language, layer by layer.

    Attributes:
        language: Its code.
        specific: How many are of it.
        correlation: Mean over a layer's neurons of the correlation over pairs with the pivot's;
            None for the pivot, as are the two that follow.
        correlation_specific: The same over the language's own neurons, None where there are none.
        correlation_shared: The same over those that every language has.
    """

    language: Code
    specific: list[Count]
    correlation: list[Correlation | None]
    correlation_specific: list[Correlation | None]
    correlation_shared: list[Correlation | None]


class Carrier(Part):
    """A neuron whose states correlate highly over pairs.

    Attributes:
        layer: Its layer's true number.
        neuron: Its place among the layer's neurons, from 0.
        correlation: Mean over languages.
        entropy: Its LAPE; None if it is never active.
        specific: Whether it is language-specific.
        shared: Whether every language has it.
    """

    layer: Layer
    neuron: Count
    correlation: Correlation
    entropy: Number | None
    specific: bool
    shared: bool


class AblatedLanguage(Part):
    """What happens to K languages when the neurons of one are switched off.

    Attributes:
        language: Whose neurons.
        neurons: How many.
        change: Of each language's information parity, in the order of `Neurons.languages`.
        stderr: Its standard error by pairs.
        nats: What each language's sentences take over what they took before.
        random_change: As `change`, of as many random neurons of the same layers.
        random_stderr: Its standard error.
        random_nats: As `nats`, likewise.
    """

    language: Code
    neurons: Count
    change: list[Number]
    stderr: list[Number]
    nats: list[Positive]
    random_change: list[Number]
    random_stderr: list[Number]
    random_nats: list[Positive]


class Ablation(Part):
    """Information parity without the neurons of some languages.

    Attributes:
        first: Line of the first pair, from 1.
        n_pairs: Number of pairs.
        parity: Each language's with all neurons.
        ablated: A row per language whose neurons were switched off.
    """

    first: Pairs
    n_pairs: Pairs
    parity: list[Positive]
    ablated: list[AblatedLanguage] = Field(max_length=MAX_LANGUAGES)


class Neurons(Part):
    """Which neurons are of which language (Tang et al., 2024).

    Attributes:
        corpus: Of the sentences.
        pivot: The language whose sentences the others' are paired with.
        n_pairs: Number of sentences.
        languages: K codes, the pivot first.
        sha256: Digest of each language's sentences.
        filter: Thresholds; see `alignment.language_neurons.Thresholds`.
        share: Likewise.
        bar: Likewise.
        layers: The L layers that have neurons.
        found: What was found of each language.
        overlap: Jaccard's index of the neurons of every two languages, the K (K - 1) / 2 above
            the diagonal, row by row.
        carriers: The neurons that correlate most over pairs, the highest first.
        ablation: What happens without some of the neurons; None if it was not asked for.
    """

    corpus: Name
    pivot: Code
    n_pairs: Pairs
    languages: list[Code] = Field(min_length=2, max_length=MAX_LANGUAGES)
    sha256: list[Digest]
    filter: Share
    share: Share
    bar: Share
    layers: list[NeuronLayer] = Field(min_length=1, max_length=MAX_LAYERS)
    found: list[NeuronsOfLanguage]
    overlap: list[Share]
    carriers: list[Carrier] = Field(max_length=MAX_CARRIERS)
    ablation: Ablation | None = None

    @model_validator(mode="after")
    def _fits_itself(self) -> "Neurons":
        n = len(self.languages)
        if len(set(self.languages)) < n:
            raise ValueError(
                f"`languages` should differ, but are {len(set(self.languages))} of {n}"
            )
        if [entry.language for entry in self.found] != self.languages:
            raise ValueError("`found` should be of the `languages` in their order, but is not")
        expected: list[tuple[str, list[object], int]] = [
            ("sha256", [*self.sha256], n),
            ("overlap", [*self.overlap], n * (n - 1) // 2),
        ]
        for entry in self.found:
            for key in ("specific", "correlation", "correlation_specific", "correlation_shared"):
                expected.append((f"found.{key}", getattr(entry, key), len(self.layers)))
        if self.ablation:
            expected.append(("ablation.parity", [*self.ablation.parity], n))
            for row in self.ablation.ablated:
                for key in ("change", "stderr", "nats"):
                    expected.append((f"ablation.{key}", getattr(row, key), n))
                    random = f"random_{key}"
                    expected.append((f"ablation.{random}", getattr(row, random), n))
        for name, values, size in expected:
            if len(values) != size:
                raise ValueError(f"`{name}` should have {size} entries, but has {len(values)}")
        return self
