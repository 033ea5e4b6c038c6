"""Settings with any value that JSON can have."""

from tests.attack import Attack


def test_a_setting_is_read_or_refused_in_a_sentence(attack: Attack) -> None:
    attack("settings", 400)


def test_typed_settings_and_a_missing_model_are_refused_in_a_sentence(attack: Attack) -> None:
    attack("settings_typed", 30)
