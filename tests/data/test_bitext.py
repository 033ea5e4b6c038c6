import hashlib

import pytest

from neuronxa_tasks.data.bitext import Bitext, Provenance, check_bitext, chosen_lines
from neuronxa_tasks.errors import BitextError


@pytest.mark.parametrize(
    ("n_pairs", "first", "among", "expected"),
    [
        (2, 1, (), (1, 2)),
        (None, 1, (), (1, 2, 3, 4, 5, 6)),
        (2, 4, (), (4, 5)),
        (None, 4, (), (4, 5, 6)),
        (2, 1, (3, 5, 6), (3, 5)),
        (None, 1, (3, 5, 6), (3, 5, 6)),
    ],
)
def test_pairs_are_taken_in_order_from_those_that_may_be(
    n_pairs: int | None, first: int, among: tuple[int, ...], expected: tuple[int, ...]
) -> None:
    assert chosen_lines(6, n_pairs, first, among, "demo") == expected


@pytest.mark.parametrize(
    ("n_pairs", "first", "among", "message"),
    [
        (7, 1, (), "at most the 6 pairs of demo, but got 7.*n_pairs=all"),
        (4, 4, (), "at most the 3 pairs of demo that `first_pair` or `pairs` leaves, but got 4"),
        (None, 6, (), "at least 2 pairs in demo that.*but got 1"),
        (None, 9, (), "at least 2 pairs in demo that.*but got 0"),
        (None, 1, (2, 7), "`pairs` to be lines from 1 to the 6 of demo, but got 7"),
    ],
)
def test_too_few_pairs_are_refused(
    n_pairs: int | None, first: int, among: tuple[int, ...], message: str
) -> None:
    with pytest.raises(BitextError, match=message):
        chosen_lines(6, n_pairs, first, among, "demo")


def test_white_space_around_sentences_is_taken_away_on_both_sides() -> None:
    padded = check_bitext(["a ", "\tb\u3000"], ["\u00a0x", "y z\r"], "demo")
    assert padded == (("a", "b"), ("x", "y z"))


@pytest.mark.parametrize(
    "invisible", ["\0", "\u200b", "\ufeff", " \u2060\u00ad ", "\u3164", "\u0301"]
)
def test_a_line_without_a_visible_character_is_no_sentence(invisible: str) -> None:
    with pytest.raises(BitextError, match="line 2 of the second side is empty"):
        check_bitext(["a", "b"], ["x", invisible], "demo")


@pytest.mark.parametrize("sentence", ["한국어", "नमस्ते", "ⵜⴰⵎⴰⵣⵉⵖⵜ", "?", "5", "→", "\u200bx"])
def test_any_script_mark_or_number_is_a_sentence(sentence: str) -> None:
    assert check_bitext(["a", "b"], ["x", sentence], "demo")[1][1] == sentence


def test_one_text_given_twice_is_refused_unless_it_is_one_language() -> None:
    with pytest.raises(BitextError, match="two languages in demo, but all 2 sentences"):
        check_bitext(["a", "b"], ["a ", "b"], "demo")
    assert check_bitext(["a", "b"], ["a", "b"], "demo", same_language=True)
    assert check_bitext(["a", "b"], ["a", "c"], "demo")


@pytest.mark.parametrize(
    ("pivot", "language", "message"),
    [
        (["a", "b"], ["x", "y", "z"], "both sides of demo.*2 and 3"),
        (["a", "b"], ["x", " "], "line 2 of the second side is empty"),
        (["", "b"], ["x", "y"], "line 1 of the first side is empty"),
    ],
)
def test_text_that_is_not_parallel_is_refused(
    pivot: list[str], language: list[str], message: str
) -> None:
    with pytest.raises(BitextError, match=message):
        check_bitext(pivot, language, "demo")


def test_the_digests_identify_each_side() -> None:
    bitext = Bitext(
        "flores", "eng_Latn", "deu_Latn", ("a", "ß"), ("x", "y"), Provenance("d", None, "s")
    )
    assert bitext.digests == {
        "pivot": hashlib.sha256("a\nß\n".encode()).hexdigest(),
        "language": hashlib.sha256(b"x\ny\n").hexdigest(),
    }
    assert len(bitext) == 2
    assert not bitext.is_pivot
