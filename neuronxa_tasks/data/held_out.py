"""Pairs that stay out of alignment, for what is correlated with it."""

from dataclasses import dataclass, replace

from neuronxa_tasks.data.bitext import Bitext
from neuronxa_tasks.errors import BitextError

# Alignment takes the first pairs, 100 unless set: so many leave room for more.
KEPT_FOR_ALIGNMENT = 500


@dataclass(frozen=True)
class HeldOut:
    """Consecutive pairs of a bitext.

    Attributes:
        first: Line of the first pair, counted from 1.
        bitext: The pairs.
    """

    first: int
    bitext: Bitext


def held_out(whole: Bitext, n_pairs: int | None, first: int | None = None) -> HeldOut:
    """The pairs from line `first` on.

    Args:
        whole: Every pair of the corpus.
        n_pairs: How many pairs to take, None for all from `first` on.
        first: Line of the first pair, counted from 1. None for line 501, or where fewer than
            `n_pairs` are left from there, for the last `n_pairs` of the corpus.

    Raises:
        BitextError: There are too few pairs.

    Example:
        >>> from neuronxa_tasks.data.corpora import MINIATURE
        >>> held_out(MINIATURE.load("deu_Latn"), 100).first  # of 300
        201
    """
    lines, wanted = len(whole), n_pairs or 2
    if first is None:
        first = KEPT_FOR_ALIGNMENT + 1
        if lines - KEPT_FOR_ALIGNMENT < wanted:
            first = 1 if n_pairs is None else max(1, lines - n_pairs + 1)
    left = max(0, lines - first + 1)
    if left < wanted:
        at_least = "at least " if n_pairs is None else ""
        raise BitextError(
            f"Expected {at_least}{wanted} pairs from line {first} of the {whole.corpus} text of "
            f"{whole.pivot} and {whole.language} on, but got {left} of {lines}: lower "
            "`parity_first` or `n_pairs`"
        )
    chosen = slice(first - 1, None if n_pairs is None else first - 1 + n_pairs)
    part = replace(
        whole,
        pivot_sentences=whole.pivot_sentences[chosen],
        sentences=whole.sentences[chosen],
        lines=whole.lines[chosen],
        articles=whole.articles[chosen],
    )
    return HeldOut(first, part)
