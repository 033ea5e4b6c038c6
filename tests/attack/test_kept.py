"""Damaged files that one run leaves to the next: caches, states, manifests."""

import pytest

from tests.attack import Attack


def test_a_damaged_cache_changes_no_score(attack: Attack) -> None:
    attack("caches", 20)


# A thread of its database may say what it could not open.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_damaged_cache_of_the_harness_ends_no_run_without_a_sentence(attack: Attack) -> None:
    attack("harness_caches", 2)


def test_damaged_states_change_no_matrix(attack: Attack) -> None:
    attack("states", 4)


def test_a_tracked_checkpoint_is_run_again_or_named_where_its_files_are_damaged(
    attack: Attack,
) -> None:
    attack("tracked", 5)
