"""The languages of the world, and what each says for a meaning."""

from collections.abc import Sequence
from dataclasses import dataclass

from tools.miniature.world.grammar.deu import German
from tools.miniature.world.grammar.ell import Greek
from tools.miniature.world.grammar.eng import English
from tools.miniature.world.grammar.fra import French
from tools.miniature.world.grammar.hin import Hindi
from tools.miniature.world.grammar.ind import Indonesian
from tools.miniature.world.grammar.ita import Italian
from tools.miniature.world.grammar.patterns import Grammar
from tools.miniature.world.grammar.rus import Russian
from tools.miniature.world.grammar.spa import Spanish
from tools.miniature.world.grammar.swh import Swahili
from tools.miniature.world.grammar.tur import Turkish
from tools.miniature.world.grammar.zho import Chinese
from tools.miniature.world.meanings import Meaning
from tools.miniature.world.words import Words, read_words


@dataclass(frozen=True)
class Language:
    """A language of the world.

    Attributes:
        code: FLORES-200 code.
        grammar: How it makes sentences.
        words: Its word tables.
    """

    code: str
    grammar: type[Grammar]
    words: Words

    def tokens(self, meaning: Meaning) -> list[str]:
        """The words of a sentence, without capital and full stop."""
        return self.grammar(meaning, self.words).realise().split()

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
        return text[0].upper() + text[1:] + self.grammar.stop

    def written(self, tokens: Sequence[str]) -> str:
        """Words one behind the other, as the language writes them."""
        return self.grammar.written(" ".join(tokens))


# By the amount of text they are trained on, as they follow each other on the web.
GRAMMARS: dict[str, type[Grammar]] = {
    "eng_Latn": English,
    "rus_Cyrl": Russian,
    "deu_Latn": German,
    "spa_Latn": Spanish,
    "fra_Latn": French,
    "zho_Hans": Chinese,
    "ita_Latn": Italian,
    "tur_Latn": Turkish,
    "ind_Latn": Indonesian,
    "ell_Grek": Greek,
    "hin_Deva": Hindi,
    "swh_Latn": Swahili,
}
LANGUAGES: dict[str, Language] = {
    code: Language(code, grammar, read_words(code[:3])) for code, grammar in GRAMMARS.items()
}
