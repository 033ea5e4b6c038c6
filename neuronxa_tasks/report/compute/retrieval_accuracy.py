"""Retrieval accuracy in the shape of the paper's Tables 1 and 5."""

import pandas as pd

from neuronxa_tasks.data.languages import language_name
from neuronxa_tasks.measures import KIND_TITLES, Metric, metric_named, metric_order
from neuronxa_tasks.report.columns import GROUPS, METRIC_KEY, SERIES
from neuronxa_tasks.report.compute.report_tables import Report

_DIRECTIONS = {"forward": "{} → xx", "backward": "xx → {}", "both": "{} ⇔ xx"}


def retrieval_table(report: Report) -> pd.DataFrame:
    """One row per model, condition, representation and direction.

    Returns:
        Columns `label`, `condition`, `measure` (`forward`, `backward` or `both`), and for readers
        `representation` and `direction`, `languages`, and per group
        (`head`, `longtail`, `all`) its mean accuracy in percent, `<group>_low` and `<group>_high`
        (95 % interval), `<group>_held_out` (in layers chosen on other pairs), and
        `<group>_best`: whether it is the best of this direction; NaN and False where no language
        belongs to the group.
    """
    if report.retrieval_groups.empty:
        return pd.DataFrame()
    known = report.retrieval_groups.set_index([*METRIC_KEY, "group"])
    means = known[["value", "low", "high", "held_out"]] * 100
    counts = report.retrieval_groups.groupby(METRIC_KEY)["languages"].max()
    pivots = report.retrieval.groupby("condition")["pivot"].first()
    models = {label: place for place, label in enumerate(report.models["label"])}
    table = counts.reset_index()
    table = table.sort_values("metric", key=lambda names: names.map(metric_order))
    table = table.sort_values("label", key=lambda labels: labels.map(models), kind="stable")
    table = table.sort_values("condition", kind="stable", ignore_index=True)
    metrics = [found for name in table["metric"] if (found := metric_named(name))]
    table["measure"] = [metric.measure for metric in metrics]
    table["representation"] = [_representation(metric) for metric in metrics]
    table["direction"] = [
        _DIRECTIONS[metric.measure].format(language_name(str(pivots[condition])))
        for metric, condition in zip(metrics, table["condition"], strict=True)
    ]
    for group in GROUPS:
        own = means.reindex(pd.MultiIndex.from_frame(table[METRIC_KEY].assign(group=group)))
        for column in means:
            table[group if column == "value" else f"{group}_{column}"] = own[column].to_numpy()
        rivals = table.groupby([*SERIES, "measure"])[group]
        best = table[group] == rivals.transform("max")
        table[f"{group}_best"] = best & (rivals.transform("count") > 1)
    return table.drop(columns="metric")


def _representation(metric: Metric) -> str:
    changes = f" ({', '.join(metric.changes)})" if metric.changes else ""
    return KIND_TITLES[metric.representation.kind] + changes
