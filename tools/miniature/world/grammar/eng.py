"""English: articles by sound, comparatives, no agreement but the verb's."""

from tools.miniature.world.grammar.patterns import Grammar, Patterns
from tools.miniature.world.meanings import Thing


class English(Grammar):
    """A meaning in English."""

    patterns = Patterns(
        act="{time} {subject} {verb} {object} {place}",
        rest="{time} {subject} {verb} {place} {near}",
        both="{subject} {verb} {first} and {second} {place}",
        contrast="{subject} {verb} {object} but does not {other_verb:bare} {other}",
        give="{time} {subject} gives {recipient} {object}",
        using="{subject} {verb} {object} with {tool}",
        move="{subject} brings {object} {origin} {goal}",
        when="when {subject} {verb} {place}, {other} {other_verb} {object}",
        because="{subject} {verb} {object} "
        "because {object:known} is {adjective} and {other_adjective}",
        compare="{thing} {place} is {adjective:comparative} than {other}",
        exists="{time} there is {thing} {place} {near}",
        says="{speaker} says that {subject} {verb} {object} {place}",
        owned="{time} {thing} of {owner} is {adjective} and {other_adjective}",
        fact="{noun} is {category}",
    )
    contractions = ((r"\ba (?=[aeiou])", "an "),)

    def phrase(self, thing: Thing, form: str = "form") -> str:
        """The noun behind its article and adjective."""
        article = "the" if thing.definite else "a"
        return f"{article} {self.attribute(thing)} {self.noun(thing)[form]}"
