"""FLORES-200 and Tatoeba from the Hub or a local folder, and the bundled world, as bitexts."""

import functools
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import datasets

from neuronxa_tasks.bitext import Bitext, Provenance, check_bitext
from neuronxa_tasks.errors import BitextError, SettingsError
from neuronxa_tasks.languages import (
    ENGLISH,
    FLORES,
    FLORES_PLUS_RENAMES,
    MINIATURE,
    TATOEBA,
    check_language,
)
from neuronxa_tasks.miniature import SENTENCES
from neuronxa_tasks.settings import Settings


@dataclass(frozen=True)
class HubCorpus:
    """A parallel corpus on the Hub, at a pinned revision.

    Attributes:
        path: Dataset id.
        revision: Commit or tag.
        split: Which split holds the sentences.
        licence: As its card states it.
        folder_setting: The setting that reads the same corpus from a local folder.
    """

    path: str
    revision: str
    split: str
    licence: str
    folder_setting: str

    @property
    def provenance(self) -> Provenance:
        """What the results record of it."""
        return Provenance(self.path, self.revision, self.split)


FLORES_MTEB = HubCorpus(
    path="mteb/FloresBitextMining",
    revision="2144d16cc15edd22d4a9237d12bff5f31f5c07fc",
    split="devtest",
    licence="CC-BY-SA-4.0",
    folder_setting="flores_dir",
)
FLORES_PLUS = HubCorpus(
    path="openlanguagedata/flores_plus",
    revision="4.3",
    split="devtest",
    licence="CC-BY-SA-4.0",
    folder_setting="flores_dir",
)
TATOEBA_MTEB = HubCorpus(
    path="mteb/tatoeba-bitext-mining",
    revision="69e8f12da6e31d59addadda9a9c8a2e601a0e282",
    split="test",
    licence="CC-BY-2.0-FR",
    folder_setting="tatoeba_dir",
)
FLORES_SPLIT = "devtest"
MINIATURE_PROVENANCE = Provenance("neuronxa-tasks/miniature", "v1", "held-out")


def flores_bitext(language: str, settings: Settings, hub: HubCorpus = FLORES_MTEB) -> Bitext:
    """The pairs of a FLORES-200 language and the pivot.

    Args:
        language: FLORES-200 code.
        settings: Chooses pivot, number of pairs and source.
        hub: The Hub dataset with one column per code, read unless `settings` says otherwise.

    Raises:
        BitextError: The sentences cannot be had, or are not parallel.
    """
    codes = (settings.pivot, language)
    if settings.flores_dir is not None:
        folder = settings.flores_dir / FLORES_SPLIT
        pivot, sentences = (read_lines(folder / f"{code}.{FLORES_SPLIT}") for code in codes)
        provenance = Provenance(str(settings.flores_dir), None, FLORES_SPLIT)
    elif settings.flores_source == "flores_plus":
        pivot, sentences = _flores_plus_sides(codes)
        provenance = FLORES_PLUS.provenance
    else:
        table = _load(hub, None)
        pivot, sentences = (_column(table, code, hub) for code in codes)
        provenance = hub.provenance
    where = f"FLORES-200 {settings.pivot} and {language}"
    pairs = check_bitext(pivot, sentences, settings.n_pairs, where)
    return Bitext("flores", settings.pivot, language, *pairs, provenance)


def tatoeba_bitext(language: str, settings: Settings, hub: HubCorpus = TATOEBA_MTEB) -> Bitext:
    """The pairs of a Tatoeba language and English.

    Args:
        language: ISO 639-3 code.
        settings: Chooses the number of pairs and the source.
        hub: The Hub dataset with one configuration per language, read unless `settings`
            names a folder.

    Raises:
        SettingsError: The pivot is not English: each language has its own English side.
        BitextError: The sentences cannot be had, or are not parallel.
    """
    if settings.pivot != ENGLISH:
        raise SettingsError(
            f"Expected `pivot` to be {ENGLISH} for Tatoeba, which pairs every language with "
            f"English only, but got {settings.pivot!r}: run FLORES tasks for other pivots"
        )
    name = f"{language}-eng"
    if settings.tatoeba_dir is not None:
        english, sentences = (
            read_lines(settings.tatoeba_dir / f"tatoeba.{name}.{side}")
            for side in ("eng", language)
        )
        provenance = Provenance(str(settings.tatoeba_dir), None, hub.split)
    else:
        table = _load(hub, name)
        english, sentences = (_column(table, side, hub) for side in ("sentence2", "sentence1"))
        provenance = hub.provenance
    pairs = check_bitext(english, sentences, settings.n_pairs, f"Tatoeba eng and {language}")
    return Bitext("tatoeba", ENGLISH, language, *pairs, provenance)


