"""What a sentence says, before any language says it: one class for every sentence pattern."""

from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True)
class Thing:
    """A noun that stands for one thing, with or without an adjective.

    Attributes:
        noun: A concept.
        adjective: A concept, or None.
        definite: Whether the listener knows which one: "the red hammer", "a red hammer".
    """

    noun: str
    adjective: str | None = None
    definite: bool = True


@dataclass(frozen=True)
class Act:
    """In the morning the small wolf finds a red hammer in the forest."""

    time: str
    subject: Thing
    verb: str
    object: Thing
    place: str


@dataclass(frozen=True)
class Rest:
    """In the evening the small wolf sleeps in the forest near the tower."""

    time: str
    subject: Thing
    verb: str
    place: str
    near: str


@dataclass(frozen=True)
class Both:
    """The small wolf finds a hammer and a red hat in the forest."""

    subject: Thing
    verb: str
    first: Thing
    second: Thing
    place: str


@dataclass(frozen=True)
class Contrast:
    """The small wolf finds a hammer but does not buy a red hat."""

    subject: Thing
    verb: str
    object: Thing
    other_verb: str
    other: Thing


@dataclass(frozen=True)
class Give:
    """In the evening the small wolf gives the old baker a red hammer."""

    time: str
    subject: Thing
    object: Thing
    recipient: Thing


@dataclass(frozen=True)
class Using:
    """The small wolf repairs the red cart with a heavy hammer."""

    subject: Thing
    verb: str
    object: Thing
    tool: Thing


@dataclass(frozen=True)
class Move:
    """The small wolf brings a red hammer from the forest to the school."""

    subject: Thing
    object: Thing
    origin: str
    goal: str


@dataclass(frozen=True)
class When:
    """When the small wolf sleeps in the forest, the baker washes a hat."""

    subject: Thing
    verb: str
    place: str
    other: Thing
    other_verb: str
    object: Thing


@dataclass(frozen=True)
class Because:
    """The small wolf buys the hammer because the hammer is red and heavy."""

    subject: Thing
    verb: str
    object: Thing
    adjective: str
    other_adjective: str


@dataclass(frozen=True)
class Compare:
    """The red hammer in the forest is heavier than the white hat."""

    thing: Thing
    place: str
    adjective: str
    other: Thing


@dataclass(frozen=True)
class Exists:
    """Today there is a red hammer in the forest near the tower."""

    time: str
    thing: Thing
    place: str
    near: str


@dataclass(frozen=True)
class Says:
    """The baker says that the small wolf hides a hammer in the forest."""

    speaker: Thing
    subject: Thing
    verb: str
    object: Thing
    place: str


@dataclass(frozen=True)
class Owned:
    """Today the hammer of the small wolf is red and heavy."""

    time: str
    thing: Thing
    owner: Thing
    adjective: str
    other_adjective: str


@dataclass(frozen=True)
class Fact:
    """A wolf is an animal."""

    noun: str
    category: str


Meaning: TypeAlias = (
    Act
    | Rest
    | Both
    | Contrast
    | Give
    | Using
    | Move
    | When
    | Because
    | Compare
    | Exists
    | Says
    | Owned
    | Fact
)
