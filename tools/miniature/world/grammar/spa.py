"""Spanish: adjectives follow and agree, `el` before stressed a, two verbs for "is"."""

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
    "see": "ve",
    "find": "encuentra",
    "hide": "esconde",
    "carry": "transporta",
    "buy": "compra",
    "sell": "vende",
    "wash": "lava",
    "draw": "dibuja",
    "hold": "sostiene",
    "push": "empuja",
    "steal": "roba",
    "repair": "repara",
    "sleep": "duerme",
    "sing": "canta",
    "work": "trabaja",
    "dance": "baila",
    "wait": "espera",
    "laugh": "se ríe",
}
ADJECTIVES = {
    "big": {"m": "grande", "f": "grande"},
    "small": {"m": "pequeño", "f": "pequeña"},
    "new": {"m": "nuevo", "f": "nueva"},
    "beautiful": {"m": "hermoso", "f": "hermosa"},
    "white": {"m": "blanco", "f": "blanca"},
    "black": {"m": "negro", "f": "negra"},
    "red": {"m": "rojo", "f": "roja"},
    "clean": {"m": "limpio", "f": "limpia"},
    "heavy": {"m": "pesado", "f": "pesada"},
    "strange": {"m": "extraño", "f": "extraña"},
}
ARTICLES = {"m": ("el", "un"), "f": ("la", "una")}
TIMES = {
    "morning": "por la mañana",
    "evening": "por la tarde",
    "night": "por la noche",
    "today": "hoy",
    "every_day": "todos los días",
    "winter": "en invierno",
    "summer": "en verano",
    "sunday": "el domingo",
}


def realise(meaning: Meaning, words: Words) -> str:
    """What Spanish says for `meaning`."""

    def gender(thing: Thing) -> str:
        return words.noun(thing.noun)["gender"]

    def np(thing: Thing) -> str:
        noun = words.noun(thing.noun)
        # "el águila blanca": the article is the masculine one, the adjective is not.
        article_gender = "m" if noun["onset"] == "stressed_a" else noun["gender"]
        definite, indefinite = ARTICLES[article_gender]
        phrase = f"{definite if thing.definite else indefinite} {noun['form']}"
        if thing.adjective:
            return f"{phrase} {ADJECTIVES[thing.adjective][noun['gender']]}"
        return phrase

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
            return f"{np(subject)} {VERBS[does]} {np(first)} y {np(second)} {where(place)['in']}"
        case Contrast(subject, does, thing, other_verb, other):
            return (
                f"{np(subject)} {VERBS[does]} {np(thing)}, pero no {VERBS[other_verb]} {np(other)}"
            )
        case Give(time, subject, thing, recipient):
            return f"{TIMES[time]} {np(subject)} le da {np(thing)} {after('a', np(recipient))}"
        case Using(subject, does, thing, tool):
            return f"{np(subject)} {VERBS[does]} {np(thing)} con {np(tool)}"
        case Move(subject, thing, origin, goal):
            return f"{np(subject)} lleva {np(thing)} {where(origin)['from']} {where(goal)['to']}"
        case When(subject, does, place, other, other_verb, thing):
            return (
                f"cuando {np(subject)} {VERBS[does]} {where(place)['in']}, "
                f"{np(other)} {VERBS[other_verb]} {np(thing)}"
            )
        case Because(subject, does, thing, adjective, other_adjective):
            return (
                f"{np(subject)} {VERBS[does]} {np(thing)} porque {np(Thing(thing.noun))} "
                f"{predicate(gender(thing), adjective, other_adjective)}"
            )
        case Compare(thing, place, adjective, other):
            return (
                f"{np(thing)} que está {where(place)['in']} "
                f"es más {ADJECTIVES[adjective][gender(thing)]} que {np(other)}"
            )
        case Exists(time, thing, place, near):
            return f"{TIMES[time]} hay {np(thing)} {where(place)['in']} {where(near)['near']}"
        case Says(speaker, subject, does, thing, place):
            return (
                f"{np(speaker)} dice que {np(subject)} {VERBS[does]} {np(thing)} "
                f"{where(place)['in']}"
            )
        case Owned(time, thing, owner, adjective, other_adjective):
            return (
                f"{TIMES[time]} {np(thing)} {after('de', np(owner))} "
                f"{predicate(gender(thing), adjective, other_adjective)}"
            )
        case Fact(noun, category):
            return f"{np(Thing(noun, definite=False))} es {np(Thing(category, definite=False))}"


def after(preposition: str, phrase: str) -> str:
    """`phrase` behind `a` or `de`, which melt into the article `el`."""
    if phrase.startswith("el "):
        return f"{preposition}{phrase.removeprefix('e')}"
    return f"{preposition} {phrase}"


def predicate(gender: str, first: str, second: str) -> str:
    """Two adjectives with their verb, said again where the second takes the other one."""
    # Being clean is a state, so it takes "está".
    verbs = ["está" if adjective == "clean" else "es" for adjective in (first, second)]
    again = "" if verbs[0] == verbs[1] else f"{verbs[1]} "
    return f"{verbs[0]} {ADJECTIVES[first][gender]} y {again}{ADJECTIVES[second][gender]}"
