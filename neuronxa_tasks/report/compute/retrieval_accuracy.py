"""Retrieval accuracy in the shape of the paper's Tables 1 and 5."""

import numpy as np
import pandas as pd

from neuronxa_tasks.data.corpora import has_own_english_sides
from neuronxa_tasks.data.languages import ENGLISH, language_name
from neuronxa_tasks.measures import KIND_TITLES, Metric, metric_named, metric_order
from neuronxa_tasks.report.columns import ALL, GROUPS, METRIC_KEY, SERIES
from neuronxa_tasks.report.compute.joined_table import resources
from neuronxa_tasks.report.compute.joint_means import JointMeans
from neuronxa_tasks.report.compute.report_tables import Report, in_order_of

_DIRECTIONS = {"forward": "{} → xx", "backward": "xx → {}", "both": "{} ⇔ xx"}


def retrieval_table(report: Report) -> pd.DataFrame:
    """One row per model, condition, representation and direction.

    Returns:
        Columns `label`, `condition`, `measure` (`forward`, `backward` or `both`), and for readers
        `representation` and `direction`, `languages`, and per group
        (`head`, `longtail`, `all`) its mean accuracy in percent, `<group>_low` and `<group>_high`
        (95 % interval), `<group>_held_out` (in layers chosen on other pairs), and
        `<group>_highest`: whether no other is surely above it in this direction; NaN and False
        where no language belongs to the group.
    """
    if report.retrieval_groups.empty:
        return pd.DataFrame()
    means = report.retrieval_groups.set_index([*METRIC_KEY, "group"])
    counts = report.retrieval_groups.groupby(METRIC_KEY)["languages"].max()
    pivots = report.retrieval.groupby("condition")["pivot"].first()
    table = counts.reset_index()
    table = table.sort_values("metric", key=lambda names: names.map(metric_order))
    table = in_order_of(report.models, table)
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
        for column in ("value", "low", "high", "held_out"):
            name = group if column == "value" else f"{group}_{column}"
            table[name] = own[column].to_numpy(np.float64) * 100
        table[f"{group}_highest"] = own["highest"].fillna(False).to_numpy(bool)
    return table.drop(columns="metric")


def with_highest_states(means: pd.DataFrame, retrievals: pd.DataFrame) -> pd.DataFrame:
    """Mark the representations that no other is surely above in the same direction.

    Args:
        means: Means of retrieval scores over groups of languages.
        retrievals: Rows of retrieval scores.

    Returns:
        The means with `highest`: False for all of a direction where no two can be told apart.
    """
    if means.empty:
        return means
    rows = retrievals[retrievals["language"] != ENGLISH]
    rows = rows.assign(
        resource=resources(rows["corpus"], rows["language"]),
        direction=[
            found.measure if (found := metric_named(name)) else name for name in rows["metric"]
        ],
    )
    highest = {
        (label, condition, group, metric)
        for (label, condition, _), block in rows.groupby([*SERIES, "direction"], sort=False)
        for group in GROUPS
        for metric in _highest(block if group == ALL else block[block["resource"] == group])
    }
    keys = means[[*SERIES, "group", "metric"]].itertuples(index=False, name=None)
    return means.assign(highest=[key in highest for key in keys])


def _highest(rows: pd.DataFrame) -> list[str]:
    """Of one model and direction, the metrics that no other is surely above, or none."""
    by_language = rows.pivot(index="language", columns="metric", values="shares").dropna()
    if by_language.empty or by_language.shape[1] < 2:
        return []
    own_pairs = has_own_english_sides(rows["corpus"].iloc[0])
    joint = JointMeans.of([list(by_language[name]) for name in by_language], own_pairs)
    if not joint:
        return []
    below = joint.surely_above().sum(axis=0)
    not_below = [str(name) for name, above in zip(by_language, below, strict=True) if above == 0]
    return not_below if len(not_below) < len(below) else []


def _representation(metric: Metric) -> str:
    changes = f" ({', '.join(metric.changes)})" if metric.changes else ""
    return KIND_TITLES[metric.representation.kind] + changes
