"""The paper's Table 2: how many pairs of twelve pairs of languages one model aligns."""

from dataclasses import dataclass

N_PAIRS = 100
LAYERS = 32


@dataclass(frozen=True)
class PublishedPair:
    """A language pair of Table 2.

    Attributes:
        pivot: FLORES-200 code of the first language.
        language: FLORES-200 code of the second language.
        score: NASCA of Llama-3.1-8B as printed.
        aligned: The count that it stands for: aligned pairs, summed over layers, of 3200.
    """

    pivot: str
    language: str
    score: float
    aligned: int


# Column by column. Hungarian and Yiddish is cut where every other score is rounded. The paper
# does not say in which script its Banjar is.
TABLE_2: tuple[PublishedPair, ...] = (
    PublishedPair("eng_Latn", "deu_Latn", 0.7300, 2336),
    PublishedPair("ita_Latn", "fra_Latn", 0.8372, 2679),
    PublishedPair("deu_Latn", "fra_Latn", 0.7628, 2441),
    PublishedPair("fra_Latn", "zho_Hans", 0.6922, 2215),
    PublishedPair("deu_Latn", "szl_Latn", 0.5222, 1671),
    PublishedPair("fra_Latn", "pan_Guru", 0.2872, 919),
    PublishedPair("ita_Latn", "bjn_Latn", 0.4353, 1393),
    PublishedPair("ita_Latn", "uig_Arab", 0.1831, 586),
    PublishedPair("azj_Latn", "tuk_Latn", 0.3862, 1236),
    PublishedPair("hun_Latn", "ydd_Hebr", 0.3821, 1223),
    PublishedPair("guj_Gujr", "bjn_Latn", 0.2191, 701),
    PublishedPair("kaz_Cyrl", "tat_Cyrl", 0.5291, 1693),
)
