"""The record of one language: what lies at `configs[task]["metadata"]["neuronxa"]`."""

from itertools import pairwise
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from neuronxa_tasks.data.line_numbers import line_numbers, line_ranges
from neuronxa_tasks.measures import metric_named
from neuronxa_tasks.results.fields import (
    MAX_LAYERS,
    MAX_PAIRS,
    Code,
    Count,
    Digest,
    Json,
    Layer,
    Name,
    Number,
    Pair,
    Pairs,
    Part,
    Share,
)
from neuronxa_tasks.results.ranges import outside, range_of_metric

# The writer has eight numbers of pairs at most.
_MAX_COUNTS = 20

# At most one for every sentence.
_Neighbours = Annotated[int, Field(ge=0, le=MAX_PAIRS)]

# JSON has no numbers as keys.
_PairsKey = Annotated[Pairs, Field(strict=False)]


def _lines(text: str) -> str:
    return line_ranges(line_numbers(text))


class Source(Part):
    """Where sentences come from."""

    dataset: Name
    revision: Name | None = None
    split: Name | None = None


class Digests(Part):
    """SHA-256 of each side's sentences."""

    pivot: Digest | None = None
    language: Digest | None = None


class Tokens(Part):
    """Tokens of every sentence."""

    # As everywhere here made anew: a list as the default would be copied deeply, which is slow.
    pivot: list[Count] = Field(default_factory=list, max_length=MAX_PAIRS)
    language: list[Count] = Field(default_factory=list, max_length=MAX_PAIRS)


class Surface(Part):
    """What the strings of the sentences align without a model.

    Attributes:
        score: Share of pairs.
        aligned: 1 for every pair that is aligned, else 0.
    """

    score: Share
    aligned: list[Literal[0, 1]] = Field(max_length=MAX_PAIRS)


class Truncated(Part):
    """How many sentences were cut."""

    pivot: Count = 0
    language: Count = 0


class Named(Part):
    """Patterns of modules, as settings give them."""

    down_projections: list[Name] = Field(default_factory=list)
    gates: list[Name] = Field(default_factory=list)


class MetricEntry(Part):
    """One metric of one language.

    Attributes:
        kind: Of the states, `nas`, `nav` or `embedding`; likewise `pooling` and `activation`.
        correction: Of the similarities, `none`, `centred`, `csls` or `centred_csls`.
        csls_k: How many neighbours CSLS looks at; None without it.
        first_layer: Number of the first layer; the token embeddings are layer 0.
        layers: Numbers of all layers, where they do not follow one another from the first on.
        layer_scores: One per layer; None where a layer has none.
        score: Their mean; of retrieval the maximum. None where there is none.
        aligned_layers: Of alignment: in how many layers each pair is aligned.
        mutual_neighbours: Of alignment: per layer, how many two sentences of all are each other's
            nearest neighbours.
        permutation_p: Of alignment: how often chance does as well.
        by_pairs: Of alignment: the score of the first pairs alone, by their number.
        best_layer: Of retrieval: the layer that the score is of.
        held_out: Of retrieval: the score in a layer chosen on other pairs.
        outcomes: Of retrieval: 1 for every pair that is found there, else 0.
    """

    kind: Name | None = None
    pooling: Name | None = None
    activation: Name | None = None
    correction: Name | None = None
    csls_k: Count | None = None
    first_layer: Layer | None = None
    layers: list[Layer] = Field(default_factory=list, max_length=MAX_LAYERS)
    layer_scores: list[Number | None] = Field(default_factory=list, max_length=MAX_LAYERS)
    score: Number | None = None
    aligned_layers: list[Layer] = Field(default_factory=list, max_length=MAX_PAIRS)
    mutual_neighbours: list[_Neighbours] = Field(default_factory=list, max_length=MAX_LAYERS)
    permutation_p: Share | None = None
    by_pairs: dict[_PairsKey, Share] = Field(default_factory=dict, max_length=_MAX_COUNTS)
    best_layer: Layer | None = None
    held_out: Share | None = None
    outcomes: list[Literal[0, 1]] = Field(default_factory=list, max_length=MAX_PAIRS)

    @model_validator(mode="after")
    def _fits_itself(self) -> "MetricEntry":
        layers = len(self.layer_scores)
        if max(self.aligned_layers, default=0) > layers:
            raise ValueError(
                f"`aligned_layers` has {max(self.aligned_layers)} of {layers} in `layer_scores`"
            )
        for field in ("layers", "mutual_neighbours"):
            own = len(getattr(self, field))
            if own not in (0, layers):
                raise ValueError(f"`{field}` has {own} of {layers} in `layer_scores`")
        if any(one >= other for one, other in pairwise(self.layers)):
            raise ValueError("`layers` should go up")
        pairs, most = len(self.aligned_layers), max(self.mutual_neighbours, default=0)
        if pairs and most > pairs:
            raise ValueError(f"`mutual_neighbours` has {most} of {pairs} pairs")
        if self.best_layer is not None and layers and self.first_layer is not None:
            numbers = self.layer_numbers(self.first_layer)
            if self.best_layer not in numbers:
                raise ValueError(
                    f"`best_layer` is {self.best_layer}, but there are layers "
                    f"{numbers[0]} to {numbers[-1]}"
                )
        return self

    def layer_numbers(self, first: int) -> tuple[int, ...]:
        """True numbers of the layers, in the order of their scores.

        Args:
            first: Number of the first layer, where the entry does not say.
        """
        begin = first if self.first_layer is None else self.first_layer
        return tuple(self.layers) or tuple(range(begin, begin + len(self.layer_scores)))


