"""What the page says in sentences: its title, the key numbers, and what is above chance."""

from neuronxa_tasks.data.miniature import CAVEAT
from neuronxa_tasks.report.columns import ALL, RESOURCES
from neuronxa_tasks.report.compute.chance import SIGNIFICANT, countable
from neuronxa_tasks.report.compute.report_tables import Report, each_row
from neuronxa_tasks.report.compute.retrieval_accuracy import retrieval_table
from neuronxa_tasks.report.show.number_formats import (
    interval,
    metric_title,
    number,
    percent,
)
from neuronxa_tasks.report.show.series import (
    first_metric,
    means_over_all,
    series_of,
    with_series,
)


def title(report: Report) -> str:
    """What the page is about."""
    labels = list(report.models["label"])
    subject = str(labels[0]) if len(labels) == 1 else f"{len(labels)} models"
    return f"Cross-lingual alignment of {subject}"


def headline(report: Report) -> str:
    """The key numbers in a sentence or two, and what they are no evidence of."""
    caveat = [CAVEAT] if CAVEAT in report.problems else []
    return " ".join([_key_numbers(report), *caveat])


def _key_numbers(report: Report) -> str:
    means = means_over_all(report)
    if means.empty:
        return _without_alignment(report)
    leading = first_metric(report)
    first = with_series(report, means[means["metric"] == leading])
    best, *rest = each_row(first.sort_values("value", ascending=False))
    name, spread = metric_title(leading), interval(best.low, best.high)
    if (settings := means["condition"].nunique()) > 1:
        return (
            f"{len(report.models)} models under {settings} settings, which cannot be ranked with "
            "each other."
        )
    if len(series_of(report)) > 1:
        following = (
            f", followed by {rest[0].series} with {number(rest[0].value, 2)}" if rest else ""
        )
        return (
            f"{best.series} aligns best: over {best.languages} languages its mean {name} is "
            f"{number(best.value, 2)} (95% interval {spread}){following}."
        )
    return (
        f"Over {best.languages} languages, mean {name} is {number(best.value, 2)} "
        f"(95% interval {spread}). {_predicted(report)}".strip()
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
    return "These results hold no scores, but what was looked at in the model itself."


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
    values = report.groups.set_index(["metric", "group"])["value"]
    return [
        (
            metric_title(metric),
            number(values.get((metric, ALL)), 2),
            " · ".join(
                f"{name} {number(values[metric, group], 2)}"
                for group, name in RESOURCES.items()
                if (metric, group) in values
            ),
        )
        for metric in report.metrics
    ]


def leads(report: Report) -> list[tuple[str, int, int, int]]:
    """Of two models, per metric: where the first leads, where the second, of how many."""
    table = report.comparison
    if table.empty:
        return []
    sure = table["p"] < SIGNIFICANT
    return [
        (
            metric_title(str(metric)),
            int((sure & (own > 0)).sum()),
            int((sure & (own < 0)).sum()),
            len(own),
        )
        for metric, own in table.groupby("metric", sort=False)["difference"]
    ]
