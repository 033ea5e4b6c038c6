"""The languages of FLORES-200, and what a language of any corpus is called."""

import functools
from collections import Counter
from collections.abc import Sequence
from difflib import get_close_matches

from langcodes import Language

from neuronxa_tasks.errors import SettingsError

ENGLISH = "eng_Latn"

# Appendix A.1 of the paper names these 68; the other 135 are its long tail.
FLORES_HEAD: tuple[str, ...] = tuple(
    """
    afr_Latn amh_Ethi arb_Arab bel_Cyrl ben_Beng bos_Latn bul_Cyrl cat_Latn ces_Latn
    cym_Latn dan_Latn deu_Latn ell_Grek epo_Latn est_Latn eus_Latn fao_Latn fin_Latn
    fra_Latn gla_Latn gle_Latn glg_Latn heb_Hebr hin_Deva hrv_Latn hun_Latn hye_Armn
    ind_Latn isl_Latn ita_Latn jav_Latn jpn_Jpan kat_Geor kaz_Cyrl khk_Cyrl khm_Khmr
    kor_Hang lit_Latn mal_Mlym mar_Deva mkd_Cyrl nld_Latn nno_Latn nob_Latn oci_Latn
    pol_Latn por_Latn ron_Latn rus_Cyrl slk_Latn slv_Latn spa_Latn srp_Cyrl swe_Latn
    tam_Taml tat_Cyrl tel_Telu tgl_Latn tha_Thai tuk_Latn tur_Latn uig_Arab ukr_Cyrl
    urd_Arab uzn_Latn vie_Latn xho_Latn zho_Hans
    """.split()
)
FLORES_LONGTAIL: tuple[str, ...] = tuple(
    """
    ace_Arab ace_Latn acm_Arab acq_Arab aeb_Arab ajp_Arab aka_Latn als_Latn apc_Arab
    arb_Latn ars_Arab ary_Arab arz_Arab asm_Beng ast_Latn awa_Deva ayr_Latn azb_Arab
    azj_Latn bak_Cyrl bam_Latn ban_Latn bem_Latn bho_Deva bjn_Arab bjn_Latn bod_Tibt
    bug_Latn ceb_Latn cjk_Latn ckb_Arab crh_Latn dik_Latn dyu_Latn dzo_Tibt ewe_Latn
    fij_Latn fon_Latn fur_Latn fuv_Latn gaz_Latn grn_Latn guj_Gujr hat_Latn hau_Latn
    hne_Deva ibo_Latn ilo_Latn kab_Latn kac_Latn kam_Latn kan_Knda kas_Arab kas_Deva
    kbp_Latn kea_Latn kik_Latn kin_Latn kir_Cyrl kmb_Latn kmr_Latn knc_Arab knc_Latn
    kon_Latn lao_Laoo lij_Latn lim_Latn lin_Latn lmo_Latn ltg_Latn ltz_Latn lua_Latn
    lug_Latn luo_Latn lus_Latn lvs_Latn mag_Deva mai_Deva min_Arab min_Latn mlt_Latn
    mni_Beng mos_Latn mri_Latn mya_Mymr npi_Deva nso_Latn nus_Latn nya_Latn ory_Orya
    pag_Latn pan_Guru pap_Latn pbt_Arab pes_Arab plt_Latn prs_Arab quy_Latn run_Latn
    sag_Latn san_Deva sat_Olck scn_Latn shn_Mymr sin_Sinh smo_Latn sna_Latn snd_Arab
    som_Latn sot_Latn srd_Latn ssw_Latn sun_Latn swh_Latn szl_Latn taq_Latn taq_Tfng
    tgk_Cyrl tir_Ethi tpi_Latn tsn_Latn tso_Latn tum_Latn twi_Latn tzm_Tfng umb_Latn
    vec_Latn war_Latn wol_Latn ydd_Hebr yor_Latn yue_Hant zho_Hant zsm_Latn zul_Latn
    """.split()
)
FLORES: tuple[str, ...] = tuple(sorted((ENGLISH, *FLORES_HEAD, *FLORES_LONGTAIL)))

# FLORES+ renamed these languages of FLORES-200: Levantine and Akan by variety, the others by a
# narrower or a corrected code. A public listing of its configurations has the names on the right.
FLORES_PLUS_RENAMES: dict[str, str] = {
    "ajp_Arab": "apc_Arab_sout3123",
    "aka_Latn": "twi_Latn_asan1239",
    "apc_Arab": "apc_Arab_nort3139",
    "est_Latn": "ekk_Latn",
    "grn_Latn": "gug_Latn",
    "kon_Latn": "ktu_Latn",
    "tgl_Latn": "fil_Latn",
    "twi_Latn": "twi_Latn_akua1239",
    "tzm_Tfng": "zgh_Tfng",
    "zho_Hans": "cmn_Hans",
    "zho_Hant": "cmn_Hant",
}

