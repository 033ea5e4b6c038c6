import hashlib

import pytest

from neuronxa_tasks.data.bitext import Bitext, Provenance, check_bitext
from neuronxa_tasks.errors import BitextError


def test_the_first_pairs_are_taken_in_order() -> None:
    assert check_bitext(["a", "b", "c"], ["x", "y", "z"], 2, "demo") == (("a", "b"), ("x", "y"))
    assert check_bitext(["a", "b", "c"], ["x", "y", "z"], None, "demo")[0] == ("a", "b", "c")


def test_white_space_around_sentences_is_taken_away_on_both_sides() -> None:
    padded = check_bitext(["a ", "\tb\u3000"], ["\u00a0x", "y z\r"], None, "demo")
    assert padded == (("a", "b"), ("x", "y z"))


@pytest.mark.parametrize(
    "invisible", ["\0", "\u200b", "\ufeff", " \u2060\u00ad ", "\u3164", "\u0301"]
)
def test_a_line_without_a_visible_character_is_no_sentence(invisible: str) -> None:
    with pytest.raises(BitextError, match="line 2 of the second side is empty"):
        check_bitext(["a", "b"], ["x", invisible], None, "demo")


@pytest.mark.parametrize("sentence", ["한국어", "नमस्ते", "ⵜⴰⵎⴰⵣⵉⵖⵜ", "?", "5", "→", "\u200bx"])
def test_any_script_mark_or_number_is_a_sentence(sentence: str) -> None:
    assert check_bitext(["a", "b"], ["x", sentence], None, "demo")[1][1] == sentence


def test_one_text_given_twice_is_refused_unless_it_is_one_language() -> None:
    with pytest.raises(BitextError, match="two languages in demo, but all 2 sentences"):
        check_bitext(["a", "b"], ["a ", "b"], None, "demo")
    assert check_bitext(["a", "b"], ["a", "b"], None, "demo", same_language=True)
    assert check_bitext(["a", "b"], ["a", "c"], None, "demo")


@pytest.mark.parametrize(
    ("pivot", "language", "n_pairs", "message"),
    [
        (["a", "b"], ["x", "y", "z"], None, "both sides of demo.*2 and 3"),
        (["a", "b"], ["x", " "], None, "line 2 of the second side is empty"),
        (["", "b"], ["x", "y"], None, "line 1 of the first side is empty"),
        (["a", "b"], ["x", "y"], 3, "at most the 2 pairs of demo.*got 3.*n_pairs=all"),
        (["a"], ["x"], None, "at least 2 pairs in demo.*1"),
    ],
)
def test_text_that_is_not_parallel_is_refused(
    pivot: list[str], language: list[str], n_pairs: int | None, message: str
) -> None:
    with pytest.raises(BitextError, match=message):
        check_bitext(pivot, language, n_pairs, "demo")


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
