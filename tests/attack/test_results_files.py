"""Damaged results files."""

from tests.attack import Attack


def test_every_results_file_can_be_checked(attack: Attack) -> None:
    attack("results_checked", 1000)


def test_a_results_file_is_reported_or_named_beside_a_good_one(attack: Attack) -> None:
    attack("results_printed", 20)


def test_good_results_keep_their_rows_and_nothing_impossible_is_written(attack: Attack) -> None:
    attack("results_written", 4)
