"""The parallel corpora: what each is, and where its sentences come from."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import datasets

from neuronxa_tasks.data.bitext import Bitext, Provenance, check_bitext
from neuronxa_tasks.data.hub import load_table
from neuronxa_tasks.data.languages import (
    ENGLISH,
    FLORES_PLUS_RENAMES,
    GROUPS,
    check_language,
)
from neuronxa_tasks.data.miniature import SENTENCES
from neuronxa_tasks.data.text_files import read_lines
from neuronxa_tasks.errors import BitextError, SettingsError
from neuronxa_tasks.harness.settings import Settings

FLORES_MTEB = Provenance(
    "mteb/FloresBitextMining", "2144d16cc15edd22d4a9237d12bff5f31f5c07fc", "devtest"
)
FLORES_PLUS = Provenance("openlanguagedata/flores_plus", "4.3", "devtest")
TATOEBA_MTEB = Provenance(
    "mteb/tatoeba-bitext-mining", "69e8f12da6e31d59addadda9a9c8a2e601a0e282", "test"
)
MINIATURE_PROVENANCE = Provenance("neuronxa-tasks/miniature", "v1", "held-out")


@dataclass(frozen=True)
class Sides:
    """The whole text of two languages, and where it comes from.

    Attributes:
        pivot: Every sentence of the pivot.
        language: Every sentence of the language compared with it.
        provenance: Where they come from.
    """

    pivot: list[str]
    language: list[str]
    provenance: Provenance


@dataclass(frozen=True)
class Corpus:
    """A parallel corpus.

    Attributes:
        name: As task files, the command line and results say it.
        title: What people call it.
        source: Where its sentences come from unless the settings say otherwise.
        licence: As its card states it.
        own_english_side: Whether every language is paired with English sentences of its own, so
            that there is no other pivot.
        read: Reads both sides, given the pivot, the language, the settings and a source.
    """

    name: str
    title: str
    source: Provenance
    licence: str
    own_english_side: bool
    read: Callable[[str, str, Settings, Provenance], Sides]

    @property
    def head(self) -> tuple[str, ...]:
        """The languages of much text, in the corpus's own codes."""
        return GROUPS[self.name]["head"]

    @property
    def longtail(self) -> tuple[str, ...]:
        """The languages of little text, in the corpus's own codes."""
        return GROUPS[self.name]["longtail"]

    @property
    def languages(self) -> tuple[str, ...]:
        """Every language that has a task; English only where it can be compared with a pivot."""
        english = () if self.own_english_side else (ENGLISH,)
        return tuple(sorted((*english, *self.head, *self.longtail)))

    def load(self, language: str, settings: Settings, source: Provenance | None = None) -> Bitext:
        """The pairs of a language and the pivot.

        Args:
            language: In the corpus's own code.
            settings: Choose pivot, number of pairs and where the text comes from.
            source: Dataset on the Hub, read instead of `source` unless the settings name another.

        Raises:
            SettingsError: The corpus does not have the language, or not with that pivot.
            BitextError: The sentences cannot be had, or are not parallel.
        """
        check_language(language, self.languages, "language")
        if not self.own_english_side:
            check_language(settings.pivot, self.languages, "pivot")
        elif settings.pivot != ENGLISH:
            raise SettingsError(
                f"Expected `pivot` to be {ENGLISH} for {self.title}, which pairs every language "
                f"with English only, but got {settings.pivot!r}: run FLORES tasks for other pivots"
            )
        sides = self.read(settings.pivot, language, settings, source or self.source)
        pairs = check_bitext(
            sides.pivot,
            sides.language,
            settings.n_pairs,
            f"{self.title} {settings.pivot} and {language}",
            same_language=settings.pivot == language,
        )
        return Bitext(self.name, settings.pivot, language, *pairs, sides.provenance)


def _read_flores(pivot: str, language: str, settings: Settings, source: Provenance) -> Sides:
    if settings.flores_dir is not None:
        folder = settings.flores_dir / source.split
        one, other = (read_lines(folder / f"{code}.{source.split}") for code in (pivot, language))
        return Sides(one, other, _folder(settings.flores_dir, source))
    if settings.flores_source == "flores_plus":
        one, other = _flores_plus_sides(pivot, language)
        return Sides(one, other, FLORES_PLUS)
    table = _table(source, None, "flores_dir")
    one, other = (_column(table, code, source, "flores_dir") for code in (pivot, language))
    return Sides(one, other, source)


