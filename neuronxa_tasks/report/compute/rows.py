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
    parameters: int | None = None
    date: float | None = Field(
        None, description="Of its newest results file, in seconds since 1970."
    )
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
    articles_low: float | None = Field(
        description="Of the interval by articles drawn anew instead of pairs."
    )
    articles_high: float | None
    languages: int


class RetrievalRow(MeanRow):
    """The mean of retrieval scores over a group of languages."""

    metric: str = Field(description="States and direction, such as `nas_both`.")
    held_out: float | None = Field(
        description="The mean in layers chosen on pairs other than those they are scored on."
    )
    highest: bool = Field(description="No other state is surely above in this direction.")


class LeaderRow(Row):
    """A model's place among those that were measured alike."""

    condition: ConditionLabel
    metric: str
    group: Group
    label: Label
    rank: int | None = Field(
        description="One more than the number of models surely above; null where unranked."
    )
    rank_last: int | None = Field(description="The lowest rank that pairs leave possible.")
    value: float | None
    low: float | None
    high: float | None
    languages: int = Field(description="That the model has.")
    of: int = Field(description="Of these: what any model has under this setting, or was asked.")
    leader: str | None = Field(description="Beside an unranked model: the first of the others.")
    beside: float | None = Field(description="The leader's mean over the languages that it has.")
    highest: bool = Field(description="Rank 1, where not all have it.")


class RobustnessRow(Row):
    """What of a model's alignment is above chance."""

    label: Label
    condition: ConditionLabel
    metric: str
    pairs: int
    chance: float = Field(
        description="Share of pairs that chance aligns, mean over layers and languages."
    )
    neighbours: float | None = Field(
        description="Mutual nearest neighbours in one layer, mean over layers and languages; few "
        "where there are hubs."
    )
    neighbours_low: float | None = Field(description="Those of the layer that has fewest.")
    neighbours_high: float | None = Field(description="Those of the layer that has most.")
    effective_pairs: float | None = Field(
        description="Participation ratio: how many pairs would carry the score if all that do "
        "carried the same; where all languages have the same pairs."
    )
    languages: int = Field(description="With a p by permutation.")
    above: int = Field(description="Of them, corrected p below 0.05.")
    not_above: str = Field(description="Codes of the others, joined by commas.")
    layers: float = Field(description="Share of single layers whose p is below 0.05.")


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
    reliability: float | None = Field(
        description="Of all pairs: split-half reliability over languages."
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
        description="A metric, or `tokens`, a language's over the pivot's, or `surface`, the share "
        "of pairs that strings alone align."
    )
    benchmark: str
    n: int = Field(description="Languages.")
    pearson: float | None
    fisher_low: float | None
    fisher_high: float | None
    bootstrap_low: float | None = Field(
        description="95 % interval by the bootstrap, of languages drawn."
    )
    bootstrap_high: float | None
    branch_low: float | None = Field(description="The same, of whole branches drawn.")
    branch_high: float | None
    family_low: float | None = Field(description="The same, of whole families drawn.")
    family_high: float | None
    p: float | None
    p_corrected: float | None = Field(description="For the whole table (Benjamini, Hochberg).")
    highest: bool = Field(description="No other metric's r with this benchmark is surely above.")
    spearman: float | None
    spearman_p: float | None
    partial: float | None = Field(description="Pearson's r given tokens.")
    partial_low: float | None
    partial_high: float | None
    partial_p: float | None
    partial_n: float | None = Field(description="Languages that have tokens too.")
    partial_surface: float | None = Field(description="Pearson's r given the surface.")
    partial_surface_low: float | None
    partial_surface_high: float | None
    partial_surface_p: float | None
    partial_surface_n: float | None = Field(description="Languages that have a surface too.")
    saturation: str | None = Field(
        description="What lies near an end of its range; empty or null if nothing."
    )
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
    low: float | None = Field(description="95 % interval by the bootstrap, of languages drawn.")
    high: float | None
    branch_low: float | None = Field(description="The same, of whole branches drawn.")
    branch_high: float | None
    p: float | None = Field(description="Williams' test of two dependent correlations.")
    p_corrected: float | None = Field(description="For the whole table (Benjamini, Hochberg).")
    apart: bool = Field(description="Corrected p below 0.05, and no 0 in the branches' interval.")


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


