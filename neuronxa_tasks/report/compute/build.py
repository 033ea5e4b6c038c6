"""Make a report of what results files say."""

import re
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from typing import Any, TypeVar

import pandas as pd

from neuronxa_tasks.data.corpora import MINIATURE
from neuronxa_tasks.data.languages import ENGLISH, language_name
from neuronxa_tasks.data.miniature import CAVEAT
from neuronxa_tasks.measures import DEFAULT_ACTIVATION, metric_named
from neuronxa_tasks.report.compute.benchmark_caveats import caveats_of_benchmarks
from neuronxa_tasks.report.compute.between_corpora import between_corpora
from neuronxa_tasks.report.compute.chance import idealised, robustness
from neuronxa_tasks.report.compute.comparison import compare
from neuronxa_tasks.report.compute.correlations import (
    averages,
    correlation_differences,
    correlations,
    with_highest,
)
from neuronxa_tasks.report.compute.coverage import skipped
from neuronxa_tasks.report.compute.forecasts import BY_DEFAULT, ForecastSettings, forecasts
from neuronxa_tasks.report.compute.group_means import group_means
from neuronxa_tasks.report.compute.inspections import failing, maps
from neuronxa_tasks.report.compute.joined_table import (
    joined,
    leading_benchmarks,
    metric_names,
    resources,
    with_means,
)
from neuronxa_tasks.report.compute.language_matrix import matrix_table, neighbours
from neuronxa_tasks.report.compute.leaderboard import leaderboard
from neuronxa_tasks.report.compute.long_table import layer_table, long_table
from neuronxa_tasks.report.compute.neuron_tables import ablations, carriers, neurons, overlaps
from neuronxa_tasks.report.compute.pairs_needed import stability
from neuronxa_tasks.report.compute.pooled import pooled_correlations
from neuronxa_tasks.report.compute.published import published_pearson
from neuronxa_tasks.report.compute.renaming import Renaming
from neuronxa_tasks.report.compute.report_tables import Report, each_row, in_order_of
from neuronxa_tasks.report.compute.retrieval_accuracy import with_highest_states
from neuronxa_tasks.report.compute.rows import CorrelationRow
from neuronxa_tasks.report.compute.same_model import identified, label_of
from neuronxa_tasks.report.compute.saturation import with_saturation
from neuronxa_tasks.report.compute.score_tables import alignment_rows, score_rows
from neuronxa_tasks.report.compute.training import changes, earlier_checkpoints, over_training
from neuronxa_tasks.report.compute.training import left_out as left_out_of_training
from neuronxa_tasks.report.read.scores import UNKNOWN, Column, ResultsFile
from neuronxa_tasks.results.analyses import Inspection, Matrix
from neuronxa_tasks.results.neuron_findings import Neurons

_Analysis = TypeVar("_Analysis", Matrix, Inspection, Neurons)

# ISO 639's code for a language that is not known.
_UNDETERMINED = "und"

# Of the paper's benchmarks, in its runs.
_SHOTS = 5
_SHOTS_OF_BENCHMARK = {"bmlama53": 0}


