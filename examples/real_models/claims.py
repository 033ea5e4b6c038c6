"""Holds what the paper claims of alignment against kept results of a real model.

python -m examples.real_models.claims tests/files/real_models/gemma
"""

import argparse
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy import stats

from examples.real_models.kept import kept_alignments, kept_step
from neuronxa_tasks.data.benchmarks import BMLAMA_CHANCE
from neuronxa_tasks.data.languages import ENGLISH, FLORES_HEAD, FLORES_LONGTAIL
from neuronxa_tasks.measures import DIRECTIONS
from neuronxa_tasks.report.compute.coefficients import (
    FAMILIES,
    LANGUAGES,
    correlate,
    kin_draws,
    paired_differences,
    partial,
)
from neuronxa_tasks.report.read.scores import Alignment

Array = npt.NDArray[np.float64]

# Higher first, as the paper has it: NeuronXA's own against the others, its defaults against theirs.
COMPARED = (
    ("nasca", "mexa"),
    ("nasca", "navca"),
    ("nasca", "nasca_product"),
    ("navca", "navca_gate"),
    ("nasca", "nasca_mean"),
    ("nasca", "nasca_last"),
    ("nasca_centred", "nasca"),
    ("nasca_csls", "nasca"),
    ("nasca_centred", "mexa_centred"),
)
# Of retrieval: neurons against hidden states, then one direction against the other.
RETRIEVED = (
    *((f"{kind}_{way}", f"embedding_{way}") for kind in ("nas", "nav") for way in DIRECTIONS),
    *((f"{kind}_forward", f"{kind}_backward") for kind in ("nas", "nav", "embedding")),
)
PREDICTORS = (
    *("nasca", "navca", "mexa", "nasca_mean", "nasca_last", "nasca_product"),
    *("nasca_centred", "nasca_csls", "nasca_centred_csls", "mexa_centred", "mexa_csls"),
)
PREDICTING = (
    *(("nasca", "mexa"), ("nasca", "navca"), ("nasca", "nasca_mean"), ("nasca", "nasca_product")),
    *(("nasca_csls", "nasca"), ("nasca_csls", "mexa_csls")),
)
# Step, metric and chance of the benchmarks of questions.
ASKED = {
    "BMLAMA-53": ("bmlama53", "acc", BMLAMA_CHANCE["acc"]),
    "RankC of BMLAMA-53": ("bmlama53", "rankc", BMLAMA_CHANCE["rankc"]),
    "XNLI": ("xnli", "acc", 1 / 3),
}
MEASURES = ("nasca", "navca", "mexa")
THIRDS = ("first third", "middle third", "last third")


@dataclass(frozen=True)
class Estimate:
    """A mean over languages.

    Attributes:
        value: The mean.
        low: Lower end of its 95 % interval over resampled languages (BCa).
        high: Upper end.
        above: Of a difference: in how many languages it is above 0.
        n: Number of languages.
    """

    value: float
    low: float
    high: float
    above: int
    n: int

    def __str__(self) -> str:
        return f"{self.value:.3f} [{self.low:.3f}, {self.high:.3f}]"


def estimate(values: Array) -> Estimate:
    """The mean of one value per language, with its interval.

    Args:
        values: Shape (languages,).

    Example:
        >>> found = estimate(np.linspace(0.0, 1.0, 40) - 0.1)
        >>> print(found, found.above, found.n)
        0.400 [0.310, 0.491] 36 40
    """
    found = stats.bootstrap((values,), np.mean, method="BCa", rng=0).confidence_interval
    above = int(np.sum(values > 0))
    return Estimate(float(values.mean()), float(found.low), float(found.high), above, len(values))


def thirds(curves: Sequence[Alignment]) -> dict[str, Estimate]:
    """Mean scores of the first, middle and last third of the layers.

    Args:
        curves: One metric of a model, language by language.
    """
    scores = np.array([row.layer_scores for row in curves])
    parts = np.array_split(np.arange(scores.shape[1]), len(THIRDS))
    return {
        name: estimate(scores[:, part].mean(axis=1))
        for name, part in zip(THIRDS, parts, strict=True)
    }


