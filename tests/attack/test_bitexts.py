"""Damaged folders of sentences."""

from tests.attack import Attack


def test_a_text_is_run_whole_or_refused_in_a_sentence(attack: Attack) -> None:
    attack("bitexts", 20)


def test_a_users_own_file_is_a_text_or_refused_in_a_sentence(attack: Attack) -> None:
    attack("own_texts", 60)
