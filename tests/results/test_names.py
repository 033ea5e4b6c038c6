"""Names are shown as text whatever is in them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from neuronxa_tasks.results.names import clean_name


@given(st.text(st.characters(exclude_categories=[])))
def test_a_clean_name_is_one_line_that_any_encoding_of_unicode_takes(name: str) -> None:
    cleaned = clean_name(name)
    assert cleaned.encode().decode() == cleaned
    assert cleaned.splitlines() in ([], [cleaned])
    assert clean_name(cleaned) == cleaned
    assert not any(ord(character) < 32 or 127 <= ord(character) < 160 for character in cleaned)


@pytest.mark.parametrize(
    "name", ["org/Model-7B", "C:\\users\\x", "a|b <b>", "नी", "می‌خواهم", "👩‍👩‍👧", "=1+1"]
)
def test_ordinary_names_stay(name: str) -> None:
    assert clean_name(name) == name


def test_names_that_differ_in_what_cannot_be_shown_stay_apart_from_those_without() -> None:
    hostile = ["m", "m\x07", "m\ufffe\ufeff", "m\u202e\x00\ud800"]
    assert len({clean_name(name) for name in hostile}) == 4
