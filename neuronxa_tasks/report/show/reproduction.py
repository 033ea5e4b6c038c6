"""A model's counts beside the paper's Table 2, as text."""

from collections.abc import Mapping, Sequence

import pandas as pd

from neuronxa_tasks.data.languages import language_name
from neuronxa_tasks.report.compute.table2 import LAYERS, N_PAIRS, TABLE_2
from neuronxa_tasks.report.show.text import markdown


def beside_table2(found: Mapping[str, Sequence[int]], layers: int) -> str:
    """A model's counts beside the paper's, how far apart they are, and which reading is nearest.

    Models with another number of layers than Llama-3.1-8B are compared by shares.

    Args:
        found: By reading, the aligned pairs of each cell of `TABLE_2`, summed over layers.
        layers: How many layers the model has.

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
