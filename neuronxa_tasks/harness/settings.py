"""The settings a user gives with `--metadata key=value`, checked."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Literal

from neuronxa_tasks.data.bitext import Bitext, Provenance
from neuronxa_tasks.data.bmlama import BMLAMA53, ParallelQueries, load_queries
from neuronxa_tasks.data.corpora import CORPORA, corpus_named
from neuronxa_tasks.data.languages import ENGLISH
from neuronxa_tasks.errors import SettingsError
from neuronxa_tasks.harness import setting_values as values
from neuronxa_tasks.measures import (
    ABSOLUTE,
    ACTIVATIONS,
    ALIGNMENT_MEASURES,
    BASELINES,
    CORRECTIONS,
    CSLS_K,
    DEFAULT_BASELINE_STATES,
    DEFAULT_POOLING,
    KINDS,
    MEASURES,
    POOLINGS,
    SVCCA_K,
    Activation,
    Correction,
    Kind,
    Measure,
    Metric,
    Pooling,
    alignment_metrics,
    baseline_metrics,
    retrieval_metrics,
)

Anc = Literal["signed", "absolute"]
ANC: tuple[Anc, ...] = ("signed", ABSOLUTE)

BMLAMA_FOLDER = "bmlama_dir"
# What chooses among the datasets of a corpus, and what names a local copy.
SOURCES: dict[str, tuple[str, ...]] = {
    f"{name}_source": tuple(corpus.sources)
    for name, corpus in CORPORA.items()
    if len(corpus.sources) > 1
}
FOLDERS: tuple[str, ...] = (
    *(f"{name}_dir" for name, corpus in CORPORA.items() if corpus.read_folder),
    BMLAMA_FOLDER,
)

# Below this likeness a key is taken to be a model argument or another task's setting,
# which the harness merges into the same mapping.
NEAR_MISS = 0.8


@dataclass(frozen=True)
class Settings:
    """What the alignment tasks measure, and on which text.

    Attributes:
        pivot: FLORES-200 code of the language that every other is compared with.
        n_pairs: How many pairs, the first in file order; None for all.
        first_pair: Line of the first pair of alignment, counted from 1.
        pairs: Lines that alone are taken for alignment; empty for all from `first_pair` on.
        parity_first: Line of the first pair of information parity, counted from 1; None for
            line 501, or the last pairs of a shorter corpus.
        pooling: How token states become sentence states.
        correction: What is done to states and cosines before sentences are compared.
        csls_k: How many neighbours CSLS looks at.
        activation: Which tensor is the neuron's activation; None for the default of each
            measure (NASCA `gate`, NAVCA `product`).
        measures: Which scores.
        baseline_states: Which states CKA, SVCCA, ANC and SADS compare.
        svcca_k: How many directions SVCCA keeps of each side.
        svcca_variance: The share of the variance it keeps instead; None for `svcca_k`.
        anc: Whether ANC averages correlations or their absolute values.
        truncate: Whether sentences longer than the model's context are cut.
        sources: Which dataset gives a corpus's sentences, by setting, such as `flores_source`.
        folders: Local copies that are read instead, by setting, such as `flores_dir`.
        down_projections: Patterns of the modules whose inputs are the neurons, for a model in
            which they cannot be found.
        gates: Patterns of the modules that give the gates' activations there.
    """

    pivot: str = ENGLISH
    n_pairs: int | None = 100
    first_pair: int = 1
    pairs: tuple[int, ...] = ()
    parity_first: int | None = None
    pooling: tuple[Pooling, ...] = (DEFAULT_POOLING,)
    activation: tuple[Activation, ...] | None = None
    correction: tuple[Correction, ...] = ("none",)
    csls_k: int = CSLS_K
    measures: tuple[Measure, ...] = ALIGNMENT_MEASURES
    baseline_states: tuple[Kind, ...] = (DEFAULT_BASELINE_STATES,)
    svcca_k: int = SVCCA_K
    svcca_variance: float | None = None
    anc: Anc = "signed"
    truncate: bool = False
    sources: Mapping[str, str] = field(default_factory=dict)
    folders: Mapping[str, Path] = field(default_factory=dict)
    down_projections: tuple[str, ...] = ()
    gates: tuple[str, ...] = ()

    @property
    def metrics(self) -> tuple[Metric, ...]:
        """Every metric of alignment asked for, the baselines after the paper's own."""
        return (
            *alignment_metrics(
                [measure for measure in ALIGNMENT_MEASURES if measure in self.measures],
                self.pooling,
                self.activation,
                self.correction,
                self._csls_variant,
            ),
            *baseline_metrics(
                [measure for measure in BASELINES if measure in self.measures],
                self.baseline_states,
                self.pooling,
                self.activation,
                self._variants,
            ),
        )

    @property
    def retrieval_metrics(self) -> tuple[Metric, ...]:
        """Every metric of retrieval; `measures` does not choose among them."""
        return retrieval_metrics(self.pooling, self.activation, self.correction, self._csls_variant)

    @property
    def _csls_variant(self) -> str:
        return "" if self.csls_k == CSLS_K else f"k{self.csls_k}"

    @property
    def _variants(self) -> dict[str, str]:
        variants = {}
        if self.svcca_variance is not None:
            variants["svcca"] = f"v{self.svcca_variance!r}"
        elif self.svcca_k != SVCCA_K:
            variants["svcca"] = f"k{self.svcca_k}"
        if self.anc == ABSOLUTE:
            variants["anc"] = ABSOLUTE
        return variants

    @classmethod
    def from_metadata(cls, metadata: Mapping[str, Any]) -> "Settings":
        """Read the settings out of the harness's metadata.

        Args:
            metadata: The harness's own mapping, in which model arguments and other tasks'
                keys stand beside ours.

        Raises:
            SettingsError: A value is not allowed, or a key is a near miss of one of ours.

        Example:
            >>> Settings.from_metadata({"n_pairs": "all", "pooling": "[weighted,last]"}).pooling
            ('weighted', 'last')
        """
        ours = {key: value for key, value in metadata.items() if key in KEYS}
        for key in metadata.keys() - ours.keys():
            if near := get_close_matches(values.shown(key), KEYS, n=1, cutoff=NEAR_MISS):
                raise SettingsError(f"Unknown key `{key}` in `metadata`: did you mean `{near[0]}`?")
        if {"svcca_k", "svcca_variance"} <= ours.keys():
            raise SettingsError(
                "Expected `svcca_k` or `svcca_variance`, which choose how much SVCCA keeps, but "
                "got both: leave one out"
            )
        if {"first_pair", "pairs"} <= ours.keys():
            raise SettingsError(
                "Expected `first_pair` or `pairs`, which choose the lines of a corpus, but got "
                "both: leave one out"
            )
        if "gates" in ours and "down_projections" not in ours:
            raise SettingsError(
                "Expected `gates` beside `down_projections`, which say whose gates they are, but "
                "got `gates` alone: add `down_projections`"
            )
        read = {key: _READERS[key](key, value) for key, value in ours.items()}
        sources = {key: read.pop(key) for key in SOURCES if key in read}
        folders = {key: read.pop(key) for key in FOLDERS if key in read}
        return cls(sources=sources, folders=folders, **read)

    def bitext(self, corpus: str, language: str, source: Provenance | None = None) -> Bitext:
        """The pairs of a language and the pivot.

        Args:
            corpus: Its name.
            language: In the corpus's own code.
            source: Dataset on the Hub, read unless a setting names another, or a folder.

        Raises:
            SettingsError: There is no such corpus, or it does not have the language or the pivot.
            BitextError: The sentences cannot be had, or are not parallel.
        """
        found = corpus_named(corpus)
        chosen = found.sources.get(self.sources.get(f"{corpus}_source", ""), found.source)
        return found.load(
            language,
            self.pivot,
            self.n_pairs,
            source if source and chosen == found.source else chosen,
            self.folders.get(f"{corpus}_dir"),
            self.first_pair,
            self.pairs,
        )

    @property
    def of_all_pairs(self) -> "Settings":
        """These settings without any choice of pairs, as information parity reads a corpus."""
        return replace(self, n_pairs=None, first_pair=1, pairs=())

    def queries(self, language: str, source: Provenance = BMLAMA53) -> ParallelQueries:
        """The queries of a language and the pivot; see `load_queries`."""
        return load_queries(language, self.pivot, source, self.folders.get(BMLAMA_FOLDER))


