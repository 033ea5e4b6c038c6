"""What the page says in sentences: its title, the key numbers, and what is above chance."""

from neuronxa_tasks.data.miniature import CAVEAT
from neuronxa_tasks.report.columns import ALL, RESOURCES
from neuronxa_tasks.report.compute.chance import countable
from neuronxa_tasks.report.compute.report_tables import Report, each_row
from neuronxa_tasks.report.compute.retrieval_accuracy import retrieval_table
from neuronxa_tasks.report.compute.training import training_runs
from neuronxa_tasks.report.show.findings import findings
from neuronxa_tasks.report.show.leading_metrics import leading_metrics
from neuronxa_tasks.report.show.number_formats import (
    MISSING,
    interval,
    metric_title,
    number,
    percent,
)
from neuronxa_tasks.report.show.series import (
    first_metric,
    leading_table,
    means_over_all,
    series_of,
)


def title(report: Report) -> str:
    """What the page is about."""
    labels, runs = list(report.models["label"]), training_runs(report.models)
    subject = str(labels[0]) if len(labels) == 1 else f"{len(labels)} models"
    if runs["series"].nunique() == 1 and set(runs["label"]) == set(labels):
        subject = f"{runs['series'].iloc[0]} over training"
    return f"Cross-lingual alignment of {subject}"


def headline(report: Report) -> str:
    """The key numbers in a sentence or two, and what they are no evidence of."""
    caveat = [CAVEAT] if CAVEAT in report.problems else []
    return " ".join([_key_numbers(report), *caveat])


def _key_numbers(report: Report) -> str:
    means = means_over_all(report)
    if means.empty:
        return _without_alignment(report)
    if not report.changed_means.empty and report.leaderboard["label"].nunique() == 1:
        return _over_training(report)
    if len(series_of(report)) > 1:
        return _leaders(report)
    leading = first_metric(report)
    (only,) = each_row(means[means["metric"] == leading])
    return (
        f"Over {only.languages} languages, mean {metric_title(leading)} is "
        f"{number(only.value, 2)} (95% interval {interval(only.low, only.high, 2)}). "
        f"{_predicted(report)}".strip()
    )


def _over_training(report: Report) -> str:
    """How far the only run has come."""
    found = report.changed_means
    row = next(each_row(found[found["metric"] == first_metric(report)]))
    return (
        f"From step {row.first:,} to {row.last:,} of {row.series}, mean {metric_title(row.metric)} "
        f"over {row.languages} languages goes from {number(row.b, 2)} to {number(row.a, 2)}, by "
        f"{number(row.difference, 2)} (95% interval {interval(row.low, row.high, 2)})."
    )


def _leaders(report: Report) -> str:
    """Which models lead, as far as it can be told, under the setting that most have."""
    board = leading_table(report)
    ranked = board[board["rank"].notna()]
    first, name = next(each_row(board)), metric_title(board["metric"].iloc[0])
    settings = report.leaderboard["condition"].nunique()
    where = (
        f"Of {settings} settings, which are not ranked with each other, most models have "
        f"{first.condition}. "
        if settings > 1
        else ""
    )
    if ranked.empty:
        return f"{where}No two models have {name} of the same languages and pairs to be ranked by."
    spread = f"{number(first.value, 2)} (95% interval {interval(first.low, first.high, 2)})"
    over = f"over {first.languages} languages"
    alike = int((ranked["rank"] == 1).sum())
    if alike == 1:
        return (
            f"{where}{first.label} aligns best of {len(ranked)} models: {over} its mean {name} is "
            f"{spread}, more above every other's than the choice of pairs explains."
        )
    who = f"The {alike} models" if alike == len(ranked) else f"The first {alike} of {len(ranked)}"
    return (
        f"{where}{who} cannot be told apart by mean {name} {over}; the highest is that of "
        f"{first.label}, {spread}."
    )


def _without_alignment(report: Report) -> str:
    if not report.retrieval_groups.empty:
        found = retrieval_table(report)
        both = found[found["measure"] == "both"]
        best = (found if both.empty else both).sort_values("all").iloc[-1]
        direction = f"from {best['direction']}" if both.empty else "in both directions"
        return (
            f"Over {best['languages']} languages, {best['label']} finds {number(best['all'], 1)}% "
            f"of translations {direction} by {best['representation']}."
        )
    if not report.languages.empty:
        return "These results hold benchmark scores, but no alignment scores."
    return findings(report)


def above_chance(report: Report) -> str:
    """Of one model, in how many languages each metric is above chance."""
    if report.robustness.empty or len(series_of(report)) > 1:
        return ""
    counts = [
        f"{metric_title(row.metric)} in {row.above} of {row.languages} languages"
        for row in each_row(report.robustness)
        if row.languages
    ]
    return f"Above chance: {', '.join(counts)}." if counts else ""


def baselines(report: Report) -> str:
    """The names of the metrics that are no shares of pairs."""
    return ", ".join(metric_title(name) for name in report.metrics if not countable(name))


def forecast_facts(report: Report) -> dict[str, str]:
    """What forecasts are made from, and how often their intervals are to hold."""
    if report.forecast_validation.empty:
        return {}
    first = report.forecast_validation.iloc[0]
    return {"metric": metric_title(first["metric"]), "confidence": percent(first["confidence"])}


def _predicted(report: Report) -> str:
    found = report.correlations
    if found.empty:
        return ""
    # The leading metric with every benchmark: the highest of many would flatter.
    found = found[found["metric"] == report.metrics[0]].dropna(subset=["pearson"])
    each = [f"{number(row.pearson, 2)} with {row.benchmark}" for row in each_row(found)]
    return f"Over languages, it correlates {', '.join(each)}." if each else ""


def tiles(report: Report) -> list[tuple[str, str, str]]:
    """Of one model: title, mean, and the means of its groups, per metric."""
    if report.groups.empty or len(series_of(report)) > 1:
        return []
    means = {(row.metric, row.group): row for row in each_row(report.groups)}
    return [
        (
            metric_title(metric),
            number(means[metric, ALL].value, 2) if (metric, ALL) in means else MISSING,
            " · ".join(
                f"{name} {number(own.value, 2)} (n = {own.languages})"
                for group, name in RESOURCES.items()
                if (own := means.get((metric, group)))
            ),
        )
        for metric in leading_metrics(report.metrics)
    ]


def articles(report: Report) -> str:
    """How much larger errors are where articles are drawn instead of pairs."""
    table = report.languages
    ratios = [
        (table[f"{metric}_articles_stderr"] / table[f"{metric}_stderr"]).median()
        for metric in report.metrics
        if f"{metric}_articles_stderr" in table
    ]
    if not ratios:
        return ""
    low, high = number(min(ratios), 2), number(max(ratios), 2)
    factor = low if low == high else f"{low} to {high}"
    return (
        "Sentences of one article are not independent. With articles drawn instead of pairs, the "
        f"standard error of a language is {factor} times that over pairs (median over languages, "
        "by metric)."
    )
