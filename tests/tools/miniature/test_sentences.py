"""The words that the shipped model was trained on, kept to the letter."""

import hashlib
from collections.abc import Iterable
from itertools import islice

import pytest

from tools.miniature.documents import documents
from tools.miniature.world.generator import Generator, facts
from tools.miniature.world.languages import LANGUAGES

# Another world or another wording needs a new model, and then new digests.
SENTENCES = {
    "eng_Latn": "df184d77f27c1aa0",
    "rus_Cyrl": "bca12404a9b5999b",
    "deu_Latn": "d3693b70e1397d5f",
    "spa_Latn": "1ce14084bca059af",
    "fra_Latn": "aa5ea982465b063f",
    "zho_Hans": "1bbd632330ed0d0c",
    "ita_Latn": "14bbfcb36b5a7c88",
    "tur_Latn": "d098311999095e8d",
    "ind_Latn": "7f4a7742024854cf",
    "ell_Grek": "54984a6fb4347769",
    "hin_Deva": "cc087780fb000064",
    "swh_Latn": "d6f6ef9b1cc1ff4a",
}
DOCUMENTS = "cb29965efa84ec6b"


def digest(texts: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(texts).encode()).hexdigest()[:16]


@pytest.mark.parametrize("code", LANGUAGES)
def test_a_language_says_every_kind_of_meaning_as_the_shipped_model_read_it(code) -> None:
    meanings = [*islice(Generator(3).training(), 3000), *facts()]
    assert digest(LANGUAGES[code].sentence(meaning) for meaning in meanings) == SENTENCES[code]


def test_the_training_text_is_the_one_that_the_shipped_model_read() -> None:
    assert digest(islice(documents(0), 2000)) == DOCUMENTS
