"""FLORES-200: the same sentences in 204 languages, also as FLORES+ has them today."""

from pathlib import Path

from neuronxa_tasks.data.bitext import Provenance
from neuronxa_tasks.data.corpus import Corpus, Sides
from neuronxa_tasks.data.hub import load_columns
from neuronxa_tasks.data.languages import FLORES_HEAD, FLORES_LONGTAIL, FLORES_PLUS_RENAMES
from neuronxa_tasks.data.text_files import read_lines
from neuronxa_tasks.errors import BitextError

FLORES_PLUS = Provenance("openlanguagedata/flores_plus", "4.3", "devtest")


def _read(pivot: str, language: str, source: Provenance) -> Sides:
    if source == FLORES_PLUS:
        return _matched(pivot, language)
    sides = load_columns(source, None, (pivot, language), "flores_dir=FOLDER")
    return sides[0], sides[1]


def _read_folder(pivot: str, language: str, folder: Path, split: str) -> Sides:
    """The layout of the FLORES-200 archive."""
    one, other = (read_lines(folder / split / f"{code}.{split}") for code in (pivot, language))
    return one, other


def _matched(*codes: str) -> Sides:
    """Both languages' sentences of FLORES+, matched by id."""
    pivot, language = (_by_id(code) for code in codes)
    if odd := pivot.keys() ^ language.keys():
        raise BitextError(
            f"Expected the same sentence ids for {' and '.join(codes)} in {FLORES_PLUS.dataset}, "
            f"but {len(odd)} are on one side only, such as {min(odd, key=str)!r}: "
            "read a local copy with flores_dir=FOLDER"
        )
    return list(pivot.values()), [language[key] for key in pivot]


def _by_id(code: str, column: str = "text") -> dict[str, str]:
    """A column of a language under its name of today, or else that of FLORES-200."""
    renamed = FLORES_PLUS_RENAMES.get(code, code)
    try:
        ids, texts = load_columns(FLORES_PLUS, renamed, ("id", column), "flores_dir=FOLDER")
    except BitextError as error:
        if renamed == code:
            raise
        try:
            ids, texts = load_columns(FLORES_PLUS, code, ("id", column), "flores_dir=FOLDER")
        except BitextError:
            raise error from None
    return dict(zip(ids, texts, strict=True))


def _articles(pivot: str, source: Provenance, folder: Path | None) -> list[str]:
    """The address of every line's article, where the copy has it: the one on the Hub has not.

    FLORES+ has it in a column, the FLORES-200 archive in a table beside the folders of text.
    """
    if folder:
        file = folder / f"metadata_{source.split}.tsv"
        return _addresses(file) if file.exists() else []
    if source != FLORES_PLUS:
        return []
    try:
        return list(_by_id(pivot, "url").values())
    # The sentences have just been read: it is this column that the revision does not have.
    except BitextError:
        return []


def _addresses(file: Path) -> list[str]:
    header, *rows = (line.split("\t") for line in read_lines(file))
    if "URL" not in header:
        raise BitextError(
            f"Expected {file} to have a column URL, as in the FLORES-200 archive, but got "
            f"{', '.join(header)}: name the column of each sentence's article so"
        )
    place = header.index("URL")
    if short := [number for number, row in enumerate(rows, start=2) if len(row) <= place]:
        raise BitextError(
            f"Expected a URL in every line of {file}, but line {short[0]} has none: complete it"
        )
    return [row[place] for row in rows]


FLORES_200 = Corpus(
    name="flores",
    title="FLORES-200",
    sources={
        "mteb": Provenance(
            "mteb/FloresBitextMining", "2144d16cc15edd22d4a9237d12bff5f31f5c07fc", "devtest"
        ),
        "flores_plus": FLORES_PLUS,
    },
    licence="CC-BY-SA-4.0",
    head=FLORES_HEAD,
    longtail=FLORES_LONGTAIL,
    own_english_side=False,
    read=_read,
    read_folder=_read_folder,
    read_articles=_articles,
)
