"""How a meaning becomes a sentence: a pattern with slots that every language fills its own way."""

import re
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import ClassVar

from tools.miniature.world.meanings import Because, Meaning, Thing
from tools.miniature.world.words import Row, Words

_SLOT = re.compile(r"\{(\w+)(?::([^}]+))?\}")
_PLACES = {"place": "in", "near": "near", "origin": "from", "goal": "to"}


@dataclass(frozen=True)
class Patterns:
    """A sentence with slots for every kind of meaning, named as the kind is.

    `{object}` is what the language says for that field of the meaning, and `{object:acc}` is that
    in the form "acc". A language has the forms that its class and its tables name, and every
    language has "known", the noun alone as what was spoken of before. Where a word depends on
    another, its form is the other's field, as in `{verb:object}`.
    """

    act: str
    rest: str
    both: str
    contrast: str
    give: str
    using: str
    move: str
    when: str
    because: str
    compare: str
    exists: str
    says: str
    owned: str
    fact: str


class Grammar(ABC):
    """A meaning in one language.

    Attributes:
        patterns: The language's sentences.
        contractions: Where words meet in a sentence, a regular expression, and what they become.
        stop: What a sentence ends with.
        meaning: What to say.
        words: The language's word tables.
    """

    patterns: ClassVar[Patterns]
    contractions: ClassVar[tuple[tuple[str, str], ...]] = ()
    stop: ClassVar[str] = "."

    def __init__(self, meaning: Meaning, words: Words) -> None:
        self.meaning = meaning
        self.words = words

    def realise(self) -> str:
        """The sentence, without capital and full stop and with a space between words."""
        pattern = getattr(self.patterns, type(self.meaning).__name__.lower())
        sentence = _SLOT.sub(self._filled, pattern)
        for meeting, contracted in self.contractions:
            sentence = re.sub(meeting, contracted, sentence)
        return sentence

    @staticmethod
    def written(text: str) -> str:
        """Words with spaces between them as the language writes them."""
        return text

    def _filled(self, slot: re.Match[str]) -> str:
        # Where an article or an adjective is missing, a phrase has a gap.
        return " ".join(self._said(*filter(None, slot.groups())).split())

    def _said(self, field: str, *forms: str) -> str:
        value = getattr(self.meaning, field)
        if forms == ("known",):
            return self.phrase(Thing(getattr(value, "noun", value)))
        match field:
            case "time":
                return self.words.times[value]
            case "place" | "near" | "origin" | "goal":
                return self.words.places[value][_PLACES[field]]
            case "verb" | "other_verb":
                return self.verb(value, *forms)
            case "adjective" | "other_adjective":
                described = "object" if isinstance(self.meaning, Because) else "thing"
                return self.adjective(value, self.noun(getattr(self.meaning, described)), *forms)
            case "noun" | "category":
                return self.phrase(Thing(value, definite=False), *forms)
            case _:
                return self.phrase(value, *forms)

    @abstractmethod
    def phrase(self, thing: Thing, form: str = "") -> str:
        """What a thing is called, with its article and adjective."""

    def verb(self, concept: str, form: str = "present") -> str:
        """A verb in a form."""
        return self.words.verbs[form][concept]

    def adjective(self, concept: str, noun: Row, form: str = "positive") -> str:
        """An adjective as it is said of `noun`."""
        return self.words.adjectives[form][concept]

    def attribute(self, thing: Thing, *forms: str) -> str:
        """The adjective of a thing's phrase; without one, nothing."""
        if thing.adjective is None:
            return ""
        return self.adjective(thing.adjective, self.noun(thing), *forms)

    def noun(self, thing: Thing) -> Row:
        """Forms and features of a thing's noun."""
        return self.words.nouns[thing.noun]

    def things(self, fields: str) -> list[Thing]:
        """The things that a form names, as `{verb:first,second}` names two."""
        return [getattr(self.meaning, field) for field in fields.split(",")]
