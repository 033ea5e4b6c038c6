"""The sections of a report in their order: what each is called, draws and sets out in tables.

What a section says in words stands in `templates/sections`, in a file named by its id.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from neuronxa_tasks.report.compute.report_tables import FEW, Report
from neuronxa_tasks.report.show import headline
from neuronxa_tasks.report.show.charts.checkpoint_charts import checkpoint_charts
from neuronxa_tasks.report.show.charts.comparison_charts import comparison_charts
from neuronxa_tasks.report.show.charts.forecast_charts import forecast_charts
from neuronxa_tasks.report.show.charts.layer_charts import language_layer_charts, mean_curve_charts
from neuronxa_tasks.report.show.charts.matrix_charts import matrix_charts
from neuronxa_tasks.report.show.charts.neuron_charts import neuron_charts
from neuronxa_tasks.report.show.charts.score_charts import (
    leaderboard_charts,
    scatter_charts,
    strength_charts,
)
from neuronxa_tasks.report.show.charts.sentence_maps import inspection_charts
from neuronxa_tasks.report.show.charts.stability_charts import stability_charts
from neuronxa_tasks.report.show.charts.style import Charts, facts_of
from neuronxa_tasks.report.show.choice_of_models import choice_of_models
from neuronxa_tasks.report.show.leading_metrics import leading_metrics
from neuronxa_tasks.report.show.series import leading, series_of
from neuronxa_tasks.report.show.tables.cells import Table
from neuronxa_tasks.report.show.tables.corpus_table import corpus_table
from neuronxa_tasks.report.show.tables.correlation_tables import (
    correlation_tables,
    difference_table,
    pooled_table,
)
from neuronxa_tasks.report.show.tables.failing_tables import failing_tables
from neuronxa_tasks.report.show.tables.forecast_tables import forecast_tables
from neuronxa_tasks.report.show.tables.languages_table import language_table
from neuronxa_tasks.report.show.tables.leaderboard_tables import leaderboard_tables
from neuronxa_tasks.report.show.tables.neighbour_tables import neighbour_tables
from neuronxa_tasks.report.show.tables.neurons_of_languages import neuron_tables
from neuronxa_tasks.report.show.tables.overview_tables import (
    comparison_tables,
    coverage_table,
    settings_table,
)
from neuronxa_tasks.report.show.tables.reliability_tables import (
    robustness_table,
    stability_table,
    training_tables,
)
from neuronxa_tasks.report.show.tables.retrieval_tables import retrieval_tables


@dataclass(frozen=True)
class Section:
    """One section; it is left out of a report in which there is nothing for it.

    Attributes:
        id: Its anchor on the page, and the name of the file with its words.
        title: Its heading.
        of_one: Its heading where the report is on one model, if that is another.
        tables: Its tables.
        charts: Its charts, each a figure of its own too.
        on_page: Those of them that the page draws, where all would be too many.
        facts: What else its words are about.
        always: Whether it stands in every report.
    """

    id: str
    title: str
    of_one: str = ""
    tables: Callable[[Report], list[Table]] = lambda _: []
    charts: Callable[[Report], Charts] = lambda _: {}
    on_page: Callable[[Report], Charts] | None = None
    facts: Callable[[Report], Any] = lambda _: None
    always: bool = False


@dataclass(frozen=True)
class Filled:
    """What a section holds of one report; the attributes are as a `Section` makes them.

    Of the charts, those of metrics that are not among the leading ones are `folded`.
    """

    id: str
    title: str
    tables: list[Table]
    charts: Charts
    folded: Charts
    facts: Any


def _layers(report: Report) -> Charts:
    return mean_curve_charts(report) | language_layer_charts(report, report.metrics, named=True)


def _layers_of_few(report: Report) -> Charts:
    """Without single languages of many models: their data would make the page heavy."""
    means, names = mean_curve_charts(report), series_of(report)
    if len(names) > FEW:
        return means
    metrics = report.metrics if len(names) == 1 else report.metrics[:1]
    return means | language_layer_charts(report, metrics)


SECTIONS = (
    Section("reading", "How to read this page", facts=headline.baselines, always=True),
    Section("models", "Choose models", facts=choice_of_models),
    Section("leaderboard", "Leaderboard", tables=leaderboard_tables, charts=leaderboard_charts),
    Section("settings", "Models and settings", "Model and settings", tables=settings_table),
    Section("languages", "Languages", facts=language_table),
    Section("retrieval", "Retrieval", tables=retrieval_tables),
    Section(
        "benchmarks",
        "Alignment and benchmarks",
        charts=lambda report: scatter_charts(report, named=True),
        on_page=scatter_charts,
    ),
    Section(
        "forecast",
        "Languages without a benchmark",
        tables=forecast_tables,
        charts=lambda report: forecast_charts(report, named=True),
        on_page=lambda report: forecast_charts(leading(report)),
        facts=headline.forecast_facts,
    ),
    Section("layers", "Layer by layer", charts=_layers, on_page=_layers_of_few),
    Section("robustness", "Robustness", tables=robustness_table, facts=headline.above_chance),
    Section("pairs", "How many pairs are enough?", tables=stability_table, charts=stability_charts),
    Section(
        "checkpoints",
        "Over training",
        tables=training_tables,
        charts=lambda report: checkpoint_charts(report, named=True),
        on_page=checkpoint_charts,
    ),
    Section(
        "matrix",
        "Every language with every other",
        tables=neighbour_tables,
        charts=lambda report: matrix_charts(report.matrix),
    ),
    Section(
        "inside",
        "Looking inside",
        tables=lambda report: failing_tables(report.failing),
        charts=lambda report: inspection_charts(report.maps),
    ),
    Section("neurons", "Neurons of languages", tables=neuron_tables, charts=neuron_charts),
    Section("correlations", "Correlations", tables=correlation_tables, charts=strength_charts),
    Section("pooled", "Within models and over all", tables=pooled_table),
    Section("differences", "Do the metrics differ?", tables=difference_table),
    Section("corpora", "Does the corpus matter?", tables=corpus_table),
    Section(
        "comparison",
        "Models compared",
        tables=comparison_tables,
        charts=lambda report: comparison_charts(report, named=True),
        on_page=comparison_charts,
    ),
    Section("coverage", "Coverage", tables=coverage_table, facts=lambda report: report.problems),
    Section("notes", "Notes", facts=headline.articles, always=True),
    Section("citing", "How to cite", always=True),
    Section("reproducing", "How this page was made", always=True),
)


def filled_sections(report: Report) -> list[Filled]:
    """The sections that the page on a report has."""
    one = len(series_of(report)) < 2
    of_matrix: list[str] = [] if report.matrix.empty else list(report.matrix["metric"].unique())
    leading = {*leading_metrics(report.metrics), *leading_metrics(of_matrix), None}
    found = []
    for section in SECTIONS:
        charts = (section.on_page or section.charts)(report)
        folded = {n: c for n, c in charts.items() if facts_of(c).get("metric") not in leading}
        filled = Filled(
            section.id,
            section.of_one if one and section.of_one else section.title,
            section.tables(report),
            {name: chart for name, chart in charts.items() if name not in folded},
            folded,
            section.facts(report),
        )
        if section.always or filled.tables or charts or filled.facts:
            found.append(filled)
    return found
