"""Multiple-choice items of the world, with four choices each."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache

from tools.miniature.world.concepts import CATEGORIES, CATEGORY_OF, OBJECT_CATEGORIES
from tools.miniature.world.generator import Generator
from tools.miniature.world.languages import LANGUAGES
from tools.miniature.world.meanings import Act, Fact, Meaning, Thing
from tools.miniature.world.rules import withheld

CHOICES = 4
CONTINUATIONS = 100
STEM = 4


@dataclass(frozen=True)
class Item:
    """One question.

    Attributes:
        prompt: How the sentence begins.
        choices: Four ways to go on.
        answer: The place of the right one.
    """

    prompt: str
    choices: tuple[str, ...]
    answer: int


def categories(code: str, seed: int) -> Iterator[Item]:
    """What is a wolf? Every noun whose category training does not state in the language.

    Nouns that name their own category, such as Indonesian "burung hantu" among birds, are left out.
    """
    rng = random.Random(f"{seed} categories {code}")
    for category, nouns in CATEGORIES.items():
        for noun in nouns:
            if withheld(noun, code) and not names_category(noun, category, code):
                others = rng.sample([c for c in CATEGORIES if c != category], CHOICES - 1)
                yield _item(rng, code, [Fact(noun, one) for one in (category, *others)])


def names_category(noun: str, category: str, code: str) -> bool:
    """Whether the word for the noun has the word for its category, or its beginning, in it."""
    words = LANGUAGES[code].words
    own, general = words.citation(noun).lower(), words.citation(category).lower()
    if code == "zho_Hans":
        return bool(set(own) & set(general))
    # The ends of words change, as in Turkish "böcek" and "hamamböceği".
    return any(word[:STEM] in own for word in general.split() if len(word) >= STEM)


def continuations(code: str, seed: int, count: int = CONTINUATIONS) -> list[Item]:
    """What does the wolf buy? The same held-out combinations in every language.

    The other three objects are of kinds that do not fit this subject and verb.
    """
    # Every language draws alike, so that the items are parallel.
    rng = random.Random(f"{seed} continuations")
    items = []
    for act in _acts(seed, count):
        right = CATEGORY_OF[act.object.noun]
        wrong = rng.sample([c for c in OBJECT_CATEGORIES if c != right], CHOICES - 1)
        nouns = [act.object.noun, *(rng.choice(CATEGORIES[category]) for category in wrong)]
        meanings = [replace(act, object=Thing(noun, definite=False)) for noun in nouns]
        items.append(_item(rng, code, meanings))
    return items


@cache
def _acts(seed: int, count: int) -> tuple[Act, ...]:
    """Held-out acts of which no two are of the same combination, found once for all languages."""
    acts: dict[tuple[str, ...], Act] = {}
    for meaning in Generator(seed).held_out():
        if isinstance(meaning, Act):
            key = (meaning.subject.noun, meaning.verb, meaning.object.noun)
            acts.setdefault(key, replace(meaning, subject=Thing(meaning.subject.noun)))
            if len(acts) == count:
                break
    return tuple(acts.values())


def _item(rng: random.Random, code: str, meanings: Sequence[Meaning]) -> Item:
    """An item out of sentences of which the first is right.

    What they begin with in common is the prompt.
    """
    language = LANGUAGES[code]
    sentences = [language.sentence(meaning) for meaning in meanings]
    common = _common_words([language.tokens(meaning) for meaning in meanings])
    length = len(language.written(language.tokens(meanings[0])[:common]))
    order = rng.sample(range(CHOICES), CHOICES)
    return Item(
        prompt=sentences[0][:length],
        choices=tuple(sentences[place][length:] for place in order),
        answer=order.index(0),
    )


def _common_words(sentences: Sequence[Sequence[str]]) -> int:
    columns = zip(*sentences, strict=False)
    return next(number for number, words in enumerate(columns) if len(set(words)) > 1)
