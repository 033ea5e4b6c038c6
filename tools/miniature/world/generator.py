"""Seeded random meanings, those for training apart from those that are held out."""

import random
from collections.abc import Callable, Iterator

from tools.miniature.world.concepts import (
    ADJECTIVES,
    CATEGORIES,
    CATEGORY_OF,
    COMPARABLE,
    INTRANSITIVE,
    OBJECTS,
    PLACES,
    SUBJECTS,
    TIMES,
    TRANSITIVE,
)
from tools.miniature.world.meanings import (
    Act,
    Because,
    Both,
    Compare,
    Contrast,
    Exists,
    Fact,
    Give,
    Meaning,
    Move,
    Owned,
    Rest,
    Says,
    Thing,
    Using,
    When,
)
from tools.miniature.world.rules import fitting, held_out

Combination = tuple[str, ...]


class Generator:
    """Makes random meanings that obey the rules of the world.

    Args:
        seed: The same seed makes the same meanings.
    """

    def __init__(self, seed: int) -> None:
        self._rng = random.Random(seed)
        self._patterns: tuple[Callable[[], Meaning], ...] = (
            self._act,
            self._rest,
            self._both,
            self._contrast,
            self._give,
            self._using,
            self._move,
            self._when,
            self._because,
            self._compare,
            self._exists,
            self._says,
            self._owned,
        )

    def training(self) -> Iterator[Meaning]:
        """Meanings without end, none with a held-out combination."""
        while True:
            meaning = self._rng.choice(self._patterns)()
            if not any(held_out(combination) for combination in combinations(meaning)):
                yield meaning

    def held_out(self) -> Iterator[Meaning]:
        """Meanings without end, every pattern in turn, all of whose combinations are held out."""
        while True:
            for pattern in self._patterns:
                meaning = pattern()
                while not all(held_out(combination) for combination in combinations(meaning)):
                    meaning = pattern()
                yield meaning

    def _pick(self, concepts: tuple[str, ...], *others: str) -> str:
        return self._rng.choice([concept for concept in concepts if concept not in others])

    def _adjective(self, *others: str) -> str:
        return self._pick(ADJECTIVES, *others)

    def _subject(self, adjective: bool = True) -> Thing:
        return Thing(self._pick(SUBJECTS), self._adjective() if adjective else None)

    def _object(self, definite: bool, adjective: bool = True) -> Thing:
        return Thing(self._pick(OBJECTS), self._adjective() if adjective else None, definite)

    def _fitting(self, subject: Thing, verb: str, definite: bool, adjective: bool) -> Thing:
        noun = self._rng.choice(fitting(subject.noun, verb))
        return Thing(noun, self._adjective() if adjective else None, definite)

    def _act(self) -> Act:
        subject, verb = self._subject(), self._pick(TRANSITIVE)
        thing = self._fitting(subject, verb, definite=False, adjective=True)
        return Act(self._pick(TIMES), subject, verb, thing, self._pick(PLACES))

    def _rest(self) -> Rest:
        place = self._pick(PLACES)
        near = self._pick(PLACES, place)
        return Rest(self._pick(TIMES), self._subject(), self._pick(INTRANSITIVE), place, near)

    def _both(self) -> Both:
        subject, verb = self._subject(adjective=False), self._pick(TRANSITIVE)
        first = self._fitting(subject, verb, definite=False, adjective=False)
        nouns = [noun for noun in fitting(subject.noun, verb) if noun != first.noun]
        second = Thing(self._rng.choice(nouns), self._adjective(), definite=False)
        return Both(subject, verb, first, second, self._pick(PLACES))

    def _contrast(self) -> Contrast:
        subject, verb = self._subject(), self._pick(TRANSITIVE)
        thing = self._fitting(subject, verb, definite=False, adjective=False)
        other_verb = self._pick(TRANSITIVE, verb)
        # What it does not do is what it could not do.
        other = Thing(
            self._pick(OBJECTS, *fitting(subject.noun, other_verb), thing.noun),
            self._adjective(),
            definite=False,
        )
        return Contrast(subject, verb, thing, other_verb, other)

    def _give(self) -> Give:
        subject = self._subject(adjective=False)
        recipient = Thing(self._pick(SUBJECTS, subject.noun), self._adjective())
        return Give(self._pick(TIMES), subject, self._object(definite=False), recipient)

    def _using(self) -> Using:
        subject, verb = self._subject(), self._pick(TRANSITIVE)
        thing = self._fitting(subject, verb, definite=True, adjective=True)
        tool = Thing(self._pick(CATEGORIES["tool"], thing.noun), self._adjective(), definite=False)
        return Using(subject, verb, thing, tool)

    def _move(self) -> Move:
        origin = self._pick(PLACES)
        goal = self._pick(PLACES, origin)
        return Move(self._subject(), self._object(definite=False), origin, goal)

    def _when(self) -> When:
        subject, verb = self._subject(adjective=False), self._pick(INTRANSITIVE)
        other, other_verb = (
            Thing(self._pick(SUBJECTS, subject.noun)),
            self._pick(TRANSITIVE),
        )
        thing = self._fitting(other, other_verb, definite=False, adjective=False)
        return When(subject, verb, self._pick(PLACES), other, other_verb, thing)

    def _because(self) -> Because:
        subject, verb = self._subject(), self._pick(TRANSITIVE)
        thing = self._fitting(subject, verb, definite=True, adjective=False)
        adjective = self._adjective()
        return Because(subject, verb, thing, adjective, self._adjective(adjective))

    def _compare(self) -> Compare:
        thing = self._object(definite=True)
        other = Thing(self._pick(OBJECTS, thing.noun), self._adjective())
        return Compare(thing, self._pick(PLACES), self._pick(COMPARABLE), other)

    def _exists(self) -> Exists:
        place = self._pick(PLACES)
        near = self._pick(PLACES, place)
        return Exists(self._pick(TIMES), self._object(definite=False), place, near)

    def _says(self) -> Says:
        subject, verb = self._subject(), self._pick(TRANSITIVE)
        speaker = Thing(self._pick(SUBJECTS, subject.noun))
        thing = self._fitting(subject, verb, definite=False, adjective=False)
        return Says(speaker, subject, verb, thing, self._pick(PLACES))

    def _owned(self) -> Owned:
        adjective = self._adjective()
        return Owned(
            self._pick(TIMES),
            self._object(definite=True, adjective=False),
            self._subject(),
            adjective,
            self._adjective(adjective),
        )


