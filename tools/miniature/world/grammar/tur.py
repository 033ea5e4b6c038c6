"""Turkish: suffixes for case, possessor and possessed, verb last, subordinate clauses as nouns."""

from tools.miniature.world.grammar.patterns import Grammar, Patterns
from tools.miniature.world.meanings import Thing


class Turkish(Grammar):
    """A meaning in Turkish.

    "-ki" makes a place what describes a noun: "ormandaki".
    """

    patterns = Patterns(
        act="{time} {subject} {place} {object:object} {verb}",
        rest="{time} {subject} {near}ki {place} {verb}",
        both="{subject} {place} {first:object} ve {second:object} {verb}",
        contrast="{subject} {object:object} {verb}, ama {other:object} {other_verb:negative}",
        give="{time} {subject} {recipient:dat} {object:object} veriyor",
        using="{subject} {object:object} {tool:ins} {verb}",
        move="{subject} {origin} {goal} {object:object} getiriyor",
        when="{subject} {place} {verb:while} {other} {object:object} {other_verb}",
        because="{subject} {object:object} {verb}, "
        "çünkü {object:known} {adjective} ve {other_adjective}",
        compare="{place}ki {thing} {other:abl} daha {adjective}",
        exists="{time} {near}ki {place} {thing} var",
        says="{speaker}, {subject:gen} {place} {object:object} {verb:that} söylüyor",
        owned="{time} {owner:gen} {thing:possessed} {adjective} ve {other_adjective}",
        # A kind in general goes without "bir".
        fact="{noun:known} {category:copula}",
    )

    def phrase(self, thing: Thing, form: str = "nom") -> str:
        """The noun in a form of its table, or as the "object" of a verb."""
        if form == "object":
            # Only an object the listener knows takes the accusative.
            form = "acc" if thing.definite else "nom"
        article = "" if thing.definite else "bir"
        return f"{self.attribute(thing)} {article} {self.noun(thing)[form]}"
