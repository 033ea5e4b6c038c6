"""BMLAMA-53 from its repository or a local folder: the same cloze queries in 53 languages."""

import csv
import hashlib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from datasets import DownloadConfig, DownloadManager

from neuronxa_tasks.data.benchmarks import BMLAMA_TO_FLORES
from neuronxa_tasks.data.bitext import Provenance, has_visible_character
from neuronxa_tasks.data.languages import check_language
from neuronxa_tasks.data.text_files import read_lines
from neuronxa_tasks.errors import BitextError
from neuronxa_tasks.harness.settings import Settings

# Qi et al., EMNLP 2023; Apache-2.0.
BMLAMA53 = Provenance(
    "Betswish/Cross-Lingual-Consistency", "13c9d46c8a11e9f7798a6e6ec8bc5efa98a9e448", "BMLAMA53"
)
URL = (
    "https://raw.githubusercontent.com/{source.dataset}/{source.revision}/1_easyrun/"
    "{source.split}/{language}.tsv"
)

COLUMNS = ["Prompt", "Ans", "Candidate Ans", "Subject"]
MASK = "<mask>"
SEPARATOR = ", "

_BMLAMA_OF_FLORES = {flores: code for code, flores in BMLAMA_TO_FLORES.items()}


@dataclass(frozen=True)
class Query:
    """A sentence with a gap, and what may fill it.

    Attributes:
        prompt: The sentence, with `<mask>` for the gap.
        answers: Those of the candidates that are right.
        candidates: N of them, the i-th meaning the same in every language.

    Example:
        >>> Query("<mask> is in Italy.", ("Rome",), ("Venice", "Rome")).sentences
        ('Venice is in Italy.', 'Rome is in Italy.')
    """

    prompt: str
    answers: tuple[str, ...]
    candidates: tuple[str, ...]

    @property
    def sentences(self) -> tuple[str, ...]:
        """The prompt with each candidate in its gap."""
        return tuple(self.prompt.replace(MASK, candidate) for candidate in self.candidates)


@dataclass(frozen=True)
class ParallelQueries:
    """The queries of a language and its pivot.

    Attributes:
        pivot: Code of the pivot, as BMLAMA-53 writes it.
        language: Code of the language compared with it.
        pivot_queries: n queries.
        queries: n queries, the i-th a translation of the pivot's i-th.
        provenance: Where they come from.
    """

    pivot: str
    language: str
    pivot_queries: tuple[Query, ...]
    queries: tuple[Query, ...]
    provenance: Provenance

    @property
    def is_pivot(self) -> bool:
        """Whether the language is the pivot itself."""
        return self.language == self.pivot

    @cached_property
    def digests(self) -> dict[str, str]:
        """SHA-256 of each side by `pivot` and `language`, its first three columns as read."""
        return {"pivot": _digest(self.pivot_queries), "language": _digest(self.queries)}


def load_queries(
    language: str, settings: Settings, source: Provenance = BMLAMA53
) -> ParallelQueries:
    """The queries of a language and the pivot.

    Args:
        language: A code of BMLAMA-53.
        settings: Choose the pivot, and a local folder.
        source: Repository and commit, read unless `settings` names a folder.

    Raises:
        SettingsError: BMLAMA-53 does not have the pivot.
        BitextError: A file cannot be had, is damaged, or does not match the pivot's.
    """
    pivot = _BMLAMA_OF_FLORES[check_language(settings.pivot, tuple(_BMLAMA_OF_FLORES), "pivot")]
    folder = settings.bmlama_dir
    if folder is not None:
        source = Provenance(str(folder), None, source.split)
    sides = {
        code: _read_queries(
            _download(code, source) if folder is None else folder / f"{code}.tsv",
            f"{code}.tsv of {source.dataset}",
        )
        for code in dict.fromkeys((pivot, language))
    }
    if pivot != language:
        _check_parallel(sides[pivot], sides[language], f"{pivot}.tsv and {language}.tsv")
    return ParallelQueries(pivot, language, sides[pivot], sides[language], source)


def _download(language: str, source: Provenance) -> Path:
    url = URL.format(source=source, language=language)
    # What a commit holds never changes, so that a copy in the cache serves without a network.
    config = DownloadConfig(use_etag=False, disable_tqdm=True)
    try:
        return Path(DownloadManager(download_config=config).download(url))
    except OSError as error:
        raise BitextError(
            f"Cannot load {url} ({type(error).__name__}): check the network, or read a local copy "
            "of its folder with bmlama_dir=FOLDER"
        ) from error


def _read_queries(file: Path, where: str) -> tuple[Query, ...]:
    # One file, the Hebrew one, quotes its fields as CSV does where they hold a quotation mark.
    # Taken as they stand, 47 of its lines have marks too many, and in 16 no candidate is right.
    rows = csv.reader(read_lines(file), delimiter="\t", strict=True)
    queries = []
    try:
        if (header := next(rows, [])) != COLUMNS:
            raise BitextError(
                f"Expected the columns {', '.join(COLUMNS)} in {where}, but got {header}: "
                "check that it is a file of BMLAMA-53"
            )
        for row in rows:
            queries.append(_query(row, f"line {rows.line_num} of {where}"))
    except csv.Error as error:
        raise BitextError(
            f"Expected tab-separated values in {where}, but line {rows.line_num} is damaged "
            f"({error}): take the file anew"
        ) from error
    if not queries:
        raise BitextError(f"Expected queries in {where}, but got none: take the file anew")
    return tuple(queries)


def _query(row: list[str], where: str) -> Query:
    if len(row) != len(COLUMNS):
        raise BitextError(
            f"Expected {len(COLUMNS)} columns on {where}, but got {len(row)}: take the file anew"
        )
    # None of the authors' own fields has white space around it.
    prompt = row[0].strip()
    answers, candidates = ([text.strip() for text in row[i].split(SEPARATOR)] for i in (1, 2))
    if prompt.count(MASK) != 1:
        raise BitextError(
            f"Expected {MASK} once on {where}, but got {prompt!r}: take the file anew"
        )
    if not all(map(has_visible_character, candidates)) or not set(answers) <= set(candidates):
        raise BitextError(
            f"Expected answers that are among the candidates on {where}, but got {row[1]!r} and "
            f"{row[2]!r}: take the file anew"
        )
    return Query(prompt, tuple(answers), tuple(candidates))


def _check_parallel(pivot: tuple[Query, ...], queries: tuple[Query, ...], where: str) -> None:
    """Check that two languages have the same queries, each in its own words."""
    if len(pivot) != len(queries):
        raise BitextError(
            f"Expected as many queries in {where}, but got {len(pivot)} and {len(queries)}: "
            "take both files from one version of BMLAMA-53"
        )
    for line, (one, other) in enumerate(zip(pivot, queries, strict=True), start=2):
        if len(one.candidates) != len(other.candidates):
            raise BitextError(
                f"Expected as many candidates on line {line} of {where}, but got "
                f"{len(one.candidates)} and {len(other.candidates)}: "
                "take both files from one version of BMLAMA-53"
            )
    if pivot == queries:
        raise BitextError(
            f"Expected two languages in {where}, but all {len(queries)} queries are the same: "
            "take both files anew"
        )


def _digest(queries: tuple[Query, ...]) -> str:
    digest = hashlib.sha256()
    for query in queries:
        columns = (query.prompt, SEPARATOR.join(query.answers), SEPARATOR.join(query.candidates))
        digest.update(("\t".join(columns) + "\n").encode())
    return digest.hexdigest()
