"""Parallel sentences of a language and its pivot, checked and identified."""

import hashlib
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from neuronxa_tasks.data.line_numbers import line_ranges
from neuronxa_tasks.errors import BitextError

# Letters, numbers, punctuation and symbols that print nothing: fillers of Hangul, empty Braille.
_BLANK = frozenset("\u115f\u1160\u2800\u3164\uffa0")


@dataclass(frozen=True)
class Provenance:
    """Where sentences come from: a dataset on the Hub, or a local folder.

    Attributes:
        dataset: Hub dataset id, or the folder's path.
        revision: The pinned revision, or None for a folder.
        split: Which part of the dataset.
    """

    dataset: str
    revision: str | None
    split: str


@dataclass(frozen=True)
class Bitext:
    """Sentence pairs of a language and its pivot.

    Attributes:
        corpus: `flores`, `tatoeba` or `miniature`.
        pivot: Code of the pivot language.
        language: Code of the language compared with it.
        pivot_sentences: n sentences.
        sentences: n sentences, the i-th a translation of the i-th pivot sentence.
        provenance: Where they come from.
        lines: Line of each pair in the corpus, counted from 1, going up.
        articles: Number of the article that each pair is from, where the corpus says so; else
            empty.
    """

    corpus: str
    pivot: str
    language: str
    pivot_sentences: tuple[str, ...]
    sentences: tuple[str, ...]
    provenance: Provenance
    lines: tuple[int, ...] = ()
    articles: tuple[int, ...] = ()

    def __len__(self) -> int:
        return len(self.sentences)

    @property
    def is_pivot(self) -> bool:
        """Whether the language is the pivot itself."""
        return self.language == self.pivot

    @property
    def place(self) -> dict[str, Any]:
        """Plain data on where the pairs stand, for records: what there is to be said beside n.

        Their `lines`, as `line_ranges` writes them, where they are not the first n, and their
        `articles`, where these are known.
        """
        lines = line_ranges(self.lines)
        return {
            **({} if lines == f"1-{len(self)}" else {"lines": lines}),
            **({"articles": list(self.articles)} if self.articles else {}),
        }

    @cached_property
    def digests(self) -> dict[str, str]:
        """SHA-256 of each side, one sentence a line in UTF-8, by `pivot` and `language`."""
        sides = {"pivot": self.pivot_sentences, "language": self.sentences}
        return {
            side: hashlib.sha256("".join(f"{line}\n" for line in lines).encode()).hexdigest()
            for side, lines in sides.items()
        }


def check_bitext(
    pivot_sentences: Sequence[str],
    sentences: Sequence[str],
    where: str,
    *,
    same_language: bool = False,
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Check that two whole texts are parallel.

    The white space around a sentence is taken away: copies of a corpus differ in it, and a model
    would see other tokens.

    Args:
        pivot_sentences: Every sentence of the pivot.
        sentences: Every sentence of the language.
        where: The two texts' names, for messages.
        same_language: Whether both are of one language, so that they may be one text.

    Raises:
        BitextError: The counts differ, a sentence has no visible character, or both texts are the
            same.

    Example:
        >>> check_bitext(["a", "b "], ["x", "y"], "demo")
        (('a', 'b'), ('x', 'y'))
    """
    if len(pivot_sentences) != len(sentences):
        raise BitextError(
            f"Expected as many sentences on both sides of {where}, but got "
            f"{len(pivot_sentences)} and {len(sentences)}: line i of each must be the same sentence"
        )
    sides = tuple(tuple(line.strip() for line in lines) for lines in (pivot_sentences, sentences))
    for side, lines in enumerate(sides):
        for number, line in enumerate(lines, start=1):
            if not has_visible_character(line):
                raise BitextError(
                    f"Expected a sentence on every line of {where}, but line {number} of the "
                    f"{('first', 'second')[side]} side is empty: remove the pair from both sides"
                )
    if sides[0] == sides[1] and sides[0] and not same_language:
        raise BitextError(
            f"Expected two languages in {where}, but all {len(sentences)} sentences are the same "
            "on both sides: give each language its own text"
        )
    return sides[0], sides[1]


def chosen_lines(
    total: int, n_pairs: int | None, first: int, among: Sequence[int], where: str
) -> tuple[int, ...]:
    """The lines of the pairs to take, counted from 1.

    Args:
        total: How many pairs there are.
        n_pairs: How many to take, the first of those that may be; None for all of them.
        first: The first line that may be taken.
        among: Lines that may be taken, going up; empty for all.
        where: The two texts' names, for messages.

    Raises:
        BitextError: There are too few pairs.

    Example:
        >>> chosen_lines(9, 2, 5, (), "demo"), chosen_lines(9, None, 1, (2, 7, 9), "demo")
        ((5, 6), (2, 7, 9))
    """
    if among and among[-1] > total:
        raise BitextError(
            f"Expected `pairs` to be lines from 1 to the {total} of {where}, but got {among[-1]}: "
            "leave it out"
        )
    left = among or range(first, total + 1)
    wanted = len(left) if n_pairs is None else n_pairs
    chosen = " that `first_pair` or `pairs` leaves" if len(left) < total else ""
    if wanted > len(left):
        raise BitextError(
            f"Expected `n_pairs` to be at most the {len(left)} pairs of {where}{chosen}, "
            f"but got {wanted}: lower it, or use n_pairs=all"
        )
    if wanted < 2:
        raise BitextError(
            f"Expected at least 2 pairs in {where}{chosen}, but got {wanted}: "
            "a pair is only aligned when it beats another"
        )
    return tuple(left[:wanted])


def has_visible_character(sentence: str) -> bool:
    """Whether a sentence has a letter, number, punctuation mark or symbol that can be seen."""
    return any(
        unicodedata.category(character)[0] in "LNPS" and character not in _BLANK
        for character in sentence
    )