def head_over_longtail(rows: Sequence[Alignment]) -> tuple[Estimate, Estimate, float]:
    """Means of Head and Long-tail, and how often a language of Head is above one of Long-tail.

    The share is the common-language effect size of Mann and Whitney, ties counted as halves.

    Args:
        rows: One metric of a model, language by language.
    """
    head, longtail = (
        np.array([row.value for row in rows if row.language in group])
        for group in (FLORES_HEAD, FLORES_LONGTAIL)
    )
    statistic = float(stats.mannwhitneyu(head, longtail).statistic)
    return estimate(head), estimate(longtail), statistic / (len(head) * len(longtail))


def by_metric(alignments: Sequence[Alignment]) -> dict[str, list[Alignment]]:
    """The rows of each metric, in one order of languages, English in none."""
    found: dict[str, list[Alignment]] = {}
    for row in sorted(alignments, key=lambda row: row.language):
        if row.language != ENGLISH:
            found.setdefault(row.metric, []).append(row)
    return found


def lines(metrics: Mapping[str, Sequence[Alignment]]) -> list[str]:
    """The tables, in Markdown."""
    made = [
        "| | mean of languages | first third of layers | middle | last |",
        "|---|---|---|---|---|",
    ]
    for name in MEASURES:
        of_layers = " | ".join(str(part) for part in thirds(metrics[name]).values())
        mean = estimate(np.array([row.value for row in metrics[name]]))
        made.append(f"| {name} | {mean} | {of_layers} |")
    made += [
        "",
        "| | Head | Long-tail | a Head language is above a Long-tail one |",
        "|---|---|---|---|",
    ]
    for name in MEASURES:
        head, longtail, share = head_over_longtail(metrics[name])
        made.append(
            f"| {name} | {head}, n = {head.n} | {longtail}, n = {longtail.n} | {share:.2f} |"
        )
    return [*made, "", *differences(metrics, COMPARED)]


def differences(
    metrics: Mapping[str, Sequence[Alignment]], pairs: Sequence[tuple[str, str]]
) -> list[str]:
    """How much the first metric of each pair is above the second, in Markdown.

    Args:
        metrics: As of `by_metric`.
        pairs: Two names each.
    """
    made = ["| difference | mean | higher in |", "|---|---|---|"]
    for first, second in pairs:
        values = np.array([row.value for row in metrics[first]])
        difference = estimate(values - np.array([row.value for row in metrics[second]]))
        made.append(
            f"| {first} less {second} | {difference} | {difference.above} of {difference.n} |"
        )
    return made


def retrieval_lines(metrics: Mapping[str, Sequence[Alignment]]) -> list[str]:
    """Accuracies of every representation and direction, and their differences, in Markdown."""
    made = ["| | forward | backward | both |", "|---|---|---|---|"]
    for kind in ("nas", "nav", "embedding"):
        found = [
            str(estimate(np.array([row.value for row in metrics[f"{kind}_{way}"]])))
            for way in DIRECTIONS
        ]
        made.append(f"| {kind} | {' | '.join(found)} |")
    return [*made, "", *differences(metrics, RETRIEVED)]