def combinations(meaning: Meaning) -> tuple[Combination, ...]:
    """The content words that `meaning` brings together, one tuple for each clause.

    Adjectives and times are left out: they go with everything.
    """
    match meaning:
        case Act(_, subject, verb, thing, _) | Using(subject, verb, thing, _):
            return ((subject.noun, verb, thing.noun),)
        case Because(subject, verb, thing, _, _) | Says(_, subject, verb, thing, _):
            return ((subject.noun, verb, thing.noun),)
        case Rest(_, subject, verb, place, _):
            return ((subject.noun, verb, place),)
        case Both(subject, verb, first, second, _):
            return ((subject.noun, verb, first.noun), (subject.noun, verb, second.noun))
        case Contrast(subject, verb, thing, other_verb, other):
            return (
                (subject.noun, verb, thing.noun),
                (subject.noun, other_verb, other.noun),
            )
        case Give(_, subject, thing, recipient):
            return ((subject.noun, thing.noun, recipient.noun),)
        case Move(subject, thing, origin, goal):
            return ((subject.noun, thing.noun, origin, goal),)
        case When(subject, verb, place, other, other_verb, thing):
            return (
                (subject.noun, verb, place),
                (other.noun, other_verb, thing.noun),
            )
        case Compare(thing, _, adjective, other):
            return ((thing.noun, adjective, other.noun),)
        case Exists(_, thing, place, near):
            return ((thing.noun, place, near),)
        case Owned(_, thing, owner, _, _):
            return ((thing.noun, owner.noun),)
        case Fact():
            return ()


def facts() -> tuple[Fact, ...]:
    """Every noun's category."""
    return tuple(Fact(noun, category) for noun, category in CATEGORY_OF.items())
