"""Swahili: noun classes rule adjectives, object markers and links; whatever lives is class 1."""

from typing import NamedTuple

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
STEMS = {
    "big": "kubwa",
    "small": "dogo",
    "new": "pya",
    "beautiful": "zuri",
    "white": "eupe",
    "black": "eusi",
    "red": "ekundu",
    "heavy": "zito",
}
# The prefix of class 9 follows the sound behind it, and a syllable alone wants a full prefix.
IRREGULAR = {("9", "big"): "kubwa", ("9", "new"): "mpya", ("5", "new"): "jipya"}
VERBS = {
    "see": "ona",
    "find": "pata",
    "hide": "ficha",
    "carry": "beba",
    "buy": "nunua",
    "sell": "uza",
    "wash": "osha",
    "draw": "chora",
    "hold": "shika",
    "push": "sukuma",
    "steal": "iba",
    "repair": "rekebisha",
    "sleep": "lala",
    "sing": "imba",
    "work": "fanya kazi",
    "dance": "cheza ngoma",
    "wait": "subiri",
    "laugh": "cheka",
}
TIMES = {
    "morning": "asubuhi",
    "evening": "jioni",
    "night": "usiku",
    "today": "leo",
    "every_day": "kila siku",
    "winter": "wakati wa baridi",
    "summer": "wakati wa kiangazi",
    "sunday": "Jumapili",
}


def realise(meaning: Meaning, words: Words) -> str:
    """What Swahili says for `meaning`."""

    def concord(noun: str) -> Concord:
        return CONCORDS[words.noun(noun)["class"]]

    def adjective_of(noun: str, adjective: str) -> str:
        return adjective_in(words.noun(noun)["class"], adjective)

    def np(thing: Thing) -> str:
        noun = words.noun(thing.noun)["form"]
        return f"{noun} {adjective_of(thing.noun, thing.adjective)}" if thing.adjective else noun

    def marked(verb: str, thing: Thing) -> str:
        # There are no articles: a verb that marks its object says that the object is known.
        return (concord(thing.noun).marker if thing.definite else "") + VERBS[verb]

    def does_to(verb: str, thing: Thing) -> str:
        return f"ana{marked(verb, thing)} {np(thing)}"

    def does_not_to(verb: str, thing: Thing) -> str:
        return f"ha{marked(verb, thing).removesuffix('a')}i {np(thing)}"

    def is_both(noun: str, adjective: str, other: str) -> str:
        return f"ni {adjective_of(noun, adjective)} na {adjective_of(noun, other)}"

    where = words.place
    match meaning:
        case Act(time, subject, does, thing, place):
            return f"{TIMES[time]} {np(subject)} {does_to(does, thing)} {where(place)['in']}"
        case Rest(time, subject, does, place, near):
            return (
                f"{TIMES[time]} {np(subject)} ana{VERBS[does]} "
                f"{where(place)['in']} {where(near)['near']}"
            )
        case Both(subject, does, first, second, place):
            return f"{np(subject)} {does_to(does, first)} na {np(second)} {where(place)['in']}"
        case Contrast(subject, does, thing, other_verb, other):
            return f"{np(subject)} {does_to(does, thing)} lakini {does_not_to(other_verb, other)}"
        case Give(time, subject, thing, recipient):
            return f"{TIMES[time]} {np(subject)} anampa {np(recipient)} {np(thing)}"
        case Using(subject, does, thing, tool):
            return f"{np(subject)} {does_to(does, thing)} kwa {np(tool)}"
        case Move(subject, thing, origin, goal):
            return f"{np(subject)} analeta {np(thing)} {where(origin)['from']} {where(goal)['to']}"
        case When(subject, does, place, other, other_verb, thing):
            return (
                f"wakati {np(subject)} anapo{VERBS[does]} {where(place)['in']}, "
                f"{np(other)} {does_to(other_verb, thing)}"
            )
        case Because(subject, does, thing, adjective, other_adjective):
            return (
                f"{np(subject)} {does_to(does, thing)} kwa sababu {np(Thing(thing.noun))} "
                f"{is_both(thing.noun, adjective, other_adjective)}"
            )
        case Compare(thing, place, adjective, other):
            return (
                f"{np(thing)} {concord(thing.noun).relative} {where(place)['in']} "
                f"ni {adjective_of(thing.noun, adjective)} kuliko {np(other)}"
            )
        case Exists(time, thing, place, near):
            return f"{TIMES[time]} kuna {np(thing)} {where(place)['in']} {where(near)['near']}"
        case Says(speaker, subject, does, thing, place):
            return (
                f"{np(speaker)} anasema kwamba {np(subject)} {does_to(does, thing)} "
                f"{where(place)['in']}"
            )
        case Owned(time, thing, owner, adjective, other_adjective):
            return (
                f"{TIMES[time]} {np(thing)} {concord(thing.noun).link} {np(owner)} "
                f"{is_both(thing.noun, adjective, other_adjective)}"
            )
        case Fact(noun, category):
            return f"{np(Thing(noun))} ni {np(Thing(category))}"


def adjective_in(noun_class: str, adjective: str) -> str:
    """`adjective` as it stands behind a noun of `noun_class`."""
    if (noun_class, adjective) in IRREGULAR:
        return IRREGULAR[noun_class, adjective]
    concord = CONCORDS[noun_class]
    match adjective:
        case "clean":
            return "safi"
        case "strange":
            return f"{concord.link} ajabu"
        case _:
            stem = STEMS[adjective]
            return (concord.vowel_prefix if stem[0] == "e" else concord.prefix) + stem
