"""What a task has the model read, for an estimate of its cost."""

from collections.abc import Hashable
from dataclasses import dataclass


@dataclass(frozen=True)
class Reading:
    """Sentences that the model reads once, whichever tasks they are of.

    Attributes:
        identity: Equal for equal sentences.
        examples: Some of them, at least one, by whose length the others are estimated.
        sentences: How many there are.
    """

    identity: Hashable
    examples: tuple[str, ...]
    sentences: int
