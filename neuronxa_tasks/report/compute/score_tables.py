"""Put what several files say into tables: renamed, without repetitions, conditions labelled."""

import math
from collections import Counter
from collections.abc import Sequence
from typing import Literal

import pandas as pd

from neuronxa_tasks.report.columns import LANGUAGE_KEY
from neuronxa_tasks.report.compute.resampling import (
    article_error,
    article_intervals,
    intervals,
    missed_or_found,
)
from neuronxa_tasks.report.read.scores import UNKNOWN, Condition, ResultsFile

# Longer lists of lines are cut in a label.
_SHORT = 20


def alignment_rows(
    files: Sequence[ResultsFile], attribute: Literal["alignments", "retrievals"] = "alignments"
) -> tuple[pd.DataFrame, list[str]]:
    """One row per alignment or retrieval score, and what was left out.

    Args:
        files: The results files that were read.
        attribute: Which of the two; they share neither columns nor labels of settings.

    Returns:
        A table with the model's columns, `file`, those of `Condition`, its label `condition`, the
        attributes of an `Alignment`, its 95 % interval over pairs, `low` and `high`, and over
        articles `articles_low`, `articles_high` and `articles_stderr`. Where all pairs are
        missed, or all found, there is no standard error.
    """
    table = _rows_of(files, attribute)
    if table.empty:
        return table, []
    conditions = table["condition"].tolist()
    parts = pd.DataFrame([vars(condition) for condition in conditions], index=table.index)
    # Numbers and booleans stay what they are where other files do not say.
    parts = parts.astype(dict.fromkeys(("n_pairs", "bos", "score_version"), object))
    silent = sorted({f for f, c in zip(table["file"], conditions, strict=True) if not c.known})
    labels = _condition_labels(conditions)
    table = table.assign(condition=[labels[condition] for condition in conditions])
    table = pd.concat([table, parts], axis=1)
    table, problems = _without_repetitions(table, [*LANGUAGE_KEY, "metric"])
    shares, articles = list(table["shares"]), list(table["articles"])
    table["low"], table["high"] = intervals(shares)
    table["articles_low"], table["articles_high"] = article_intervals(shares, articles)
    table["articles_stderr"] = [
        article_error(values, own) if len(values) == len(own) else math.nan
        for values, own in zip(shares, articles, strict=True)
    ]
    # Where all pairs are missed, an error of 0 would be a false one.
    table.loc[missed_or_found(shares), ["stderr", "articles_stderr"]] = math.nan
    for label, rows in table.groupby("label", sort=False):
        if len(settings := list(rows["condition"].unique())) > 1:
            problems.append(
                f"{label} has scores under {len(settings)} settings, which are kept apart: "
                f"{'; '.join(settings)}"
            )
    texts = table.groupby(["condition", "language"])["digest"].nunique()
    for condition, counts in texts[texts > 1].groupby("condition"):
        codes = ", ".join(counts.index.get_level_values("language"))
        problems.append(
            f"{condition}: files have other sentences than each other for {codes}: "
            "these scores should not be compared"
        )
    if silent:
        problems.append(
            f"{', '.join(silent)} does not say how its alignment scores were made: "
            "they join each other only, and nothing shows that they may"
        )
    return table, problems


def score_rows(files: Sequence[ResultsFile]) -> tuple[pd.DataFrame, list[str]]:
    """One row per benchmark score, with the model's columns and `file`; what was left out."""
    table = _rows_of(files, "scores")
    if table.empty:
        return table, []
    return _without_repetitions(table, ["label", "heading", "language"])


def _rows_of(files: Sequence[ResultsFile], attribute: str) -> pd.DataFrame:
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


def _condition_labels(conditions: Sequence[Condition]) -> dict[Condition, str]:
    """A short label of every condition, different for each."""
    labels = {}
    for one in dict.fromkeys(conditions):
        bos = ", BOS unknown" if one.bos == UNKNOWN else "" if one.bos else ", no BOS"
        shown = one.lines if len(one.lines) <= _SHORT else f"{one.lines[:_SHORT]}…"
        lines = f" of lines {shown}" if one.lines else ""
        labels[one] = f"{one.corpus.upper()}, pivot {one.pivot}, {one.n_pairs} pairs{lines}{bos}"
    # Where texts or versions differ too, the label has to tell them apart.
    alike = Counter(labels.values())
    for one, label in labels.items():
        if alike[label] > 1:
            text = one.text
            labels[one] = f"{label}, text {text}, version {one.score_version}"
    numbers: Counter[str] = Counter()
    for one, label in labels.items():
        numbers[label] += 1
        labels[one] = label if numbers[label] == 1 else f"{label} ({numbers[label]})"
    return labels


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
