"""The languages of the world, and what each says for a meaning."""

import importlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, cast

from tools.miniature.world.meanings import Meaning
from tools.miniature.world.words import Words, read_words


class _Grammar(Protocol):
    def realise(self, meaning: Meaning, words: Words) -> str: ...


@dataclass(frozen=True)
class Language:
    """A language of the world.

    Attributes:
        code: FLORES-200 code.
        words: Its word tables.
    """

    code: str
    words: Words

    def tokens(self, meaning: Meaning) -> list[str]:
        """The words of a sentence, without capital and full stop."""
        name = f"tools.miniature.world.grammar.{self.code[:3]}"
        grammar = cast(_Grammar, importlib.import_module(name))
        return grammar.realise(meaning, self.words).split()

    def sentence(self, meaning: Meaning) -> str:
        """What is written for a meaning.

        Example:
            >>> from tools.miniature.world.meanings import Fact
            >>> LANGUAGES["eng_Latn"].sentence(Fact("wolf", "animal"))
            'A wolf is an animal.'
        """
        return self.sentence_of(self.tokens(meaning))

    def sentence_of(self, tokens: Sequence[str]) -> str:
        """Words as a sentence, with capital and full stop."""
        text = self.written(tokens)
        return text[0].upper() + text[1:] + _STOPS.get(self.code, ".")

    def written(self, tokens: Sequence[str]) -> str:
        """Words one behind the other, as the language writes them."""
        text = " ".join(tokens)
        return _BETWEEN_HAN.sub("", text) if self.code == "zho_Hans" else text


_BETWEEN_HAN = re.compile(r"(?<=[\u4e00-\u9fff，]) (?=[\u4e00-\u9fff])")
_STOPS = {"zho_Hans": "。", "hin_Deva": "।"}

# By the amount of text they are trained on, as they follow each other on the web.
CODES = (
    *("eng_Latn", "rus_Cyrl", "deu_Latn", "spa_Latn", "fra_Latn", "zho_Hans"),
    *("ita_Latn", "tur_Latn", "ind_Latn", "ell_Grek", "hin_Deva", "swh_Latn"),
)
LANGUAGES: dict[str, Language] = {code: Language(code, read_words(code[:3])) for code in CODES}
