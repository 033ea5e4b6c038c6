"""The long table: every score and layer, one a row."""

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from neuronxa_tasks.report.chance import countable, layer_p

# A benchmark's metrics that its name alone stands for.
_PLAIN = ("acc", "value")

# What every row of an alignment or a benchmark score shares with its layers.
_ABOUT = (
    *("model", "revision", "adapter", "corpus", "pivot", "language"),
    *("measure", "activation", "pooling", "bos", "n", "n_shot", "source", "variant"),
)
COLUMNS = (*_ABOUT[:-3], "layer", "value", "stderr", "p", *_ABOUT[-3:])


def long_table(alignments: pd.DataFrame, scores: pd.DataFrame) -> pd.DataFrame:
    """Every alignment score, its layers, and every benchmark score.

    Args:
        alignments: Rows of alignment and retrieval scores.
        scores: Rows of benchmark scores.

    Returns:
        Columns as in `COLUMNS`. `layer` is missing for the score itself, which is a mean over
        layers or retrieval's maximum, and for benchmarks; `measure` is the benchmark's name, with
        the metric where it is not `acc`; `p` is of chance, by permutation for the mean over
        layers and binomial for one.
    """
    parts = []
    if not alignments.empty:
        parts.append(alignments.assign(n=alignments["n_pairs"].astype("string")))
    if not scores.empty:
        plain = scores["metric"].isin(_PLAIN)
        named = scores["benchmark"].where(plain, scores["benchmark"] + "_" + scores["metric"])
        shots = scores["n_shot"].astype("Int64").astype("string")
        parts.append(scores.assign(measure=named, n_shot=shots))
    if not parts:
        return pd.DataFrame(columns=list(COLUMNS))
    rows = pd.concat(parts, ignore_index=True).rename(columns={"file": "source"})
    about = rows.reindex(columns=list(_ABOUT)).astype("string").astype("category")
    found = rows.reindex(columns=["value", "stderr", "permutation_p"])
    means = about.assign(layer=pd.NA, **found.rename(columns={"permutation_p": "p"}))
    layers = about.iloc[:0]
    if not alignments.empty:
        layers = repeated(about.iloc[: len(alignments)], alignments)
    table = pd.concat([means.astype({"layer": "Int16"}), layers], ignore_index=True)
    return table.reindex(columns=list(COLUMNS))


def layer_table(alignments: pd.DataFrame) -> pd.DataFrame:
    """One row per layer of every alignment score.

    Returns:
        Columns `label`, `condition`, `metric`, `language`, `layer`, `value` and `p`.
    """
    columns = ["label", "condition", "metric", "language"]
    if alignments.empty:
        return pd.DataFrame(columns=[*columns, "layer", "value", "p"])
    return repeated(alignments[columns].astype("category"), alignments)


def repeated(about: pd.DataFrame, alignments: pd.DataFrame) -> pd.DataFrame:
    """Rows of `about`, each once per layer of its score, with `layer`, `value` and chance's `p`.

    Args:
        about: One row per alignment score, of categories: a million strings would be slow.
        alignments: The scores.
    """
    counts = alignments["layer_scores"].map(len).to_numpy()
    numbers: npt.NDArray[Any] = np.arange(counts.sum()) - np.repeat(
        counts.cumsum() - counts, counts
    )
    first = np.repeat(alignments["first_layer"].to_numpy(), counts)
    values = np.concatenate([*alignments["layer_scores"], []])
    pairs = alignments["shares"].map(len).where(alignments["metric"].map(countable), 0)
    rows = about.iloc[np.repeat(np.arange(len(about)), counts)].reset_index(drop=True)
    return rows.assign(
        layer=pd.array(numbers + first, dtype="Int16"),
        value=values,
        p=layer_p(values, np.repeat(pairs.to_numpy(np.int64), counts)),
    )
