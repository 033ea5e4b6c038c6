"""Prints sentences of one language beside English, to be read by someone who knows both.

python -m examples.miniature.world.samples deu
"""

import argparse
import itertools

from examples.miniature.world import concepts
from examples.miniature.world.languages import LANGUAGES
from examples.miniature.world.meanings import (
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
from neuronxa_tasks.data.languages import ENGLISH


def samples() -> list[Meaning]:
    """Meanings that say every concept at least once, in every pattern in turn."""
    subjects = itertools.cycle(concepts.SUBJECTS)
    objects = itertools.cycle(concepts.OBJECTS)
    places = itertools.cycle(concepts.PLACES)
    verbs = itertools.cycle(concepts.TRANSITIVE)
    rests = itertools.cycle(concepts.INTRANSITIVE)
    adjectives = itertools.cycle(concepts.ADJECTIVES)
    times = itertools.cycle(concepts.TIMES)
    comparable = itertools.cycle(concepts.COMPARABLE)

    def subject(adjective: bool = False) -> Thing:
        return Thing(next(subjects), next(adjectives) if adjective else None)

    def thing(definite: bool, adjective: bool = False) -> Thing:
        return Thing(next(objects), next(adjectives) if adjective else None, definite)

    made: list[Meaning] = []
    for _ in range(12):
        made += [
            Act(next(times), subject(True), next(verbs), thing(False, True), next(places)),
            Rest(next(times), subject(True), next(rests), next(places), next(places)),
            Both(subject(), next(verbs), thing(False), thing(False, True), next(places)),
            Contrast(subject(True), next(verbs), thing(False), next(verbs), thing(False, True)),
            Give(next(times), subject(), thing(False, True), subject(True)),
            Using(subject(True), next(verbs), thing(True, True), thing(False, True)),
            Move(subject(True), thing(False, True), next(places), next(places)),
            When(subject(), next(rests), next(places), subject(), next(verbs), thing(False)),
            Because(subject(True), next(verbs), thing(True), next(adjectives), next(adjectives)),
            Compare(thing(True, True), next(places), next(comparable), thing(True, True)),
            Exists(next(times), thing(False, True), next(places), next(places)),
            Says(subject(), subject(True), next(verbs), thing(False), next(places)),
            Owned(next(times), thing(True), subject(True), next(adjectives), next(adjectives)),
        ]
        next(adjectives)
        next(verbs)
        next(objects)
    made += [Fact(noun, category) for noun, category in concepts.CATEGORY_OF.items()]
    return made


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("language", help="ISO 639-3 code, such as deu")
    language = parser.parse_args().language
    (other,) = (LANGUAGES[code] for code in LANGUAGES if code.startswith(language))
    for meaning in samples():
        print(LANGUAGES[ENGLISH].sentence(meaning))
        print(f"    {other.sentence(meaning)}")
        words = len(other.tokens(meaning))
        if not isinstance(meaning, Fact) and not 6 <= words <= 15:
            print(f"    !!! {words} words, expected 6 to 15")
