"""Russian: no articles, adjectives that agree in gender and case, no verb for "is"."""

from tools.miniature.world.concepts import CATEGORIES
from tools.miniature.world.grammar.patterns import Grammar, Patterns
from tools.miniature.world.meanings import Thing
from tools.miniature.world.words import Row

# Russian washes fabric with a verb of its own.
LAUNDER = "стирает"
FABRIC = set(CATEGORIES["garment"]) - {"shoe", "belt"}
# How новый goes, and every other adjective with it, but for the masculine's own ending. The
# accusative is that of inanimate things, the only ones that are ever acted on.
NEW = {
    "m": {"nom": "новый", "acc": "новый", "gen": "нового", "dat": "новому"},
    "f": {"nom": "новая", "acc": "новую", "gen": "новой", "dat": "новой"},
    "n": {"nom": "новое", "acc": "новое", "gen": "нового", "dat": "новому"},
    "pl": {"nom": "новые", "acc": "новые", "gen": "новых", "dat": "новым"},
}


class Russian(Grammar):
    """A meaning in Russian."""

    patterns = Patterns(
        act="{time} {subject} {verb:object} {object:acc} {place}",
        rest="{time} {subject} {verb} {place} {near}",
        both="{subject} {verb:first,second} {first:acc} и {second:acc} {place}",
        contrast="{subject} {verb:object} {object:acc}, но не {other_verb:other} {other:acc}",
        give="{time} {subject} даёт {recipient:dat} {object:acc}",
        using="{subject} {verb:object} {object:acc} при помощи {tool:gen}",
        move="{subject} приносит {object:acc} {origin} {goal}",
        when="когда {subject} {verb} {place}, {other} {other_verb:object} {object:acc}",
        because="{subject} {verb:object} {object:acc}, "
        "потому что {object:known} {adjective} и {other_adjective}",
        compare="{thing} {place} {adjective:comparative}, чем {other}",
        exists="{time} {place} {near} есть {thing}",
        says="{speaker} говорит, что {subject} {verb:object} {object:acc} {place}",
        owned="{time} {thing} {owner:gen} {adjective} и {other_adjective}",
        fact="{noun} — это {category}",
    )

    def phrase(self, thing: Thing, form: str = "nom") -> str:
        """The noun behind its adjective, both in a case."""
        return f"{self.attribute(thing, form)} {self.noun(thing)[form]}"

    def verb(self, concept: str, form: str = "") -> str:
        """The third person singular of a verb with the objects that `form` names."""
        if concept == "wash" and all(thing.noun in FABRIC for thing in self.things(form)):
            return LAUNDER
        return super().verb(concept)

    def adjective(self, concept: str, noun: Row, form: str = "nom") -> str:
        """The comparative, or an adjective that agrees with the noun in a case."""
        if form == "comparative":
            return super().adjective(concept, noun, form)
        masculine, gender = super().adjective(concept, noun), noun["gender"]
        if gender == "m" and form in ("nom", "acc"):
            return masculine
        stem, ending = masculine[:-2], NEW[gender][form].removeprefix("нов")
        # Russian never writes ы after these consonants.
        return stem + (ending.replace("ы", "и") if stem[-1] in "шк" else ending)
