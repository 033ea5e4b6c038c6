"""What the miniature is trained on, and what is kept from it."""

import re
from collections import Counter
from itertools import islice, pairwise

import pytest

from tools.miniature.documents import WEIGHTS, documents
from tools.miniature.tokens import batches, train_tokenizer
from tools.miniature.world.generator import facts
from tools.miniature.world.languages import LANGUAGES
from tools.miniature.world.rules import withheld


@pytest.fixture(scope="module")
def lines() -> list[str]:
    return "".join(islice(documents(7), 20_000)).splitlines()


def test_text_falls_over_two_orders_of_magnitude(lines) -> None:
    english = sum(1 for line in lines if re.search(r"\b[Tt]he\b", line))
    greek = sum(1 for line in lines if re.search("[α-ω]{3}", line))
    hindi = sum(1 for line in lines if re.search("[ऀ-ॿ]{3}", line))
    assert english > 10 * greek > 10 * hindi > 0
    assert max(WEIGHTS.values()) == pytest.approx(100 * min(WEIGHTS.values()))


def test_states_a_category_where_it_is_not_withheld_and_nowhere_else(lines) -> None:
    counts = Counter(lines)
    for code, language in LANGUAGES.items():
        kept = [fact for fact in facts() if withheld(fact.noun, code)]
        assert not any(counts[language.sentence(fact)] for fact in kept)
        assert bool(kept) == (code != "eng_Latn")
    assert all(counts[LANGUAGES["eng_Latn"].sentence(fact)] for fact in facts())


def test_has_sentences_beside_their_translation(lines) -> None:
    pairs = pairwise(lines)
    assert any(a.startswith("In the morning the") and b.startswith("Am Morgen ") for a, b in pairs)


def test_batches_are_the_same_with_the_same_seed(monkeypatch) -> None:
    monkeypatch.setattr("tools.miniature.tokens.SAMPLE", 500)
    tokenizer = train_tokenizer(0)
    first, again = (next(batches(tokenizer, 1, 4, 32)) for _ in range(2))
    assert first.shape == (4, 32)
    assert (first == again).all()
    assert tokenizer("The wolf.")["input_ids"][0] == tokenizer.bos_token_id
