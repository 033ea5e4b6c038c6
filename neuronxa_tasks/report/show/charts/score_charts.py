"""Charts of scores: against a benchmark, and between models."""

import altair as alt
import pandas as pd

from neuronxa_tasks.data.languages import ENGLISH
from neuronxa_tasks.report.columns import ALL, RESOURCES, SERIES, TRIVIAL
from neuronxa_tasks.report.compute.report_tables import Report, each_row
from neuronxa_tasks.report.show.charts.style import (
    NAMES,
    AnyChart,
    Charts,
    add,
    faint_unless,
    heading,
    inline,
    metric_colour,
    picked,
    resource_colour,
    series_colour,
    tooltip,
)
from neuronxa_tasks.report.show.leading_metrics import leading_metrics
from neuronxa_tasks.report.show.number_formats import interval, metric_title, number
from neuronxa_tasks.report.show.series import series_of
from neuronxa_tasks.report.show.short_series import short_series, with_short_series

# Pixels of a model among many.
_ROW = 20

# Fewer points than this are no picture.
_POINTS = 3

_NEAR_ONE = 0.8


def scatter_charts(report: Report, named: bool = False) -> Charts:
    """Each metric against each benchmark, one point per language that has both.

    Correlation, number of languages and interval are the report's own.

    Args:
        report: What to draw.
        named: Whether points have their language's code beside them, where there is room.
    """
    if report.languages.empty:
        return {}
    used = (report.languages["language"] != ENGLISH) & (report.languages["condition"] != "")
    points = with_short_series(report, report.languages[used])
    safe = {metric: f"metric{i}" for i, metric in enumerate(report.metrics)}
    safe |= {benchmark: f"benchmark{i}" for i, benchmark in enumerate(report.benchmarks)}
    rows = points[["language", "name", "resource", "series", *safe]].rename(columns=safe)
    rows = rows.assign(resource=points["resource"].map(RESOURCES))
    # Most languages have no benchmark, and of many models they would be most of the page.
    data = inline(rows[points[[*report.benchmarks]].notna().any(axis=1)])
    charts: Charts = {}
    for benchmark in report.benchmarks:
        for metric in report.metrics:
            if points[[benchmark, metric]].notna().all(axis=1).sum() >= _POINTS:
                chart = _scatter(report, data, safe, benchmark, metric, named)
                add(charts, chart, "scatter", benchmark, metric)
    return charts


def _scatter(
    report: Report,
    data: alt.InlineData,
    safe: dict[str, str],
    benchmark: str,
    metric: str,
    named: bool,
) -> AnyChart:
    x, y = safe[metric], safe[benchmark]
    names = short_series(report).values()
    several = len(names) > 1
    colour = series_colour(names) if several else resource_colour()
    chosen = picked("series" if several else "resource")
    base = alt.Chart(data).transform_filter(f"isValid(datum.{x}) && isValid(datum.{y})")
    dots = base.mark_circle(size=56).encode(
        alt.X(f"{x}:Q", title=metric_title(metric), scale=alt.Scale(zero=False, nice=True)),
        alt.Y(f"{y}:Q", title=benchmark, scale=alt.Scale(zero=False, nice=True)),
        colour,
        opacity=alt.condition(chosen, alt.value(0.75), alt.value(0.08)),
        tooltip=[
            tooltip("name:N", "Language"),
            tooltip("language:N", "Code"),
            *([tooltip("series:N", "Model")] if several else []),
            tooltip(f"{x}:Q", metric_title(metric), ".3f"),
            tooltip(f"{y}:Q", benchmark, ".3f"),
        ],
    )
    title = f"{metric_title(metric)} and {benchmark}"
    found = _found(report, benchmark, metric)
    lines = _in_words(found, several)
    fitted = list(found.loc[found["pearson"].notna(), "series"])
    fit = (
        base.transform_filter(alt.FieldOneOfPredicate("series", oneOf=fitted))
        .transform_regression(x, y, groupby=["series"])
        .mark_line(style="fit")
        .encode(alt.X(f"{x}:Q"), alt.Y(f"{y}:Q"))
    )
    if several:
        fit = fit.encode(colour, opacity=faint_unless(chosen))
    layers = [dots.add_params(chosen), *([fit] if fitted else [])]
    if named:
        layers.append(_codes(base, x, y))
    chart: AnyChart = alt.LayerChart(layer=layers).properties(
        title=heading(title, *(line for own in lines.values() for line in own)),
        description=f"{title}, one point per language",
        width="container",
        height=280,
        usermeta={"metric": metric, **({"lines": lines} if several else {})},
    )
    return chart


def _codes(base: alt.Chart, x: str, y: str) -> alt.Chart:
    """Codes of languages, without the script, on their points."""
    text: alt.Chart = (
        base.transform_calculate(code="split(datum.language, '_')[0]")
        .mark_text()
        .encode(alt.X(f"{x}:Q"), alt.Y(f"{y}:Q"), alt.Text("code:N"))
        .properties(name=NAMES)
    )
    return text


def _found(report: Report, benchmark: str, metric: str) -> pd.DataFrame:
    found = report.correlations
    if found.empty:
        return pd.DataFrame(columns=["series", "pearson"])
    wanted = (found["benchmark"] == benchmark) & (found["metric"] == metric)
    return with_short_series(report, found[wanted])


