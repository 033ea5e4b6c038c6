"""Italian: articles by sound, melted into prepositions; some adjectives precede the noun."""

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
    "see": "vede",
    "find": "trova",
    "hide": "nasconde",
    "carry": "trasporta",
    "buy": "compra",
    "sell": "vende",
    "wash": "lava",
    "draw": "disegna",
    "hold": "regge",
    "push": "spinge",
    "steal": "ruba",
    "repair": "ripara",
    "sleep": "dorme",
    "sing": "canta",
    "work": "lavora",
    "dance": "balla",
    "wait": "aspetta",
    "laugh": "ride",
}
ADJECTIVES = {
    "big": {"m": "grande", "f": "grande"},
    "small": {"m": "piccolo", "f": "piccola"},
    "new": {"m": "nuovo", "f": "nuova"},
    "beautiful": {"m": "bello", "f": "bella"},
    "white": {"m": "bianco", "f": "bianca"},
    "black": {"m": "nero", "f": "nera"},
    "red": {"m": "rosso", "f": "rossa"},
    "clean": {"m": "pulito", "f": "pulita"},
    "heavy": {"m": "pesante", "f": "pesante"},
    "strange": {"m": "strano", "f": "strana"},
}
BEFORE_NOUN = ("big", "small", "beautiful")
# "bello" before a masculine noun follows the noun's sound as an article does.
BEAUTIFUL = {"plain": "bel ", "impure": "bello ", "vowel": "bell'"}
# Definite and indefinite, by gender and by the sound that follows; "impure" is z, or s and a
# consonant. An article that elides has no space behind it.
ARTICLES = {
    ("m", "plain"): ("il ", "un "),
    ("m", "impure"): ("lo ", "uno "),
    ("m", "vowel"): ("l'", "un "),
    ("f", "plain"): ("la ", "una "),
    ("f", "impure"): ("la ", "una "),
    ("f", "vowel"): ("l'", "un'"),
}
# What follows the stem of a preposition in place of the definite article.
MELTED = {"il ": "l ", "lo ": "llo ", "la ": "lla ", "l'": "ll'"}
STEMS = {"a": "a", "di": "de"}
TIMES = {
    "morning": "di mattina",
    "evening": "di sera",
    "night": "di notte",
    "today": "oggi",
    "every_day": "ogni giorno",
    "winter": "in inverno",
    "summer": "in estate",
    "sunday": "di domenica",
}


def realise(meaning: Meaning, words: Words) -> str:
    """What Italian says for `meaning`."""

    def adjective(concept: str, thing: Thing) -> str:
        return ADJECTIVES[concept][words.noun(thing.noun)["gender"]]

    def np(thing: Thing, preposition: str = "") -> str:
        noun = words.noun(thing.noun)
        gender, onset, phrase = noun["gender"], noun["onset"], noun["form"]
        if thing.adjective in BEFORE_NOUN:
            if thing.adjective == "beautiful" and gender == "m":
                phrase = f"{BEAUTIFUL[onset]}{phrase}"
            else:
                phrase = f"{adjective(thing.adjective, thing)} {phrase}"
            onset = "plain"  # of all the adjectives that precede
        elif thing.adjective:
            phrase = f"{phrase} {adjective(thing.adjective, thing)}"
        definite, indefinite = ARTICLES[gender, onset]
        if not thing.definite:
            return f"{preposition} {indefinite}{phrase}".strip()
        if preposition:
            return f"{STEMS[preposition]}{MELTED[definite]}{phrase}"
        return f"{definite}{phrase}"

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
            return f"{np(subject)} {VERBS[does]} {np(first)} e {np(second)} {where(place)['in']}"
        case Contrast(subject, does, thing, other_verb, other):
            return (
                f"{np(subject)} {VERBS[does]} {np(thing)}, ma non {VERBS[other_verb]} {np(other)}"
            )
        case Give(time, subject, thing, recipient):
            return f"{TIMES[time]} {np(subject)} dà {np(thing)} {np(recipient, 'a')}"
        case Using(subject, does, thing, tool):
            return f"{np(subject)} {VERBS[does]} {np(thing)} con {np(tool)}"
        case Move(subject, thing, origin, goal):
            return f"{np(subject)} porta {np(thing)} {where(origin)['from']} {where(goal)['to']}"
        case When(subject, does, place, other, other_verb, thing):
            return (
                f"quando {np(subject)} {VERBS[does]} {where(place)['in']}, "
                f"{np(other)} {VERBS[other_verb]} {np(thing)}"
            )
        case Because(subject, does, thing, first, second):
            return (
                f"{np(subject)} {VERBS[does]} {np(thing)} perché {np(Thing(thing.noun))} "
                f"è {adjective(first, thing)} e {adjective(second, thing)}"
            )
        case Compare(thing, place, quality, other):
            return (
                f"{np(thing)} {where(place)['in']} è più {adjective(quality, thing)} "
                f"{np(other, 'di')}"
            )
        case Exists(time, thing, place, near):
            return f"{TIMES[time]} c'è {np(thing)} {where(place)['in']} {where(near)['near']}"
        case Says(speaker, subject, does, thing, place):
            return (
                f"{np(speaker)} dice che {np(subject)} {VERBS[does]} {np(thing)} "
                f"{where(place)['in']}"
            )
        case Owned(time, thing, owner, first, second):
            return (
                f"{TIMES[time]} {np(thing)} {np(owner, 'di')} "
                f"è {adjective(first, thing)} e {adjective(second, thing)}"
            )
        case Fact(noun, category):
            return f"{np(Thing(noun, definite=False))} è {np(Thing(category, definite=False))}"
