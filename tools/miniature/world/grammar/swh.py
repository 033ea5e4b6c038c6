"""Swahili: noun classes rule adjectives, object markers and links; whatever lives is class 1."""

from typing import NamedTuple

from tools.miniature.world.grammar.patterns import Grammar, Patterns
from tools.miniature.world.meanings import Thing
from tools.miniature.world.words import Row


class Concord(NamedTuple):
    """What a noun class puts on the words around its noun.

    Attributes:
        prefix: Before an adjective that starts with a consonant.
        vowel_prefix: Before an adjective that starts with a vowel.
        link: The word for "of".
        marker: The object, inside the verb.
        relative: "which is", before a place.
    """

    prefix: str
    vowel_prefix: str
    link: str
    marker: str
    relative: str


CONCORDS = {
    "1": Concord("m", "mw", "wa", "m", "aliye"),
    "3": Concord("m", "mw", "wa", "u", "ulio"),
    "5": Concord("", "j", "la", "li", "lililo"),
    "6": Concord("ma", "m", "ya", "ya", "yaliyo"),
    "7": Concord("ki", "ch", "cha", "ki", "kilicho"),
    "9": Concord("n", "ny", "ya", "i", "iliyo"),
    "11": Concord("m", "mw", "wa", "u", "ulio"),
    "16": Concord("pa", "p", "pa", "pa", "palipo"),
}
# The prefix of class 9 follows the sound behind it, and a syllable alone wants a full prefix.
IRREGULAR = {("9", "big"): "kubwa", ("9", "new"): "mpya", ("5", "new"): "jipya"}


class Swahili(Grammar):
    """A meaning in Swahili."""

    patterns = Patterns(
        act="{time} {subject} ana{verb:object} {object} {place}",
        rest="{time} {subject} ana{verb} {place} {near}",
        both="{subject} ana{verb:first} {first} na {second} {place}",
        contrast="{subject} ana{verb:object} {object} lakini ha{other_verb:other}i {other}",
        give="{time} {subject} anampa {recipient} {object}",
        using="{subject} ana{verb:object} {object} kwa {tool}",
        move="{subject} analeta {object} {origin} {goal}",
        when="wakati {subject} anapo{verb} {place}, {other} ana{other_verb:object} {object}",
        because="{subject} ana{verb:object} {object} "
        "kwa sababu {object:known} ni {adjective} na {other_adjective}",
        compare="{thing} {thing:relative} {place} ni {adjective} kuliko {other}",
        exists="{time} kuna {thing} {place} {near}",
        says="{speaker} anasema kwamba {subject} ana{verb:object} {object} {place}",
        owned="{time} {thing} {thing:link} {owner} ni {adjective} na {other_adjective}",
        fact="{noun} ni {category}",
    )
    # A verb that is denied ends in i.
    contractions = ((r"\b(ha\w+)ai\b", r"\1i"),)

    def phrase(self, thing: Thing, form: str = "form") -> str:
        """The noun before its adjective, or the "link" or "relative" behind it."""
        noun = self.noun(thing)
        if form == "form":
            return f"{noun['form']} {self.attribute(thing)}"
        concord = CONCORDS[noun["class"]]
        return concord.link if form == "link" else concord.relative

    def verb(self, concept: str, form: str = "") -> str:
        """The stem, behind the marker of the object that `form` names if that is known."""
        # There are no articles: a verb that marks its object says that the object is known.
        known = [thing for thing in self.things(form) if thing.definite] if form else []
        markers = [CONCORDS[self.noun(thing)["class"]].marker for thing in known]
        return "".join([*markers, self.words.verbs["stem"][concept]])

    def adjective(self, concept: str, noun: Row, form: str = "stem") -> str:
        """An adjective as it stands behind a noun of this class."""
        noun_class, stem = noun["class"], self.words.adjectives[form][concept]
        concord = CONCORDS[noun_class]
        match concept:
            case "clean":
                return stem
            case "strange":
                return f"{concord.link} {stem}"
            case _:
                prefix = concord.vowel_prefix if stem[0] == "e" else concord.prefix
                return IRREGULAR.get((noun_class, concept), f"{prefix}{stem}")
