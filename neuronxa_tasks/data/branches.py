"""The branches of language families: related languages that are nearer than a whole family is."""

from neuronxa_tasks.data.languages import family

# Of families whose languages in FLORES-200 belong to several, as Glottolog and Ethnologue draw
# them, under their common names; every other family is one branch.
BRANCHES: dict[str, str] = {
    "Albanian": "als",
    "Armenian": "hye",
    "Baltic": "lit ltg lvs",
    "Celtic": "cym gla gle",
    "Germanic": "afr dan deu eng fao isl lim ltz nld nno nob swe ydd",
    "Greek": "ell",
    "Indo-Aryan": "asm awa ben bho guj hin hne kas mag mai mar npi ory pan san sin snd urd",
    "Iranian": "ckb kmr pbt pes prs tgk",
    "Romance": "ast cat fra fur glg ita lij lmo oci por ron scn spa srd vec",
    "Slavic": "bel bos bul ces hrv mkd pol rus slk slv srp szl ukr",
    "Berber": "kab taq tzm",
    "Chadic": "hau",
    "Cushitic": "gaz som",
    "Semitic": "acm acq aeb ajp amh apc arb ars ary arz heb mlt tir",
    "Bantu": """
        bem cjk kam kik kin kmb kon lin lua lug nso nya run sna sot ssw swh tsn tso tum umb xho
        zul
    """,
    "Gur": "kbp mos",
    "Kwa": "aka ewe fon twi",
    "North Atlantic": "fuv wol",
    "Ubangi": "sag",
    "Volta-Niger": "ibo yor",
    "Malayo-Sumbawan": "ace ban bjn min sun zsm ind",
    "Javanese": "jav",
    "Malagasy": "plt",
    "Oceanic": "fij mri smo",
    "Philippine": "ceb ilo pag tgl war",
    "South Sulawesi": "bug",
    "Khmer": "khm",
    "Munda": "sat",
    "Vietic": "vie",
    "Sinitic": "yue zho",
    "Tibeto-Burman": "bod dzo kac lus mni mya",
    "Finnic": "est fin",
    "Ugric": "hun",
}
_BRANCH_OF_LANGUAGE = {
    language: branch for branch, languages in BRANCHES.items() for language in languages.split()
}


def branch(code: str) -> str:
    """The language's branch; its family where that has no other, and empty where it is unknown.

    Args:
        code: A FLORES-200 code, or its first half.

    Example:
        >>> branch("deu_Latn"), branch("swh_Latn"), branch("tur_Latn"), branch("bre")
        ('Germanic', 'Bantu', 'Turkic', '')
    """
    return _BRANCH_OF_LANGUAGE.get(code.partition("_")[0], family(code))
