"""Turkish: suffixes for case, possessor and possessed, verb last, subordinate clauses as nouns."""

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

# Present, its negative, and the noun that "says" takes: "that he sees".
TRANSITIVE = {
    "see": ("görüyor", "görmüyor", "gördüğünü"),
    "find": ("buluyor", "bulmuyor", "bulduğunu"),
    "hide": ("saklıyor", "saklamıyor", "sakladığını"),
    "carry": ("taşıyor", "taşımıyor", "taşıdığını"),
    "buy": ("satın alıyor", "satın almıyor", "satın aldığını"),
    "sell": ("satıyor", "satmıyor", "sattığını"),
    "wash": ("yıkıyor", "yıkamıyor", "yıkadığını"),
    "draw": ("çiziyor", "çizmiyor", "çizdiğini"),
    "hold": ("tutuyor", "tutmuyor", "tuttuğunu"),
    "push": ("itiyor", "itmiyor", "ittiğini"),
    "steal": ("çalıyor", "çalmıyor", "çaldığını"),
    "repair": ("onarıyor", "onarmıyor", "onardığını"),
}
# Present, and the adverb that stands for a "when" clause.
INTRANSITIVE = {
    "sleep": ("uyuyor", "uyurken"),
    "sing": ("şarkı söylüyor", "şarkı söylerken"),
    "work": ("çalışıyor", "çalışırken"),
    "dance": ("dans ediyor", "dans ederken"),
    "wait": ("bekliyor", "beklerken"),
    "laugh": ("gülüyor", "gülerken"),
}
ADJECTIVES = {
    "big": "büyük",
    "small": "küçük",
    "new": "yeni",
    "beautiful": "güzel",
    "white": "beyaz",
    "black": "siyah",
    "red": "kırmızı",
    "clean": "temiz",
    "heavy": "ağır",
    "strange": "tuhaf",
}
TIMES = {
    "morning": "sabahleyin",
    "evening": "akşamleyin",
    "night": "geceleyin",
    "today": "bugün",
    "every_day": "her gün",
    "winter": "kışın",
    "summer": "yazın",
    "sunday": "pazar günü",
}


def realise(meaning: Meaning, words: Words) -> str:
    """What Turkish says for `meaning`."""

    def np(thing: Thing, form: str = "nom") -> str:
        adjective = [ADJECTIVES[thing.adjective]] if thing.adjective else []
        article = [] if thing.definite else ["bir"]
        return " ".join([*adjective, *article, words.noun(thing.noun)[form]])

    def obj(thing: Thing) -> str:
        # Only an object the listener knows takes the accusative.
        return np(thing, "acc" if thing.definite else "nom")

    def verb(concept: str) -> str:
        return (TRANSITIVE[concept] if concept in TRANSITIVE else INTRANSITIVE[concept])[0]

    def where(place: str, near: str | None = None) -> str:
        inside = words.place(place)["in"]
        return f"{attributive(words.place(near)['near'])} {inside}" if near else inside

    match meaning:
        case Act(time, subject, does, thing, place):
            return f"{TIMES[time]} {np(subject)} {where(place)} {obj(thing)} {verb(does)}"
        case Rest(time, subject, does, place, near):
            return f"{TIMES[time]} {np(subject)} {where(place, near)} {verb(does)}"
        case Both(subject, does, first, second, place):
            return f"{np(subject)} {where(place)} {obj(first)} ve {obj(second)} {verb(does)}"
        case Contrast(subject, does, thing, other_verb, other):
            return (
                f"{np(subject)} {obj(thing)} {verb(does)}, "
                f"ama {obj(other)} {TRANSITIVE[other_verb][1]}"
            )
        case Give(time, subject, thing, recipient):
            return f"{TIMES[time]} {np(subject)} {np(recipient, 'dat')} {obj(thing)} veriyor"
        case Using(subject, does, thing, tool):
            return f"{np(subject)} {obj(thing)} {np(tool, 'ins')} {verb(does)}"
        case Move(subject, thing, origin, goal):
            return (
                f"{np(subject)} {words.place(origin)['from']} {words.place(goal)['to']} "
                f"{obj(thing)} getiriyor"
            )
        case When(subject, does, place, other, other_verb, thing):
            return (
                f"{np(subject)} {where(place)} {INTRANSITIVE[does][1]} "
                f"{np(other)} {obj(thing)} {verb(other_verb)}"
            )
        case Because(subject, does, thing, adjective, other_adjective):
            return (
                f"{np(subject)} {obj(thing)} {verb(does)}, çünkü {np(Thing(thing.noun))} "
                f"{ADJECTIVES[adjective]} ve {ADJECTIVES[other_adjective]}"
            )
        case Compare(thing, place, adjective, other):
            return (
                f"{attributive(where(place))} {np(thing)} "
                f"{np(other, 'abl')} daha {ADJECTIVES[adjective]}"
            )
        case Exists(time, thing, place, near):
            return f"{TIMES[time]} {where(place, near)} {np(thing)} var"
        case Says(speaker, subject, does, thing, place):
            return (
                f"{np(speaker)}, {np(subject, 'gen')} {where(place)} {obj(thing)} "
                f"{TRANSITIVE[does][2]} söylüyor"
            )
        case Owned(time, thing, owner, adjective, other_adjective):
            return (
                f"{TIMES[time]} {np(owner, 'gen')} {np(thing, 'possessed')} "
                f"{ADJECTIVES[adjective]} ve {ADJECTIVES[other_adjective]}"
            )
        case Fact(noun, category):
            # A kind in general goes without "bir".
            return f"{np(Thing(noun))} {np(Thing(category, definite=False), 'copula')}"


def attributive(phrase: str) -> str:
    """A locative phrase as it stands before the noun it describes: "ormandaki"."""
    return f"{phrase}ki"