def check_keys(metadata: Mapping[str, Any]) -> None:
    """Check that every key is a setting, where nothing else can stand beside them.

    Raises:
        SettingsError: A key is none.
    """
    for key in metadata:
        if key not in KEYS:
            near = get_close_matches(values.shown(key), KEYS, n=1)
            hint = f"; did you mean `{near[0]}`?" if near else ""
            raise SettingsError(
                f"Unknown key `{values.shown(key)}` in `--metadata`, expected one of "
                f"{', '.join(KEYS)}{hint}"
            )


_READERS: dict[str, Callable[[str, object], Any]] = {
    "pivot": values.language,
    "n_pairs": values.count,
    "first_pair": values.positive,
    "pairs": values.lines,
    "parity_first": values.positive,
    "pooling": lambda key, value: values.check_choices(key, value, POOLINGS),
    "activation": lambda key, value: values.check_choices(key, value, ACTIVATIONS),
    "correction": lambda key, value: values.check_choices(key, value, CORRECTIONS),
    "csls_k": values.positive,
    "measures": lambda key, value: values.check_choices(key, value, MEASURES),
    "baseline_states": lambda key, value: values.check_choices(key, value, KINDS),
    "svcca_k": values.positive,
    "svcca_variance": values.share,
    "anc": lambda key, value: values.choice(key, value, ANC),
    "truncate": values.flag,
    **dict.fromkeys(SOURCES, lambda key, value: values.choice(key, value, SOURCES[key])),
    **dict.fromkeys(FOLDERS, values.folder),
    "down_projections": values.patterns,
    "gates": values.patterns,
}
KEYS: tuple[str, ...] = tuple(_READERS)
