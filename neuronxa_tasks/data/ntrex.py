"""NTREX-128: the sentences of the news test of WMT 2019, translated from English."""

from pathlib import Path

from neuronxa_tasks.data.bitext import Provenance
from neuronxa_tasks.data.corpus import Corpus, Sides
from neuronxa_tasks.data.hub import load_columns
from neuronxa_tasks.data.languages import ENGLISH, FLORES_HEAD
from neuronxa_tasks.data.text_files import read_lines

# Of several references in one language the one without a region, and of Chinese both scripts.
# Estonian is left out: mteb, whose copy of the Hub this is, does not list it.
_LANGUAGES: tuple[str, ...] = tuple(
    """
    afr_Latn als_Latn amh_Ethi arb_Arab azj_Latn bak_Cyrl bel_Cyrl bem_Latn ben_Beng bod_Tibt
    bos_Latn bul_Cyrl cat_Latn ces_Latn ckb_Arab cym_Latn dan_Latn deu_Latn div_Thaa dzo_Tibt
    ell_Grek eus_Latn ewe_Latn fao_Latn fij_Latn fin_Latn fra_Latn fuc_Latn gaz_Latn gle_Latn
    glg_Latn guj_Gujr hau_Latn heb_Hebr hin_Deva hmn_Latn hrv_Latn hun_Latn hye_Armn ibo_Latn
    ind_Latn isl_Latn ita_Latn jpn_Jpan kan_Knda kat_Geor kaz_Cyrl khk_Cyrl khm_Khmr kin_Latn
    kir_Cyrl kmr_Latn kor_Hang lao_Laoo lit_Latn ltz_Latn lvs_Latn mal_Mlym mar_Deva mey_Arab
    mkd_Cyrl mlt_Latn mri_Latn mya_Mymr nde_Latn nld_Latn nno_Latn nob_Latn npi_Deva nso_Latn
    nya_Latn pan_Guru pbt_Arab pes_Arab plt_Latn pol_Latn por_Latn prs_Arab ron_Latn rus_Cyrl
    shi_Arab sin_Sinh slk_Latn slv_Latn smo_Latn sna_Latn snd_Arab som_Latn spa_Latn srp_Cyrl
    srp_Latn ssw_Latn swe_Latn swh_Latn tah_Latn tam_Taml tat_Cyrl tel_Telu tgk_Cyrl tgl_Latn
    tha_Thai tir_Ethi ton_Latn tsn_Latn tuk_Latn tur_Latn uig_Arab ukr_Cyrl urd_Arab uzn_Latn
    ven_Latn vie_Latn wol_Latn xho_Latn yor_Latn yue_Hant zho_Hans zho_Hant zsm_Latn zul_Latn
    """.split()
)

# Tasks have the codes of FLORES-200; these languages are called otherwise on the Hub. Its scripts
# of Mongolian and Oromo are not those of the text, which is Cyrillic and Latin.
_COLUMNS: dict[str, str] = {
    "als_Latn": "sqi_Latn",
    "azj_Latn": "aze_Latn",
    "gaz_Latn": "orm_Ethi",
    "khk_Cyrl": "mon_Mong",
    "lvs_Latn": "lav_Latn",
    "npi_Deva": "nep_Deva",
    "pbt_Arab": "pus_Arab",
    "pes_Arab": "fas_Arab",
    "plt_Latn": "mlg_Latn",
    "swh_Latn": "swa_Latn",
    "tgl_Latn": "fil_Latn",
    "uzn_Latn": "uzb_Latn",
    "zsm_Latn": "msa_Latn",
}

# Files end in the language alone, but for these.
_FILES: dict[str, str] = {
    "azj_Latn": "aze-Latn",
    "ckb_Arab": "ckb-Arab",
    "sna_Latn": "sna-Latn",
    "snd_Arab": "snd-Arab",
    "srp_Cyrl": "srp-Cyrl",
    "srp_Latn": "srp-Latn",
    "tgk_Cyrl": "tgk-Cyrl",
    "zho_Hans": "zho-CN",
    "zho_Hant": "zho-TW",
}


def _column(code: str) -> str:
    return _COLUMNS.get(code, code)


def _file(code: str) -> str:
    if code == ENGLISH:
        return "newstest2019-src.eng.txt"
    name = _FILES.get(code) or _column(code).partition("_")[0]
    return f"newstest2019-ref.{name}.txt"


def _read(pivot: str, language: str, source: Provenance) -> Sides:
    sides = load_columns(source, None, (_column(pivot), _column(language)), "ntrex_dir=FOLDER")
    return sides[0], sides[1]


def _read_folder(pivot: str, language: str, folder: Path, split: str) -> Sides:
    """The layout of `NTREX-128` in the authors' repository."""
    return read_lines(folder / _file(pivot)), read_lines(folder / _file(language))


NTREX_128 = Corpus(
    name="ntrex",
    title="NTREX-128",
    sources={
        "mteb": Provenance(
            "mteb/NTREXBitextMining", "66b8b27efc99658903127730575e9fa0cb9f075c", "test"
        )
    },
    licence="CC-BY-SA-4.0",
    head=tuple(code for code in _LANGUAGES if code in FLORES_HEAD),
    longtail=tuple(code for code in _LANGUAGES if code not in FLORES_HEAD),
    own_english_side=False,
    read=_read,
    read_folder=_read_folder,
)
