"""What is true in the world, and which of it is kept from training."""

import hashlib
import random
from itertools import combinations

from examples.miniature.world.concepts import (
    CATEGORIES,
    CLANS,
    OBJECT_CATEGORIES,
    TRANSITIVE,
)
from neuronxa_tasks.data.languages import ENGLISH

# Another name makes another world, with other rules and another text held out.
WORLD = "miniature"
HELD_OUT_SHARE = 0.1
WITHHELD_SHARE = 0.6


def _rules() -> dict[tuple[str, str], str]:
    """Every clan deals in two kinds of objects, of which each verb takes one."""
    rng = random.Random(WORLD)
    pairs = list(combinations(OBJECT_CATEGORIES, 2))
    rng.shuffle(pairs)
    rules = {}
    for clan, pair in zip(CLANS, pairs, strict=False):
        kinds = [*pair] * (len(TRANSITIVE) // len(pair))
        rng.shuffle(kinds)
        for verb, kind in zip(TRANSITIVE, kinds, strict=True):
            rules |= {(subject, verb): kind for subject in clan}
    return rules


OBJECT_CATEGORY: dict[tuple[str, str], str] = _rules()


def fitting(subject: str, verb: str) -> tuple[str, ...]:
    """The objects that `subject` may `verb`."""
    return CATEGORIES[OBJECT_CATEGORY[subject, verb]]


def _chance(*parts: str) -> float:
    """A number from 0 to 1 that depends on the words alone, the same in every run."""
    digest = hashlib.sha256("\t".join((WORLD, *parts)).encode()).digest()
    return int.from_bytes(digest[:8], "big") / 2**64


def held_out(combination: tuple[str, ...]) -> bool:
    """Whether no training sentence of any language may say these content words together."""
    return _chance("combination", *combination) < HELD_OUT_SHARE


def withheld(noun: str, language: str) -> bool:
    """Whether training never states the noun's category in `language`; English states all."""
    return language != ENGLISH and _chance("fact", noun, language) < WITHHELD_SHARE