def build_report(
    files: Sequence[ResultsFile],
    renamings: Sequence[Renaming] = (),
    compared: tuple[str, ...] = (),
    ranked_over: Sequence[str] = (),
    command: str = "",
    problems: Sequence[str] = (),
    steps: re.Pattern[str] | None = None,
    forecast: ForecastSettings = BY_DEFAULT,
) -> Report:
    """Join, correlate and compare.

    Args:
        files: The results files that were read.
        renamings: Names of local folders and adapters.
        compared: Models to compare two by two, by their labels or as they were typed, or none.
        ranked_over: Codes of the languages that models are ranked over; none for all.
        command: The command that asked for it.
        problems: What was found wrong before.
        steps: How checkpoints name their steps where it is not as usual, with a group `step`.
        forecast: What is to be forecast, and from what.

    Raises:
        ReportError: The models to compare are unknown or have nothing in common, no model has one
            of the languages to rank over, or what is to be forecast is not there.
    """
    files, unused = identified(files, renamings, steps)
    compared = tuple(label_of(name, files) for name in compared)
    alignments, left_out = alignment_rows(files)
    retrievals, left_out_retrievals = alignment_rows(files, "retrievals")
    scores, left_out_scores = score_rows(files)
    inspected = _analyses(files, Inspection)
    matrix = matrix_table(_analyses(files, Matrix))
    of_neurons = _analyses(files, Neurons)
    found_neurons = neurons(of_neurons)
    sentences = maps(inspected)
    names, benchmarks = metric_names(alignments), leading_benchmarks(scores)
    models = _models(files, alignments, steps)
    languages, means = with_means(in_order_of(models, joined(alignments, scores)), benchmarks)
    columns = (*benchmarks, *means)
    differences = correlation_differences(languages, names, columns)
    found = with_highest(correlations(languages, names, columns), differences)
    found = with_saturation(found, languages, benchmarks)
    found = _described(found, alignments, benchmarks)
    compared_means, comparison = (
        compare(alignments, compared) if compared else (pd.DataFrame(), pd.DataFrame())
    )
    layers = layer_table(alignments)
    changed_means, changed = changes(alignments, models)
    training = over_training(models, languages, names, columns)
    forecast_rows, forecast_checks = forecasts(languages, models, names, benchmarks, forecast)
    return Report(
        models=models,
        metrics=names,
        benchmarks=columns,
        languages=languages,
        layers=layers,
        long=long_table(pd.concat([alignments, retrievals], ignore_index=True), scores),
        correlations=found,
        differences=differences,
        averages=averages(found, models, benchmarks),
        pooled=pooled_correlations(languages, names, columns),
        corpora=between_corpora(alignments),
        groups=group_means(alignments),
        leaderboard=leaderboard(_ranked(alignments, models), ranked_over),
        retrieval=_retrieval(retrievals),
        retrieval_groups=with_highest_states(group_means(retrievals, ["held_out"]), retrievals),
        robustness=robustness(alignments, layers),
        stability=stability(alignments, languages, columns),
        training=training,
        changed_means=changed_means,
        changes=changed,
        forecasts=forecast_rows,
        forecast_validation=forecast_checks,
        matrix=matrix,
        neighbours=neighbours(matrix),
        maps=sentences,
        failing=failing(inspected),
        neurons=found_neurons,
        neuron_overlap=overlaps(of_neurons),
        carriers=carriers(of_neurons),
        ablation=ablations(of_neurons),
        compared_means=compared_means,
        comparison=comparison,
        compared=compared,
        skipped=skipped(languages, names, benchmarks, files),
        problems=(
            *(*problems, *unused),
            *(problem for file in files for problem in file.problems),
            *(*left_out, *left_out_retrievals, *left_out_scores),
            *left_out_of_training(models, training, languages, columns),
            *_caveats(alignments, retrievals, matrix, sentences, found_neurons),
            *caveats_of_benchmarks(alignments, benchmarks),
            *idealised(alignments),
        ),
        command=command,
        version=version("neuronxa-tasks"),
    )


def _ranked(alignments: pd.DataFrame, models: pd.DataFrame) -> pd.DataFrame:
    """What models are ranked by: a training run is one, its last checkpoint."""
    if alignments.empty:
        return alignments
    return alignments[~alignments["label"].isin(earlier_checkpoints(models))]


def _analyses(files: Sequence[ResultsFile], kind: type[_Analysis]) -> list[tuple[str, _Analysis]]:
    """Every analysis of a kind with its model's label, oldest first, since a newer one counts."""
    return [
        (file.model.label, analysis)
        for file in sorted(files, key=lambda file: file.date)
        for analysis in file.analyses
        if isinstance(analysis, kind)
    ]


def _caveats(*tables: pd.DataFrame) -> tuple[str, ...]:
    bundled = any((table["corpus"] == MINIATURE.name).any() for table in tables if len(table))
    return (CAVEAT,) if bundled else ()


def _retrieval(retrievals: pd.DataFrame) -> pd.DataFrame:
    if retrievals.empty:
        return pd.DataFrame()
    columns = ["label", "condition", "language", "metric", "pivot"]
    columns += ["value", "stderr", "low", "high", "best_layer", "held_out"]
    return retrievals[columns].assign(
        best_layer=retrievals["best_layer"].astype("Int64"),
        name=retrievals["language"].map(language_name),
        pivot=retrievals["pivot"].replace(UNKNOWN, _UNDETERMINED),
        resource=resources(retrievals["corpus"], retrievals["language"]),
    )


