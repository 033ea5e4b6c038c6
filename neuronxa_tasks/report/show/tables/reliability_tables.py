"""The page's tables on what scores are good for: chance, few pairs, training."""

from collections.abc import Sequence

from neuronxa_tasks.report.columns import ALL, RESOURCES
from neuronxa_tasks.report.compute.chance import SIGNIFICANT
from neuronxa_tasks.report.compute.report_tables import Report, each_row, in_order_of
from neuronxa_tasks.report.show.number_formats import metric_title
from neuronxa_tasks.report.show.series import series_of, with_series
from neuronxa_tasks.report.show.tables.cells import (
    NOTHING,
    Cell,
    Table,
    between,
    decimal,
    paired_means,
    probability,
    spread,
    whole,
)

# Names of languages in one cell; languages.csv has all.
_NAMED = 8


def robustness_table(report: Report) -> list[Table]:
    """Per model and metric, in how many languages alignment is above chance."""
    if report.robustness.empty:
        return []
    several = len(series_of(report)) > 1
    found = with_series(report, report.robustness)
    order = {name: place for place, name in enumerate(report.metrics)}
    rows = [
        [
            Cell(metric_title(row.metric), order[row.metric]),
            *([Cell(row.series, model=row.label)] if several else []),
            _some(row.not_above),
            Cell(f"{row.above} of {row.languages}", row.above) if row.languages else NOTHING,
            Cell(f"{row.layers:.0%}", row.layers),
            decimal(row.chance, 4),
            decimal(
                row.neighbours, 1, note=spread(row.neighbours_low, row.neighbours_high, digits=1)
            ),
            decimal(row.effective_pairs, 1, note=f"of {row.pairs}"),
        ]
        for row in each_row(found)
    ]
    heads = ["Metric", *(["Model"] if several else []), "Not above chance"]
    heads += ["Languages above chance", "Single layers above chance", "Chance"]
    heads += ["Mutual neighbours per layer", "Effective pairs"]
    caption = f"What is above chance (p below {SIGNIFICANT})"
    return [Table(caption, heads, rows, 2 + several)]


def _some(codes: Sequence[str]) -> Cell:
    if not codes:
        return NOTHING
    more = len(codes) - _NAMED
    return Cell(", ".join(codes[:_NAMED]) + (f" and {more} more" if more > 0 else ""))


def stability_table(report: Report) -> list[Table]:
    """Per model, metric and number of pairs: mean scores, order of languages, correlations."""
    if report.stability.empty:
        return []
    several = len(series_of(report)) > 1
    found = with_series(report, report.stability)
    order = {name: place for place, name in enumerate(report.metrics)}
    found = found.assign(place=found["metric"].map(order))
    found = in_order_of(report.models, found.sort_values(["condition", "place", "pairs"]))
    headings = [heading for heading in report.benchmarks if heading in report.stability]
    shown = [ALL, *RESOURCES, "order", "reliability", *headings]
    rows = [
        [
            Cell(metric_title(row["metric"]), row["place"]),
            *([Cell(row["series"], model=row["label"])] if several else []),
            whole(row["pairs"]),
            *(decimal(row[column]) for column in shown),
        ]
        for row in found.to_dict("records")
    ]
    heads = ["Metric", *(["Model"] if several else []), "Pairs", "Mean", *RESOURCES.values()]
    heads += ["Order of languages", "Reliability", *(f"r with {heading}" for heading in headings)]
    caption = "Scores of the first pairs alone; r is Pearson's, over languages"
    return [Table(caption, heads, rows, 1 + several)]


def training_tables(report: Report) -> list[Table]:
    """What every run gained from its first step to its last, and correlations over steps."""
    return [*_changes(report), *_correlations(report)]


def _changes(report: Report) -> list[Table]:
    if report.changed_means.empty:
        return []
    rows = [
        [
            Cell(row.series, note=row.condition),
            Cell(metric_title(row.metric)),
            Cell(f"{row.first:,} to {row.last:,}", row.last),
            decimal(row.b),
            decimal(row.a),
            *paired_means(row),
        ]
        for row in each_row(report.changed_means)
    ]
    heads = ["Run", "Metric", "Steps", "First", "Last", "Change", "95% interval", "p, corrected"]
    heads += ["Surely higher", "Surely lower", "Languages"]
    return [Table("From the first step to the last, the same pairs", heads, rows, 2)]


def _correlations(report: Report) -> list[Table]:
    if report.training.empty:
        return []
    rows = [
        [
            Cell(row.benchmark),
            Cell(row.series, note=row.condition),
            Cell(metric_title(row.metric)),
            decimal(row.pearson),
            between(row.low, row.high),
            whole(row.steps),
            whole(row.languages),
            probability(row.p),
        ]
        for row in each_row(report.training)
    ]
    heads = ["Benchmark", "Run", "Metric", "Pearson", "95% interval", "Steps", "Languages", "p"]
    return [Table("Correlation over training steps, of means over languages", heads, rows, 3)]
