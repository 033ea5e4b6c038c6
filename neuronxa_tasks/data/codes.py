"""What the codes of languages mean: FLORES-200's own, and those of other corpora and benchmarks."""

from neuronxa_tasks.data.languages import FLORES, FLORES_PLUS_RENAMES


def _table(text: str) -> dict[str, str]:
    """Code to code, from words `code:code`."""
    return {word.split(":")[0]: word.split(":")[1] for word in text.split()}


# A code of two letters often names several languages or scripts. Here it means the one that
# FLORES-200 has, or the standard one of several:
#   ar, sq, lv, ms, uz   the standard or northern variety;
#   fa, ps, az, ku       Iranian Persian, Southern Pashto, North Azerbaijani, Kurmanji;
#   ff, om, qu           one variety of many (Nigerian Fulfulde, West Central Oromo, Ayacucho);
#   zh                   Simplified, as the benchmarks write it; pt is Brazilian or European,
#                        which neither FLORES-200 nor the benchmarks say;
#   sr                   Cyrillic, since FLORES-200 has no Serbian in Latin letters;
#   no                   Bokmål.
# ks and kr are left out: FLORES-200 has either in two scripts that are both in use.
ISO_639_1: dict[str, str] = _table(
    """
    af:afr_Latn ak:aka_Latn am:amh_Ethi ar:arb_Arab as:asm_Beng ay:ayr_Latn az:azj_Latn
    ba:bak_Cyrl be:bel_Cyrl bg:bul_Cyrl bm:bam_Latn bn:ben_Beng bo:bod_Tibt bs:bos_Latn
    ca:cat_Latn cs:ces_Latn cy:cym_Latn da:dan_Latn de:deu_Latn dz:dzo_Tibt ee:ewe_Latn
    el:ell_Grek en:eng_Latn eo:epo_Latn es:spa_Latn et:est_Latn eu:eus_Latn fa:pes_Arab
    ff:fuv_Latn fi:fin_Latn fj:fij_Latn fo:fao_Latn fr:fra_Latn ga:gle_Latn gd:gla_Latn
    gl:glg_Latn gn:grn_Latn gu:guj_Gujr ha:hau_Latn he:heb_Hebr hi:hin_Deva hr:hrv_Latn
    ht:hat_Latn hu:hun_Latn hy:hye_Armn id:ind_Latn ig:ibo_Latn is:isl_Latn it:ita_Latn
    ja:jpn_Jpan jv:jav_Latn ka:kat_Geor kg:kon_Latn ki:kik_Latn kk:kaz_Cyrl km:khm_Khmr
    kn:kan_Knda ko:kor_Hang ku:kmr_Latn ky:kir_Cyrl lb:ltz_Latn lg:lug_Latn li:lim_Latn
    ln:lin_Latn lo:lao_Laoo lt:lit_Latn lv:lvs_Latn mg:plt_Latn mi:mri_Latn mk:mkd_Cyrl
    ml:mal_Mlym mn:khk_Cyrl mr:mar_Deva ms:zsm_Latn mt:mlt_Latn my:mya_Mymr nb:nob_Latn
    ne:npi_Deva nl:nld_Latn nn:nno_Latn no:nob_Latn ny:nya_Latn oc:oci_Latn om:gaz_Latn
    or:ory_Orya pa:pan_Guru pl:pol_Latn ps:pbt_Arab pt:por_Latn qu:quy_Latn rn:run_Latn
    ro:ron_Latn ru:rus_Cyrl rw:kin_Latn sa:san_Deva sc:srd_Latn sd:snd_Arab sg:sag_Latn
    si:sin_Sinh sk:slk_Latn sl:slv_Latn sm:smo_Latn sn:sna_Latn so:som_Latn sq:als_Latn
    sr:srp_Cyrl ss:ssw_Latn st:sot_Latn su:sun_Latn sv:swe_Latn sw:swh_Latn ta:tam_Taml
    te:tel_Telu tg:tgk_Cyrl th:tha_Thai ti:tir_Ethi tk:tuk_Latn tl:tgl_Latn tn:tsn_Latn
    tr:tur_Latn ts:tso_Latn tt:tat_Cyrl tw:twi_Latn ug:uig_Arab uk:ukr_Cyrl ur:urd_Arab
    uz:uzn_Latn vi:vie_Latn wo:wol_Latn xh:xho_Latn yi:ydd_Hebr yo:yor_Latn zh:zho_Hans
    zu:zul_Latn
    """
)

# Codes of ISO 639-3 that are not themselves the first half of one FLORES-200 code: names of
# whole groups, as above, and languages that FLORES-200 has in two scripts but which write one.
_ISO_639_3 = _table(
    """
    ara:arb_Arab arb:arb_Arab aym:ayr_Latn aze:azj_Latn cmn:zho_Hans fas:pes_Arab ful:fuv_Latn
    kur:kmr_Latn lav:lvs_Latn mlg:plt_Latn mon:khk_Cyrl msa:zsm_Latn nep:npi_Deva nor:nob_Latn
    ori:ory_Orya orm:gaz_Latn pus:pbt_Arab que:quy_Latn sqi:als_Latn swa:swh_Latn uzb:uzn_Latn
    yid:ydd_Hebr zho:zho_Hans
    """
)

