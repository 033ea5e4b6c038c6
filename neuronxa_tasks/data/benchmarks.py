"""Which task of the harness measures which FLORES-200 language, and what other codes mean."""

from dataclasses import dataclass, field

from neuronxa_tasks.data.languages import (
    FLORES,
    FLORES_PLUS_RENAMES,
    MINIATURE,
    MINIATURE_HEAD,
    MINIATURE_LONGTAIL,
)


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

TASKS_WITHOUT_FLORES: dict[str, str] = {
    "belebele_ben_Latn": "Bengali in Latin letters: FLORES-200 has Bengali letters only",
    "belebele_hin_Latn": "Hindi in Latin letters: FLORES-200 has Devanagari only",
    "belebele_npi_Latn": "Nepali in Latin letters: FLORES-200 has Devanagari only",
    "belebele_sin_Latn": "Sinhala in Latin letters: FLORES-200 has Sinhala letters only",
    "belebele_urd_Latn": "Urdu in Latin letters: FLORES-200 has Arabic letters only",
    "neuronxa_bmlama53_la": TATOEBA_WITHOUT_FLORES["lat"],
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


_ALIASES = _aliases()


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
    if spelled in _ALIASES:
        return _ALIASES[spelled]
    language, _, script = spelled.partition("_")
    standard = _ALIASES.get(language, "").partition("_")[0]
    return _ALIASES.get(f"{standard}_{script}")


BMLAMA_TO_FLORES: dict[str, str] = {
    code: _ALIASES[code]
    for code in """
    af ar az be bg bn ca ceb cs cy da de el en es et eu fa fi fr ga gl he hi hr hu hy id it ja
    ka ko lt lv ms nl pl pt ro ru sk sl sq sr sv ta th tr uk ur vi zh
    """.split()
}
# Latin is the one language of BMLAMA-53 that FLORES-200 does not have.
BMLAMA: tuple[str, ...] = tuple(sorted((*BMLAMA_TO_FLORES, "la")))


@dataclass(frozen=True)
class Benchmark:
    """A multilingual benchmark of the harness.

    Attributes:
        name: Short name, for columns and files.
        label: The name people use.
        run_name: The harness's group or tag that runs all its languages.
        metrics: Its metrics, the one to report first.
        chance: The accuracy of guessing; None where questions differ in that.
        tasks: FLORES-200 code by the exact name of the harness's task.
    """

    name: str
    label: str
    run_name: str
    metrics: tuple[str, ...]
    chance: float | None
    tasks: dict[str, str] = field(repr=False, compare=False)


def _tasks(prefix: str, codes: str) -> dict[str, str]:
    return {f"{prefix}{code}": _ALIASES[code.lower()] for code in codes.split()}


def _miniature(name: str, label: str, languages: tuple[str, ...]) -> Benchmark:
    run_name = f"neuronxa_miniature_{name}"
    return Benchmark(
        name, label, run_name, ("acc",), 0.25, {f"{run_name}_{code}": code for code in languages}
    )


# Training states every category in English, so that only the others can be asked.
MINIATURE_BENCHMARKS: tuple[Benchmark, ...] = (
    _miniature("categories", "Categories", (*MINIATURE_HEAD, *MINIATURE_LONGTAIL)),
    _miniature("continuations", "Continuations", MINIATURE),
)

_OKAPI = (
    "ar bn ca da de es eu fr gu hi hr hu hy id it kn ml mr ne nl pt ro ru sk sr sv ta te uk vi zh"
)

BENCHMARKS: tuple[Benchmark, ...] = (
    # Its acc_norm is acc, as every option is one letter.
    Benchmark(
        "belebele",
        "Belebele",
        "belebele",
        ("acc",),
        0.25,
        _tasks(
            "belebele_",
            """
            acm_Arab afr_Latn als_Latn amh_Ethi apc_Arab arb_Arab arb_Latn ars_Arab ary_Arab
            arz_Arab asm_Beng azj_Latn bam_Latn ben_Beng bod_Tibt bul_Cyrl cat_Latn ceb_Latn
            ces_Latn ckb_Arab dan_Latn deu_Latn ell_Grek eng_Latn est_Latn eus_Latn fin_Latn
            fra_Latn fuv_Latn gaz_Latn grn_Latn guj_Gujr hat_Latn hau_Latn heb_Hebr hin_Deva
            hrv_Latn hun_Latn hye_Armn ibo_Latn ilo_Latn ind_Latn isl_Latn ita_Latn jav_Latn
            jpn_Jpan kac_Latn kan_Knda kat_Geor kaz_Cyrl kea_Latn khk_Cyrl khm_Khmr kin_Latn
            kir_Cyrl kor_Hang lao_Laoo lin_Latn lit_Latn lug_Latn luo_Latn lvs_Latn mal_Mlym
            mar_Deva mkd_Cyrl mlt_Latn mri_Latn mya_Mymr nld_Latn nob_Latn npi_Deva nso_Latn
            nya_Latn ory_Orya pan_Guru pbt_Arab pes_Arab plt_Latn pol_Latn por_Latn ron_Latn
            rus_Cyrl shn_Mymr sin_Sinh slk_Latn slv_Latn sna_Latn snd_Arab som_Latn sot_Latn
            spa_Latn srp_Cyrl ssw_Latn sun_Latn swe_Latn swh_Latn tam_Taml tel_Telu tgk_Cyrl
            tgl_Latn tha_Thai tir_Ethi tsn_Latn tso_Latn tur_Latn ukr_Cyrl urd_Arab uzn_Latn
            vie_Latn war_Latn wol_Latn xho_Latn yor_Latn zho_Hans zho_Hant zsm_Latn zul_Latn
            """,
        ),
    ),
    # No English: arc_challenge is another task with other texts.
    Benchmark(
        "m_arc", "m-ARC", "arc_multilingual", ("acc", "acc_norm"), 0.25, _tasks("arc_", _OKAPI)
    ),
    Benchmark(
        "m_mmlu", "m-MMLU", "m_mmlu", ("acc",), 0.25, _tasks("m_mmlu_", f"{_OKAPI} en is nb")
    ),
    Benchmark(
        "xnli",
        "XNLI",
        "xnli",
        ("acc",),
        1 / 3,
        _tasks("xnli_", "ar bg de el en es fr hi ru sw th tr ur vi zh"),
    ),
    Benchmark(
        "bmlama53",
        "BMLAMA-53",
        "neuronxa_bmlama53",
        ("acc", "rankc"),
        None,
        {f"neuronxa_bmlama53_{code}": flores for code, flores in BMLAMA_TO_FLORES.items()},
    ),
    *MINIATURE_BENCHMARKS,
)

_BENCHMARK_OF_TASK = {
    task: (benchmark, code) for benchmark in BENCHMARKS for task, code in benchmark.tasks.items()
}


def benchmark_of_task(task: str) -> tuple[Benchmark, str] | None:
    """The benchmark a task of the harness belongs to, and the FLORES-200 code of its language.

    Only exact names count, since the harness has other tasks whose names begin alike.

    Returns:
        None for any other task; `TASKS_WITHOUT_FLORES` says why where it belongs to a benchmark.

    Example:
        >>> benchmark, language = benchmark_of_task("arc_de")
        >>> benchmark.label, language
        ('m-ARC', 'deu_Latn')
        >>> benchmark_of_task("arc_easy")
    """
    return _BENCHMARK_OF_TASK.get(task)


def tasks_of_language(code: str) -> dict[str, str]:
    """The harness's task for a language, by the benchmark's name, where it has one.

    Args:
        code: A FLORES-200 code.

    Example:
        >>> tasks_of_language("isl_Latn")
        {'belebele': 'belebele_isl_Latn', 'm_mmlu': 'm_mmlu_is'}
    """
    return {
        benchmark.name: task
        for benchmark in BENCHMARKS
        for task, language in benchmark.tasks.items()
        if language == code
    }
