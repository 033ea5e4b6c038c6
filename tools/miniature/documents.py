"""The training text: translations, running text and stated facts, much of it in few languages."""

import random
from collections.abc import Iterator

import numpy as np

from neuronxa_tasks.data.languages import ENGLISH
from tools.miniature.world.concepts import NOUNS
from tools.miniature.world.generator import Generator, facts
from tools.miniature.world.languages import LANGUAGES
from tools.miniature.world.meanings import Fact, Meaning
from tools.miniature.world.mixing import mixed
from tools.miniature.world.rules import withheld

# The first language has a hundred times the text of the last.
WEIGHTS: dict[str, float] = dict(
    zip(LANGUAGES, np.geomspace(1, 0.01, len(LANGUAGES)).tolist(), strict=True)
)
TRANSLATED_SHARE, DICTIONARY_SHARE = 0.45, 0.1
FACT_SHARE = 0.2
MIXED_SHARE, MIXED_TRANSLATIONS = 0.9, 0.4
BORROWED_SHARE = 0.5
SENTENCES, ENTRIES = 4, 8


def documents(seed: int) -> Iterator[str]:
    """Documents without end, each of a few lines.

    Args:
        seed: The same seed makes the same documents.
    """
    rng = random.Random(seed)
    meanings = Generator(seed).training()
    stated = {
        code: [fact for fact in facts() if not withheld(fact.noun, code)] for code in LANGUAGES
    }
    while True:
        code = rng.choices(list(WEIGHTS), list(WEIGHTS.values()))[0]
        kind = rng.random()
        if kind < TRANSLATED_SHARE:
            yield _translated(rng, code, [next(meanings) for _ in range(SENTENCES // 2)])
        elif kind < TRANSLATED_SHARE + DICTIONARY_SHARE:
            yield _dictionary(rng, code)
        else:
            yield _running(rng, code, meanings, stated[code])


def _partner(rng: random.Random, code: str) -> str:
    """The other language of a translation: English, or for English any other by its weight."""
    if code != ENGLISH:
        return ENGLISH
    return rng.choices(list(WEIGHTS)[1:], list(WEIGHTS.values())[1:])[0]


def _translated(rng: random.Random, code: str, meanings: list[Meaning]) -> str:
    """Every sentence in two languages, one below the other."""
    pair = [code, _partner(rng, code)]
    rng.shuffle(pair)
    lines = [
        _sentence(rng, meaning, own, other, MIXED_TRANSLATIONS)
        for meaning in meanings
        for own, other in (pair, pair[::-1])
    ]
    return "\n".join(lines) + "\n"


def _sentence(
    rng: random.Random, meaning: Meaning, code: str, lender: str, mixed_share: float
) -> str:
    """A sentence, which for a share of all sentences borrows words of another language."""
    if rng.random() >= mixed_share:
        return LANGUAGES[code].sentence(meaning)
    return mixed(rng, meaning, LANGUAGES[code], LANGUAGES[lender], BORROWED_SHARE)


def _dictionary(rng: random.Random, code: str) -> str:
    """Nouns of two languages, side by side."""
    pair = [code, _partner(rng, code)]
    rng.shuffle(pair)
    nouns = rng.sample(NOUNS, ENTRIES)
    return "".join(
        " = ".join(LANGUAGES[each].words.citation(noun) for each in pair) + "\n" for noun in nouns
    )


def _running(rng: random.Random, code: str, meanings: Iterator[Meaning], stated: list[Fact]) -> str:
    lines = []
    for _ in range(SENTENCES):
        if rng.random() < FACT_SHARE:
            lines.append(LANGUAGES[code].sentence(rng.choice(stated)))
            continue
        partner = _partner(rng, code)
        lines.append(_sentence(rng, next(meanings), code, partner, MIXED_SHARE))
    return "\n".join(lines) + "\n"
