"""The benchmarks: which task of the harness measures which FLORES-200 language."""

from dataclasses import dataclass, field

from neuronxa_tasks.data import miniature
from neuronxa_tasks.data.codes import (
    ALIASES,
    NTREX_WITHOUT_FLORES,
    TATOEBA_WITHOUT_FLORES,
    resolve_language,
)
from neuronxa_tasks.data.corpora import CORPORA
from neuronxa_tasks.data.corpus import Corpus

TASKS_WITHOUT_FLORES: dict[str, str] = {
    "belebele_ben_Latn": "Bengali in Latin letters: FLORES-200 has Bengali letters only",
    "belebele_hin_Latn": "Hindi in Latin letters: FLORES-200 has Devanagari only",
    "belebele_npi_Latn": "Nepali in Latin letters: FLORES-200 has Devanagari only",
    "belebele_sin_Latn": "Sinhala in Latin letters: FLORES-200 has Sinhala letters only",
    "belebele_urd_Latn": "Urdu in Latin letters: FLORES-200 has Arabic letters only",
    "neuronxa_bmlama53_la": TATOEBA_WITHOUT_FLORES["lat"],
    **{f"neuronxa_tatoeba_parity_{code}": why for code, why in TATOEBA_WITHOUT_FLORES.items()},
    **{f"neuronxa_ntrex_parity_{code}": why for code, why in NTREX_WITHOUT_FLORES.items()},
}

BMLAMA_TO_FLORES: dict[str, str] = {
    code: ALIASES[code]
    for code in """
    af ar az be bg bn ca ceb cs cy da de el en es et eu fa fi fr ga gl he hi hr hu hy id it ja
    ka ko lt lv ms nl pl pt ro ru sk sl sq sr sv ta th tr uk ur vi zh
    """.split()
}
# Latin is the one language of BMLAMA-53 that FLORES-200 does not have.
BMLAMA: tuple[str, ...] = tuple(sorted((*BMLAMA_TO_FLORES, "la")))

# Means over its 3,070 facts, which have 1 to 10 candidates, most of them 10 and 34 of them 1: of
# one over their number, and of RankC between two random rankings.
BMLAMA_CHANCE = {"acc": 0.119, "rankc": 0.180}


@dataclass(frozen=True)
class Benchmark:
    """A multilingual benchmark of the harness.

    Attributes:
        name: Short name, for columns and files.
        label: The name people use.
        run_name: The harness's group or tag that runs all its languages.
        metrics: Its metrics, the one to report first.
        chance: The accuracy of guessing, the mean over questions; None where there are none.
        tasks: FLORES-200 code by the exact name of the harness's task.
    """

    name: str
    label: str
    run_name: str
    metrics: tuple[str, ...]
    chance: float | None
    tasks: dict[str, str] = field(repr=False, compare=False)


def _tasks(prefix: str, codes: str) -> dict[str, str]:
    return {f"{prefix}{code}": ALIASES[code.lower()] for code in codes.split()}


def _miniature(name: str, label: str, languages: tuple[str, ...]) -> Benchmark:
    run_name = f"neuronxa_miniature_{name}"
    return Benchmark(
        name, label, run_name, ("acc",), 0.25, {f"{run_name}_{code}": code for code in languages}
    )


def _parity(corpus: Corpus) -> Benchmark:
    run_name = f"neuronxa_{corpus.name}_parity"
    tasks = {f"{run_name}_{code}": resolve_language(code) for code in corpus.languages}
    return Benchmark(
        f"{corpus.name}_parity",
        f"Parity on {corpus.title}",
        run_name,
        ("parity", "bits_per_byte"),
        None,
        {task: code for task, code in tasks.items() if code},
    )


# Information parity (Tsvetkov and Kipnis, 2024) on the corpora of alignment.
PARITIES: dict[str, Benchmark] = {
    benchmark.name: benchmark for benchmark in map(_parity, CORPORA.values())
}

# Training states every category in English, so that only the others can be asked.
MINIATURE_BENCHMARKS: tuple[Benchmark, ...] = (
    _miniature("categories", "Categories", (*miniature.HEAD, *miniature.LONGTAIL)),
    _miniature("continuations", "Continuations", miniature.LANGUAGES),
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
        BMLAMA_CHANCE["acc"],
        {f"neuronxa_bmlama53_{code}": flores for code, flores in BMLAMA_TO_FLORES.items()},
    ),
    *MINIATURE_BENCHMARKS,
    *PARITIES.values(),
)

# The harness runs a group's members in their order: what is over soonest first.
COMBINED_GROUPS: dict[str, tuple[str, ...]] = {
    "neuronxa_benchmarks": ("belebele", "arc_multilingual", "m_mmlu"),
    "neuronxa_combined": ("neuronxa_flores", "neuronxa_flores_parity", "neuronxa_benchmarks"),
    "neuronxa_combined_tatoeba": (
        *("neuronxa_tatoeba", "neuronxa_tatoeba_parity", "neuronxa_benchmarks"),
    ),
    "neuronxa_demo": (
        "neuronxa_miniature",
        *(benchmark.run_name for benchmark in MINIATURE_BENCHMARKS),
    ),
}

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
        >>> tasks_of_language("isl_Latn")["m_mmlu"]
        'm_mmlu_is'
    """
    return {
        benchmark.name: task
        for benchmark in BENCHMARKS
        for task, language in benchmark.tasks.items()
        if language == code
    }
