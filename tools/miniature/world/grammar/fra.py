"""French: elision, contracted articles, adjectives on either side of the noun, "pas de"."""

from tools.miniature.world.grammar.patterns import Grammar, Patterns
from tools.miniature.world.meanings import Thing
from tools.miniature.world.words import Row

BEFORE_NOUN = ("big", "small", "new", "beautiful")
DEFINITE = {"m": "le", "f": "la"}
INDEFINITE = {"m": "un", "f": "une"}
# Behind "est", "nouveau" would say that a thing is a different one, not that it is unused.
UNUSED = {"m": "neuf", "f": "neuve"}


class French(Grammar):
    """A meaning in French."""

    patterns = Patterns(
        act="{time}, {subject} {verb} {object} {place}",
        rest="{time}, {subject} {verb} {place} {near}",
        both="{subject} {verb} {first} et {second} {place}",
        contrast="{subject} {verb} {object}, mais ne {other_verb} pas {other:negated}",
        give="{time}, {subject} donne {object} à {recipient}",
        using="{subject} {verb} {object} avec {tool}",
        move="{subject} apporte {object} {origin} {goal}",
        when="quand {subject} {verb} {place}, {other} {other_verb} {object}",
        because="{subject} {verb} {object} "
        "parce que {object:known} est {adjective} et {other_adjective}",
        compare="{thing} {place} est plus {adjective} que {other}",
        # The place comes first, as a new thing likes to come last; "il y a" is a word too long.
        exists="{time}, {place} {near} se trouve {thing}",
        says="{speaker} dit que {subject} {verb} {object} {place}",
        owned="{time}, {thing} de {owner} est {adjective} et {other_adjective}",
        fact="{noun} est {category}",
    )
    contractions = (
        (r"\bde le ", "du "),
        (r"\bà le ", "au "),
        (r"\b(d|n|qu)e (?=[aeéiou])", r"\1'"),
    )

    def phrase(self, thing: Thing, form: str = "form") -> str:
        """The noun with its article and adjective, or as the "negated" object."""
        noun, adjectives = self.noun(thing), self.words.adjectives
        gender, elides, phrase = noun["gender"], noun["onset"] == "vowel", noun["form"]
        if thing.adjective in BEFORE_NOUN:
            agreeing = "vowel" if elides and gender == "m" else gender
            phrase = f"{adjectives[agreeing][thing.adjective]} {phrase}"
            elides = False  # before any of the adjectives that precede
        elif thing.adjective:
            phrase = f"{phrase} {adjectives[gender][thing.adjective]}"
        if thing.definite:
            return f"l'{phrase}" if elides else f"{DEFINITE[gender]} {phrase}"
        if form == "negated":
            return f"d'{phrase}" if elides else f"de {phrase}"
        return f"{INDEFINITE[gender]} {phrase}"

    def adjective(self, concept: str, noun: Row, form: str = "positive") -> str:
        """An adjective behind "est"."""
        gender = noun["gender"]
        return UNUSED[gender] if concept == "new" else self.words.adjectives[gender][concept]
