"""The page's tables on what scores are good for: retrieval, chance, few pairs, training."""

from collections.abc import Hashable
from typing import Any

from neuronxa_tasks.report.compute.chance import SIGNIFICANT
from neuronxa_tasks.report.compute.pairs_needed import ABOUT
from neuronxa_tasks.report.compute.report import RESOURCES, Report, each_row
from neuronxa_tasks.report.compute.retrieval_accuracy import GROUPS, retrieval_table
from neuronxa_tasks.report.show.charts.style import metric_title, series_of, with_series
from neuronxa_tasks.report.show.tables.cells import Cell, Table, decimal, spread
from neuronxa_tasks.report.show.wording import MISSING, interval, p_value

# Names of languages in one cell; languages.csv has all.
_NAMED = 8


def retrieval(report: Report) -> list[Table]:
    """A table per setting, a row per model, representation and direction."""
    table = retrieval_table(report)
    if table.empty:
        return []
    several = table["label"].nunique() > 1
    heads = [*(["Model"] if several else []), "Representation", "Direction"]
    tables = []
    for condition, own in table.groupby("condition", sort=False):
        shown = {group: title for group, title in GROUPS.items() if own[group].notna().any()}
        rows = [
            [
                *([Cell(str(row["label"]))] if several else []),
                Cell(row["representation"]),
                Cell(row["direction"]),
                *(_accuracy(row, group) for group in shown),
                Cell(str(row["languages"]), float(row["languages"])),
            ]
            for row in own.to_dict("records")
        ]
        caption = (
            f"Accuracy in percent, with 95% intervals: {condition}; "
            "the best representation in each direction is bold"
        )
        columns = [*heads, *shown.values(), "Languages"]
        tables.append(Table(caption, columns, rows, len(heads)))
    return tables


def _accuracy(row: dict[Hashable, Any], group: str) -> Cell:
    note = spread(row[f"{group}_low"], row[f"{group}_high"], 1)
    return decimal(row[group], 2, strong=row[f"{group}_best"], note=note)


def robustness(report: Report) -> Table | None:
    """Per model and metric, in how many languages alignment is above chance."""
    if report.robustness.empty:
        return None
    several = len(series_of(report)) > 1
    found = with_series(report, report.robustness)
    order = {name: place for place, name in enumerate(report.metrics)}
    rows = [
        [
            Cell(metric_title(row.metric), order[row.metric]),
            *([Cell(row.series)] if several else []),
            Cell(_named(row.not_above)),
            Cell(f"{row.above} of {row.languages}" if row.languages else MISSING, row.above),
            Cell(f"{row.layers:.0%}", row.layers),
            decimal(row.chance, 4),
        ]
        for row in each_row(found)
    ]
    heads = ["Metric", *(["Model"] if several else []), "Not above chance"]
    heads += ["Languages above chance", "Single layers above chance", "Chance in one layer"]
    caption = f"What is above chance (p below {SIGNIFICANT})"
    return Table(caption, heads, rows, 2 + several)


def _named(codes: str) -> str:
    each = codes.split(", ") if codes else [MISSING]
    more = len(each) - _NAMED
    return ", ".join(each[:_NAMED]) + (f" and {more} more" if more > 0 else "")


def stability(report: Report) -> Table | None:
    """Per model, metric and number of pairs: mean scores, order of languages, correlations."""
    if report.stability.empty:
        return None
    several = len(series_of(report)) > 1
    found = with_series(report, report.stability)
    order = {name: place for place, name in enumerate(report.metrics)}
    found = found.assign(place=found["metric"].map(order)).sort_values(["series", "place", "pairs"])
    headings = [column for column in report.stability if column not in ABOUT]
    shown = ["all", *RESOURCES, "order", *headings]
    rows = [
        [
            Cell(metric_title(row["metric"]), row["place"]),
            *([Cell(row["series"])] if several else []),
            Cell(str(row["pairs"]), row["pairs"]),
            *(decimal(row[column]) for column in shown),
        ]
        for row in found.to_dict("records")
    ]
    heads = ["Metric", *(["Model"] if several else []), "Pairs", "Mean", *RESOURCES.values()]
    heads += ["Order of languages", *(f"r with {heading}" for heading in headings)]
    caption = "Scores of the first pairs alone; r is Pearson's, over languages"
    return Table(caption, heads, rows, 1 + several)


def training(report: Report) -> Table | None:
    """Correlations over steps of mean alignment scores and means of benchmarks."""
    if report.training.empty:
        return None
    rows = [
        [
            Cell(row.benchmark),
            Cell(f"{row.series}", note=row.condition),
            Cell(metric_title(row.metric)),
            decimal(row.pearson),
            Cell(interval(row.low, row.high), row.low),
            Cell(str(row.steps), row.steps),
            Cell(str(row.languages), row.languages),
            Cell(p_value(row.p), row.p),
        ]
        for row in each_row(report.training)
    ]
    heads = ["Benchmark", "Run", "Metric", "Pearson", "95% interval", "Steps", "Languages", "p"]
    return Table("Correlation over training steps, of means over languages", heads, rows, 3)