def _in_words(found: pd.DataFrame, several: bool) -> dict[str, list[str]]:
    """Correlations: two lines for one series, else one line each, the name where it may be cut."""
    lines = {}
    for row in each_row(found):
        ending = f": {row.series}" if several else ""
        if pd.isna(row.pearson):
            lines[row.series] = [f"no correlation, {row.reason}{ending}"]
            continue
        pearson, spread = number(row.pearson, 2), interval(row.fisher_low, row.fisher_high, 2)
        if several:
            lines[row.series] = [f"r = {pearson} ({spread}), n = {row.n:.0f}{ending}"]
        else:
            languages = f"r = {pearson}, n = {row.n:.0f} languages"
            lines[row.series] = [languages, f"95% interval {spread}"]
    return lines


def strength_charts(report: Report) -> Charts:
    """Correlations with their intervals: of one model by benchmark, of several by model."""
    if report.correlations.empty:
        return {}
    metrics = (*leading_metrics(report.metrics), *TRIVIAL)
    found = report.correlations[report.correlations["metric"].isin(metrics)]
    found = with_short_series(report, found.dropna(subset=["pearson"]))
    charts: Charts = {}
    if len(series_of(report)) == 1:
        if not found.empty:
            add(charts, _strength(report, found, "benchmark", ""), "correlations")
        return charts
    for benchmark, part in found.groupby("benchmark", sort=False):
        chart = _strength(report, part, "series", f" with {benchmark}")
        add(charts, chart, "correlations", str(benchmark))
    return charts


def _strength(report: Report, found: pd.DataFrame, row: str, ending: str) -> AnyChart:
    present = set(found["metric"])
    names = [name for name in (*report.metrics, *TRIVIAL) if name in present]
    metrics = [metric_title(name) for name in names]
    rows = found[[row, "metric", "pearson", "fisher_low", "fisher_high", "n", "paper"]]
    rows = rows.assign(metric=rows["metric"].map(metric_title), paper=pd.to_numeric(rows["paper"]))
    base = alt.Chart(inline(rows)).encode(
        alt.Y(f"{row}:N", title=None, sort=None, axis=alt.Axis(grid=False)),
        alt.YOffset("metric:N", scale=alt.Scale(domain=metrics)),
        metric_colour(metrics),
        tooltip=[
            tooltip(f"{row}:N", "Model" if row == "series" else "Benchmark"),
            tooltip("metric:N", "Metric"),
            tooltip("pearson:Q", "Pearson", ".3f"),
            tooltip("fisher_low:Q", "From", ".3f"),
            tooltip("fisher_high:Q", "To", ".3f"),
            tooltip("n:Q", "Languages"),
            tooltip("paper:Q", "In the paper", ".3f"),
        ],
    )
    # What is all near 1 cannot be told apart on an axis that begins at 0.
    scale = alt.Scale(zero=not (rows["pearson"] > _NEAR_ONE).all())
    interval = base.mark_rule(strokeWidth=2, opacity=0.5).encode(
        alt.X("fisher_low:Q", title="Pearson correlation", scale=scale), alt.X2("fisher_high:Q")
    )
    ours = base.mark_point(filled=True, size=40, opacity=1).encode(alt.X("pearson:Q"))
    published = base.mark_point(shape="diamond", size=50).encode(alt.X("paper:Q"))
    known = rows["paper"].notna().any()
    pixels = (4 if row == "series" else 9) * (len(metrics) + 1)
    subtitle = ["with 95% intervals", *(["diamonds: the paper"] if known else [])]
    title = f"Pearson correlation{ending}"
    chart: AnyChart = (interval + ours + published if known else interval + ours).properties(
        title=heading(title, *subtitle),
        description=f"{title} of each metric, {', '.join(subtitle)}",
        width="container",
        height=pixels * rows[row].nunique(),
        usermeta={"row": pixels},
    )
    return chart


def leaderboard_charts(report: Report) -> Charts:
    """Mean scores of the ranked models with 95% intervals, by rank: a chart per setting."""
    board = report.leaderboard
    if board.empty or len(board[SERIES].drop_duplicates()) == 1:
        return {}
    board = board[(board["group"] == ALL) & board["rank"].notna()]
    board = board[board["metric"].isin(leading_metrics(report.metrics))]
    charts: Charts = {}
    several = board["condition"].nunique() > 1
    for condition, own in board.groupby("condition", sort=False):
        ending = [str(condition)] if several else []
        add(charts, _leaders(report, own, *ending), "leaderboard", *ending)
    return charts


def _leaders(report: Report, board: pd.DataFrame, *setting: str) -> AnyChart:
    rows = with_short_series(report, board)[["series", "metric", "value", "low", "high"]]
    base = alt.Chart(inline(rows.assign(metric=rows["metric"].map(metric_title)))).encode(
        alt.Y("series:N", title=None, sort=None, axis=alt.Axis(grid=True)),
        metric_colour([metric_title(metric) for metric in leading_metrics(report.metrics)]),
        tooltip=[
            tooltip("series:N", "Model"),
            tooltip("metric:N", "Metric"),
            tooltip("value:Q", "Mean", ".3f"),
            tooltip("low:Q", "From", ".3f"),
            tooltip("high:Q", "To", ".3f"),
        ],
    )
    interval = base.mark_rule(strokeWidth=2, opacity=0.5).encode(
        alt.X("low:Q", title="Mean over languages", scale=alt.Scale(zero=False)), alt.X2("high:Q")
    )
    dots = base.mark_point(filled=True, size=60, opacity=1).encode(alt.X("value:Q"))
    chart: AnyChart = (interval + dots).properties(
        title=heading("Mean score of every ranked model", *setting, "with 95% intervals"),
        description="Mean score over languages of every ranked model, with 95% intervals",
        width="container",
        height=_ROW * rows["series"].nunique(),
        usermeta={"row": _ROW},
    )
    return chart
