"""Sentences that say some of their concepts in another language, as bilingual people do."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import fields, replace
from typing import Any

from tools.miniature.world.concepts import (
    ADJECTIVES,
    CATEGORIES,
    CATEGORY_OF,
    COMPARABLE,
    INTRANSITIVE,
    PLACES,
    TIMES,
    TRANSITIVE,
)
from tools.miniature.world.languages import Language
from tools.miniature.world.meanings import Meaning, Thing

# A longer span would take along words that other concepts share.
LONGEST = 4
_KINDS = (COMPARABLE, TRANSITIVE, INTRANSITIVE, ADJECTIVES, TIMES, PLACES)


def mixed(
    rng: random.Random, meaning: Meaning, own: Language, other: Language, share: float
) -> str:
    """A sentence of one language in which another says some of the concepts.

    What says a concept is found without knowing the grammar: it is the words that change when
    another concept takes its place.

    Args:
        rng: Chooses the concepts.
        meaning: What to say.
        own: The language whose sentence it is.
        other: The language that lends.
        share: The chance of each concept to be borrowed.
    """
    tokens, lent = own.tokens(meaning), other.tokens(meaning)
    spans = []
    for variant in _variants(rng, meaning, share):
        start, end = _changed(tokens, own.tokens(variant))
        first, last = _changed(lent, other.tokens(variant))
        if max(end - start, last - first) <= LONGEST:
            spans.append((start, end, lent[first:last]))
    taken = len(tokens)
    for start, end, words in sorted(spans, key=lambda span: -span[0]):
        if end <= taken:
            tokens[start:end] = words
            taken = start
    return own.sentence_of(tokens)


def _variants(rng: random.Random, meaning: Meaning, share: float) -> Iterator[Meaning]:
    """The meaning with one concept changed, for some of its concepts."""
    changes: dict[str, Any]
    for field in fields(meaning):
        value = getattr(meaning, field.name)
        if not isinstance(value, Thing):
            if rng.random() < share:
                changes = {field.name: _another(rng, value)}
                yield replace(meaning, **changes)
            continue
        for part in ("noun", "adjective"):
            concept = getattr(value, part)
            if concept and rng.random() < share:
                changes = {part: _another(rng, concept)}
                changes = {field.name: replace(value, **changes)}
                yield replace(meaning, **changes)


def _another(rng: random.Random, concept: str) -> str:
    """Another concept that fits into the same place."""
    kind = next((k for k in _KINDS if concept in k), None) or CATEGORIES[CATEGORY_OF[concept]]
    return rng.choice([one for one in kind if one != concept])


def _changed(tokens: Sequence[str], variant: Sequence[str]) -> tuple[int, int]:
    """Where two sentences differ: begin and end in the first."""
    shorter = min(len(tokens), len(variant))
    start = next((i for i in range(shorter) if tokens[i] != variant[i]), shorter)
    same = next(
        (i for i in range(shorter - start) if tokens[-1 - i] != variant[-1 - i]), shorter - start
    )
    return start, len(tokens) - same
