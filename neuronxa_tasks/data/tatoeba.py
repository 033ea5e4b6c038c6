"""Tatoeba: sentence pairs of 112 languages, each with English sentences of its own."""

from pathlib import Path

from neuronxa_tasks.data.bitext import Provenance
from neuronxa_tasks.data.corpus import Corpus, Sides
from neuronxa_tasks.data.hub import load_columns
from neuronxa_tasks.data.text_files import read_lines

# The 36 languages of XTREME. The list printed in the paper has English and five more
# (az, lt, pl, uk, ro), which contradicts its own count of 36 + 76.
_HEAD: tuple[str, ...] = tuple(
    """
    afr ara ben bul cmn deu ell est eus fin fra heb hin hun ind ita jav jpn kat kaz kor
    mal mar nld pes por rus spa swh tam tel tgl tha tur urd vie
    """.split()
)
_LONGTAIL: tuple[str, ...] = tuple(
    """
    amh ang arq arz ast awa aze bel ber bos bre cat cbk ceb ces cha cor csb cym dan dsb
    dtp epo fao fry gla gle glg gsw hrv hsb hye ido ile ina isl kab khm kur kzj lat lfn
    lit lvs max mhr mkd mon nds nno nob nov oci orv pam pms pol ron slk slv sqi srp swe
    swg tat tuk tzl uig ukr uzb war wuu xho yid yue zsm
    """.split()
)


def _read(pivot: str, language: str, source: Provenance) -> Sides:
    sides = load_columns(
        source, f"{language}-eng", ("sentence2", "sentence1"), "tatoeba_dir=FOLDER"
    )
    return sides[0], sides[1]


def _read_folder(pivot: str, language: str, folder: Path, split: str) -> Sides:
    """The layout of LASER's `tatoeba/v1`."""
    pair = folder / f"tatoeba.{language}-eng"
    return read_lines(Path(f"{pair}.eng")), read_lines(Path(f"{pair}.{language}"))


TATOEBA = Corpus(
    name="tatoeba",
    title="Tatoeba",
    sources={
        "mteb": Provenance(
            "mteb/tatoeba-bitext-mining", "69e8f12da6e31d59addadda9a9c8a2e601a0e282", "test"
        )
    },
    licence="CC-BY-2.0-FR",
    head=_HEAD,
    longtail=_LONGTAIL,
    own_english_side=True,
    read=_read,
    read_folder=_read_folder,
)
