"""The long table: every score and layer, one a row."""

import numpy as np
import pandas as pd

from neuronxa_tasks.report.columns import METRIC_KEY
from neuronxa_tasks.report.compute.chance import countable, layer_chance
from neuronxa_tasks.report.read.scores import UNKNOWN

# A benchmark's metrics that its name alone stands for.
_PLAIN = ("acc", "parity", "value")

LONG_COLUMNS = (
    *("model", "revision", "adapter", "corpus", "pivot", "language"),
    *("measure", "activation", "pooling", "bos", "n"),
    *("layer", "value", "stderr", "p", "n_shot", "source", "variant", "mutual_neighbours"),
)

_OF_CHANCE = ("chance", "p", "mutual_neighbours")

# What differs from layer to layer of one score.
_BY_LAYER = ("layer", "value", "stderr", "p", "mutual_neighbours")

_NUMBERS = {"n": "Int64", "n_shot": "Int64", "bos": "boolean"}


def long_table(alignments: pd.DataFrame, scores: pd.DataFrame) -> pd.DataFrame:
    """Every alignment score, its layers, and every benchmark score.

    Args:
        alignments: Rows of alignment and retrieval scores.
        scores: Rows of benchmark scores.

    Returns:
        Columns as in `LONG_COLUMNS`: `n`, `layer` and `n_shot` are integers, `bos` is a boolean,
        each missing where it is unknown; `value`, `stderr` and `p` are floats, others categories.
        `layer` is missing for the score itself, which is a mean over layers or retrieval's
        maximum, and for benchmarks; `measure` is the benchmark's name, with the metric where it
        is neither `acc` nor `parity`; `p` is of chance, by permutation for the mean over layers
        and as in `layer_chance` for one, whose `mutual_neighbours` are an integer.
    """
    parts = []
    if not alignments.empty:
        known = alignments["n_pairs"].where(alignments["n_pairs"] != UNKNOWN, pd.NA)
        bos = alignments["bos"].where(alignments["bos"] != UNKNOWN, pd.NA)
        parts.append(alignments.assign(n=known, bos=bos))
    if not scores.empty:
        plain = scores["metric"].isin(_PLAIN)
        named = scores["benchmark"].where(plain, scores["benchmark"] + "_" + scores["metric"])
        parts.append(scores.assign(measure=named))
    if not parts:
        return pd.DataFrame(columns=list(LONG_COLUMNS))
    rows = pd.concat(parts, ignore_index=True).rename(columns={"file": "source"})
    about = rows.reindex(columns=[name for name in LONG_COLUMNS if name not in _BY_LAYER])
    texts = [name for name in about if name not in _NUMBERS]
    about = about.astype({**dict.fromkeys(texts, "string"), **_NUMBERS})
    about = about.astype(dict.fromkeys(texts, "category"))
    found = rows.reindex(columns=["value", "stderr", "permutation_p"])
    unlayered = pd.array([pd.NA] * len(rows), dtype="Int16")
    means = about.assign(
        layer=unlayered,
        mutual_neighbours=pd.array([pd.NA] * len(rows), dtype="Int32"),
        **found.rename(columns={"permutation_p": "p"}),
    )
    layers = about.iloc[:0]
    if not alignments.empty:
        layers = repeated(about.iloc[: len(alignments)], alignments).drop(columns="chance")
    table = pd.concat([means, layers], ignore_index=True)
    return table.reindex(columns=list(LONG_COLUMNS))


def layer_table(alignments: pd.DataFrame) -> pd.DataFrame:
    """One row per layer of every alignment score.

    Returns:
        Columns `label`, `condition`, `metric`, `language`, `layer`, `value`, `chance`, `p` and
        `mutual_neighbours`.
    """
    columns = [*METRIC_KEY, "language"]
    if alignments.empty:
        return pd.DataFrame(columns=[*columns, "layer", "value", *_OF_CHANCE])
    return repeated(alignments[columns].astype("category"), alignments)


def repeated(about: pd.DataFrame, alignments: pd.DataFrame) -> pd.DataFrame:
    """Rows of `about`, each once per layer of its score, with the layer's own columns.

    Args:
        about: One row per alignment score, of categories: a million strings would be slow.
        alignments: The scores.
    """
    counts = alignments["layer_scores"].map(len).to_numpy()
    numbers = np.concatenate([*alignments["layers"], []])
    values = np.concatenate([*alignments["layer_scores"], []])
    pairs = alignments["shares"].map(len).where(alignments["metric"].map(countable), 0)
    rows = about.iloc[np.repeat(np.arange(len(about)), counts)].reset_index(drop=True)
    of_layers = zip(alignments["mutual_neighbours"], counts, strict=True)
    unknown = np.full(counts.max(initial=0), np.nan)
    neighbours = np.concatenate([*(own or unknown[:n] for own, n in of_layers), []])
    chance, p = layer_chance(values, np.repeat(pairs.to_numpy(np.int64), counts), neighbours)
    return rows.assign(
        layer=pd.array(numbers, dtype="Int16"),
        value=values,
        chance=chance,
        p=p,
        mutual_neighbours=pd.array(neighbours, dtype="Float64").astype("Int32"),
    )
