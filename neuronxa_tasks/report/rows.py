"""Put what several files say into tables: renamed, without repetitions, conditions labelled."""

from collections import Counter
from collections.abc import Sequence
from typing import Literal

import pandas as pd

from neuronxa_tasks.report.content import CONDITION
from neuronxa_tasks.report.statistics import intervals
from neuronxa_tasks.report.values import UNKNOWN, ResultsFile


def alignment_rows(
    files: Sequence[ResultsFile], attribute: Literal["alignments", "retrievals"] = "alignments"
) -> tuple[pd.DataFrame, list[str]]:
    """One row per alignment or retrieval score, and what was left out.

    Args:
        files: What was read.
        attribute: Which of the two; they share neither columns nor labels of settings.

    Returns:
        A table with the model's columns, `file`, those of `CONDITION`, the label `condition`, the
        attributes of an `Alignment`, and its 95 % interval over pairs, `low` and `high`.
    """
    table = _table(files, attribute)
    if table.empty:
        return table, []
    parts = pd.DataFrame(table["condition"].tolist(), columns=list(CONDITION), index=table.index)
    table = pd.concat([table.drop(columns=["condition", "corpus"]), parts], axis=1)
    table["condition"] = _condition_labels(table)
    table, problems = _without_repetitions(table, ["label", "condition", "language", "metric"])
    table["low"], table["high"] = intervals(table["shares"])
    for label, rows in table.groupby("label", sort=False):
        if (conditions := rows["condition"].unique()).size > 1:
            problems.append(
                f"{label} has scores under {len(conditions)} settings, which are kept apart: "
                f"{'; '.join(conditions)}"
            )
    texts = table.groupby(["condition", "language"])["digest"].nunique()
    for condition, counts in texts[texts > 1].groupby("condition"):
        codes = ", ".join(counts.index.get_level_values("language"))
        problems.append(
            f"{condition}: files have other sentences than each other for {codes}: "
            "these scores should not be compared"
        )
    silent = table.loc[(table[list(CONDITION)] == UNKNOWN).any(axis=1), "file"].unique()
    if silent.size:
        problems.append(
            f"{', '.join(sorted(silent))} does not say how its alignment scores were made: "
            "they join each other only, and nothing shows that they may"
        )
    return table, problems


def score_rows(files: Sequence[ResultsFile]) -> tuple[pd.DataFrame, list[str]]:
    """One row per benchmark score, with the model's columns and `file`; what was left out."""
    table = _table(files, "scores")
    if table.empty:
        return table, []
    return _without_repetitions(table, ["label", "heading", "language"])


def _table(files: Sequence[ResultsFile], attribute: str) -> pd.DataFrame:
    rows = []
    for file in files:
        model = file.model
        shared = {
            "label": model.label,
            "model": model.name,
            "revision": model.revision,
            "adapter": model.adapter,
            "variant": model.arguments,
            "file": file.path,
            "date": file.date,
        }
        rows += [{**shared, **vars(row)} for row in getattr(file, attribute)]
    return pd.DataFrame(rows)


def _condition_labels(table: pd.DataFrame) -> pd.Series:
    distinct = table[list(CONDITION)].drop_duplicates()
    labels = {}
    for row in distinct.itertuples(index=False):
        bos = {False: ", no BOS", True: ""}.get(row.bos, ", BOS unknown")
        labels[tuple(row)] = f"{row.corpus.upper()}, pivot {row.pivot}, {row.n_pairs} pairs{bos}"
    # Where texts or versions differ too, the label has to tell them apart.
    alike = Counter(labels.values())
    for key, label in labels.items():
        if alike[label] > 1:
            corpus, *_, digest, version = key
            text = digest if corpus == "tatoeba" else str(digest)[:12]
            labels[key] = f"{label}, text {text}, version {version}"
    numbers: Counter[str] = Counter()
    for key, label in labels.items():
        numbers[label] += 1
        labels[key] = label if numbers[label] == 1 else f"{label} ({numbers[label]})"
    keys = zip(*(table[column] for column in CONDITION), strict=True)
    return pd.Series([labels[key] for key in keys], index=table.index)


def _without_repetitions(table: pd.DataFrame, key: list[str]) -> tuple[pd.DataFrame, list[str]]:
    """The newest row of every key; a sentence for each pair of files that say the same thing."""
    table = table.sort_values("date", kind="stable").reset_index(drop=True)
    newest = table.drop_duplicates(key, keep="last")
    if len(newest) == len(table):
        return table, []
    older = table.drop(newest.index).merge(newest, on=key, suffixes=("", "_newest"))
    problems = []
    for (label, file, kept), rows in older.groupby(["label", "file", "file_newest"], sort=False):
        differing = int((rows["value"] != rows["value_newest"]).sum())
        if differing:
            problems.append(
                f"{label}: {differing} of {len(rows)} scores in {file} differ from those in "
                f"{kept}, which is newer and used; if these are two models, tell them apart by "
                "--model-id"
            )
        else:
            problems.append(f"{label}: {file} repeats {len(rows)} scores of {kept}")
    return newest.reset_index(drop=True), problems
