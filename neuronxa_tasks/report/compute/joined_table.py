"""The joined table: per model and language, alignment beside benchmarks."""

import functools
from collections.abc import Iterable, Mapping

import pandas as pd

from neuronxa_tasks.data.benchmarks import BENCHMARKS
from neuronxa_tasks.data.branches import branch
from neuronxa_tasks.data.codes import resolve_language
from neuronxa_tasks.data.corpora import CORPORA
from neuronxa_tasks.data.languages import (
    FLORES,
    family,
    language_name,
    script_name,
)
from neuronxa_tasks.measures import metric_order
from neuronxa_tasks.report.columns import ENDINGS, LANGUAGE_KEY, MEAN, TRIVIAL
from neuronxa_tasks.report.compute.report_tables import each_row
from neuronxa_tasks.report.read.scores import LEADING, Column

FOUR_CHOICES = 0.25

# Benchmarks name their languages by its codes.
_FLORES = CORPORA["flores"]


def metric_names(alignments: pd.DataFrame) -> tuple[str, ...]:
    """The metrics that a table of alignment scores has, in the paper's order."""
    present = set() if alignments.empty else set(alignments["metric"])
    return tuple(sorted(present, key=metric_order))


def leading_benchmarks(scores: pd.DataFrame) -> dict[str, Column]:
    """The columns of leading metrics by their heading, the paper's benchmarks first."""
    if scores.empty:
        return {}
    order = {benchmark.name: place for place, benchmark in enumerate(BENCHMARKS)}
    leading = scores[scores["metric"].isin(LEADING)].drop_duplicates("heading")
    place = leading["benchmark"].map(order).fillna(len(order))
    leading = leading.assign(place=place, metric=leading["metric"].map(LEADING.index))
    leading = leading.sort_values(["place", "metric", "heading"])
    return {
        row.heading: Column(
            row.benchmark, None if pd.isna(row.n_shot) else int(row.n_shot), row.changes
        )
        for row in each_row(leading)
    }


def run_alike(benchmarks: Mapping[str, Column]) -> dict[str, str]:
    """How each benchmark was run, by its heading, of those whose scores may be averaged.

    Those are benchmarks of four choices: guessing gives the same in all of them.

    Args:
        benchmarks: The benchmarks' columns by their heading.

    Example:
        >>> run_alike({"B": Column("belebele", 5), "X": Column("xnli", 0)})
        {'B': '5-shot'}
    """
    alike = {benchmark.name for benchmark in BENCHMARKS if benchmark.chance == FOUR_CHOICES}
    return {
        heading: column.how for heading, column in benchmarks.items() if column.benchmark in alike
    }


def with_means(
    table: pd.DataFrame, benchmarks: Mapping[str, Column]
) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """The joined table with the mean of benchmarks that were run alike, where there are several.

    Args:
        table: The joined table.
        benchmarks: The benchmarks' columns by their heading.

    Returns:
        The table, which has a mean only for languages with all of the benchmarks, and the
        headings of the new columns.
    """
    groups: dict[str, list[str]] = {}
    for heading, how in run_alike(benchmarks).items():
        groups.setdefault(how, []).append(heading)
    means = {
        f"{MEAN} ({how})" if how else MEAN: table[headings].mean(axis=1, skipna=False)
        for how, headings in groups.items()
        if len(headings) > 1
    }
    return table.assign(**means), tuple(means)


def joined(alignments: pd.DataFrame, scores: pd.DataFrame) -> pd.DataFrame:
    """One row per model, condition and language that has an alignment or a benchmark score.

    Args:
        alignments: Rows of alignment scores.
        scores: Rows of benchmark scores.

    Returns:
        Columns `label`, `condition`, `language`, `name`, `script`, `family`, `branch`,
        `resource`, a column per metric and what `ENDINGS` puts beside it, `tokens`, `surface`, and
        a column per benchmark's heading.
    """
    names = list(metric_names(alignments))
    left = pd.DataFrame(columns=[*LANGUAGE_KEY, "corpus", *names, *TRIVIAL])
    if not alignments.empty:
        wide = alignments.pivot(index=LANGUAGE_KEY, columns="metric", values=list(ENDINGS))
        left = alignments.groupby(LANGUAGE_KEY)[["corpus", *TRIVIAL]].first()
        for column, ending in ENDINGS.items():
            # What only some metrics have, the others need no empty columns for.
            block = pd.DataFrame(wide[column])[names]
            block = block.dropna(axis=1, how="all") if ending else block
            left = left.join(block.add_suffix(ending))
        left = left.reset_index()
    table = left
    if not scores.empty:
        right = scores.pivot(index=["label", "language"], columns="heading", values="value")
        conditions = left[["label", "condition", "corpus"]].drop_duplicates()
        right = right.reset_index().merge(conditions, on="label", how="left")
        right = right.fillna({"condition": "", "corpus": _FLORES.name})
        table = left.merge(right, on=[*LANGUAGE_KEY, "corpus"], how="outer")
    table["name"] = table["language"].map(language_name)
    for column, known in (
        ("script", script_name),
        ("family", family),
        ("branch", branch),
    ):
        of = {code: known(code) for code in table["language"].unique() if code in FLORES}
        table[column] = table["language"].map(of).fillna("")
    table["resource"] = resources(table["corpus"], table["language"])
    about = [*LANGUAGE_KEY, "name", "script", "family", "branch", "resource"]
    rest = [column for column in table.columns if column not in (*about, "corpus")]
    return table[[*about, *rest]].sort_values(LANGUAGE_KEY).reset_index(drop=True)


def resources(corpora: Iterable[str], languages: Iterable[str]) -> list[str]:
    """Whether each language counts as `head` or `longtail` in its corpus; empty if neither.

    In a user's own text it counts as in FLORES-200.

    Example:
        >>> resources(["flores", "tatoeba"], ["deu_Latn", "swh_Latn"])
        ['head', 'head']
    """
    return [_resources(c).get(language, "") for c, language in zip(corpora, languages, strict=True)]


@functools.cache
def _resources(corpus: str) -> dict[str, str]:
    groups = CORPORA.get(corpus, _FLORES).resources.items()
    return {resolve_language(code) or code: group for group, codes in groups for code in codes}
