"""What a report holds: the tables that the exports, the printed text and the page all show."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pandas as pd

# Of more models than this, lines cannot be told apart, and figures take long.
FEW = 5


def each_row(table: pd.DataFrame) -> Iterator[Any]:
    """A table's rows, with its columns as attributes of the types that the columns have."""
    yield from table.itertuples(index=False)


def in_order_of(models: pd.DataFrame, table: pd.DataFrame) -> pd.DataFrame:
    """A table's rows in the order of models, checkpoints by their step, else as they were."""
    places = {label: place for place, label in enumerate(models["label"])}
    return table.sort_values(
        "label", key=lambda labels: labels.map(places), kind="stable", ignore_index=True
    )


@dataclass(frozen=True)
class Report:
    """Everything that was read and computed.

    `label` is the model's (name, revision, adapter and what else tells it from others, in one
    string), and `condition` a short label of the settings in `scores.Condition`, the same for
    all rows that may be compared.

    Attributes:
        models: Rows of `rows.ModelRow`, one per model, with the settings of its runs.
        metrics: Names of the alignment metrics, the paper's order: `nasca`, `navca`, `mexa`.
        benchmarks: Labels of the benchmark columns, such as `Belebele (5-shot)`.
        languages: The joined table, one row per `label`, `condition` and `language` (FLORES-200
            code, or the corpus's own where FLORES has none): `name`, `script`, `family`, `branch`
            (of the family), `resource` (`head`, `longtail` or empty), one column per metric and
            per benchmark label (NaN where missing), where known what `columns.ENDINGS` puts
            beside a metric (95 % interval over pairs; `p` of chance, by permutation), `tokens`,
            the language's over the pivot's, and `surface`, the share of pairs that strings alone
            align.
        layers: One row per `label`, `condition`, `metric`, `language`, `layer`: `value`, and
            `chance` and `p` (as `chance.layer_chance` gives them; NaN for baselines), and
            `mutual_neighbours`, missing where unknown.
        long: The results contract's long table.
        correlations: Rows of `rows.CorrelationRow`.
        differences: Rows of `rows.DifferenceRow`.
        averages: Rows of `rows.AverageRow`.
        pooled: Rows of `rows.PooledRow`.
        corpora: Rows of `rows.CorpusRow`.
        groups: Rows of `rows.MeanRow`; intervals are 95 %, pairs resampled jointly.
        leaderboard: Rows of `rows.LeaderRow`.
        retrieval: One row per `label`, `condition`, `language` and `metric` of retrieval:
            `name`, `resource`, `pivot`, `value`, `stderr`, `low`, `high`, `best_layer`.
        retrieval_groups: Rows of `rows.RetrievalRow`.
        robustness: Rows of `rows.RobustnessRow`, `not_above` still a tuple of codes.
        stability: Rows of `rows.StabilityRow`.
        training: Rows of `rows.TrainingRow`.
        changed_means: Rows of `rows.ChangedMeansRow`, of every training run.
        changes: Rows of `rows.ChangeRow`, likewise.
        forecasts: Rows of `rows.ForecastRow`, of models and benchmarks that have forecasts.
        forecast_validation: Rows of `rows.ForecastValidationRow`, of all of them.
        matrix: Every language with every other, as `language_matrix.matrix_table` gives it.
        neighbours: The nearest of each, as `language_matrix.neighbours` gives it.
        maps: Sentence states in the plane, as `inspections.maps` gives it.
        failing: Pairs that are not aligned, as `inspections.failing` gives it.
        neurons: Each language's neurons layer by layer, as `neuron_tables.neurons` gives them.
        neuron_overlap: How far languages have the same, as `neuron_tables.overlaps` gives it.
        carriers: Neurons that correlate most over pairs, as `neuron_tables.carriers` gives them.
        ablation: Parity without neurons, as `neuron_tables.ablations` gives it.
        compared_means: Rows of `rows.ComparedMeansRow`; empty unless asked for.
        comparison: Rows of `rows.ComparisonRow`; empty unless asked for.
        compared: Labels of those models.
        skipped: Rows of `rows.SkippedRow`.
        problems: Warnings, a sentence each.
        command: The command that made the report.
        version: Version of this package.
    """

    models: pd.DataFrame
    metrics: tuple[str, ...]
    benchmarks: tuple[str, ...]
    languages: pd.DataFrame
    layers: pd.DataFrame
    long: pd.DataFrame
    correlations: pd.DataFrame
    differences: pd.DataFrame
    averages: pd.DataFrame
    pooled: pd.DataFrame
    corpora: pd.DataFrame
    groups: pd.DataFrame
    leaderboard: pd.DataFrame
    retrieval: pd.DataFrame
    retrieval_groups: pd.DataFrame
    robustness: pd.DataFrame
    stability: pd.DataFrame
    training: pd.DataFrame
    changed_means: pd.DataFrame
    changes: pd.DataFrame
    forecasts: pd.DataFrame
    forecast_validation: pd.DataFrame
    matrix: pd.DataFrame
    neighbours: pd.DataFrame
    maps: pd.DataFrame
    failing: pd.DataFrame
    neurons: pd.DataFrame
    neuron_overlap: pd.DataFrame
    carriers: pd.DataFrame
    ablation: pd.DataFrame
    compared_means: pd.DataFrame
    comparison: pd.DataFrame
    compared: tuple[str, ...]
    skipped: pd.DataFrame
    problems: tuple[str, ...]
    command: str
    version: str
