"""English: articles by sound, comparatives, no agreement but the verb's."""

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

# Third person singular, and the bare form that "does not" takes.
VERBS = {
    "see": ("sees", "see"),
    "find": ("finds", "find"),
    "hide": ("hides", "hide"),
    "carry": ("carries", "carry"),
    "buy": ("buys", "buy"),
    "sell": ("sells", "sell"),
    "wash": ("washes", "wash"),
    "draw": ("draws", "draw"),
    "hold": ("holds", "hold"),
    "push": ("pushes", "push"),
    "steal": ("steals", "steal"),
    "repair": ("repairs", "repair"),
    "sleep": ("sleeps", "sleep"),
    "sing": ("sings", "sing"),
    "work": ("works", "work"),
    "dance": ("dances", "dance"),
    "wait": ("waits", "wait"),
    "laugh": ("laughs", "laugh"),
}
COMPARATIVES = {
    "big": "bigger",
    "small": "smaller",
    "heavy": "heavier",
    "beautiful": "more beautiful",
}
TIMES = {
    "morning": "in the morning",
    "evening": "in the evening",
    "night": "at night",
    "today": "today",
    "every_day": "every day",
    "winter": "in winter",
    "summer": "in summer",
    "sunday": "on Sunday",
}


def realise(meaning: Meaning, words: Words) -> str:
    """What English says for `meaning`."""

    def np(thing: Thing) -> str:
        noun = words.noun(thing.noun)["form"]
        phrase = f"{thing.adjective} {noun}" if thing.adjective else noun
        return f"the {phrase}" if thing.definite else indefinite(phrase)

    def verb(concept: str) -> str:
        return VERBS[concept][0]

    where = words.place
    match meaning:
        case Act(time, subject, does, thing, place):
            return f"{TIMES[time]} {np(subject)} {verb(does)} {np(thing)} {where(place)['in']}"
        case Rest(time, subject, does, place, near):
            return (
                f"{TIMES[time]} {np(subject)} {verb(does)} "
                f"{where(place)['in']} {where(near)['near']}"
            )
        case Both(subject, does, first, second, place):
            return f"{np(subject)} {verb(does)} {np(first)} and {np(second)} {where(place)['in']}"
        case Contrast(subject, does, thing, other_verb, other):
            return (
                f"{np(subject)} {verb(does)} {np(thing)} "
                f"but does not {VERBS[other_verb][1]} {np(other)}"
            )
        case Give(time, subject, thing, recipient):
            return f"{TIMES[time]} {np(subject)} gives {np(recipient)} {np(thing)}"
        case Using(subject, does, thing, tool):
            return f"{np(subject)} {verb(does)} {np(thing)} with {np(tool)}"
        case Move(subject, thing, origin, goal):
            return f"{np(subject)} brings {np(thing)} {where(origin)['from']} {where(goal)['to']}"
        case When(subject, does, place, other, other_verb, thing):
            return (
                f"when {np(subject)} {verb(does)} {where(place)['in']}, "
                f"{np(other)} {verb(other_verb)} {np(thing)}"
            )
        case Because(subject, does, thing, adjective, other_adjective):
            return (
                f"{np(subject)} {verb(does)} {np(thing)} "
                f"because {np(Thing(thing.noun))} is {adjective} and {other_adjective}"
            )
        case Compare(thing, place, adjective, other):
            return f"{np(thing)} {where(place)['in']} is {COMPARATIVES[adjective]} than {np(other)}"
        case Exists(time, thing, place, near):
            return f"{TIMES[time]} there is {np(thing)} {where(place)['in']} {where(near)['near']}"
        case Says(speaker, subject, does, thing, place):
            return (
                f"{np(speaker)} says that {np(subject)} {verb(does)} {np(thing)} "
                f"{where(place)['in']}"
            )
        case Owned(time, thing, owner, adjective, other_adjective):
            return f"{TIMES[time]} {np(thing)} of {np(owner)} is {adjective} and {other_adjective}"
        case Fact(noun, category):
            return f"{np(Thing(noun, definite=False))} is {np(Thing(category, definite=False))}"


def indefinite(phrase: str) -> str:
    """`phrase` behind its indefinite article."""
    return f"an {phrase}" if phrase[0] in "aeiou" else f"a {phrase}"
