"""Which pairs information parity takes."""

from dataclasses import replace

import pytest

from neuronxa_tasks.data.bitext import Bitext, Provenance
from neuronxa_tasks.data.held_out import held_out
from neuronxa_tasks.errors import BitextError


def of_lines(count: int) -> Bitext:
    """Sentences that are the numbers of their lines."""
    numbers = tuple(str(line) for line in range(1, count + 1))
    source = Provenance("somewhere", None, "test")
    return Bitext("flores", "eng_Latn", "deu_Latn", numbers, numbers, source)


@pytest.mark.parametrize(
    ("lines", "n_pairs", "first", "expected"),
    [
        (1012, 100, None, (501, 600)),
        (1012, None, None, (501, 1012)),
        (600, 100, None, (501, 600)),
        (599, 100, None, (500, 599)),
        (300, 100, None, (201, 300)),
        (120, 100, None, (21, 120)),
        (300, None, None, (1, 300)),
        (501, None, None, (1, 501)),
        (1012, 100, 1, (1, 100)),
        (1012, None, 1000, (1000, 1012)),
        (1012, 13, 1000, (1000, 1012)),
    ],
)
def test_the_pairs_are_those_from_line_501_on_or_the_last(
    lines: int, n_pairs: int | None, first: int | None, expected: tuple[int, int]
) -> None:
    found = held_out(of_lines(lines), n_pairs, first)
    assert (found.first, int(found.bitext.sentences[-1])) == expected
    assert int(found.bitext.pivot_sentences[0]) == found.first
    assert found.bitext == replace(
        of_lines(lines),
        pivot_sentences=found.bitext.sentences,
        sentences=found.bitext.pivot_sentences,
    )


@pytest.mark.parametrize(
    ("lines", "n_pairs", "first", "left"),
    [(99, 100, None, 99), (1012, 14, 1000, 13), (1012, 2, 5000, 0), (1012, None, 1012, 1)],
)
def test_too_few_pairs_are_refused(
    lines: int, n_pairs: int | None, first: int | None, left: int
) -> None:
    with pytest.raises(BitextError, match=rf"pairs from line .* but got {left} of {lines}: lower"):
        held_out(of_lines(lines), n_pairs, first)
