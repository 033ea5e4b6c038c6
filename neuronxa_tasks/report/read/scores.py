"""What is read from results: scores of one language at a time, and analyses of a model."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

import numpy as np
import numpy.typing as npt

from neuronxa_tasks.data.corpora import has_own_english_sides
from neuronxa_tasks.identity.model_identity import Model
from neuronxa_tasks.results.analyses import Finding

# Stands where a file does not say: such scores join each other, never scores that say.
UNKNOWN: Final = "unknown"
Unknown = Literal["unknown"]

# The metrics that are shown and correlated: those of benchmarks, and an outside score's.
LEADING = ("acc", "rankc", "parity", "value")


@dataclass(frozen=True)
class Condition:
    """What has to agree before two scores share one column or one correlation.

    Attributes:
        corpus: Name of one of `CORPORA`, or of the user's own.
        pivot: Code of the pivot language.
        n_pairs: Number of sentence pairs.
        bos: Whether a beginning-of-sequence token was read.
        corpus_digest: Of the pivot's sentences; of Tatoeba, where every language has an English
            side of its own, the dataset and its revision.
        score_version: Raised whenever the same model and text would get another score.
        lines: Of the pairs in the corpus, as `line_ranges` writes them; empty for the first.
    """

    corpus: str
    pivot: str = UNKNOWN
    n_pairs: int | Unknown = UNKNOWN
    bos: bool | Unknown = UNKNOWN
    corpus_digest: str = UNKNOWN
    score_version: int | Unknown = UNKNOWN
    lines: str = ""

    @property
    def known(self) -> bool:
        """Whether the file says all of it."""
        return UNKNOWN not in vars(self).values()

    @property
    def text(self) -> str:
        """What tells its sentences from others, as short as that can be."""
        whole = has_own_english_sides(self.corpus)
        return self.corpus_digest if whole else self.corpus_digest[:12]


@dataclass(frozen=True)
class Alignment:
    """One alignment, baseline or retrieval score of one language.

    Attributes:
        language: FLORES-200 code, or the corpus's own code where FLORES has no such language.
        metric: Name in the results, such as `nasca_mean`.
        measure: That name without activation and pooling.
        condition: What has to agree before two scores are compared.
        value: The score, over all candidates: the mean over layers; of retrieval the maximum.
        stderr: Standard error over pairs; NaN where unknown.
        layers: Numbers of the layers that have a score; the token embeddings are layer 0.
        layer_scores: The score of each.
        shares: Share of layers in which each pair is aligned, or whether it is retrieved in the
            best layer, shape (pairs,); empty for a baseline, which has no score per pair.
        tokens: Tokens of its sentences over those of the pivot's; NaN where unknown.
        digest: Of the language's sentences.
        articles: Number of the article that each pair is from; empty where unknown.
        surface: Share of pairs that strings alone align; NaN where unknown.
        mutual_neighbours: How many two sentences of all are each other's nearest, in each layer;
            empty where unknown.
        permutation_p: How often chance does as well; NaN where unknown.
        by_pairs: The score of the first pairs alone, by their number.
        best_layer: The layer that a retrieval score is of.
        held_out: Of retrieval, the score in a layer chosen on other pairs; NaN where unknown.
    """

    language: str
    metric: str
    measure: str
    activation: str
    pooling: str
    condition: Condition
    value: float
    stderr: float
    layers: tuple[int, ...]
    layer_scores: tuple[float, ...]
    shares: npt.NDArray[np.float64]
    tokens: float
    digest: str
    articles: tuple[int, ...] = ()
    surface: float = math.nan
    mutual_neighbours: tuple[int, ...] = ()
    permutation_p: float = math.nan
    by_pairs: Mapping[int, float] = field(default_factory=dict)
    best_layer: int | None = None
    held_out: float = math.nan


@dataclass(frozen=True)
class Score:
    """One benchmark score of one language.

    Attributes:
        benchmark: Name such as `belebele`, or that of a file of outside scores.
        heading: Of its column, with the number of shots and `changes`.
        metric: `acc`, `acc_norm`, `rankc`, `parity`, `bits_per_byte`, or `value` of an outside
            score.
        language: FLORES-200 code.
        n_shot: Number of examples in the prompt; None where unknown.
        whole: Whether every document of the benchmark was run.
        changes: What differs from a plain run: some documents, a template, an instruction; of
            parity the pivot and the pairs.
    """

    benchmark: str
    heading: str
    metric: str
    language: str
    value: float
    stderr: float
    n_shot: int | None
    whole: bool
    changes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Column:
    """What a benchmark's column holds, by which scores are averaged and compared.

    Attributes:
        benchmark: Name of the benchmark.
        n_shot: As of a `Score`; likewise `changes`.
    """

    benchmark: str
    n_shot: int | None = None
    changes: tuple[str, ...] = ()

    @property
    def how(self) -> str:
        """How it was run, as a reader sees it.

        Example:
            >>> Column("belebele", 5, ("limit 10",)).how
            '5-shot, limit 10'
        """
        shots = [] if self.n_shot is None else [f"{self.n_shot}-shot"]
        return ", ".join([*shots, *self.changes])


@dataclass(frozen=True)
class ResultsFile:
    """What one results file says of one model.

    Attributes:
        path: The file.
        date: When it was made, in seconds since 1970.
        model: Which model.
        alignments: Its alignment scores and baselines.
        scores: Its benchmark scores.
        retrievals: Its retrieval scores.
        analyses: What other commands found out about it.
        settings: What else a reader may want to know of the run.
        skipped: Tasks that no FLORES-200 language belongs to, each with the reason.
        problems: What is wrong with the file, a sentence each.
    """

    path: str
    date: float
    model: Model
    alignments: tuple[Alignment, ...]
    scores: tuple[Score, ...]
    retrievals: tuple[Alignment, ...] = ()
    analyses: tuple[Finding, ...] = ()
    settings: Mapping[str, str] = field(default_factory=dict)
    skipped: tuple[tuple[str, str], ...] = ()
    problems: tuple[str, ...] = ()

    @property
    def empty(self) -> bool:
        """Whether there is nothing in it that a report shows."""
        return not (self.alignments or self.scores or self.retrievals or self.analyses)
