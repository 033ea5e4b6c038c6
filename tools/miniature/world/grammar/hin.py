"""Hindi: verb last, postpositions behind an oblique case, two genders in adjectives and verbs."""

from tools.miniature.world.grammar.patterns import Grammar, Patterns
from tools.miniature.world.meanings import Contrast, Thing
from tools.miniature.world.words import Row


class Hindi(Grammar):
    """A meaning in Hindi.

    `{object:verb}` is the object as its verb wants it. An ending, as in `{subject:ता}`, agrees with
    the thing that it names.
    """

    patterns = Patterns(
        act="{time} {subject} {place} {object:verb} {verb}{subject:ता} है",
        rest="{time} {subject} {place} {near} {verb}{subject:ता} है",
        both="{subject} {place} {first:verb} और {second:verb} {verb}{subject:ता} है",
        contrast="{subject} {object:verb} {verb}{subject:ता} है, "
        "लेकिन {other:other_verb} {other_verb:negated}{subject:ता}",
        give="{time} {subject} {recipient:obl} को {object} दे{subject:ता} है",
        using="{subject} {tool:obl} की मदद से {object:verb} {verb}{subject:ता} है",
        move="{subject} {origin} {goal} {object} ला{subject:ता} है",
        when="जब {subject} {place} {verb}{subject:ता} है, "
        "{other} {object:other_verb} {other_verb}{other:ता} है",
        because="{subject} {object:verb} {verb}{subject:ता} है "
        "क्योंकि {object:known} {adjective} और {other_adjective} है",
        compare="{place} मौजूद {thing} {other:obl} से ज़्यादा {adjective} है",
        exists="{time} {place} {near} {thing} हो{thing:ता} है",
        says="{speaker} कह{speaker:ता} है कि {subject} {place} {object:verb} {verb}{subject:ता} है",
        owned="{time} {owner:obl} {thing:का} {thing} {adjective} और {other_adjective} "
        "हो{thing:ता} है",
        fact="{noun:known} {category} है",
    )
    # What is so today alone just is.
    contractions = (("^(आज .*) हो(ता|ती) है$", r"\1 है"),)
    stop = "।"

    def phrase(self, thing: Thing, form: str = "nom") -> str:
        """The noun in a case or as a verb's object, or an ending that agrees with it."""
        noun = self.noun(thing)
        if form in ("ता", "का"):
            return f"{form[0]}ी" if noun["gender"] == "f" else form
        case, article = form, "" if thing.definite else "एक"
        if form in ("verb", "other_verb"):
            # "Draws" is "makes the picture of", so that its object is a genitive.
            case = "obl" if getattr(self.meaning, form) == "draw" else "nom"
        if article and form == "other_verb" and isinstance(self.meaning, Contrast):
            article = {"nom": "कोई", "obl": "किसी"}[case]  # "any", as the verb is denied
        return f"{article} {self.attribute(thing, case)} {noun[case]}"

    def verb(self, concept: str, form: str = "stem") -> str:
        """The stem that an ending follows; "negated", with "not" before its last word."""
        *before, stem = self.words.verbs["stem"][concept].split()
        return " ".join([*before, "नहीं", stem] if form == "negated" else [*before, stem])

    def adjective(self, concept: str, noun: Row, form: str = "nom") -> str:
        """An adjective that agrees with the noun in a case."""
        masculine = "m" if form == "nom" else "obl"
        return self.words.adjectives["f" if noun["gender"] == "f" else masculine][concept]
