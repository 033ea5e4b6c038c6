"""The rows of the report's tables that programs read too: their columns, types and meaning."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

Label = Annotated[str, Field(description="Name, revision, adapter and arguments in one string.")]
ConditionLabel = Annotated[
    str, Field(description="Settings that rows have to share before they are compared.")
]
Series = Annotated[str, Field(description="What checkpoints of one run share.")]
Group = Literal["all", "head", "longtail"]


class Row(BaseModel):
    """A row that has these columns and no others."""

    model_config = ConfigDict(extra="forbid")

    @classmethod
    def columns(cls) -> tuple[str, ...]:
        """The names of its columns, in their order."""
        return tuple(cls.model_fields)


class ModelRow(Row):
    """A model, and beside these columns what its results files say of its run."""

    model_config = ConfigDict(extra="allow")

    label: Label
    model: str
    revision: str
    adapter: str
    variant: str = Field("", description="Every other argument that makes it another model.")
    series: Series
    step: int | None
    condition: ConditionLabel
    layers: int | None
    sources: list[str]


class MeanRow(Row):
    """The mean of alignment scores over a group of languages, English in none."""

    label: Label
    condition: ConditionLabel
    group: Group
    metric: str
    value: float | None
    low: float | None
    high: float | None
    languages: int


class RetrievalRow(MeanRow):
    """The mean of retrieval scores over a group of languages."""

    metric: str = Field(description="States and direction, such as `nas_both`.")


class RobustnessRow(Row):
    """What of a model's alignment is above chance."""

    label: Label
    condition: ConditionLabel
    metric: str
    pairs: int
    chance: float = Field(description="Share of pairs that chance aligns in one layer.")
    languages: int = Field(description="With a p by permutation.")
    above: int = Field(description="Of them, corrected p below 0.05.")
    not_above: str = Field(description="Codes of the others, joined by commas.")
    layers: float = Field(description="Share of single layers whose binomial p is below 0.05.")


class StabilityRow(Row):
    """Scores of the first pairs alone."""

    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: dict[
        str,
        Annotated[
            float | None, Field(description="Pearson's r with the benchmark of this heading.")
        ],
    ]

    label: Label
    condition: ConditionLabel
    metric: str
    pairs: int
    languages: int
    all: float | None
    head: float | None
    longtail: float | None
    order: float | None = Field(
        description="Spearman's rank correlation with the score of all pairs."
    )


class TrainingRow(Row):
    """Correlation over training steps of mean alignment and a mean of a benchmark."""

    series: Series
    condition: ConditionLabel
    metric: str
    benchmark: str
    steps: int
    languages: int
    pearson: float | None
    low: float | None
    high: float | None
    p: float | None


class CorrelationRow(Row):
    """Correlation over languages of a metric and a benchmark."""

    label: Label
    condition: ConditionLabel
    metric: str = Field(
        description="A metric, or `tokens`: tokens per sentence relative to the pivot."
    )
    benchmark: str
    n: int = Field(description="Languages.")
    pearson: float | None
    fisher_low: float | None
    fisher_high: float | None
    bootstrap_low: float | None
    bootstrap_high: float | None
    p: float | None
    spearman: float | None
    spearman_p: float | None
    partial: float | None = Field(description="Pearson's r given tokens.")
    paper: float | None = Field(description="The published figure.")
    measure: str
    activation: str
    pooling: str
    reason: str | None = Field(description="Why there is no number.")


class DifferenceRow(Row):
    """By how much two metrics' correlations with a benchmark differ."""

    label: Label
    condition: ConditionLabel
    benchmark: str
    metric: str
    other: str
    n: int
    difference: float | None
    low: float | None
    high: float | None
    p: float | None


class CorpusRow(Row):
    """One metric on two corpora, over the languages of both."""

    label: Label
    condition: ConditionLabel
    metric: str
    other: str = Field(description="The settings on the other corpus.")
    n: int = Field(description="Languages.")
    pearson: float
    low: float | None
    high: float | None
    spearman: float
    difference: float = Field(description="Mean score less that on the other corpus.")


class AverageRow(Row):
    """A mean of correlations, over models or over benchmarks."""

    over: Literal["models", "benchmarks"]
    label: str
    benchmark: str
    condition: ConditionLabel
    metric: str
    pearson: float | None
    n: int


class ComparisonRow(Row):
    """Two models on the same pairs of one language."""

    condition: ConditionLabel
    metric: str
    language: str
    name: str
    a: float | None
    b: float | None
    difference: float | None
    low: float | None
    high: float | None
    p: float | None = Field(description="Corrected for the number of languages.")


class SkippedRow(Row):
    """Something that the report leaves out."""

    what: str
    why: str