def all_pairs_lines(
    metrics: Mapping[str, Sequence[Alignment]],
    retrieved: Mapping[str, Sequence[Alignment]],
    parity: Mapping[str, float],
) -> list[str]:
    """Scores of 100 pairs beside those of all that retrieval has, in Markdown.

    A pair that is found in both directions is one of mutual nearest neighbours, so that the mean
    over layers of retrieval's shares is the alignment score of all pairs.

    Args:
        metrics: As of `by_metric`.
        retrieved: Likewise, of retrieval.
        parity: By language.
    """
    made = [
        "| | 100 pairs | all pairs | Pearson | Spearman | 100 with parity | all with parity |",
        "|---|---|---|---|---|---|---|",
    ]
    for name, kind in zip(MEASURES, ("nas", "nav", "embedding"), strict=True):
        whole = {row.language: np.mean(row.layer_scores) for row in retrieved[f"{kind}_both"]}
        rows = [row for row in metrics[name] if row.language in whole.keys() & parity.keys()]
        few = np.array([row.value for row in rows])
        every = np.array([whole[row.language] for row in rows])
        y = np.array([parity[row.language] for row in rows])
        (between,) = correlate(few[:, None], every, {})
        predicted = correlate(np.stack([few, every], axis=1), y, {})
        cells = [f"{own.pearson:.2f} {_interval(own.fisher)}" for own in (between, *predicted)]
        cells.insert(1, f"{between.spearman:.2f}")
        means = f"{estimate(few)} | {estimate(every)}"
        made.append(f"| {name}, n = {between.n} | {means} | {' | '.join(cells)} |")
    return made


def prediction_lines(
    metrics: Mapping[str, Sequence[Alignment]], parity: Mapping[str, float]
) -> list[str]:
    """How each metric, and what is trivial, goes together with information parity, in Markdown.

    Args:
        metrics: As of `by_metric`.
        parity: By language.
    """
    rows = [row for row in metrics["nasca"] if row.language in parity]
    y = np.array([parity[row.language] for row in rows])
    tokens = np.log([row.tokens for row in rows])
    columns = {
        name: np.array([row.value for row in metrics[name] if row.language in parity])
        for name in PREDICTORS
        if name in metrics
    }
    columns |= {"log of tokens": tokens, "surface": np.array([row.surface for row in rows])}
    draws = kin_draws(tuple(row.language for row in rows))
    made = [
        "| predictor | Pearson | families drawn | Spearman | Pearson given tokens |",
        "|---|---|---|---|---|",
    ]
    correlations = correlate(np.stack(list(columns.values()), axis=1), y, draws)
    for (name, x), own in zip(columns.items(), correlations, strict=True):
        given = None if x is tokens else partial(x, y, tokens)
        made.append(
            f"| {name} | {own.pearson:.2f} {_interval(own.fisher)} | "
            f"{_interval(own.drawn[FAMILIES])} | {own.spearman:.2f} | "
            f"{f'{given.value:.2f} {_interval(given.interval)}' if given else '-'} |"
        )
    pairs = [pair for pair in PREDICTING if {*pair} <= columns.keys()]
    found = [
        paired_differences(np.column_stack([columns[one], columns[other]]), y, draws)[0]
        for one, other in pairs
    ]
    corrected = stats.false_discovery_control([difference.p for difference in found])
    made += ["", "| difference of Pearson | | families drawn | corrected p |", "|---|---|---|---|"]
    for (one, other), difference, p in zip(pairs, found, corrected, strict=True):
        made.append(
            f"| {one} less {other} | {difference.value:.2f} "
            f"{_interval(difference.drawn[LANGUAGES])} | "
            f"{_interval(difference.drawn[FAMILIES])} | {p:.2g} |"
        )
    return made


def kept_scores(folder: Path, step: str, metric: str) -> dict[str, float]:
    """A benchmark's scores by language, English in none.

    Args:
        folder: That `examples.real_models.kept` made.
        step: Name of the benchmark's step.
        metric: Of the scores.
    """
    return {
        row.language: row.value
        for file in kept_step(folder, step)
        for row in file.scores
        if row.metric == metric and row.language != ENGLISH
    }


