"""Greek: three genders and cases, prepositions fused with articles, a final n by sound."""

from typing import TypeAlias

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

Articles: TypeAlias = dict[str, dict[str, str]]

DEFINITE = {
    "m": {"nom": "ο", "acc": "τον", "gen": "του"},
    "f": {"nom": "η", "acc": "την", "gen": "της"},
    "n": {"nom": "το", "acc": "το", "gen": "του"},
}
INDEFINITE = {
    "m": {"nom": "ένας", "acc": "έναν", "gen": "ενός"},
    "f": {"nom": "μια", "acc": "μια", "gen": "μιας"},
    "n": {"nom": "ένα", "acc": "ένα", "gen": "ενός"},
}
# Under negation "a" is "any"; only objects stand there.
NEGATIVE = {
    "m": {"acc": "κανέναν"},
    "f": {"acc": "καμία"},
    "n": {"acc": "κανένα"},
}
VERBS = {
    "see": "βλέπει",
    "find": "βρίσκει",
    "hide": "κρύβει",
    "carry": "κουβαλάει",
    "buy": "αγοράζει",
    "sell": "πουλάει",
    "wash": "πλένει",
    "draw": "ζωγραφίζει",
    "hold": "κρατάει",
    "push": "σπρώχνει",
    "steal": "κλέβει",
    "repair": "επισκευάζει",
    "sleep": "κοιμάται",
    "sing": "τραγουδάει",
    "work": "δουλεύει",
    "dance": "χορεύει",
    "wait": "περιμένει",
    "laugh": "γελάει",
}
# Nominative of the three genders, and the genitive that masculine and neuter share.
ADJECTIVES = {
    "big": ("μεγάλος", "μεγάλη", "μεγάλο", "μεγάλου"),
    "small": ("μικρός", "μικρή", "μικρό", "μικρού"),
    "new": ("καινούριος", "καινούρια", "καινούριο", "καινούριου"),
    "beautiful": ("όμορφος", "όμορφη", "όμορφο", "όμορφου"),
    "white": ("άσπρος", "άσπρη", "άσπρο", "άσπρου"),
    "black": ("μαύρος", "μαύρη", "μαύρο", "μαύρου"),
    "red": ("κόκκινος", "κόκκινη", "κόκκινο", "κόκκινου"),
    "clean": ("καθαρός", "καθαρή", "καθαρό", "καθαρού"),
    "heavy": ("βαρύς", "βαριά", "βαρύ", "βαριού"),
    "strange": ("παράξενος", "παράξενη", "παράξενο", "παράξενου"),
}
COMPARATIVES = {
    "big": {"m": "μεγαλύτερος", "f": "μεγαλύτερη", "n": "μεγαλύτερο"},
    "small": {"m": "μικρότερος", "f": "μικρότερη", "n": "μικρότερο"},
    "heavy": {"m": "βαρύτερος", "f": "βαρύτερη", "n": "βαρύτερο"},
    "beautiful": {"m": "πιο όμορφος", "f": "πιο όμορφη", "n": "πιο όμορφο"},
}
TIMES = {
    "morning": "το πρωί",
    "evening": "το βράδυ",
    "night": "τη νύχτα",
    "today": "σήμερα",
    "every_day": "κάθε μέρα",
    "winter": "τον χειμώνα",
    "summer": "το καλοκαίρι",
    "sunday": "την Κυριακή",
}


