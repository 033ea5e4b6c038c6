"""Prints sentences of one language beside English, to be read by someone who knows both.

python -m tools.miniature.world.samples deu
"""

import argparse
from collections.abc import Iterator
from dataclasses import astuple

from neuronxa_tasks.data.languages import ENGLISH
from tools.miniature.world import concepts
from tools.miniature.world.generator import Generator, facts
from tools.miniature.world.languages import LANGUAGES
from tools.miniature.world.meanings import Fact, Meaning


def samples() -> Iterator[Meaning]:
    """Meanings that say every concept at least once, in every pattern in turn; then the facts."""
    unsaid = {
        *(*concepts.SUBJECTS, *concepts.OBJECTS, *concepts.PLACES, *concepts.TIMES),
        *(*concepts.TRANSITIVE, *concepts.INTRANSITIVE, *concepts.ADJECTIVES),
    }
    for meaning in Generator(0).held_out():
        yield meaning
        for value in astuple(meaning):
            unsaid -= {*value} if isinstance(value, tuple) else {value}
        if not unsaid:
            break
    yield from facts()


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
