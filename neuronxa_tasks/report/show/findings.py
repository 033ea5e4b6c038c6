"""What was found in the model itself, in a sentence per model: for results without scores."""

from collections.abc import Iterator

import pandas as pd

from neuronxa_tasks.data.languages import language_name
from neuronxa_tasks.measures import KIND_TITLES
from neuronxa_tasks.report.columns import INSPECTION_KEY, SERIES
from neuronxa_tasks.report.compute.report_tables import FEW, Report, each_row
from neuronxa_tasks.report.show.leading_metrics import leading_metrics
from neuronxa_tasks.report.show.number_formats import metric_title, number


def findings(report: Report) -> str:
    """The answer of every matrix, inspection and search for neurons, of the first few of each."""
    several = len(report.models) > 1
    found = (_matrices(report.matrix), _inspections(report.maps), _neurons(report.neurons))
    return " ".join(
        f"{label}: {sentence}" if several else sentence
        for sentences in found
        for _, (label, sentence) in zip(range(FEW), sentences, strict=False)
    )


def _matrices(matrix: pd.DataFrame) -> Iterator[tuple[str, str]]:
    if matrix.empty:
        return
    metric = leading_metrics(matrix["metric"].unique())[0]
    own = matrix[matrix["metric"] == metric]
    for (label, _), part in own.groupby(SERIES, sort=False):
        highest, lowest = (
            _two_languages(part.iloc[place])
            for place in (part["value"].argmax(), part["value"].argmin())
        )
        yield (
            str(label),
            f"Of every two of {part['language'].nunique()} languages, mean {metric_title(metric)} "
            f"is {number(part['value'].mean(), 2)}; {highest} have the highest, {lowest} the "
            "lowest.",
        )


def _two_languages(row: pd.Series) -> str:
    first, second = language_name(row["language"]), language_name(row["other"])
    return f"{first} and {second} ({number(row['value'], 2)})"


def _inspections(maps: pd.DataFrame) -> Iterator[tuple[str, str]]:
    if maps.empty:
        return
    for _, own in maps.groupby(INSPECTION_KEY, sort=False):
        first = own.iloc[0]
        shares = " and ".join(
            f"{row.share:.0%} on {KIND_TITLES[row.kind]} in layer {row.layer}"
            for row in each_row(own.drop_duplicates("kind"))
        )
        yield (
            first.label,
            f"Of {first.n_pairs} pairs of {first.pivot_name} and {first.language_name}, aligned "
            f"are {shares}.",
        )


def _neurons(neurons: pd.DataFrame) -> Iterator[tuple[str, str]]:
    if neurons.empty:
        return
    for (label, _), own in neurons.groupby(SERIES, sort=False):
        counts = own.groupby("language")["specific"].sum()
        most, fewest = (
            f"{language_name(str(counts.index[int(place)]))} ({counts.iloc[place]:,.0f})"
            for place in (counts.argmax(), counts.argmin())
        )
        yield (
            str(label),
            f"Of {len(counts)} languages, {most} has most neurons of its own, {fewest} fewest.",
        )
