"""Indonesian: no agreement; "se-" and a classifier before a noun, or "itu" behind its phrase."""

from tools.miniature.world.grammar.patterns import Grammar, Patterns
from tools.miniature.world.meanings import Thing


class Indonesian(Grammar):
    """A meaning in Indonesian."""

    patterns = Patterns(
        act="{time} {subject} {verb} {object} {place}",
        rest="{time} {subject} {verb} {place} {near}",
        both="{subject} {verb} {first} dan {second} {place}",
        contrast="{subject} {verb} {object}, tetapi tidak {other_verb} {other:negated}",
        give="{time} {subject} memberi {recipient} {object}",
        using="{subject} {verb} {object} dengan {tool}",
        move="{subject} membawa {object} {origin} {goal}",
        when="ketika {subject} {verb} {place}, {other} {other_verb} {object}",
        because="{subject} {verb} {object} karena {object:known} {adjective} dan {other_adjective}",
        compare="{thing:bare} {place} itu lebih {adjective} daripada {other}",
        exists="{time} ada {thing} {place} {near}",
        # "mengatakan bahwa" is as usual, but too long behind compounds such as "burung hantu".
        says="kata {speaker}, {subject} {verb} {object} {place}",
        owned="{time} {thing:bare} milik {owner} {adjective} dan {other_adjective}",
        fact="{noun:bare} adalah {category:bare}",
    )

    def phrase(self, thing: Thing, form: str = "counted") -> str:
        """The noun before its adjective, "counted" by a classifier where it is not known."""
        noun = self.noun(thing)
        bare = f"{noun['form']} {self.attribute(thing)}"
        if form == "bare":
            return bare
        if thing.definite:
            return f"{bare} itu"
        # What someone does not buy is not counted: no classifier behind "tidak".
        return bare if form == "negated" else f"se{noun['classifier']} {bare}"
