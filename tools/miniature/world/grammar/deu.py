"""German: three genders and four cases, verb second, and last in subordinate clauses."""

from tools.miniature.world.grammar.patterns import Grammar, Patterns
from tools.miniature.world.meanings import Thing

# By case and gender: the article, and the ending of an adjective behind it.
DEFINITE = {
    "nom": {"m": ("der", "e"), "f": ("die", "e"), "n": ("das", "e")},
    "acc": {"m": ("den", "en"), "f": ("die", "e"), "n": ("das", "e")},
    "dat": {"m": ("dem", "en"), "f": ("der", "en"), "n": ("dem", "en")},
    "gen": {"m": ("des", "en"), "f": ("der", "en"), "n": ("des", "en")},
}
INDEFINITE = {
    "nom": {"m": ("ein", "er"), "f": ("eine", "e"), "n": ("ein", "es")},
    "acc": {"m": ("einen", "en"), "f": ("eine", "e"), "n": ("ein", "es")},
    "dat": {"m": ("einem", "en"), "f": ("einer", "en"), "n": ("einem", "en")},
    "gen": {"m": ("eines", "en"), "f": ("einer", "en"), "n": ("eines", "en")},
}


class German(Grammar):
    """A meaning in German."""

    patterns = Patterns(
        act="{time} {verb} {subject} {place} {object:acc}",
        rest="{time} {verb} {subject} {place} {near}",
        both="{subject} {verb} {place} {first:acc} und {second:acc}",
        contrast="{subject} {verb} {object:acc}, {other_verb} aber {other:negated}",
        give="{time} gibt {subject} {recipient:dat} {object:acc}",
        using="{subject} {verb} {object:acc} mit {tool:dat}",
        move="{subject} bringt {object:acc} {origin} {goal}",
        when="wenn {subject} {place} {verb}, {other_verb} {other} {object:acc}",
        because="{subject} {verb} {object:acc}, "
        "weil {object:known} {adjective} und {other_adjective} ist",
        compare="{thing} {place} ist {adjective:comparative} als {other}",
        exists="{time} gibt es {thing:acc} {place} {near}",
        says="{speaker} sagt, dass {subject} {place} {object:acc} {verb}",
        owned="{time} ist {thing} {owner:gen} {adjective} und {other_adjective}",
        fact="{noun} ist {category}",
    )

    def phrase(self, thing: Thing, form: str = "nom") -> str:
        """The noun in a case, or as the "negated" object."""
        if form == "negated":
            # "kein" is "ein" with a k, and "nicht" follows an object that is known.
            phrase = self.phrase(thing, "acc")
            return f"{phrase} nicht" if thing.definite else f"k{phrase}"
        noun = self.noun(thing)
        article, ending = (DEFINITE if thing.definite else INDEFINITE)[form][noun["gender"]]
        adjective = f"{self.attribute(thing)}{ending}" if thing.adjective else ""
        return f"{article} {adjective} {noun[form]}"