def realise(meaning: Meaning, words: Words) -> str:
    """What Greek says for `meaning`."""

    def gender(thing: Thing) -> str:
        return words.noun(thing.noun)["gender"]

    def np(thing: Thing, case: str = "nom", indefinite: Articles = INDEFINITE) -> str:
        phrase = words.noun(thing.noun)[case]
        if thing.adjective:
            phrase = f"{adjective(thing.adjective, gender(thing), case)} {phrase}"
        article = (DEFINITE if thing.definite else indefinite)[gender(thing)][case]
        return f"{final_n(article, phrase)} {phrase}"

    def acc(thing: Thing) -> str:
        return np(thing, "acc")

    def to(thing: Thing) -> str:
        return f"σ{acc(thing)}" if thing.definite else f"σε {acc(thing)}"

    def both(thing: Thing, first: str, second: str) -> str:
        of = gender(thing)
        return f"{adjective(first, of)} και {adjective(second, of)}"

    where = words.place
    match meaning:
        case Act(time, subject, does, thing, place):
            return f"{TIMES[time]} {np(subject)} {VERBS[does]} {acc(thing)} {where(place)['in']}"
        case Rest(time, subject, does, place, near):
            return (
                f"{TIMES[time]} {np(subject)} {VERBS[does]} "
                f"{where(place)['in']} {where(near)['near']}"
            )
        case Both(subject, does, first, second, place):
            return (
                f"{np(subject)} {VERBS[does]} {acc(first)} και {acc(second)} {where(place)['in']}"
            )
        case Contrast(subject, does, thing, other_verb, other):
            return (
                f"{np(subject)} {VERBS[does]} {acc(thing)}, "
                f"αλλά δεν {VERBS[other_verb]} {np(other, 'acc', NEGATIVE)}"
            )
        case Give(time, subject, thing, recipient):
            return f"{TIMES[time]} {np(subject)} δίνει {acc(thing)} {to(recipient)}"
        case Using(subject, does, thing, tool):
            return f"{np(subject)} {VERBS[does]} {acc(thing)} με {acc(tool)}"
        case Move(subject, thing, origin, goal):
            return f"{np(subject)} φέρνει {acc(thing)} {where(origin)['from']} {where(goal)['to']}"
        case When(subject, does, place, other, other_verb, thing):
            return (
                f"όταν {np(subject)} {VERBS[does]} {where(place)['in']}, "
                f"{np(other)} {VERBS[other_verb]} {acc(thing)}"
            )
        case Because(subject, does, thing, first, second):
            return (
                f"{np(subject)} {VERBS[does]} {acc(thing)}, "
                f"επειδή {np(Thing(thing.noun))} είναι {both(thing, first, second)}"
            )
        case Compare(thing, place, quality, other):
            return (
                f"{np(thing)} {where(place)['in']} είναι "
                f"{COMPARATIVES[quality][gender(thing)]} από {acc(other)}"
            )
        case Exists(time, thing, place, near):
            return f"{TIMES[time]} υπάρχει {np(thing)} {where(place)['in']} {where(near)['near']}"
        case Says(speaker, subject, does, thing, place):
            return (
                f"{np(speaker)} λέει ότι {np(subject)} {VERBS[does]} {acc(thing)} "
                f"{where(place)['in']}"
            )
        case Owned(time, thing, owner, first, second):
            return (
                f"{TIMES[time]} {np(thing)} {np(owner, 'gen')} είναι {both(thing, first, second)}"
            )
        case Fact(noun, category):
            return f"{np(Thing(noun))} είναι {np(Thing(category, definite=False))}"


def adjective(concept: str, gender: str, case: str = "nom") -> str:
    """The form of an adjective that agrees with a noun."""
    masculine, feminine, neuter, genitive = ADJECTIVES[concept]
    match gender, case:
        case "f", "gen":
            return f"{feminine}ς"
        case "f", _:
            return feminine
        case _, "gen":
            return genitive
        case "m", "acc":
            return masculine.removesuffix("ς")
        case "m", _:
            return masculine
        case _:
            return neuter


def final_n(article: str, phrase: str) -> str:
    """`article` before `phrase`: feminine την loses its last letter before a long consonant."""
    stops = phrase.startswith(("μπ", "ντ", "γκ"))
    return "τη" if article == "την" and phrase[0] in "βγδζθλμνρσφχ" and not stops else article
