"""Attacks on every input that a command reads."""

from collections.abc import Callable

# The fixture `attack`: a target's name, and how many cases to try.
Attack = Callable[[str, int], None]