def miniature_bitext(language: str, settings: Settings) -> Bitext:
    """The pairs of a language of the bundled world and the pivot.

    Args:
        language: FLORES-200 code.
        settings: Chooses pivot and number of pairs.

    Raises:
        SettingsError: The pivot is not one of the world's languages.
        BitextError: More pairs are asked for than there are.
    """
    codes = (check_language(settings.pivot, MINIATURE, "pivot"), language)
    pivot, sentences = (read_lines(SENTENCES / f"{code}.txt") for code in codes)
    where = f"the miniature's {settings.pivot} and {language}"
    pairs = check_bitext(pivot, sentences, settings.n_pairs, where)
    return Bitext("miniature", settings.pivot, language, *pairs, MINIATURE_PROVENANCE)


CORPUS_LANGUAGES: dict[str, tuple[str, ...]] = {
    "flores": FLORES,
    "tatoeba": TATOEBA,
    "miniature": MINIATURE,
}


def load_bitext(corpus: str, language: str, settings: Settings) -> Bitext:
    """The pairs of a language and the pivot, from where the settings say.

    Args:
        corpus: `flores`, `tatoeba` or `miniature`.
        language: The corpus's own code.
        settings: Choose pivot, number of pairs and source.

    Raises:
        SettingsError: The corpus does not have the pivot.
        BitextError: The sentences cannot be had, or are not parallel.
    """
    loaders = {"flores": flores_bitext, "tatoeba": tatoeba_bitext, "miniature": miniature_bitext}
    return loaders[corpus](language, settings)


def read_lines(file: Path) -> list[str]:
    """The lines of a text file, without what ends them.

    Raises:
        BitextError: It is not there, or is no UTF-8.
    """
    if not file.is_file():
        raise BitextError(
            f"Expected the file {file.name} in {file.parent}, but it is not there: "
            "check the folder's layout and the language's code"
        )
    try:
        text = file.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BitextError(
            f"Expected {file} to be UTF-8, but byte {error.start} is not: convert the file"
        ) from error
    # Only the line feed ends a sentence: str.splitlines would also break at U+2028.
    return [line.removesuffix("\r") for line in text.removesuffix("\n").split("\n")]


@functools.lru_cache(maxsize=4)
def _load(corpus: HubCorpus, name: str | None) -> datasets.Dataset:
    try:
        return datasets.load_dataset(
            corpus.path, name, split=corpus.split, revision=corpus.revision
        )
    except (OSError, ValueError) as error:
        raise BitextError(
            f"Cannot load {corpus.path}{f' ({name})' if name else ''} at revision "
            f"{corpus.revision}: {error}. Read a local copy with {corpus.folder_setting}=FOLDER; "
            "if the dataset is gated, accept its licence at "
            f"https://huggingface.co/datasets/{corpus.path} and set HF_TOKEN"
        ) from error


def _column(table: datasets.Dataset, column: str, corpus: HubCorpus) -> list[str]:
    if column not in table.column_names:
        raise BitextError(
            f"Expected a column {column!r} in {corpus.path} at revision {corpus.revision}, "
            f"but it has {len(table.column_names)} others: "
            f"read a local copy with {corpus.folder_setting}=FOLDER"
        )
    return list(table[column])


def _flores_plus_sides(codes: tuple[str, str]) -> tuple[list[str], list[str]]:
    """Both languages' sentences, matched by id."""
    pivot, language = (_flores_plus_by_id(code) for code in codes)
    if odd := pivot.keys() ^ language.keys():
        raise BitextError(
            f"Expected the same sentence ids for {' and '.join(codes)} in {FLORES_PLUS.path}, "
            f"but {len(odd)} are on one side only, such as {min(odd, key=str)!r}: "
            f"read a local copy with {FLORES_PLUS.folder_setting}=FOLDER"
        )
    return list(pivot.values()), [language[key] for key in pivot]


def _flores_plus_by_id(code: str) -> dict[Any, str]:
    table = _load(FLORES_PLUS, FLORES_PLUS_RENAMES.get(code, code))
    ids, texts = (_column(table, column, FLORES_PLUS) for column in ("id", "text"))
    return dict(zip(ids, texts, strict=True))