# Families as Glottolog draws them, under their common names; creoles apart from their lexifiers.
FAMILIES: dict[str, str] = {
    "Afro-Asiatic": """
        acm acq aeb ajp amh apc arb ars ary arz gaz hau heb kab mlt som taq tir tzm
    """,
    "Atlantic-Congo": """
        aka bem cjk ewe fon fuv ibo kam kbp kik kin kmb kon lin lua lug mos nso nya run sag sna
        sot ssw swh tsn tso tum twi umb wol xho yor zul
    """,
    "Austroasiatic": "khm sat vie",
    "Austronesian": """
        ace ban bjn bug ceb fij ilo ind jav min mri pag plt smo sun tgl war zsm
    """,
    "Aymaran": "ayr",
    "Basque (isolate)": "eus",
    "Constructed": "epo",
    "Creole": "hat kea pap tpi",
    "Dravidian": "kan mal tam tel",
    "Indo-European": """
        afr als asm ast awa bel ben bho bos bul cat ces ckb cym dan deu ell eng fao fra fur gla
        gle glg guj hin hne hrv hye isl ita kas kmr lij lim lit lmo ltg ltz lvs mag mai mar mkd
        nld nno nob npi oci ory pan pbt pes pol por prs ron rus san scn sin slk slv snd spa srd
        srp swe szl tgk ukr urd vec ydd
    """,
    "Japonic": "jpn",
    "Kartvelian": "kat",
    "Koreanic": "kor",
    "Mande": "bam dyu",
    "Mongolic": "khk",
    "Nilotic": "dik luo nus",
    "Quechuan": "quy",
    "Saharan": "knc",
    "Sino-Tibetan": "bod dzo kac lus mni mya yue zho",
    "Tai-Kadai": "lao shn tha",
    "Tupian": "grn",
    "Turkic": "azb azj bak crh kaz kir tat tuk tur uig uzn",
    "Uralic": "est fin hun",
}
_FAMILY_OF_LANGUAGE = {
    language: family for family, languages in FAMILIES.items() for language in languages.split()
}

_SCRIPTS_PER_LANGUAGE = Counter(code.partition("_")[0] for code in FLORES)


@functools.cache
def language_name(code: str) -> str:
    """English name of a language, with its script where FLORES-200 has several.

    Args:
        code: A FLORES-200 code (`deu_Latn`) or an ISO 639-3 code (`deu`).

    Example:
        >>> language_name("deu_Latn"), language_name("zho_Hans"), language_name("swh")
        ('German', 'Chinese (Simplified)', 'Swahili')
    """
    language, _, script = code.partition("_")
    several_scripts = _SCRIPTS_PER_LANGUAGE[language] > 1 and script
    tag = f"{language}-{script}" if several_scripts else language
    return Language.get(tag).display_name().removesuffix(" (individual language)")


def script_name(code: str) -> str:
    """English name of the script a FLORES-200 code ends with; empty for a code without one.

    Example:
        >>> script_name("deu_Latn"), script_name("zho_Hant"), script_name("deu")
        ('Latin', 'Han (Traditional)', '')
    """
    script = code.partition("_")[2]
    if not script:
        return ""
    name = Language.get(f"und-{script}").script_name()
    return f"Han ({name})" if script in ("Hans", "Hant") else name


def family(code: str) -> str:
    """The language's family; empty for a language that FLORES-200 does not have.

    Args:
        code: A FLORES-200 code, or its first half.

    Example:
        >>> family("deu_Latn"), family("swh_Latn"), family("hat_Latn"), family("bre")
        ('Indo-European', 'Atlantic-Congo', 'Creole', '')
    """
    return _FAMILY_OF_LANGUAGE.get(code.partition("_")[0], "")


def check_language(code: str, known: tuple[str, ...], argument: str) -> str:
    """Return `code` if it is one of `known`.

    Raises:
        SettingsError: `code` is unknown; the message suggests the codes of a language that is
            called so, or the nearest ones.
    """
    if code in known:
        return code
    near = _called(str(code), known) or get_close_matches(str(code), known, n=3)
    hint = (
        f"did you mean {' or '.join(near)}?"
        if near
        else "`lm_eval ls tasks` lists them, at the end of the tasks' names"
    )
    raise SettingsError(
        f"Expected `{argument}` to be one of {len(known)} language codes such as {known[0]}, "
        f"but got {code!r}; {hint}"
    )


def _called(name: str, known: tuple[str, ...]) -> list[str]:
    """Codes of the language that has this English name, or this code of two letters."""
    return [
        code
        for code in known
        if name.casefold()
        in (
            language_name(code).partition(" (")[0].casefold(),
            Language.get(code.partition("_")[0]).language,
        )
    ]


def check_languages(codes: Sequence[str], known: tuple[str, ...], argument: str) -> tuple[str, ...]:
    """Return `codes` if each is one of `known` and none is there twice.

    Raises:
        SettingsError: A code is unknown or repeated.
    """
    for code, times in Counter(codes).items():
        check_language(code, known, argument)
        if times > 1:
            raise SettingsError(
                f"Expected different languages in `{argument}`, but got {code} {times} times: "
                "name it once"
            )
    return tuple(codes)