class PooledRow(Row):
    """Correlation over the languages of all models at once, beside that within models."""

    condition: ConditionLabel
    metric: str
    benchmark: str
    models: int
    n: int = Field(description="Scores: languages, summed over models.")
    pooled: float
    pooled_low: float | None = Field(description="95 % interval, languages drawn for all models.")
    pooled_high: float | None
    within: float = Field(description="After each model's own means are subtracted.")
    within_low: float | None
    within_high: float | None
    differ: Literal["", "sign", "much"] = Field(description="In sign, or by more than 0.2.")


class ComparedMeansRow(Row):
    """Two models on the same pairs of all languages that both have."""

    label: Label
    other: Label
    condition: ConditionLabel
    metric: str
    languages: int
    a: float
    b: float
    difference: float = Field(description="Of the means: `label` less `other`.")
    low: float = Field(description="95 % interval over pairs, drawn for all languages at once.")
    high: float
    p: float = Field(description="Corrected for the number of pairs of models.")
    ahead: int = Field(description="Languages in which `label` is surely ahead.")
    behind: int = Field(description="Languages in which `other` is surely ahead.")


class ComparisonRow(Row):
    """Two models on the same pairs of one language."""

    label: Label
    other: Label
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
    articles_low: float | None = Field(
        description="Of the interval that takes articles for independent instead of pairs."
    )
    articles_high: float | None
    articles_p: float | None = Field(description="Likewise, corrected.")


class ChangedMeansRow(ComparedMeansRow):
    """The last checkpoint of a run less its first, on the same pairs of all languages."""

    series: Series
    first: int = Field(description="The first step.")
    last: int = Field(description="The last step.")


class ChangeRow(ComparisonRow):
    """The last checkpoint of a run less its first, on the same pairs of one language."""

    series: Series
    first: int = Field(description="The first step.")
    last: int = Field(description="The last step.")


class SkippedRow(Row):
    """Something that the report leaves out."""

    what: str
    why: str


class ForecastRow(Row):
    """What a model can probably do in a language: its score, where a benchmark is not to be had."""

    label: Label
    condition: ConditionLabel
    benchmark: str
    metric: str = Field(description="The alignment metric that it is forecast from.")
    language: str
    name: str
    family: str
    measured: float | None = Field(description="The score, where the language has one.")
    forecast: float = Field(description="Of a measured language, by the other families alone.")
    low: float | None
    high: float | None
    confidence: float = Field(description="How often the interval is to hold.")
    extrapolated: bool = Field(
        description="Whether alignment or tokens lie outside those of the languages fitted."
    )


class ForecastValidationRow(Row):
    """How well something predicts a benchmark where languages, families or models are left out."""

    label: Label
    condition: ConditionLabel
    benchmark: str
    metric: str
    left_out: Literal["language", "family", "model"]
    predictor: str
    languages: int = Field(description="That have alignment, tokens, the predictor and the score.")
    groups: int = Field(description="How many languages, families or models were left out in turn.")
    error: float | None = Field(description="Root mean squared error.")
    skill: float | None = Field(description="1 less the squared error over that of the mean.")
    p: float | None = Field(description="Of no skill, by permutation; of the forecast alone.")
    covered: float | None = Field(
        description="Share of scores inside the interval that the other groups give."
    )
    confidence: float = Field(description="The share that it is to be.")
    forecast: bool = Field(description="Whether it is one: it beats the mean.")
    reason: str | None = Field(description="Why there is no forecast.")