def _read_tatoeba(pivot: str, language: str, settings: Settings, source: Provenance) -> Sides:
    name = f"{language}-eng"
    if settings.tatoeba_dir is not None:
        folder = settings.tatoeba_dir
        one, other = (read_lines(folder / f"tatoeba.{name}.{side}") for side in ("eng", language))
        return Sides(one, other, _folder(folder, source))
    table = _table(source, name, "tatoeba_dir")
    english = _column(table, "sentence2", source, "tatoeba_dir")
    return Sides(english, _column(table, "sentence1", source, "tatoeba_dir"), source)


def _read_miniature(pivot: str, language: str, settings: Settings, source: Provenance) -> Sides:
    one, other = (read_lines(SENTENCES / f"{code}.txt") for code in (pivot, language))
    return Sides(one, other, source)


FLORES_CORPUS = Corpus("flores", "FLORES-200", FLORES_MTEB, "CC-BY-SA-4.0", False, _read_flores)
TATOEBA_CORPUS = Corpus("tatoeba", "Tatoeba", TATOEBA_MTEB, "CC-BY-2.0-FR", True, _read_tatoeba)
MINIATURE_CORPUS = Corpus(
    "miniature", "the miniature", MINIATURE_PROVENANCE, "Apache-2.0", False, _read_miniature
)
CORPORA: dict[str, Corpus] = {
    corpus.name: corpus for corpus in (FLORES_CORPUS, TATOEBA_CORPUS, MINIATURE_CORPUS)
}
CORPUS_LANGUAGES: dict[str, tuple[str, ...]] = {
    name: corpus.languages for name, corpus in CORPORA.items()
}


def load_bitext(
    corpus: str, language: str, settings: Settings, source: Provenance | None = None
) -> Bitext:
    """The pairs of a language and the pivot in the corpus of a name; see `Corpus.load`.

    Raises:
        SettingsError: There is no such corpus, or it does not have the language or the pivot.
        BitextError: The sentences cannot be had, or are not parallel.
    """
    if corpus not in CORPORA:
        raise SettingsError(
            f"Expected `corpus` to be one of {', '.join(CORPORA)}, but got {corpus!r}"
        )
    return CORPORA[corpus].load(language, settings, source)


def _folder(folder: Path, source: Provenance) -> Provenance:
    return Provenance(str(folder), None, source.split)


def _table(source: Provenance, configuration: str | None, setting: str) -> datasets.Dataset:
    try:
        return load_table(source, configuration)
    except BitextError as error:
        raise BitextError(
            f"{error}. Read a local copy with {setting}=FOLDER; if the dataset is gated, accept "
            f"its licence at https://huggingface.co/datasets/{source.dataset} and set HF_TOKEN"
        ) from error


def _column(table: datasets.Dataset, column: str, source: Provenance, setting: str) -> list[Any]:
    if column not in table.column_names:
        raise BitextError(
            f"Expected a column {column!r} in {source.dataset} at revision {source.revision}, "
            f"but it has {len(table.column_names)} others: "
            f"read a local copy with {setting}=FOLDER"
        )
    return list(table[column])


def _flores_plus_sides(*codes: str) -> tuple[list[str], list[str]]:
    """Both languages' sentences, matched by id."""
    pivot, language = (_flores_plus_by_id(code) for code in codes)
    if odd := pivot.keys() ^ language.keys():
        raise BitextError(
            f"Expected the same sentence ids for {' and '.join(codes)} in {FLORES_PLUS.dataset}, "
            f"but {len(odd)} are on one side only, such as {min(odd, key=str)!r}: "
            "read a local copy with flores_dir=FOLDER"
        )
    return list(pivot.values()), [language[key] for key in pivot]


def _flores_plus_by_id(code: str) -> dict[Any, str]:
    table = _flores_plus_table(code)
    ids, texts = (_column(table, column, FLORES_PLUS, "flores_dir") for column in ("id", "text"))
    return dict(zip(ids, texts, strict=True))


def _flores_plus_table(code: str) -> datasets.Dataset:
    """The configuration of a language under its name of today, or else that of FLORES-200."""
    renamed = FLORES_PLUS_RENAMES.get(code, code)
    try:
        return _table(FLORES_PLUS, renamed, "flores_dir")
    except BitextError as error:
        if renamed == code:
            raise
        try:
            return _table(FLORES_PLUS, code, "flores_dir")
        except BitextError:
            raise error from None
