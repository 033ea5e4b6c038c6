"""French: elision, contracted articles, adjectives on either side of the noun, "pas de"."""

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
    "see": "voit",
    "find": "trouve",
    "hide": "cache",
    "carry": "porte",
    "buy": "achète",
    "sell": "vend",
    "wash": "lave",
    "draw": "dessine",
    "hold": "tient",
    "push": "pousse",
    "steal": "vole",
    "repair": "répare",
    "sleep": "dort",
    "sing": "chante",
    "work": "travaille",
    "dance": "danse",
    "wait": "attend",
    "laugh": "rit",
}
# Masculine, feminine, and the masculine before a vowel.
ADJECTIVES = {
    "big": ("grand", "grande", "grand"),
    "small": ("petit", "petite", "petit"),
    "new": ("nouveau", "nouvelle", "nouvel"),
    "beautiful": ("beau", "belle", "bel"),
    "white": ("blanc", "blanche", "blanc"),
    "black": ("noir", "noire", "noir"),
    "red": ("rouge", "rouge", "rouge"),
    "clean": ("propre", "propre", "propre"),
    "heavy": ("lourd", "lourde", "lourd"),
    "strange": ("étrange", "étrange", "étrange"),
}
# Behind "est", "nouveau" would say that a thing is a different one, not that it is unused.
PREDICATES = {**ADJECTIVES, "new": ("neuf", "neuve", "neuf")}
BEFORE_NOUN = ("big", "small", "new", "beautiful")
# Articles alone and behind a preposition: masculine, feminine and, for the definite, elided.
DEFINITE = {
    "": ("le ", "la ", "l'"),
    "de": ("du ", "de la ", "de l'"),
    "à": ("au ", "à la ", "à l'"),
}
INDEFINITE = {
    "": ("un ", "une "),
    "de": ("d'un ", "d'une "),
    "à": ("à un ", "à une "),
}
TIMES = {
    "morning": "le matin",
    "evening": "le soir",
    "night": "la nuit",
    "today": "aujourd'hui",
    "every_day": "chaque jour",
    "winter": "en hiver",
    "summer": "en été",
    "sunday": "le dimanche",
}


def realise(meaning: Meaning, words: Words) -> str:
    """What French says for `meaning`."""

    def feminine(thing: Thing) -> bool:
        return words.noun(thing.noun)["gender"] == "f"

    def bare(thing: Thing) -> tuple[str, bool]:
        """`thing` without an article, and whether the word before it elides."""
        noun = words.noun(thing.noun)
        vowel = noun["onset"] == "vowel"
        if not thing.adjective:
            return noun["form"], vowel
        gendered = ADJECTIVES[thing.adjective]
        if thing.adjective not in BEFORE_NOUN:
            return f"{noun['form']} {gendered[feminine(thing)]}", vowel
        adjective = gendered[2 if vowel and not feminine(thing) else feminine(thing)]
        return f"{adjective} {noun['form']}", False

    def np(thing: Thing, preposition: str = "") -> str:
        phrase, elides = bare(thing)
        if not thing.definite:
            return INDEFINITE[preposition][feminine(thing)] + phrase
        return DEFINITE[preposition][2 if elides else feminine(thing)] + phrase

    def denied(thing: Thing) -> str:
        """An object behind "pas": the indefinite article turns into "de"."""
        phrase, elides = bare(thing)
        if thing.definite:
            return np(thing)
        return f"d'{phrase}" if elides else f"de {phrase}"

    def both(thing: Thing, adjective: str, other: str) -> str:
        """What is said of `thing`."""
        first, second = (PREDICATES[each][feminine(thing)] for each in (adjective, other))
        return f"est {first} et {second}"

    where = words.place
    match meaning:
        case Act(time, subject, does, thing, place):
            return f"{TIMES[time]}, {np(subject)} {VERBS[does]} {np(thing)} {where(place)['in']}"
        case Rest(time, subject, does, place, near):
            return (
                f"{TIMES[time]}, {np(subject)} {VERBS[does]} "
                f"{where(place)['in']} {where(near)['near']}"
            )
        case Both(subject, does, first, second, place):
            return f"{np(subject)} {VERBS[does]} {np(first)} et {np(second)} {where(place)['in']}"
        case Contrast(subject, does, thing, other_verb, other):
            return (
                f"{np(subject)} {VERBS[does]} {np(thing)}, "
                f"mais {before('ne', VERBS[other_verb])} pas {denied(other)}"
            )
        case Give(time, subject, thing, recipient):
            return f"{TIMES[time]}, {np(subject)} donne {np(thing)} {np(recipient, 'à')}"
        case Using(subject, does, thing, tool):
            return f"{np(subject)} {VERBS[does]} {np(thing)} avec {np(tool)}"
        case Move(subject, thing, origin, goal):
            return f"{np(subject)} apporte {np(thing)} {where(origin)['from']} {where(goal)['to']}"
        case When(subject, does, place, other, other_verb, thing):
            return (
                f"quand {np(subject)} {VERBS[does]} {where(place)['in']}, "
                f"{np(other)} {VERBS[other_verb]} {np(thing)}"
            )
        case Because(subject, does, thing, adjective, other_adjective):
            same = Thing(thing.noun)
            return (
                f"{np(subject)} {VERBS[does]} {np(thing)} "
                f"parce que {np(same)} {both(same, adjective, other_adjective)}"
            )
        case Compare(thing, place, adjective, other):
            return (
                f"{np(thing)} {where(place)['in']} "
                f"est plus {ADJECTIVES[adjective][feminine(thing)]} {before('que', np(other))}"
            )
        case Exists(time, thing, place, near):
            # The place comes first, as a new thing likes to come last; "il y a" is a word too long.
            return (
                f"{TIMES[time]}, {where(place)['in']} {where(near)['near']} se trouve {np(thing)}"
            )
        case Says(speaker, subject, does, thing, place):
            return (
                f"{np(speaker)} dit {before('que', np(subject))} {VERBS[does]} {np(thing)} "
                f"{where(place)['in']}"
            )
        case Owned(time, thing, owner, adjective, other_adjective):
            return (
                f"{TIMES[time]}, {np(thing)} {np(owner, 'de')} "
                f"{both(thing, adjective, other_adjective)}"
            )
        case Fact(noun, category):
            return f"{np(Thing(noun, definite=False))} est {np(Thing(category, definite=False))}"


def before(word: str, phrase: str) -> str:
    """`word` in front of a French phrase, with its last vowel elided before another one."""
    return f"{word[:-1]}'{phrase}" if phrase[0] in "aeéiou" else f"{word} {phrase}"
