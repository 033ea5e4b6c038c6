"""Hindi: verb last, postpositions behind an oblique case, two genders in adjectives and verbs."""

from typing import Literal, TypeAlias

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
from tools.miniature.world.words import Words

Case: TypeAlias = Literal["nom", "obl"]

# What stands before the verb and "not" goes behind, and the verb's stem.
VERBS = {
    "see": ("", "देख"),
    "find": ("", "पा"),
    "hide": ("", "छिपा"),
    "carry": ("", "ढो"),
    "buy": ("", "खरीद"),
    "sell": ("", "बेच"),
    "wash": ("", "धो"),
    "draw": ("का चित्र", "बना"),
    "hold": ("", "थाम"),
    "push": ("", "धकेल"),
    "steal": ("", "चुरा"),
    "repair": ("ठीक", "कर"),
    "sleep": ("", "सो"),
    "sing": ("", "गा"),
    "work": ("काम", "कर"),
    "dance": ("", "नाच"),
    "wait": ("इंतज़ार", "कर"),
    "laugh": ("", "हँस"),
}
# The object is the genitive of what is drawn: "makes the hammer's picture".
OBJECT_CASES: dict[str, Case] = {"draw": "obl"}
# Masculine, masculine oblique and feminine.
ADJECTIVES = {
    "big": ("बड़ा", "बड़े", "बड़ी"),
    "small": ("छोटा", "छोटे", "छोटी"),
    "new": ("नया", "नए", "नई"),
    "beautiful": ("सुंदर", "सुंदर", "सुंदर"),
    "white": ("सफ़ेद", "सफ़ेद", "सफ़ेद"),
    "black": ("काला", "काले", "काली"),
    "red": ("लाल", "लाल", "लाल"),
    "clean": ("साफ़", "साफ़", "साफ़"),
    "heavy": ("भारी", "भारी", "भारी"),
    "strange": ("अजीब", "अजीब", "अजीब"),
}
TIMES = {
    "morning": "सुबह",
    "evening": "शाम को",
    "night": "रात को",
    "today": "आज",
    "every_day": "हर दिन",
    "winter": "सर्दियों में",
    "summer": "गर्मियों में",
    "sunday": "रविवार को",
}


def realise(meaning: Meaning, words: Words) -> str:
    """What Hindi says for `meaning`."""

    def feminine(noun: str) -> bool:
        return words.noun(noun)["gender"] == "f"

    def adjective(concept: str, noun: str, case: Case = "nom") -> str:
        masculine, oblique, with_feminine = ADJECTIVES[concept]
        if feminine(noun):
            return with_feminine
        return masculine if case == "nom" else oblique

    def np(thing: Thing, case: Case = "nom", negated: bool = False) -> str:
        phrase = words.noun(thing.noun)[case]
        if thing.adjective:
            phrase = f"{adjective(thing.adjective, thing.noun, case)} {phrase}"
        return phrase if thing.definite else f"{indefinite(case, negated)} {phrase}"

    def habit(stem: str, subject: str) -> str:
        return stem + ("ती" if feminine(subject) else "ता")

    def verb(concept: str, subject: Thing) -> str:
        before, stem = VERBS[concept]
        return f"{before} {habit(stem, subject.noun)} है".lstrip()

    def verb_not(concept: str, subject: Thing) -> str:
        before, stem = VERBS[concept]
        return f"{before} नहीं {habit(stem, subject.noun)}".lstrip()

    def being(time: str, noun: str) -> str:
        return "है" if time == "today" else f"{habit('हो', noun)} है"

    def both_adjectives(one: str, other: str, noun: str) -> str:
        return f"{adjective(one, noun)} और {adjective(other, noun)}"

    def acted_on(does: str, thing: Thing, negated: bool = False) -> str:
        return np(thing, OBJECT_CASES.get(does, "nom"), negated)

    where = words.place
    match meaning:
        case Act(time, subject, does, thing, place):
            return (
                f"{TIMES[time]} {np(subject)} {where(place)['in']} "
                f"{acted_on(does, thing)} {verb(does, subject)}"
            )
        case Rest(time, subject, does, place, near):
            return (
                f"{TIMES[time]} {np(subject)} {where(place)['in']} {where(near)['near']} "
                f"{verb(does, subject)}"
            )
        case Both(subject, does, first, second, place):
            return (
                f"{np(subject)} {where(place)['in']} "
                f"{acted_on(does, first)} और {acted_on(does, second)} {verb(does, subject)}"
            )
        case Contrast(subject, does, thing, other_verb, other):
            return (
                f"{np(subject)} {acted_on(does, thing)} {verb(does, subject)}, लेकिन "
                f"{acted_on(other_verb, other, negated=True)} {verb_not(other_verb, subject)}"
            )
        case Give(time, subject, thing, recipient):
            return (
                f"{TIMES[time]} {np(subject)} {np(recipient, 'obl')} को {np(thing)} "
                f"{habit('दे', subject.noun)} है"
            )
        case Using(subject, does, thing, tool):
            return (
                f"{np(subject)} {np(tool, 'obl')} की मदद से "
                f"{acted_on(does, thing)} {verb(does, subject)}"
            )
        case Move(subject, thing, origin, goal):
            return (
                f"{np(subject)} {where(origin)['from']} {where(goal)['to']} {np(thing)} "
                f"{habit('ला', subject.noun)} है"
            )
        case When(subject, does, place, other, other_verb, thing):
            return (
                f"जब {np(subject)} {where(place)['in']} {verb(does, subject)}, "
                f"{np(other)} {acted_on(other_verb, thing)} {verb(other_verb, other)}"
            )
        case Because(subject, does, thing, one, other_adjective):
            return (
                f"{np(subject)} {acted_on(does, thing)} {verb(does, subject)} "
                f"क्योंकि {np(Thing(thing.noun))} "
                f"{both_adjectives(one, other_adjective, thing.noun)} है"
            )
        case Compare(thing, place, quality, other):
            return (
                f"{where(place)['in']} मौजूद {np(thing)} {np(other, 'obl')} से ज़्यादा "
                f"{adjective(quality, thing.noun)} है"
            )
        case Exists(time, thing, place, near):
            return (
                f"{TIMES[time]} {where(place)['in']} {where(near)['near']} {np(thing)} "
                f"{being(time, thing.noun)}"
            )
        case Says(speaker, subject, does, thing, place):
            return (
                f"{np(speaker)} {habit('कह', speaker.noun)} है कि {np(subject)} "
                f"{where(place)['in']} {acted_on(does, thing)} {verb(does, subject)}"
            )
        case Owned(time, thing, owner, one, other_adjective):
            return (
                f"{TIMES[time]} {np(owner, 'obl')} {'की' if feminine(thing.noun) else 'का'} "
                f"{np(thing)} {both_adjectives(one, other_adjective, thing.noun)} "
                f"{being(time, thing.noun)}"
            )
        case Fact(noun, category):
            return f"{np(Thing(noun))} {np(Thing(category, definite=False))} है"


def indefinite(case: Case, negated: bool) -> str:
    """What stands for "a": "one", or "any" behind a negation."""
    if not negated:
        return "एक"
    return "कोई" if case == "nom" else "किसी"
