"""The steps of the programme: what is run of each model, in which languages, and why."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from examples.real_models.local_tasks import M_ARC, M_MMLU, XNLI, LocalBenchmark
from neuronxa_tasks.data.benchmarks import BMLAMA_TO_FLORES

# One language for every family of FLORES-200 in every script that it is written in, so that
# neither counts twice: the one that most benchmarks ask, so that retrieval can stand beside them.
RETRIEVAL_LANGUAGES: tuple[str, ...] = tuple(
    """
    ace_Arab amh_Ethi arb_Arab ayr_Latn azb_Arab bam_Latn ben_Beng bod_Tibt deu_Latn ell_Grek
    epo_Latn eus_Latn grn_Latn guj_Gujr hat_Latn hau_Latn heb_Hebr hin_Deva hun_Latn hye_Armn
    ind_Latn jpn_Jpan kac_Latn kan_Knda kat_Geor kaz_Cyrl khk_Cyrl khm_Khmr knc_Arab knc_Latn
    kor_Hang lao_Laoo luo_Latn mal_Mlym mni_Beng mya_Mymr ory_Orya pan_Guru quy_Latn rus_Cyrl
    sat_Olck shn_Mymr sin_Sinh swh_Latn tam_Taml taq_Tfng tel_Telu tha_Thai tur_Latn urd_Arab
    vie_Latn ydd_Hebr zho_Hans zho_Hant
    """.split()
)
# Those whose items of m-ARC and m-MMLU lie in the local copies: the same from the Hub.
OKAPI_LANGUAGES: tuple[str, ...] = tuple(
    """
    arb_Arab deu_Latn fra_Latn hin_Deva ind_Latn rus_Cyrl spa_Latn tam_Taml vie_Latn zho_Hans
    """.split()
)


@dataclass(frozen=True)
class Step:
    """One command of the programme.

    Attributes:
        name: Of the step, and of the folder of its results.
        purpose: What it is for.
        command: Of `neuronxa`.
        tasks: The harness's group; empty where the command takes none.
        languages: FLORES-200 codes that it is narrowed to; empty for all that the group has.
        settings: For `--metadata`.
        text: The setting that names a local copy, and the folder below the data's.
        items: Local items of a benchmark of the harness.
        documents: That every task of it has, for `every`.
        every: Asks one document of so many, evenly spaced: files are sorted by relation or
            subject, so that the first would be of a few only.
        batch_size: Texts in a batch. A benchmark has the logits of every token in memory: Gemma's
            262,144 numbers, for each of the thousand tokens of a long question of m-MMLU.
    """

    name: str
    purpose: str
    command: Literal["run", "matrix", "report"] = "run"
    tasks: str = ""
    languages: tuple[str, ...] = ()
    settings: Mapping[str, object] = field(default_factory=dict)
    text: tuple[str, str] | None = None
    items: LocalBenchmark | None = None
    documents: int = 0
    every: int = 1
    batch_size: int = 32


_FLORES = ("flores_dir", "flores200")

STEPS: tuple[Step, ...] = (
    Step(
        "alignment",
        "NASCA, NAVCA and MEXA of 203 languages with English, all ways of pooling",
        tasks="neuronxa_flores",
        settings={
            "pooling": ["weighted", "mean", "last"],
            "activation": ["gate", "product"],
            "correction": ["none", "centred", "csls", "centred_csls"],
        },
        text=_FLORES,
    ),
    Step(
        "parity",
        "information parity of 203 languages with English, on other sentences",
        tasks="neuronxa_flores_parity",
        text=_FLORES,
        batch_size=8,
    ),
    Step(
        "retrieval",
        "translations found among all 1,012 sentences, in 54 languages",
        tasks="neuronxa_flores_retrieval",
        languages=RETRIEVAL_LANGUAGES,
        text=_FLORES,
    ),
    Step(
        "tatoeba",
        "the same measures on other text: short sentences of 112 languages",
        tasks="neuronxa_tatoeba",
        text=("tatoeba_dir", "tatoeba/v1"),
    ),
    Step(
        "matrix",
        "every language with every other, so that English is not the only measure",
        command="matrix",
        settings={"measures": ["nasca", "navca", "mexa"]},
        text=_FLORES,
    ),
    Step(
        "xnli",
        "inference in 15 languages, 249 items each, without examples",
        tasks="xnli",
        items=XNLI,
        documents=2490,
        every=10,
        batch_size=8,
    ),
    Step(
        "m_arc",
        "school science in ten languages, 286 questions each, without examples",
        tasks="arc_multilingual",
        languages=OKAPI_LANGUAGES,
        items=M_ARC,
        documents=1142,
        every=4,
        batch_size=4,
    ),
    Step(
        "m_mmlu",
        "knowledge of 57 subjects in ten languages, 299 questions each, without examples",
        tasks="m_mmlu",
        languages=OKAPI_LANGUAGES,
        items=M_MMLU,
        documents=1196,
        every=4,
        batch_size=1,
    ),
    Step(
        "bmlama53",
        "307 facts in each of 52 languages, and whether they are known alike",
        tasks="neuronxa_bmlama53",
        # Without Latin, which FLORES-200 does not have.
        languages=tuple(sorted(BMLAMA_TO_FLORES.values())),
        text=("bmlama_dir", "bmlama53"),
        documents=3070,
        every=10,
    ),
    Step("report", "all of it joined, on one page", command="report"),
)