class LanguageRecord(Part):
    """What is kept of one language, so that a reader can trust, redraw and re-test its scores.

    A file that does not say something has None, or nothing, in its place.

    Attributes:
        score_version: Scores of different versions are not compared.
        corpus: `flores`, `tatoeba` or `miniature`.
        language: Code of the corpus.
        pivot: Likewise.
        n_pairs: Number of sentence pairs.
        lines: Their lines in the corpus, as `line_ranges` writes them; None for the first.
        articles: Number of the article that each pair is from; empty where unknown.
        source: Where they come from.
        sha256: Digests of both sides.
        model: Which weights these were.
        dtype: Of the weights; `mixed_precision` that of the computation, if it is another.
        bos: Whether a beginning-of-sequence token was read.
        decoder: The module that was run, where it is a part of the model.
        layers_without_neurons: Numbers of the layers that have no feed-forward network.
        layers_not_run: Numbers of the layers that text does not reach.
        missing: Why states of a kind cannot be taken, by kind.
        named: Patterns by which the user named them; None where they were found.
        sites: Modules that the neurons were taken from.
        gates: Their gates; None for a site without one.
        tokens: Of every sentence, by side.
        truncated: How many sentences were cut, by side.
        versions: Of the packages that a score depends on.
        surface: Of alignment: what strings alone align.
        metrics: By name.
        ignored: Options of the run that have no effect on sentences run raw.
    """

    score_version: Annotated[int, Field(ge=1, le=1_000_000)] | None = None
    corpus: Name | None = None
    language: Code | None = None
    pivot: Code | None = None
    n_pairs: Pairs | None = None
    lines: Annotated[Name, AfterValidator(_lines)] | None = None
    articles: list[Pair] = Field(default_factory=list, max_length=MAX_PAIRS)
    source: Source | None = None
    sha256: Digests = Digests()
    model: Json | None = None
    dtype: Name | None = None
    mixed_precision: Name | None = None
    bos: bool | None = None
    decoder: Name | None = None
    layers_without_neurons: list[Layer] = Field(default_factory=list, max_length=MAX_LAYERS)
    layers_not_run: list[Layer] = Field(default_factory=list, max_length=MAX_LAYERS)
    missing: dict[Name, Name] = Field(default_factory=dict)
    named: Named | None = None
    sites: list[Name] = Field(default_factory=list)
    gates: list[Name | None] = Field(default_factory=list)
    tokens: Tokens = Field(default_factory=Tokens)
    truncated: Truncated = Truncated()
    versions: dict[Name, Name] = Field(default_factory=dict)
    surface: Surface | None = None
    metrics: dict[str, MetricEntry] = Field(default_factory=dict)
    ignored: list[Name] = Field(default_factory=list)

    @model_validator(mode="after")
    def _possible(self) -> "LanguageRecord":
        per_pair = {
            "lines": len(line_numbers(self.lines)) if self.lines else 0,
            "articles": len(self.articles),
            "surface.aligned": len(self.surface.aligned) if self.surface else 0,
        }
        for field, own in per_pair.items():
            if own and self.n_pairs not in (own, None):
                raise ValueError(f"`{field}` has {own} pairs, but `n_pairs` is {self.n_pairs}")
        for name, entry in self.metrics.items():
            # What a newer version measures is its own affair.
            if metric := metric_named(name):
                _check_scores(name, entry, range_of_metric(metric))
                _check_pairs(name, entry, self.n_pairs)
        return self


def _check_scores(name: str, entry: MetricEntry, ends: tuple[float, float]) -> None:
    fields = {"score": [entry.score], "layer_scores": entry.layer_scores}
    for field, scores in fields.items():
        for score in scores:
            if score is not None and outside(score, ends):
                raise ValueError(
                    f"`metrics.{name}.{field}` should be from {ends[0]:g} to {ends[1]:g}, "
                    f"but is {score:g}"
                )


def _check_pairs(name: str, entry: MetricEntry, n_pairs: int | None) -> None:
    for field in ("aligned_layers", "outcomes"):
        own = len(getattr(entry, field))
        if own and n_pairs not in (own, None):
            raise ValueError(
                f"`metrics.{name}.{field}` has {own} pairs, but `n_pairs` is {n_pairs}"
            )
    most = max(entry.by_pairs, default=0)
    if n_pairs is not None and most > n_pairs:
        raise ValueError(f"`metrics.{name}.by_pairs` has {most} pairs of `n_pairs` {n_pairs}")
