"""Indonesian: no agreement; "se-" and a classifier before a noun, or "itu" behind its phrase."""

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
    "see": "melihat",
    "find": "menemukan",
    "hide": "menyembunyikan",
    "carry": "mengangkut",
    "buy": "membeli",
    "sell": "menjual",
    "wash": "mencuci",
    "draw": "menggambar",
    "hold": "memegang",
    "push": "mendorong",
    "steal": "mencuri",
    "repair": "memperbaiki",
    "sleep": "tidur",
    "sing": "bernyanyi",
    "work": "bekerja",
    "dance": "menari",
    "wait": "menunggu",
    "laugh": "tertawa",
}
ADJECTIVES = {
    "big": "besar",
    "small": "kecil",
    "new": "baru",
    "beautiful": "cantik",
    "white": "putih",
    "black": "hitam",
    "red": "merah",
    "clean": "bersih",
    "heavy": "berat",
    "strange": "aneh",
}
TIMES = {
    "morning": "pada pagi hari",
    "evening": "pada sore hari",
    "night": "pada malam hari",
    "today": "hari ini",
    "every_day": "setiap hari",
    "winter": "pada musim dingin",
    "summer": "pada musim panas",
    "sunday": "pada hari Minggu",
}


def realise(meaning: Meaning, words: Words) -> str:
    """What Indonesian says for `meaning`."""

    def bare(thing: Thing) -> str:
        noun = words.noun(thing.noun)["form"]
        return f"{noun} {ADJECTIVES[thing.adjective]}" if thing.adjective else noun

    def np(thing: Thing, place: str = "") -> str:
        phrase = f"{bare(thing)} {place}" if place else bare(thing)
        if thing.definite:
            return f"{phrase} itu"
        return f"se{words.noun(thing.noun)['classifier']} {phrase}"

    where = words.place
    match meaning:
        case Act(time, subject, does, thing, place):
            return f"{TIMES[time]} {np(subject)} {VERBS[does]} {np(thing)} {where(place)['in']}"
        case Rest(time, subject, does, place, near):
            return (
                f"{TIMES[time]} {np(subject)} {VERBS[does]} "
                f"{where(place)['in']} {where(near)['near']}"
            )
        case Both(subject, does, first, second, place):
            return f"{np(subject)} {VERBS[does]} {np(first)} dan {np(second)} {where(place)['in']}"
        case Contrast(subject, does, thing, other_verb, other):
            # What someone does not buy is not counted: no classifier behind "tidak".
            other_np = np(other) if other.definite else bare(other)
            return (
                f"{np(subject)} {VERBS[does]} {np(thing)}, "
                f"tetapi tidak {VERBS[other_verb]} {other_np}"
            )
        case Give(time, subject, thing, recipient):
            return f"{TIMES[time]} {np(subject)} memberi {np(recipient)} {np(thing)}"
        case Using(subject, does, thing, tool):
            return f"{np(subject)} {VERBS[does]} {np(thing)} dengan {np(tool)}"
        case Move(subject, thing, origin, goal):
            return f"{np(subject)} membawa {np(thing)} {where(origin)['from']} {where(goal)['to']}"
        case When(subject, does, place, other, other_verb, thing):
            return (
                f"ketika {np(subject)} {VERBS[does]} {where(place)['in']}, "
                f"{np(other)} {VERBS[other_verb]} {np(thing)}"
            )
        case Because(subject, does, thing, adjective, other_adjective):
            return (
                f"{np(subject)} {VERBS[does]} {np(thing)} karena {np(Thing(thing.noun))} "
                f"{ADJECTIVES[adjective]} dan {ADJECTIVES[other_adjective]}"
            )
        case Compare(thing, place, adjective, other):
            return (
                f"{np(thing, where(place)['in'])} lebih {ADJECTIVES[adjective]} "
                f"daripada {np(other)}"
            )
        case Exists(time, thing, place, near):
            return f"{TIMES[time]} ada {np(thing)} {where(place)['in']} {where(near)['near']}"
        case Says(speaker, subject, does, thing, place):
            # "mengatakan bahwa" is as usual, but too long behind compounds such as "burung hantu".
            return (
                f"kata {np(speaker)}, {np(subject)} {VERBS[does]} {np(thing)} {where(place)['in']}"
            )
        case Owned(time, thing, owner, adjective, other_adjective):
            return (
                f"{TIMES[time]} {bare(thing)} milik {np(owner)} "
                f"{ADJECTIVES[adjective]} dan {ADJECTIVES[other_adjective]}"
            )
        case Fact(noun, category):
            return f"{bare(Thing(noun))} adalah {bare(Thing(category))}"
