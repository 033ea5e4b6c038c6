"""Models ranked by their mean scores: under one setting, over the same languages and pairs."""

from collections.abc import Iterator, Sequence
from typing import Any

import pandas as pd

from neuronxa_tasks.data.corpora import has_own_english_sides
from neuronxa_tasks.data.languages import ENGLISH
from neuronxa_tasks.errors import ReportError
from neuronxa_tasks.measures import metric_order
from neuronxa_tasks.report.columns import ALL, RESOURCES
from neuronxa_tasks.report.compute.group_means import mean_interval
from neuronxa_tasks.report.compute.joined_table import resources
from neuronxa_tasks.report.compute.joint_means import JointMeans
from neuronxa_tasks.report.compute.rows import LeaderRow

_OF_A_SCORE = [
    *("label", "condition", "metric", "language", "corpus", "digest"),
    *("value", "stderr", "shares"),
]


def leaderboard(alignments: pd.DataFrame, languages: Sequence[str] = ()) -> pd.DataFrame:
    """Ranks and means of every model that has all languages, and the means of the others.

    A rank is one more than the number of models that are surely above (paired, corrected for the
    number of pairs of models), so that models which cannot be told apart share it; it cannot be
    below one more than the number of those that are not surely below either, which gives its
    interval. What needs no test is not ranked: a single model, and scores without outcomes of
    pairs.

    Args:
        alignments: Rows of alignment scores.
        languages: Codes of the languages to rank over; none for all that any model has under the
            same setting. English never counts.

    Returns:
        Columns of `LeaderRow`, one row per setting, metric, group and model: the settings that
        most models have first, in each the ranked models by rank and mean, then the others, of
        which there is only the mean over all of their languages.

    Raises:
        ReportError: No model has one of the languages.
    """
    rows = alignments[alignments["language"] != ENGLISH] if len(alignments) else alignments
    if languages and (unknown := sorted({*languages} - {*rows.get("language", ())})):
        raise ReportError(
            f"Expected `--languages` to be codes of languages with alignment scores, but got "
            f"{', '.join(unknown)}, which no model has: leave them out"
        )
    if rows.empty:
        return pd.DataFrame()
    if languages:
        rows = rows[rows["language"].isin(languages)]
    # Of so few columns a part is taken much faster than of all.
    rows = rows[_OF_A_SCORE].assign(resource=resources(rows["corpus"], rows["language"]))
    found = [
        {"condition": condition, "metric": metric, **row}
        for condition in _commonest_first(rows)
        for metric in sorted(
            rows.loc[rows["condition"] == condition, "metric"].unique(), key=metric_order
        )
        for row in _ranked(rows[(rows["condition"] == condition) & (rows["metric"] == metric)])
    ]
    table = pd.DataFrame(found, columns=LeaderRow.columns())
    return table.astype({"rank": "Int64", "rank_last": "Int64"})


def _commonest_first(rows: pd.DataFrame) -> list[str]:
    models = rows.groupby("condition")["label"].nunique()
    return sorted(models.index, key=lambda condition: (-models[condition], condition))


def _ranked(rows: pd.DataFrame) -> Iterator[dict[str, Any]]:
    """Of one setting and metric."""
    wanted = list(rows["language"].unique())
    rows = rows[_comparable(rows)]
    own = {str(label): block.set_index("language") for label, block in rows.groupby("label")}
    whole = {label: block.loc[wanted] for label, block in own.items() if len(block) == len(wanted)}
    leader = None
    for group in (ALL, *RESOURCES):
        members = {
            label: block if group == ALL else block[block["resource"] == group]
            for label, block in whole.items()
        }
        if not members or next(iter(members.values())).empty:
            continue
        table = list(_places(members))
        leader = leader or table[0]["label"]
        yield from ({"group": group, **row} for row in table)
    for label, block in own.items():
        if label not in whole:
            beside = whole[leader].loc[block.index, "value"].mean() if leader else None
            yield {
                "label": label,
                "group": ALL,
                "of": len(wanted),
                "value": block["value"].mean(),
                "languages": len(block),
                "leader": leader,
                "beside": beside,
                "highest": False,
            }


def _comparable(rows: pd.DataFrame) -> pd.Series:
    """Which rows are of the sentences, and of as many pairs, as most models'."""
    texts = rows["digest"] + " " + rows["shares"].map(len).astype(str)
    counts = texts.groupby([rows["language"], texts]).size()
    usual = counts.groupby(level=0).idxmax().str[1]
    return texts == rows["language"].map(usual)


def _places(members: dict[str, pd.DataFrame]) -> Iterator[dict[str, Any]]:
    """Models over the same languages, the highest rank first."""
    first = next(iter(members.values()))
    values = {label: float(block["value"].mean()) for label, block in members.items()}
    ranks: dict[str, tuple[int, int]] = {}
    own_pairs = has_own_english_sides(first["corpus"].iloc[0])
    joint = JointMeans.of([list(block["shares"]) for block in members.values()], own_pairs)
    if joint and len(members) > 1:
        above = joint.surely_above()
        best, worst = 1 + above.sum(axis=0), len(members) - above.sum(axis=1)
        ranks = dict(zip(members, zip(best.tolist(), worst.tolist(), strict=True), strict=True))
    some_below = any(best > 1 for best, _ in ranks.values())
    for label in sorted(members, key=lambda label: (ranks.get(label, (0,))[0], -values[label])):
        low, high = mean_interval(members[label])
        best, worst = ranks.get(label, (None, None))
        yield {
            "label": label,
            "rank": best,
            "rank_last": worst,
            "value": values[label],
            "low": low,
            "high": high,
            "languages": len(first),
            "of": len(first),
            "highest": best == 1 and some_below,
        }
