import pytest
from hypothesis import given
from hypothesis import strategies as st

from neuronxa_tasks.data.line_numbers import line_numbers, line_ranges


@given(st.sets(st.integers(1, 200), min_size=1).map(sorted))
def test_what_is_written_is_read_again(lines: list[int]) -> None:
    assert list(line_numbers(line_ranges(lines))) == lines


def test_ranges_are_as_short_as_can_be() -> None:
    assert line_ranges([1, 2, 3, 5, 7, 8]) == "1-3,5,7-8"
    assert line_ranges([]) == ""


@pytest.mark.parametrize("text", ["", "0", "3-2", "1,,2", "-1", "1-2-3", "x", "1000001", "²"])
def test_what_is_no_line_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="no lines"):
        line_numbers(text)
