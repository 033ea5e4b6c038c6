"""What `neuronxa matrix`, `neuronxa inspect` and `neuronxa neurons` find out about a model."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from neuronxa_tasks.measures import metric_named
from neuronxa_tasks.results.fields import (
    MAX_LANGUAGES,
    MAX_PAIRS,
    Code,
    Digest,
    Layer,
    Name,
    Number,
    Pair,
    Pairs,
    Part,
    Sentence,
    Share,
)
from neuronxa_tasks.results.neuron_findings import Neurons

Point = Annotated[list[Number], Field(min_length=2, max_length=2)]
Points = Annotated[list[Point], Field(min_length=1, max_length=MAX_PAIRS)]


class MatrixScores(Part):
    """One metric's scores of every two languages.

    Attributes:
        scores: Of N languages, the N (N - 1) / 2 scores above the diagonal, row by row.
    """

    scores: list[Share]


class Matrix(Part):
    """Every language with every other.

    Attributes:
        corpus: Of the sentences.
        n_pairs: Number of sentences.
        languages: N codes.
        sha256: Digest of each language's sentences.
        metrics: Scores by the metric's name.
    """

    corpus: Name
    n_pairs: Pairs
    languages: list[Code] = Field(min_length=2, max_length=MAX_LANGUAGES)
    sha256: list[Digest]
    metrics: dict[str, MatrixScores] = Field(min_length=1)

    @model_validator(mode="after")
    def _fits_itself(self) -> "Matrix":
        n = len(self.languages)
        if len(set(self.languages)) < n:
            raise ValueError(
                f"`languages` should differ, but are {len(set(self.languages))} of {n}"
            )
        if len(self.sha256) != n:
            raise ValueError(f"`sha256` should be {n} digests, but has {len(self.sha256)}")
        for name, entry in self.metrics.items():
            if metric_named(name) is None:
                raise ValueError(f"`metrics` should be metrics of ours, but has {name!r}")
            if len(entry.scores) != n * (n - 1) // 2:
                raise ValueError(
                    f"`metrics.{name}.scores` should be {n * (n - 1) // 2} scores, but has "
                    f"{len(entry.scores)}"
                )
        return self


class Sides(Part):
    """A point in the plane for every sentence."""

    pivot: Points
    language: Points


class SentenceMap(Part):
    """The sentences of two languages in the layer in which most are aligned.

    Attributes:
        layer: Its number.
        layers: How many there are.
        share: Of the pairs that are aligned there.
        held_out: That share in a layer chosen on other pairs; None where unknown.
        aligned: Which of them.
        points: Where their sentences lie.
    """

    layer: Layer
    layers: Layer
    share: Share
    held_out: Share | None = None
    aligned: list[bool]
    points: Sides

    @model_validator(mode="after")
    def _fits_itself(self) -> "SentenceMap":
        sizes = [len(self.aligned), len(self.points.pivot), len(self.points.language)]
        if len(set(sizes)) > 1:
            raise ValueError(
                f"`aligned` and both sides of `points` should be alike in number, but are {sizes}"
            )
        return self


class FailingPair(Part):
    """A pair that is not aligned.

    Attributes:
        pair: Its place in the text.
        aligned_layers: In how many layers it is aligned.
        margin: Over the nearest wrong neighbour; None where a vector is zero, as is `neighbour`.
        neighbour: The pair which that neighbour belongs to.
        side: On which it stands.
        pivot_sentence: The pair's own sentence of the pivot.
        sentence: That of the language.
        neighbour_sentence: The neighbour's.
    """

    pair: Pair
    aligned_layers: Layer
    margin: Number | None
    neighbour: Pair | None
    side: Literal["pivot", "language"]
    pivot_sentence: Sentence
    sentence: Sentence
    neighbour_sentence: Sentence | None


class InspectedLanguage(Part):
    """A language and its pivot, sentence by sentence."""

    corpus: Name
    pivot: Code
    language: Code
    n_pairs: Pairs
    embedding: SentenceMap
    nas: SentenceMap
    failing: list[FailingPair] = Field(max_length=MAX_PAIRS)

    @model_validator(mode="after")
    def _fits_itself(self) -> "InspectedLanguage":
        for kind, found in (("embedding", self.embedding), ("nas", self.nas)):
            if len(found.aligned) != self.n_pairs:
                raise ValueError(
                    f"`{kind}.aligned` should be {self.n_pairs} pairs, but has {len(found.aligned)}"
                )
        return self


class Inspection(Part):
    """Which sentences are not aligned, and a map of all."""

    languages: list[InspectedLanguage] = Field(max_length=MAX_LANGUAGES)


Finding = Matrix | Inspection | Neurons

# By the file's `neuronxa_analysis`, which is also the key of the content.
ANALYSES: dict[str, type[Finding]] = {
    "matrix": Matrix,
    "inspection": Inspection,
    "neurons": Neurons,
}
