"""Russian: no articles, adjectives that agree in gender and case, no verb for "is"."""

from tools.miniature.world.concepts import CATEGORIES
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
    "see": "видит",
    "find": "находит",
    "hide": "прячет",
    "carry": "несёт",
    "buy": "покупает",
    "sell": "продаёт",
    "wash": "моет",
    "draw": "рисует",
    "hold": "держит",
    "push": "толкает",
    "steal": "крадёт",
    "repair": "чинит",
    "sleep": "спит",
    "sing": "поёт",
    "work": "работает",
    "dance": "танцует",
    "wait": "ждёт",
    "laugh": "смеётся",
}
# Russian washes fabric with a verb of its own.
LAUNDER = "стирает"
FABRIC = set(CATEGORIES["garment"]) - {"shoe", "belt"}

# The masculine, whose own ending is the one that differs between adjectives.
ADJECTIVES = {
    "big": "большой",
    "small": "маленький",
    "new": "новый",
    "beautiful": "красивый",
    "white": "белый",
    "black": "чёрный",
    "red": "красный",
    "clean": "чистый",
    "heavy": "тяжёлый",
    "strange": "странный",
}
# How новый goes, and every other adjective with it. The accusative is that of inanimate things,
# the only ones that are ever acted on.
NEW = {
    "m": {"nom": "новый", "acc": "новый", "gen": "нового", "dat": "новому"},
    "f": {"nom": "новая", "acc": "новую", "gen": "новой", "dat": "новой"},
    "n": {"nom": "новое", "acc": "новое", "gen": "нового", "dat": "новому"},
    "pl": {"nom": "новые", "acc": "новые", "gen": "новых", "dat": "новым"},
}
COMPARATIVES = {
    "big": "больше",
    "small": "меньше",
    "heavy": "тяжелее",
    "beautiful": "красивее",
}
TIMES = {
    "morning": "утром",
    "evening": "вечером",
    "night": "ночью",
    "today": "сегодня",
    "every_day": "каждый день",
    "winter": "зимой",
    "summer": "летом",
    "sunday": "в воскресенье",
}


def realise(meaning: Meaning, words: Words) -> str:
    """What Russian says for `meaning`."""

    def np(thing: Thing, case: str = "nom") -> str:
        row = words.noun(thing.noun)
        if thing.adjective is None:
            return row[case]
        return f"{adjective_form(thing.adjective, row['gender'], case)} {row[case]}"

    def predicate(thing: Thing, *adjectives: str) -> str:
        gender = words.noun(thing.noun)["gender"]
        return " и ".join(adjective_form(adjective, gender) for adjective in adjectives)

    where = words.place
    match meaning:
        case Act(time, subject, does, thing, place):
            return (
                f"{TIMES[time]} {np(subject)} {verb(does, thing)} {np(thing, 'acc')} "
                f"{where(place)['in']}"
            )
        case Rest(time, subject, does, place, near):
            return (
                f"{TIMES[time]} {np(subject)} {verb(does)} "
                f"{where(place)['in']} {where(near)['near']}"
            )
        case Both(subject, does, first, second, place):
            return (
                f"{np(subject)} {verb(does, first, second)} "
                f"{np(first, 'acc')} и {np(second, 'acc')} {where(place)['in']}"
            )
        case Contrast(subject, does, thing, other_verb, other):
            return (
                f"{np(subject)} {verb(does, thing)} {np(thing, 'acc')}, "
                f"но не {verb(other_verb, other)} {np(other, 'acc')}"
            )
        case Give(time, subject, thing, recipient):
            return f"{TIMES[time]} {np(subject)} даёт {np(recipient, 'dat')} {np(thing, 'acc')}"
        case Using(subject, does, thing, tool):
            return (
                f"{np(subject)} {verb(does, thing)} {np(thing, 'acc')} при помощи {np(tool, 'gen')}"
            )
        case Move(subject, thing, origin, goal):
            return (
                f"{np(subject)} приносит {np(thing, 'acc')} "
                f"{where(origin)['from']} {where(goal)['to']}"
            )
        case When(subject, does, place, other, other_verb, thing):
            return (
                f"когда {np(subject)} {verb(does)} {where(place)['in']}, "
                f"{np(other)} {verb(other_verb, thing)} {np(thing, 'acc')}"
            )
        case Because(subject, does, thing, adjective, other_adjective):
            return (
                f"{np(subject)} {verb(does, thing)} {np(thing, 'acc')}, "
                f"потому что {np(Thing(thing.noun))} "
                f"{predicate(thing, adjective, other_adjective)}"
            )
        case Compare(thing, place, adjective, other):
            return f"{np(thing)} {where(place)['in']} {COMPARATIVES[adjective]}, чем {np(other)}"
        case Exists(time, thing, place, near):
            return f"{TIMES[time]} {where(place)['in']} {where(near)['near']} есть {np(thing)}"
        case Says(speaker, subject, does, thing, place):
            return (
                f"{np(speaker)} говорит, что {np(subject)} {verb(does, thing)} "
                f"{np(thing, 'acc')} {where(place)['in']}"
            )
        case Owned(time, thing, owner, adjective, other_adjective):
            return (
                f"{TIMES[time]} {np(thing)} {np(owner, 'gen')} "
                f"{predicate(thing, adjective, other_adjective)}"
            )
        case Fact(noun, category):
            return f"{np(Thing(noun))} — это {np(Thing(category))}"


def verb(concept: str, *objects: Thing) -> str:
    """The third person singular of a verb with these objects."""
    if concept == "wash" and all(thing.noun in FABRIC for thing in objects):
        return LAUNDER
    return VERBS[concept]


def adjective_form(concept: str, gender: str, case: str = "nom") -> str:
    """An adjective as it stands with a noun of this gender in this case."""
    masculine = ADJECTIVES[concept]
    if gender == "m" and case in ("nom", "acc"):
        return masculine
    stem = masculine[:-2]
    ending = NEW[gender][case].removeprefix("нов")
    # Russian never writes ы after these consonants.
    return stem + (ending.replace("ы", "и") if stem[-1] in "шк" else ending)
