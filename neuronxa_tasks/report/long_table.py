"""The long table: every score and layer, one a row."""

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from neuronxa_tasks.report.values import LEADING

# What every row of an alignment or a benchmark score shares with its layers.
_ABOUT = (
    *("model", "revision", "adapter", "corpus", "pivot", "language"),
    *("measure", "activation", "pooling", "bos", "n", "n_shot", "source"),
)
COLUMNS = (*_ABOUT[:-2], "layer", "value", "stderr", *_ABOUT[-2:])


def long_table(alignments: pd.DataFrame, scores: pd.DataFrame) -> pd.DataFrame:
    """Every alignment score, its layers, and every benchmark score.

    Args:
        alignments: Rows of alignment scores.
        scores: Rows of benchmark scores.

    Returns:
        Columns as in `COLUMNS`. `layer` is missing for the mean over layers and for
        benchmarks; `measure` is the benchmark's name, with the metric where it is not `acc`.
    """
    parts = []
    if not alignments.empty:
        parts.append(alignments.assign(n=alignments["n_pairs"].astype("string")))
    if not scores.empty:
        plain = scores["metric"].isin(LEADING)
        named = scores["benchmark"].where(plain, scores["benchmark"] + "_" + scores["metric"])
        shots = scores["n_shot"].astype("Int64").astype("string")
        parts.append(scores.assign(measure=named, n_shot=shots))
    if not parts:
        return pd.DataFrame(columns=list(COLUMNS))
    rows = pd.concat(parts, ignore_index=True).rename(columns={"file": "source"})
    about = rows.reindex(columns=list(_ABOUT)).astype("string").astype("category")
    means = about.assign(layer=pd.NA, value=rows["value"], stderr=rows["stderr"])
    layers = about.iloc[:0]
    if not alignments.empty:
        layers = repeated(about.iloc[: len(alignments)], alignments)
    table = pd.concat([means.astype({"layer": "Int16"}), layers], ignore_index=True)
    return table.reindex(columns=list(COLUMNS))


def layer_table(alignments: pd.DataFrame) -> pd.DataFrame:
    """One row per layer of every alignment score: model, condition, metric, language, value."""
    columns = ["label", "condition", "metric", "language"]
    if alignments.empty:
        return pd.DataFrame(columns=[*columns, "layer", "value"])
    return repeated(alignments[columns].astype("category"), alignments)


def repeated(about: pd.DataFrame, alignments: pd.DataFrame) -> pd.DataFrame:
    """Rows of `about`, each once per layer of its alignment score, with `layer` and `value`.

    Args:
        about: One row per alignment score, of categories: a million strings would be slow.
        alignments: The scores.
    """
    counts = alignments["layer_scores"].map(len).to_numpy()
    numbers: npt.NDArray[Any] = np.arange(counts.sum()) - np.repeat(
        counts.cumsum() - counts, counts
    )
    first = np.repeat(alignments["first_layer"].to_numpy(), counts)
    rows = about.iloc[np.repeat(np.arange(len(about)), counts)].reset_index(drop=True)
    return rows.assign(
        layer=pd.array(numbers + first, dtype="Int16"),
        value=np.concatenate([*alignments["layer_scores"], []]),
    )
