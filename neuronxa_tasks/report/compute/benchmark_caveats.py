"""What to know of a benchmark before it is correlated: its text, its model, its chance level."""

from collections.abc import Iterator, Mapping

import pandas as pd

from neuronxa_tasks.data.belebele_overlap import lines_in_belebele
from neuronxa_tasks.data.benchmarks import BMLAMA_CHANCE, PARITIES
from neuronxa_tasks.data.flores import FLORES_200
from neuronxa_tasks.data.line_numbers import line_numbers
from neuronxa_tasks.report.compute.report_tables import each_row
from neuronxa_tasks.report.read.scores import UNKNOWN, Column

# Its passages are made of sentences of FLORES-200.
_BELEBELE = "belebele"
_BMLAMA = "bmlama53"


def caveats_of_benchmarks(
    alignments: pd.DataFrame, benchmarks: Mapping[str, Column]
) -> Iterator[str]:
    """Says of which benchmarks text or model are those of alignment, and where guessing hides.

    Args:
        alignments: Rows of alignment scores.
        benchmarks: The benchmarks' columns by their heading.
    """
    bmlama = [heading for heading, column in benchmarks.items() if column.benchmark == _BMLAMA]
    if bmlama:
        yield (
            f"{', '.join(bmlama)}: over all facts guessing gives an accuracy of "
            f"{BMLAMA_CHANCE['acc']:.3f} and a RankC of {BMLAMA_CHANCE['rankc']:.3f}; differences "
            "between languages near these are noise"
        )
    if alignments.empty:
        return
    corpora = set(alignments["corpus"])
    for heading, column in benchmarks.items():
        if column.benchmark in PARITIES and column.benchmark.removesuffix("_parity") in corpora:
            yield (
                f"{heading}: from the same model and the same corpus as its alignment scores, so "
                "that the two have more in common than alignment and a benchmark of other text"
            )
    if belebele := [h for h, column in benchmarks.items() if column.benchmark == _BELEBELE]:
        yield from _in_passages(alignments, ", ".join(belebele))


def _in_passages(alignments: pd.DataFrame, headings: str) -> Iterator[str]:
    known = (alignments["corpus"] == FLORES_200.name) & (alignments["n_pairs"] != UNKNOWN)
    settings = alignments.loc[known, ["condition", "lines", "n_pairs"]].drop_duplicates()
    for row in each_row(settings):
        if shared := lines_in_belebele(line_numbers(row.lines or f"1-{row.n_pairs}")):
            yield (
                f"{headings}: the passages hold {shared} of the {row.n_pairs} sentences of "
                f"{row.condition}, so that alignment and benchmark read the same text; `pairs` "
                "takes other sentences"
            )
