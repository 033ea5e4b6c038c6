"""Italian: articles by sound, melted into prepositions; some adjectives precede the noun."""

from tools.miniature.world.grammar.patterns import Grammar, Patterns
from tools.miniature.world.meanings import Thing
from tools.miniature.world.words import Row

BEFORE_NOUN = ("big", "small", "beautiful")
# "bello" before a masculine noun follows the noun's sound as an article does.
BEAUTIFUL = {"plain": "bel ", "impure": "bello ", "vowel": "bell'"}
# Definite and indefinite, by gender and by the sound that follows; "impure" is z, or s and a
# consonant. An article that elides has no space behind it.
ARTICLES = {
    ("m", "plain"): ("il ", "un "),
    ("m", "impure"): ("lo ", "uno "),
    ("m", "vowel"): ("l'", "un "),
    ("f", "plain"): ("la ", "una "),
    ("f", "impure"): ("la ", "una "),
    ("f", "vowel"): ("l'", "un'"),
}


class Italian(Grammar):
    """A meaning in Italian."""

    patterns = Patterns(
        act="{time} {subject} {verb} {object} {place}",
        rest="{time} {subject} {verb} {place} {near}",
        both="{subject} {verb} {first} e {second} {place}",
        contrast="{subject} {verb} {object}, ma non {other_verb} {other}",
        give="{time} {subject} dà {object} a {recipient}",
        using="{subject} {verb} {object} con {tool}",
        move="{subject} porta {object} {origin} {goal}",
        when="quando {subject} {verb} {place}, {other} {other_verb} {object}",
        because="{subject} {verb} {object} perché {object:known} è {adjective} e {other_adjective}",
        compare="{thing} {place} è più {adjective} di {other}",
        exists="{time} c'è {thing} {place} {near}",
        says="{speaker} dice che {subject} {verb} {object} {place}",
        owned="{time} {thing} di {owner} è {adjective} e {other_adjective}",
        fact="{noun} è {category}",
    )
    contractions = (
        (r"\bdi (?=(il|lo|la) |l')", "de "),
        (r"\b(a|de) il ", r"\1l "),
        (r"\b(a|de) (?=(lo|la) |l')", r"\1l"),
    )

    def phrase(self, thing: Thing, form: str = "form") -> str:
        """The noun with its article and adjective."""
        noun = self.noun(thing)
        gender, onset, phrase = noun["gender"], noun["onset"], noun[form]
        if thing.adjective in BEFORE_NOUN:
            adjective = f"{self.attribute(thing)} "
            if thing.adjective == "beautiful" and gender == "m":
                adjective = BEAUTIFUL[onset]
            phrase, onset = f"{adjective}{phrase}", "plain"  # as all of them begin
        else:
            phrase = f"{phrase} {self.attribute(thing)}"
        definite, indefinite = ARTICLES[gender, onset]
        return f"{definite if thing.definite else indefinite}{phrase}"

    def adjective(self, concept: str, noun: Row, form: str = "positive") -> str:
        """An adjective that agrees with the noun."""
        return self.words.adjectives[noun["gender"]][concept]
