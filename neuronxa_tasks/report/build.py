"""Make a report of what results files say."""

from collections.abc import Mapping, Sequence
from importlib.metadata import version

import pandas as pd

from neuronxa_tasks.languages import ENGLISH
from neuronxa_tasks.measures import ALL_METRICS, DEFAULT_ACTIVATION
from neuronxa_tasks.miniature import CAVEAT
from neuronxa_tasks.report.comparison import compare
from neuronxa_tasks.report.content import Report
from neuronxa_tasks.report.correlations import TOKENS, averages, correlations, differences
from neuronxa_tasks.report.coverage import skipped
from neuronxa_tasks.report.groups import groups
from neuronxa_tasks.report.identity import Renaming
from neuronxa_tasks.report.join import joined, leading_benchmarks, metric_names, with_means
from neuronxa_tasks.report.long_table import layer_table, long_table
from neuronxa_tasks.report.published import published_pearson
from neuronxa_tasks.report.rows import alignment_rows, renamed, score_rows
from neuronxa_tasks.report.values import ResultsFile

CORRELATIONS = (
    *("label", "condition", "metric", "benchmark", "n", "pearson", "fisher_low", "fisher_high"),
    *("bootstrap_low", "bootstrap_high", "p", "spearman", "spearman_p", "partial", "paper"),
    *("measure", "activation", "pooling", "reason"),
)


def build_report(
    files: Sequence[ResultsFile],
    renamings: Sequence[Renaming] = (),
    compared: tuple[str, ...] = (),
    command: str = "",
    problems: Sequence[str] = (),
) -> Report:
    """Join, correlate and compare.

    Args:
        files: What was read.
        renamings: Names of local folders and adapters.
        compared: Labels of two models to compare, or nothing.
        command: The command that asked for it.
        problems: What was found wrong before.

    Raises:
        ReportError: The models to compare are unknown or have nothing in common.
    """
    files, unused = renamed(files, renamings)
    alignments, left_out = alignment_rows(files)
    scores, left_out_scores = score_rows(files)
    names, benchmarks = metric_names(alignments), leading_benchmarks(scores)
    languages, means = with_means(joined(alignments, scores), benchmarks)
    columns = (*benchmarks, *means)
    found = _described(correlations(languages, names, columns), alignments, benchmarks)
    models = _models(files, alignments)
    return Report(
        models=models,
        metrics=names,
        benchmarks=columns,
        languages=languages,
        layers=layer_table(alignments),
        long=long_table(alignments, scores),
        correlations=found,
        differences=differences(languages, names, columns),
        averages=averages(found, models, benchmarks),
        groups=groups(alignments, languages),
        comparison=compare(alignments, *compared) if compared else pd.DataFrame(),
        compared=compared,
        skipped=skipped(languages, names, benchmarks, files),
        problems=(
            *(*problems, *unused),
            *(problem for file in files for problem in file.problems),
            *(*left_out, *left_out_scores, *_caveats(alignments)),
        ),
        command=command,
        version=version("neuronxa-tasks"),
    )


def _caveats(alignments: pd.DataFrame) -> tuple[str, ...]:
    bundled = not alignments.empty and (alignments["corpus"] == "miniature").any()
    return (CAVEAT,) if bundled else ()


def _models(files: Sequence[ResultsFile], alignments: pd.DataFrame) -> pd.DataFrame:
    rows = []
    models = {file.model for file in files if file.alignments or file.scores}
    # Checkpoints in the order of training.
    for model in sorted(models, key=lambda model: (model.series, model.step or 0, model)):
        own = [file for file in files if file.model == model]
        given = [item for file in own for item in file.settings.items()]
        settings = {
            key: "; ".join(dict.fromkeys(value for k, value in given if k == key))
            for key in dict.fromkeys(key for key, _ in given)
        }
        rows.append(
            {
                "label": model.label,
                "model": model.name,
                "revision": model.revision,
                "adapter": model.adapter,
                "series": model.series,
                "step": model.step,
                **settings,
                "sources": tuple(dict.fromkeys(file.path for file in own)),
            }
        )
    columns = ["label", "model", "revision", "adapter", "series", "step", "sources"]
    table = pd.DataFrame(rows, columns=None if rows else columns).astype({"step": "Int64"})
    if alignments.empty:
        return table.assign(condition="", layers=pd.NA)
    conditions = alignments.groupby("label")["condition"].unique().map("; ".join)
    known = alignments[alignments["layer_scores"].map(len) > 0]
    # Where the token embeddings are a layer, they are none of the model's own.
    depth = known["layer_scores"].map(len) - (known["first_layer"] == 0)
    return table.assign(
        condition=table["label"].map(conditions).fillna(""),
        layers=table["label"].map(depth.groupby(known["label"]).max()),
    )


def _described(
    table: pd.DataFrame, alignments: pd.DataFrame, benchmarks: Mapping[str, str]
) -> pd.DataFrame:
    """Correlations with what their metric is made of, and the paper's figure."""
    if table.empty:
        return table
    bare = set(alignments.loc[alignments["label"] == alignments["model"], "label"])
    conditions = alignments.drop_duplicates("condition").set_index("condition")
    rows: list[dict[str, object]] = []
    for row in table.itertuples(index=False):
        metric, condition = ALL_METRICS.get(row.metric), conditions.loc[row.condition]
        if metric is None:
            rows.append({"measure": TOKENS, "activation": "", "pooling": ""})
            continue
        representation = metric.representation
        paper = None
        # What the paper measured: the model itself, 100 pairs with English, five shots.
        if (
            representation.activation == DEFAULT_ACTIVATION[representation.kind]
            and (condition["pivot"], condition["n_pairs"]) == (ENGLISH, 100)
            and row.label in bare
            and row.benchmark.endswith("(5-shot)")
        ):
            paper = published_pearson(
                row.label,
                condition["corpus"],
                benchmarks.get(row.benchmark, ""),
                representation.pooling,
                metric.measure,
            )
        rows.append(
            {
                "measure": metric.measure,
                "activation": representation.activation or "",
                "pooling": representation.pooling,
                "paper": paper,
            }
        )
    return pd.concat([table, pd.DataFrame(rows)], axis=1).reindex(columns=list(CORRELATIONS))
