"""Spanish: adjectives follow and agree, `el` before stressed a, two verbs for "is"."""

from tools.miniature.world.grammar.patterns import Grammar, Patterns
from tools.miniature.world.meanings import Thing
from tools.miniature.world.words import Row

DEFINITE = {"m": "el", "f": "la"}
INDEFINITE = {"m": "un", "f": "una"}


class Spanish(Grammar):
    """A meaning in Spanish."""

    patterns = Patterns(
        act="{time} {subject} {verb} {object} {place}",
        rest="{time} {subject} {verb} {place} {near}",
        both="{subject} {verb} {first} y {second} {place}",
        contrast="{subject} {verb} {object}, pero no {other_verb} {other}",
        give="{time} {subject} le da {object} a {recipient}",
        using="{subject} {verb} {object} con {tool}",
        move="{subject} lleva {object} {origin} {goal}",
        when="cuando {subject} {verb} {place}, {other} {other_verb} {object}",
        because="{subject} {verb} {object} "
        "porque {object:known} {adjective:is} y {other_adjective:is}",
        compare="{thing} que está {place} es más {adjective} que {other}",
        exists="{time} hay {thing} {place} {near}",
        says="{speaker} dice que {subject} {verb} {object} {place}",
        owned="{time} {thing} de {owner} {adjective:is} y {other_adjective:is}",
        fact="{noun} es {category}",
    )
    contractions = (
        (r"\b(a|de) el ", r"\1l "),
        # The same verb is not said twice.
        (r"\b(es|está) (\w+) y \1 ", r"\1 \2 y "),
    )

    def phrase(self, thing: Thing, form: str = "form") -> str:
        """The noun between its article and its adjective."""
        noun = self.noun(thing)
        # "el águila blanca": the article is the masculine one, the adjective is not.
        gender = "m" if noun["onset"] == "stressed_a" else noun["gender"]
        article = (DEFINITE if thing.definite else INDEFINITE)[gender]
        return f"{article} {noun[form]} {self.attribute(thing)}"

    def adjective(self, concept: str, noun: Row, form: str = "positive") -> str:
        """An adjective that agrees with the noun; in the form "is", behind its verb."""
        agreeing = self.words.adjectives[noun["gender"]][concept]
        if form == "is":
            # Being clean is a state, so it takes "está".
            return f"{'está' if concept == 'clean' else 'es'} {agreeing}"
        return agreeing