def benchmark_lines(
    metrics: Mapping[str, Sequence[Alignment]],
    parity: Mapping[str, float],
    benchmarks: Mapping[str, Mapping[str, float]],
) -> list[str]:
    """How alignment, parity and tokens go together with benchmarks of questions, in Markdown.

    Args:
        metrics: As of `by_metric`.
        parity: By language.
        benchmarks: Scores by language, by the benchmarks' titles in `ASKED`.
    """
    made = [
        "| benchmark | mean | chance | NASCA | NAVCA | MEXA | parity | log of tokens |",
        "|---|---|---|---|---|---|---|---|",
    ]
    differences = ["| benchmark | NASCA less | | families drawn | p |", "|---|---|---|---|---|"]
    for title, scores in benchmarks.items():
        rows = {
            name: [
                row for row in metrics[name] if row.language in scores and row.language in parity
            ]
            for name in MEASURES
        }
        codes = tuple(row.language for row in rows["nasca"])
        y = np.array([scores[code] for code in codes])
        columns = {
            **{name: np.array([row.value for row in rows[name]]) for name in MEASURES},
            "parity": np.array([parity[code] for code in codes]),
            "tokens": np.log([row.tokens for row in rows["nasca"]]),
        }
        found = correlate(np.stack(list(columns.values()), axis=1), y, {})
        cells = " | ".join(f"{own.pearson:.2f} {_interval(own.fisher)}" for own in found)
        made.append(f"| {title}, n = {len(y)} | {estimate(y)} | {ASKED[title][2]:.3f} | {cells} |")
        for other in ("navca", "mexa", "parity"):
            pair = np.column_stack([columns["nasca"], columns[other]])
            (one,) = paired_differences(pair, y, kin_draws(codes))
            differences.append(
                f"| {title} | {other} | {one.value:.2f} {_interval(one.drawn[LANGUAGES])} | "
                f"{_interval(one.drawn[FAMILIES])} | {one.p:.2g} |"
            )
    return [*made, "", *differences]


def corpora_lines(
    metrics: Mapping[str, Sequence[Alignment]], others: Mapping[str, Sequence[Alignment]]
) -> list[str]:
    """How alike two corpora order the languages that both have, in Markdown.

    Args:
        metrics: As of `by_metric`, on FLORES-200.
        others: Likewise, on Tatoeba.
    """
    made = ["| | FLORES-200 | Tatoeba | Pearson | Spearman |", "|---|---|---|---|---|"]
    for name in MEASURES:
        there = {row.language: row.value for row in others[name]}
        own = [row for row in metrics[name] if row.language in there]
        x = np.array([row.value for row in own])
        y = np.array([there[row.language] for row in own])
        (found,) = correlate(x[:, None], y, {})
        made.append(
            f"| {name}, n = {found.n} | {estimate(x)} | {estimate(y)} | "
            f"{found.pearson:.2f} {_interval(found.fisher)} | {found.spearman:.2f} |"
        )
    return made


def _interval(ends: tuple[float, float]) -> str:
    # Too few groups have no interval.
    return f"[{ends[0]:.2f}, {ends[1]:.2f}]" if ends[0] == ends[0] else "-"


def main(typed: Sequence[str] | None = None) -> int:
    """Print the tables of a model's kept results.

    Args:
        typed: Arguments of the script; by default those of the process.

    Returns:
        0.
    """
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="that `examples.real_models.kept` made")
    folder = parser.parse_args(typed).folder
    metrics = by_metric(kept_alignments(folder))
    made = lines(metrics)
    if parity := kept_scores(folder, "parity", "parity"):
        made += ["", *prediction_lines(metrics, parity)]
    benchmarks = {
        title: scores
        for title, (step, metric, _) in ASKED.items()
        if (scores := kept_scores(folder, step, metric))
    }
    if benchmarks:
        made += ["", *benchmark_lines(metrics, parity, benchmarks)]
    if retrieved := [row for file in kept_step(folder, "retrieval") for row in file.retrievals]:
        made += ["", *retrieval_lines(by_metric(retrieved))]
        made += ["", *all_pairs_lines(metrics, by_metric(retrieved), parity)]
    if tatoeba := [row for file in kept_step(folder, "tatoeba") for row in file.alignments]:
        made += ["", *corpora_lines(metrics, by_metric(tatoeba))]
    sys.stdout.write("\n".join(made) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
