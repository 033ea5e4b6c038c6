"""What a report holds: the tables that the exports, the printed text and the page all show."""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import Any

import pandas as pd

from neuronxa_tasks.report.read.scores import Condition

# Alignment scores share one column or one correlation only where these agree.
CONDITION = tuple(field.name for field in fields(Condition))

# Columns of the report's tables beside which benchmarks have columns of their own, so that none
# of these can be a benchmark's heading. Metrics are others, which `measures` knows.
OWN_COLUMNS = frozenset(
    [
        *("label", "model", "revision", "adapter", "series", "step", "condition", "corpus", "file"),
        *("language", "name", "script", "family", "resource", "tokens", "layer", "layers"),
        *("metric", "benchmark", "heading", "value", "stderr", "low", "high", "p", "n"),
        *("pairs", "by_pairs", "score", "languages", "all", "head", "longtail", "order", "place"),
        *("index", "mean"),
    ]
)

RESOURCES = {"head": "Head", "longtail": "Long-tail"}

# Of more models than this, lines cannot be told apart, and figures take long.
FEW = 5


def each_row(table: pd.DataFrame) -> Iterator[Any]:
    """A table's rows, with its columns as attributes of the types that the columns have."""
    yield from table.itertuples(index=False)


@dataclass(frozen=True)
class Report:
    """Everything that was read and computed.

    `model` below is the model's label (name, revision, adapter and what else tells it from
    others, in one string), and
    `condition` a short label of the settings that `CONDITION` lists, the same for all rows that
    may be compared.

    Attributes:
        models: One row per model: `label`, `model`, `revision`, `adapter`, `variant` (other
            arguments that make it another model), `series` (what the
            checkpoints of one run share), `step` (integer or NA), `condition` (labels joined),
            `backend`, `dtype`, `parameters`, `layers`, `versions`, `sources` (files).
        metrics: Names of the alignment metrics, the paper's order: `nasca`, `navca`, `mexa`.
        benchmarks: Labels of the benchmark columns, such as `Belebele (5-shot)`.
        languages: The joined table, one row per `label`, `condition` and language: `language`
            (FLORES-200 code, or the corpus's own where FLORES has none), `name`, `script`,
            `family`, `resource` (`head`, `longtail` or empty), one column per metric and per
            benchmark label (NaN where missing), where known `<metric>_stderr`, `<metric>_low` and
            `<metric>_high` (95 % interval over pairs) and `<metric>_p` (of chance, by
            permutation), and `tokens`: tokens per sentence relative to the pivot's.
        layers: One row per `label`, `condition`, `metric`, `language`, `layer`: `value`, and
            `p` (of chance, binomial; NaN for baselines).
        long: The results contract's long table.
        correlations: One row per `label`, `condition`, `metric` and `benchmark`: `measure`,
            `activation`, `pooling`, `n` languages, `pearson`, `fisher_low`, `fisher_high`,
            `bootstrap_low`, `bootstrap_high`, `p`, `spearman`, `spearman_p`, `partial`
            (Pearson given `tokens`), `paper` (the published figure, where there is one), and
            `reason` where there is no number. The metric `tokens` is the trivial predictor.
        differences: One row per `label`, `condition`, `benchmark` and pair of metrics: `metric`,
            `other`, `difference` of their correlations, `low`, `high`, `p`.
        averages: Mean correlations: `over` (`models` or `benchmarks`), `label` or `benchmark`,
            `condition`, `metric`, `pearson`, `n`.
        groups: Mean scores: `label`, `condition`, `group` (`all`, `head`, `longtail`), `metric`,
            `value`, `low`, `high` (95 %, pairs resampled jointly), `languages`.
        retrieval: One row per `label`, `condition`, `language` and `metric` of retrieval:
            `name`, `resource`, `pivot`, `value`, `stderr`, `low`, `high`, `best_layer`.
        retrieval_groups: Their means, as `groups`.
        robustness: What is above chance, per `label`, `condition` and `metric`, as
            `chance.robustness` gives it.
        stability: Scores by number of pairs, as `stability.stability` gives it.
        training: Correlations over training steps, as `training.over_training` gives it.
        matrix: Every language with every other, as `matrix.matrix_table` gives it.
        neighbours: The nearest of each, as `matrix.neighbours` gives it.
        maps: Sentence states in the plane, as `inspection.maps` gives it.
        failing: Pairs that are not aligned, as `inspection.failing` gives it.
        comparison: Of two models, per language: `condition`, `metric`, `language`, `name`, `a`,
            `b`, `difference`, `low`, `high`, `p` (corrected); empty unless asked for.
        compared: Labels of those two models.
        skipped: What was left out: `what`, `why`.
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
    groups: pd.DataFrame
    retrieval: pd.DataFrame
    retrieval_groups: pd.DataFrame
    robustness: pd.DataFrame
    stability: pd.DataFrame
    training: pd.DataFrame
    matrix: pd.DataFrame
    neighbours: pd.DataFrame
    maps: pd.DataFrame
    failing: pd.DataFrame
    comparison: pd.DataFrame
    compared: tuple[str, ...]
    skipped: pd.DataFrame
    problems: tuple[str, ...]
    command: str
    version: str
