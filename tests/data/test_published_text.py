from pathlib import Path

from neuronxa_tasks.data.corpora import CORPORA
from neuronxa_tasks.data.published_text import DIGESTS, is_published
from tools.corpus_digests import digests


def test_every_language_of_both_corpora_is_known() -> None:
    rows = [line.split("\t") for line in DIGESTS.read_text(encoding="ascii").splitlines()]
    for name in ("flores", "tatoeba"):
        known = {language for corpus, language, *_ in rows if corpus == name}
        assert known == set(CORPORA[name].languages)


def test_the_digests_are_those_of_the_real_text(real_data: Path) -> None:
    assert "".join(f"{line}\n" for line in digests(real_data)) == DIGESTS.read_text("ascii")


def test_a_code_of_the_corpus_is_known_by_that_of_flores_200() -> None:
    # 100 German sentences of Tatoeba, which calls the language deu.
    assert is_published("tatoeba", "deu_Latn", 100, "0" * 64) is False
    assert is_published("tatoeba", "eng_Latn", 100, "0" * 64) is None
