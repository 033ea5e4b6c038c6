"""The page's table of one metric on two corpora."""

from neuronxa_tasks.report.compute.report_tables import Report, each_row
from neuronxa_tasks.report.show.number_formats import metric_title
from neuronxa_tasks.report.show.tables.cells import Cell, Table, between, decimal, whole


def corpus_table(report: Report) -> list[Table]:
    """A row per model, metric and two settings of different corpora."""
    if report.corpora.empty:
        return []
    order = {name: place for place, name in enumerate(report.metrics)}
    rows = [
        [
            Cell(row.label, model=row.label),
            Cell(metric_title(row.metric), order.get(row.metric)),
            Cell(row.condition),
            Cell(row.other),
            decimal(row.pearson),
            between(row.low, row.high),
            decimal(row.spearman),
            decimal(row.difference),
            whole(row.n),
        ]
        for row in each_row(report.corpora)
    ]
    heads = ["Model", "Metric", "One corpus", "Another"]
    heads += ["Pearson", "95% interval", "Spearman", "Mean difference", "Languages"]
    return [Table("Scores on two corpora over the languages of both", heads, rows, 4)]
