"""The paper's Table 2 beside the counts of a model, under every reading of the paper."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from neuronxa_tasks.data.languages import language_name
from neuronxa_tasks.report.show.text import markdown

N_PAIRS = 100
LAYERS = 32


@dataclass(frozen=True)
class Cell:
    """A language pair of Table 2.

    Attributes:
        pivot: FLORES-200 code of the first language.
        language: Of the second.
        score: NASCA of Llama-3.1-8B as printed.
        aligned: The count that it stands for: aligned pairs, summed over layers, of 3200.
    """

    pivot: str
    language: str
    score: float
    aligned: int


# Column by column. Hungarian and Yiddish is cut where every other score is rounded. The paper
# does not say in which script its Banjar is.
TABLE_2: tuple[Cell, ...] = (
    Cell("eng_Latn", "deu_Latn", 0.7300, 2336),
    Cell("ita_Latn", "fra_Latn", 0.8372, 2679),
    Cell("deu_Latn", "fra_Latn", 0.7628, 2441),
    Cell("fra_Latn", "zho_Hans", 0.6922, 2215),
    Cell("deu_Latn", "szl_Latn", 0.5222, 1671),
    Cell("fra_Latn", "pan_Guru", 0.2872, 919),
    Cell("ita_Latn", "bjn_Latn", 0.4353, 1393),
    Cell("ita_Latn", "uig_Arab", 0.1831, 586),
    Cell("azj_Latn", "tuk_Latn", 0.3862, 1236),
    Cell("hun_Latn", "ydd_Hebr", 0.3821, 1223),
    Cell("guj_Gujr", "bjn_Latn", 0.2191, 701),
    Cell("kaz_Cyrl", "tat_Cyrl", 0.5291, 1693),
)


def beside_table2(found: Mapping[str, Sequence[int]], layers: int) -> str:
    """A model's counts beside the paper's, how far apart they are, and which reading is nearest.

    Models with another number of layers than Llama-3.1-8B are compared by shares.

    Args:
        found: By reading, the aligned pairs of each cell of `TABLE_2`, summed over layers.
        layers: How many.

    Example:
        >>> paper = [cell.aligned for cell in TABLE_2]
        >>> print(beside_table2({"gate, BOS": paper}, 32).splitlines()[-1])
        All twelve are the paper's: gate, BOS.
    """
    by_count, out_of = layers == LAYERS, N_PAIRS * layers
    names = [f"{language_name(c.pivot)} → {language_name(c.language)}" for c in TABLE_2]
    counts = pd.DataFrame(found, index=names)
    paper = [cell.aligned if by_count else cell.score for cell in TABLE_2]
    apart = (counts if by_count else counts / out_of).sub(paper, axis=0).abs()
    total = apart.sum()
    distances = pd.DataFrame({"sum of differences": total})
    shown = counts if by_count else counts.map(lambda n: f"{n} ({n / out_of:.4f})")
    if by_count:
        distances.insert(0, "equal", apart.eq(0).sum())
    nearest = " and ".join(total.index[total == total.min()])
    if not by_count:
        verdict = (
            f"A model of {layers} layers is not Llama-3.1-8B, which has {LAYERS}: only shares can "
            f"be compared, and they tell no reading from another. Nearest: {nearest}."
        )
    elif total.min():
        verdict = f"No reading gives all twelve. Nearest: {nearest}."
    else:
        verdict = f"All twelve are the paper's: {nearest}."
    title = f"Table 2: aligned pairs summed over {layers} layers, of {out_of}"
    return "\n".join(
        (
            markdown(title, shown.assign(paper=paper).rename_axis("pair").reset_index()),
            markdown("Distance from the paper", distances.rename_axis("reading").reset_index()),
            f"{verdict}\n",
        )
    )
