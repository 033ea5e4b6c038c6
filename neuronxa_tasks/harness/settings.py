"""The settings a user gives with `--metadata key=value`, checked."""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Literal, TypeVar

from neuronxa_tasks.data.bitext import Bitext, Provenance
from neuronxa_tasks.data.bmlama import BMLAMA53, ParallelQueries, load_queries
from neuronxa_tasks.data.corpora import CORPORA, corpus_named
from neuronxa_tasks.data.languages import ENGLISH, FLORES, check_language
from neuronxa_tasks.errors import SettingsError
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

# More pairs, or more directions, than any corpus has.
MOST = 1_000_000

# Below this, some layers would keep no direction but the first.
LEAST_VARIANCE = 0.01

# Longer values are cut in messages.
SHOWN = 200

# Below this likeness a key is taken to be a model argument or another task's setting,
# which the harness merges into the same mapping.
NEAR_MISS = 0.8

_Choice = TypeVar("_Choice", bound=str)


@dataclass(frozen=True)
class Settings:
    """What the alignment tasks measure, and on which text.

    Attributes:
        pivot: FLORES-200 code of the language that every other is compared with.
        n_pairs: How many pairs, the first in file order; None for all.
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
    """

    pivot: str = ENGLISH
    n_pairs: int | None = 100
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
            if near := get_close_matches(shown(key), KEYS, n=1, cutoff=NEAR_MISS):
                raise SettingsError(f"Unknown key `{key}` in `metadata`: did you mean `{near[0]}`?")
        if {"svcca_k", "svcca_variance"} <= ours.keys():
            raise SettingsError(
                "Expected `svcca_k` or `svcca_variance`, which choose how much SVCCA keeps, but "
                "got both: leave one out"
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
        )

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
            near = get_close_matches(shown(key), KEYS, n=1)
            hint = f"; did you mean `{near[0]}`?" if near else ""
            raise SettingsError(
                f"Unknown key `{shown(key)}` in `--metadata`, expected one of {', '.join(KEYS)}"
                f"{hint}"
            )


def shown(value: object) -> str:
    """A value as messages show it: text as it stands, anything else as Python writes it.

    Example:
        >>> shown("a"), shown(["a"]), len(shown("a" * 1000))
        ('a', "['a']", 200)
    """
    try:
        text = value if isinstance(value, str) else repr(value)
    except (ValueError, RecursionError):  # An integer or a nesting beyond Python's own limits.
        text = f"an endless {type(value).__name__}"
    return text if len(text) <= SHOWN else f"{text[: SHOWN - 1]}…"


def _quoted(value: object) -> str:
    return repr(shown(value)) if isinstance(value, str) else shown(value)


def _language(key: str, value: object) -> str:
    return check_language(shown(value), FLORES, key)


def _count(key: str, value: object) -> int | None:
    if value == "all":
        return None
    return _integer(key, value, 2, "'all' or ")


def _positive(key: str, value: object) -> int:
    return _integer(key, value, 1)


def _integer(key: str, value: object, least: int, other: str = "") -> int:
    # bool is an int in Python, yet `n_pairs=true` is a mistake.
    if isinstance(value, int) and not isinstance(value, bool) and least <= value <= MOST:
        return value
    raise SettingsError(
        f"Expected `{key}` to be {other}an integer >= {least} and at most {MOST}, "
        f"but got {_quoted(value)}"
    )


def _share(key: str, value: object) -> float:
    if isinstance(value, float) and LEAST_VARIANCE <= value < 1:
        return value
    raise SettingsError(
        f"Expected `{key}` to be a share from {LEAST_VARIANCE} to below 1, but got {_quoted(value)}"
    )


def _flag(key: str, value: object) -> bool:
    if isinstance(value, bool):
        return value
    raise SettingsError(f"Expected `{key}` to be true or false, but got {_quoted(value)}")


def _folder(key: str, value: object) -> Path:
    # An empty path would be the current folder.
    if isinstance(value, str | os.PathLike) and str(value).strip():
        try:
            folder = Path(value).expanduser()
            if folder.is_dir() and os.access(folder, os.R_OK | os.X_OK):
                return folder
        # No such user, a loop of links, a name too long, a folder above it without permission.
        except (RuntimeError, OSError, ValueError):
            pass
    raise SettingsError(
        f"Expected `{key}` to be an existing folder that can be read, but got {_quoted(value)}: "
        "check the path and its permissions"
    )


def _choice(key: str, value: object, allowed: tuple[_Choice, ...]) -> _Choice:
    for choice in allowed:
        if value == choice:
            return choice
    raise SettingsError(
        f"Expected `{key}` to be one of {', '.join(allowed)}, but got {_quoted(value)}"
    )


def check_choices(key: str, value: object, allowed: tuple[_Choice, ...]) -> tuple[_Choice, ...]:
    """One of `allowed` or several, as a tuple without repetitions.

    Args:
        key: The setting's or argument's name, for messages.
        value: A name, a sequence of names, or the string `[a,b]`.
        allowed: Every name there is.

    Raises:
        SettingsError: `value` names something else, or nothing.
    """
    if isinstance(value, str):
        # The harness's own parser leaves `[a,b]` a string where a and b are bare words.
        value = [item.strip(" '\"") for item in value.strip("[]").split(",")]
    if not isinstance(value, list | tuple) or not value:
        raise SettingsError(
            f"Expected `{key}` to be one of {', '.join(allowed)} or a list of them, "
            f"but got {_quoted(value)}"
        )
    return tuple(dict.fromkeys(_choice(key, item, allowed) for item in value))


_READERS: dict[str, Callable[[str, object], Any]] = {
    "pivot": _language,
    "n_pairs": _count,
    "parity_first": _positive,
    "pooling": lambda key, value: check_choices(key, value, POOLINGS),
    "activation": lambda key, value: check_choices(key, value, ACTIVATIONS),
    "correction": lambda key, value: check_choices(key, value, CORRECTIONS),
    "csls_k": _positive,
    "measures": lambda key, value: check_choices(key, value, MEASURES),
    "baseline_states": lambda key, value: check_choices(key, value, KINDS),
    "svcca_k": _positive,
    "svcca_variance": _share,
    "anc": lambda key, value: _choice(key, value, ANC),
    "truncate": _flag,
    **dict.fromkeys(SOURCES, lambda key, value: _choice(key, value, SOURCES[key])),
    **dict.fromkeys(FOLDERS, _folder),
}
KEYS: tuple[str, ...] = tuple(_READERS)
