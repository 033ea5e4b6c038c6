"""German: three genders and four cases, verb second, and last in subordinate clauses."""

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

VERBS = {
    "see": "sieht",
    "find": "findet",
    "hide": "versteckt",
    "carry": "trägt",
    "buy": "kauft",
    "sell": "verkauft",
    "wash": "wäscht",
    "draw": "zeichnet",
    "hold": "hält",
    "push": "schiebt",
    "steal": "stiehlt",
    "repair": "repariert",
    "sleep": "schläft",
    "sing": "singt",
    "work": "arbeitet",
    "dance": "tanzt",
    "wait": "wartet",
    "laugh": "lacht",
}
ADJECTIVES = {
    "big": "groß",
    "small": "klein",
    "new": "neu",
    "beautiful": "schön",
    "white": "weiß",
    "black": "schwarz",
    "red": "rot",
    "clean": "sauber",
    "heavy": "schwer",
    "strange": "seltsam",
}
COMPARATIVES = {
    "big": "größer",
    "small": "kleiner",
    "heavy": "schwerer",
    "beautiful": "schöner",
}
TIMES = {
    "morning": "am Morgen",
    "evening": "am Abend",
    "night": "nachts",
    "today": "heute",
    "every_day": "jeden Tag",
    "winter": "im Winter",
    "summer": "im Sommer",
    "sunday": "am Sonntag",
}
# By case and gender: the article, and the ending of an adjective behind it.
DEFINITE = {
    "nom": {"m": ("der", "e"), "f": ("die", "e"), "n": ("das", "e")},
    "acc": {"m": ("den", "en"), "f": ("die", "e"), "n": ("das", "e")},
    "dat": {"m": ("dem", "en"), "f": ("der", "en"), "n": ("dem", "en")},
    "gen": {"m": ("des", "en"), "f": ("der", "en"), "n": ("des", "en")},
}
INDEFINITE = {
    "nom": {"m": ("ein", "er"), "f": ("eine", "e"), "n": ("ein", "es")},
    "acc": {"m": ("einen", "en"), "f": ("eine", "e"), "n": ("ein", "es")},
    "dat": {"m": ("einem", "en"), "f": ("einer", "en"), "n": ("einem", "en")},
    "gen": {"m": ("eines", "en"), "f": ("einer", "en"), "n": ("eines", "en")},
}


def realise(meaning: Meaning, words: Words) -> str:
    """What German says for `meaning`."""

    def np(thing: Thing, case: str = "nom") -> str:
        row = words.noun(thing.noun)
        article, ending = (DEFINITE if thing.definite else INDEFINITE)[case][row["gender"]]
        if thing.adjective:
            return f"{article} {ADJECTIVES[thing.adjective]}{ending} {row[case]}"
        return f"{article} {row[case]}"

    def without(thing: Thing) -> str:
        # "kein" is "ein" with a k, and "nicht" follows an object that is known.
        return f"{np(thing, 'acc')} nicht" if thing.definite else f"k{np(thing, 'acc')}"

    where = words.place
    match meaning:
        case Act(time, subject, does, thing, place):
            return (
                f"{TIMES[time]} {VERBS[does]} {np(subject)} {where(place)['in']} {np(thing, 'acc')}"
            )
        case Rest(time, subject, does, place, near):
            return (
                f"{TIMES[time]} {VERBS[does]} {np(subject)} "
                f"{where(place)['in']} {where(near)['near']}"
            )
        case Both(subject, does, first, second, place):
            return (
                f"{np(subject)} {VERBS[does]} {where(place)['in']} "
                f"{np(first, 'acc')} und {np(second, 'acc')}"
            )
        case Contrast(subject, does, thing, other_verb, other):
            return (
                f"{np(subject)} {VERBS[does]} {np(thing, 'acc')}, "
                f"{VERBS[other_verb]} aber {without(other)}"
            )
        case Give(time, subject, thing, recipient):
            return f"{TIMES[time]} gibt {np(subject)} {np(recipient, 'dat')} {np(thing, 'acc')}"
        case Using(subject, does, thing, tool):
            return f"{np(subject)} {VERBS[does]} {np(thing, 'acc')} mit {np(tool, 'dat')}"
        case Move(subject, thing, origin, goal):
            return (
                f"{np(subject)} bringt {np(thing, 'acc')} "
                f"{where(origin)['from']} {where(goal)['to']}"
            )
        case When(subject, does, place, other, other_verb, thing):
            return (
                f"wenn {np(subject)} {where(place)['in']} {VERBS[does]}, "
                f"{VERBS[other_verb]} {np(other)} {np(thing, 'acc')}"
            )
        case Because(subject, does, thing, adjective, other_adjective):
            return (
                f"{np(subject)} {VERBS[does]} {np(thing, 'acc')}, weil {np(Thing(thing.noun))} "
                f"{ADJECTIVES[adjective]} und {ADJECTIVES[other_adjective]} ist"
            )
        case Compare(thing, place, adjective, other):
            return f"{np(thing)} {where(place)['in']} ist {COMPARATIVES[adjective]} als {np(other)}"
        case Exists(time, thing, place, near):
            return (
                f"{TIMES[time]} gibt es {np(thing, 'acc')} "
                f"{where(place)['in']} {where(near)['near']}"
            )
        case Says(speaker, subject, does, thing, place):
            return (
                f"{np(speaker)} sagt, dass {np(subject)} {where(place)['in']} "
                f"{np(thing, 'acc')} {VERBS[does]}"
            )
        case Owned(time, thing, owner, adjective, other_adjective):
            return (
                f"{TIMES[time]} ist {np(thing)} {np(owner, 'gen')} "
                f"{ADJECTIVES[adjective]} und {ADJECTIVES[other_adjective]}"
            )
        case Fact(noun, category):
            return f"{np(Thing(noun, definite=False))} ist {np(Thing(category, definite=False))}"