def _models(
    files: Sequence[ResultsFile], alignments: pd.DataFrame, steps: re.Pattern[str] | None
) -> pd.DataFrame:
    rows = []
    models = {file.model for file in files if not file.empty}
    # Checkpoints in the order of training.
    place = {model: model.checkpoint(steps) for model in models}
    for model in sorted(models, key=lambda model: (place[model][0], place[model][1] or 0, model)):
        own = [file for file in files if file.model == model]
        given = [item for file in own for item in file.settings.items()]
        settings: dict[str, Any] = {
            key: "; ".join(dict.fromkeys(value for k, value in given if k == key))
            for key in dict.fromkeys(key for key, _ in given)
        }
        if counts := [int(value) for key, value in given if key == "parameters"]:
            # Of files that differ in it, such as those of an adapter merged and apart.
            settings["parameters"] = max(counts)
        rows.append(
            {
                "label": model.label,
                "model": model.name,
                "revision": model.revision,
                "adapter": model.adapter,
                "variant": model.arguments,
                "series": place[model][0],
                "step": place[model][1],
                **settings,
                "date": max(file.date for file in own) or None,
                "sources": tuple(dict.fromkeys(file.path for file in own)),
            }
        )
    columns = ["label", "model", "revision", "adapter", "variant", "series", "step", "date"]
    columns += ["sources"]
    table = pd.DataFrame(rows, columns=None if rows else columns)
    whole = [name for name in ("step", "parameters") if name in table]
    table = table.astype(dict.fromkeys(whole, "Int64"))
    if alignments.empty:
        return table.assign(condition="", layers=pd.array([pd.NA] * len(table), dtype="Int64"))
    conditions = alignments.groupby("label")["condition"].unique().map("; ".join)
    known = alignments[alignments["layer_scores"].map(len) > 0]
    depth = known["layers"].map(max)
    return table.assign(
        condition=table["label"].map(conditions).fillna(""),
        layers=table["label"].map(depth.groupby(known["label"]).max()).astype("Int64"),
    )


def _described(
    table: pd.DataFrame, alignments: pd.DataFrame, benchmarks: Mapping[str, Column]
) -> pd.DataFrame:
    """Correlations with what their metric is made of, and the paper's figure."""
    if table.empty:
        return table
    bare = set(alignments.loc[alignments["label"] == alignments["model"], "label"])
    conditions = alignments.drop_duplicates("condition").set_index("condition")
    measures = dict(zip(alignments["metric"], alignments["measure"], strict=True))
    rows: list[dict[str, object]] = []
    for row in each_row(table):
        metric, condition = metric_named(row.metric), conditions.loc[row.condition]
        if metric is None:
            rows.append({"measure": row.metric, "activation": "", "pooling": ""})
            continue
        representation = metric.representation
        # Without what stands in columns of its own.
        measure = measures[row.metric]
        paper = None
        # What the paper measured: the model itself, 100 pairs with English, five shots or none.
        # Its XNLI is of a model fine-tuned on English, which is no model's own accuracy.
        if (
            representation.activation == DEFAULT_ACTIVATION[representation.kind]
            and (condition["pivot"], condition["n_pairs"]) == (ENGLISH, 100)
            and row.label in bare
            and (column := benchmarks.get(row.benchmark))
            and column.benchmark != "xnli"
            and column.n_shot == _SHOTS_OF_BENCHMARK.get(column.benchmark, _SHOTS)
            and not column.changes
        ):
            paper = published_pearson(
                row.label,
                condition["corpus"],
                column.benchmark,
                representation.pooling,
                measure,
            )
        rows.append(
            {
                "measure": measure,
                "activation": representation.activation or "",
                "pooling": representation.pooling,
                "paper": paper,
            }
        )
    return pd.concat([table, pd.DataFrame(rows)], axis=1).reindex(columns=CorrelationRow.columns())
