"""Greek: three genders and cases, prepositions fused with articles, a final n by sound."""

from tools.miniature.world.grammar.patterns import Grammar, Patterns
from tools.miniature.world.meanings import Thing
from tools.miniature.world.words import Row

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
# Under negation "a" is "any".
NEGATED = {"m": "κανέναν", "f": "καμία", "n": "κανένα"}


class Greek(Grammar):
    """A meaning in Greek."""

    patterns = Patterns(
        act="{time} {subject} {verb} {object:acc} {place}",
        rest="{time} {subject} {verb} {place} {near}",
        both="{subject} {verb} {first:acc} και {second:acc} {place}",
        contrast="{subject} {verb} {object:acc}, αλλά δεν {other_verb} {other:negated}",
        give="{time} {subject} δίνει {object:acc} σε {recipient:acc}",
        using="{subject} {verb} {object:acc} με {tool:acc}",
        move="{subject} φέρνει {object:acc} {origin} {goal}",
        when="όταν {subject} {verb} {place}, {other} {other_verb} {object:acc}",
        because="{subject} {verb} {object:acc}, "
        "επειδή {object:known} είναι {adjective} και {other_adjective}",
        compare="{thing} {place} είναι {adjective:comparative} από {other:acc}",
        exists="{time} υπάρχει {thing} {place} {near}",
        says="{speaker} λέει ότι {subject} {verb} {object:acc} {place}",
        owned="{time} {thing} {owner:gen} είναι {adjective} και {other_adjective}",
        fact="{noun:known} είναι {category}",
    )
    contractions = (
        # The feminine article loses its last letter before a long consonant.
        (r"\bτην (?=[βγδζθλμνρσφχ])(?!μπ|ντ|γκ)", "τη "),
        (r"\bσε (?=τ(ον|ην?|ο) )", "σ"),
    )

    def phrase(self, thing: Thing, form: str = "nom") -> str:
        """The noun behind its article and adjective in a case, or as the "negated" object."""
        noun, case = self.noun(thing), "acc" if form == "negated" else form
        article = (DEFINITE if thing.definite else INDEFINITE)[noun["gender"]][case]
        if form == "negated" and not thing.definite:
            article = NEGATED[noun["gender"]]
        return f"{article} {self.attribute(thing, case)} {noun[case]}"

    def adjective(self, concept: str, noun: Row, form: str = "nom") -> str:
        """The comparative, or an adjective in a case; either agrees with the noun."""
        gender, adjectives = noun["gender"], self.words.adjectives
        match gender, form:
            case _, "comparative":
                return adjectives[f"comparative_{gender}"][concept]
            case "f", "gen":
                return f"{adjectives['f'][concept]}ς"
            case _, "gen":
                return adjectives["gen"][concept]
            case "m", "acc":
                return adjectives["m"][concept].removesuffix("ς")
            case _:
                return adjectives[gender][concept]
