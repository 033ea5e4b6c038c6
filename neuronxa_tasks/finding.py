"""What a command that looks at things says of each."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Level = Literal["ok", "note", "fault"]

_FIRST = 5


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at.

    Attributes:
        good: Whether it is as it should be.
        text: What was found, and what to do where it is not good.
        topic: What it is about, in one word.
        note: Whether one should know of it though it is good.
    """

    good: bool
    text: str
    topic: str = ""
    note: bool = False

    @property
    def level(self) -> Level:
        """How much it matters."""
        if not self.good:
            return "fault"
        return "note" if self.note else "ok"

    def __str__(self) -> str:
        level = "FAULT" if self.level == "fault" else self.level
        return f"{level:<6}{self.text}"


def listed(names: Sequence[str]) -> str:
    """The first names, and how many more there are.

    Example:
        >>> listed(["a", "b"]), listed("abcdefg")
        ('a, b', 'a, b, c, d, e and 2 more')
    """
    more = len(names) - _FIRST
    return ", ".join(names[:_FIRST]) + (f" and {more} more" if more > 0 else "")
