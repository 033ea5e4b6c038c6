"""What a command that looks at things says of each."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at.

    Attributes:
        good: Whether it is as it should be.
        text: What was found, and what to do where it is not good.
    """

    good: bool
    text: str

    def __str__(self) -> str:
        return f"{'ok    ' if self.good else 'FAULT '}{self.text}"
