"""Damaged tables of outside figures."""

from tests.attack import Attack


def test_a_table_of_scores_is_joined_or_refused_in_a_sentence(attack: Attack) -> None:
    attack("scores_printed", 30)


def test_a_damaged_cell_takes_no_other_line_along(attack: Attack) -> None:
    attack("scores_written", 4)