# The others have one, though Tatoeba mixes scripts where FLORES-200 has one: its Serbian is mostly
# Latin, a third of its Uzbek Cyrillic, and its Mandarin both Simplified and Traditional.
TATOEBA_WITHOUT_FLORES: dict[str, str] = {
    "ang": "Old English is not spoken today",
    "arq": "FLORES-200 has the Arabic of Algeria's neighbours, not Algerian",
    "ber": "several Berber languages together",
    "bre": "FLORES-200 has no Breton",
    "cbk": "FLORES-200 has no Chavacano",
    "cha": "FLORES-200 has no Chamorro",
    "cor": "FLORES-200 has no Cornish",
    "csb": "FLORES-200 has Polish and Silesian, not Kashubian",
    "dsb": "FLORES-200 has no Sorbian",
    "dtp": "FLORES-200 has no Dusun",
    "fry": "FLORES-200 has no Frisian",
    "gsw": "FLORES-200 has Standard German, not Swiss German",
    "hsb": "FLORES-200 has no Sorbian",
    "ido": "the only constructed language of FLORES-200 is Esperanto",
    "ile": "the only constructed language of FLORES-200 is Esperanto",
    "ina": "the only constructed language of FLORES-200 is Esperanto",
    "kzj": "FLORES-200 has no Dusun",
    "lat": "FLORES-200 has no Latin",
    "lfn": "the only constructed language of FLORES-200 is Esperanto",
    "max": "FLORES-200 has Standard Malay, not that of the North Moluccas",
    "mhr": "FLORES-200 has no Mari",
    "nds": "FLORES-200 has Standard German, not Low German",
    "nov": "the only constructed language of FLORES-200 is Esperanto",
    "orv": "Old East Slavic is not spoken today",
    "pam": "FLORES-200 has no Kapampangan",
    "pms": "FLORES-200 has Lombard and Ligurian, not Piedmontese",
    "swg": "FLORES-200 has Standard German, not Swabian",
    "tzl": "the only constructed language of FLORES-200 is Esperanto",
    "wuu": "FLORES-200 has Mandarin and Cantonese, not Wu",
}

NTREX_WITHOUT_FLORES: dict[str, str] = {
    "div_Thaa": "FLORES-200 has no Divehi",
    "fuc_Latn": "FLORES-200 has Nigerian Fulfulde, not Pulaar",
    "hmn_Latn": "FLORES-200 has no Hmong",
    "mey_Arab": "FLORES-200 has Moroccan Arabic, not Hassaniya",
    "nde_Latn": "FLORES-200 has Zulu and Xhosa, not Northern Ndebele",
    "shi_Arab": "FLORES-200 has Central Atlas Tamazight, not Tachelhit",
    "srp_Latn": "Serbian in Latin letters: FLORES-200 has Cyrillic only",
    "tah_Latn": "FLORES-200 has Samoan and Maori, not Tahitian",
    "ton_Latn": "FLORES-200 has Samoan and Maori, not Tongan",
    "ven_Latn": "FLORES-200 has no Venda",
}


def _aliases() -> dict[str, str]:
    """Every known spelling of a language, in lower case, to its FLORES-200 code."""
    aliases: dict[str, str] = {}
    several: set[str] = set()
    for code in FLORES:
        language = code.partition("_")[0]
        if language in aliases:
            several.add(language)
        aliases[code.lower()] = aliases[language] = code
    for language in several:
        del aliases[language]
    aliases |= _ISO_639_3 | ISO_639_1
    for code, renamed in FLORES_PLUS_RENAMES.items():
        aliases[renamed.lower()] = code
        aliases.setdefault(renamed.partition("_")[0], code)
    return aliases


ALIASES = _aliases()


def resolve_language(code: str) -> str | None:
    """The FLORES-200 code of a language, however it is written.

    Knows the codes of FLORES-200 and FLORES+, of Tatoeba, and those of ISO 639-1 and 639-3 whose
    language FLORES-200 has, alone or with a script, in any case, with hyphens or underscores.

    Returns:
        None where FLORES-200 does not have the language in that script, or has it in several
        of which none is meant by default, and for codes with a region, such as `pt-BR`.

    Example:
        >>> resolve_language("de"), resolve_language("deu"), resolve_language("DEU-latn")
        ('deu_Latn', 'deu_Latn', 'deu_Latn')
        >>> resolve_language("zh"), resolve_language("zh-Hant"), resolve_language("cmn_Hant")
        ('zho_Hans', 'zho_Hant', 'zho_Hant')
        >>> resolve_language("sr-Latn"), resolve_language("min"), resolve_language("klingon")
        (None, None, None)
    """
    spelled = code.strip().replace("-", "_").lower()
    if spelled in ALIASES:
        return ALIASES[spelled]
    language, _, script = spelled.partition("_")
    standard = ALIASES.get(language, "").partition("_")[0]
    return ALIASES.get(f"{standard}_{script}")
