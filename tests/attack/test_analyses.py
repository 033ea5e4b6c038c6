"""Damaged files of `neuronxa matrix`, `neuronxa inspect` and `neuronxa neurons`."""

from tests.attack import Attack


def test_an_analysis_is_reported_or_named_beside_a_good_one(attack: Attack) -> None:
    attack("analyses_printed", 15)


def test_good_analyses_keep_their_rows_and_nothing_impossible_is_written(attack: Attack) -> None:
    attack("analyses_written", 4)
