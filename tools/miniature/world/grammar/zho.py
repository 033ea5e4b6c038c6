"""Mandarin Chinese: classifiers, no inflection, and the place before the verb."""

import re

from tools.miniature.world.grammar.patterns import Grammar, Patterns
from tools.miniature.world.meanings import Thing

_BETWEEN_HAN = re.compile(r"(?<=[\u4e00-\u9fff，]) (?=[\u4e00-\u9fff])")


class Chinese(Grammar):
    """A meaning in Mandarin Chinese.

    Subjects are known without a word for it; known objects need 那, or they would be any.
    """

    patterns = Patterns(
        act="{time} {subject:bare} 在 {place} {verb} {object}",
        rest="{time} {subject:bare} 在 {near} 的 {place} {verb}",
        both="{subject:bare} 在 {place} {verb} {first} 和 {second}",
        contrast="{subject:bare} {verb} {object}， 但是 {other_verb:negative} {other:bare}",
        give="{time} {subject:bare} 给 {recipient:bare} {object}",
        using="{subject:bare} 用 {tool} {verb} {object}",
        move="{subject:bare} {origin} 带 {object} {goal}",
        when="当 {subject:bare} 在 {place} {verb} 时， {other:bare} {other_verb} {object}",
        because="{subject:bare} {verb} {object}， "
        "因为 {object:known} 又 {adjective} 又 {other_adjective}",
        compare="{place} {thing} 比 {other} {adjective}",
        exists="{time} {near} 的 {place} 有 {thing}",
        says="{speaker:bare} 说 {subject:bare} 在 {place} {verb} {object}",
        owned="{time} {owner:bare} 的 {thing:bare} 又 {adjective} 又 {other_adjective}",
        fact="{noun:bare} 是 {category}",
    )
    stop = "。"

    @staticmethod
    def written(text: str) -> str:
        """Characters without spaces between them."""
        return _BETWEEN_HAN.sub("", text)

    def phrase(self, thing: Thing, form: str = "counted") -> str:
        """The noun behind its adjective, "bare" or behind a classifier."""
        noun, adjective = self.noun(thing), self.attribute(thing, "attributive")
        bare = f"{adjective} {noun['form']}"
        if adjective and noun["form"].startswith(adjective):
            bare = f"{adjective} 的 {noun['form']}"  # 大 大象 would read as a stutter
        if form == "bare":
            return bare
        return f"{'那' if thing.definite else '一'}{noun['classifier']} {bare}"
