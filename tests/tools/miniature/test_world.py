"""The world that the miniature's sentences speak of, and the twelve languages that do."""

import random
import re
from collections import Counter
from dataclasses import replace
from itertools import islice
from typing import get_args

import pytest

from neuronxa_tasks.data.miniature import LANGUAGES as CODES
from tools.miniature.world.concepts import (
    ADJECTIVES,
    CATEGORY_OF,
    CLANS,
    INTRANSITIVE,
    NOUNS,
    OBJECT_CATEGORIES,
    OBJECTS,
    PLACES,
    SUBJECTS,
    TIMES,
    TRANSITIVE,
)
from tools.miniature.world.generator import Generator, combinations
from tools.miniature.world.languages import LANGUAGES
from tools.miniature.world.meanings import Act, Meaning, Thing
from tools.miniature.world.mixing import mixed
from tools.miniature.world.rules import OBJECT_CATEGORY, fitting, held_out
from tools.miniature.world.samples import samples
from tools.miniature.world.words import FEATURES, Row

ACT = Act("morning", Thing("wolf", "big"), "see", Thing("apple", "red", False), "forest")


def meanings(count: int, seed: int = 3) -> list[Meaning]:
    return list(islice(Generator(seed).training(), count))


def test_has_twelve_languages_in_at_least_four_scripts() -> None:
    assert set(LANGUAGES) == set(CODES)
    assert len(LANGUAGES) == 12
    assert len({code.partition("_")[2] for code in LANGUAGES}) >= 4


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_language_has_a_word_for_every_concept_and_no_two_share_one(code) -> None:
    words = LANGUAGES[code].words
    assert set(words.nouns) == set(NOUNS)
    assert set(words.places) == set(PLACES)
    assert set(words.times) == {"language", *TIMES}
    assert len(NOUNS) >= 120
    tables = (words.nouns, words.places, words.verbs, words.adjectives)
    for row in (*(row for table in tables for row in table.values()), words.times):
        assert all(value and value == value.strip() for value in row.values())
    assert len({words.citation(noun) for noun in NOUNS}) == len(NOUNS)


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_pattern_gives_6_to_15_words_in_every_language(code) -> None:
    sentences = meanings(3000)
    assert len({type(meaning) for meaning in sentences}) >= 12
    lengths = {meaning: len(LANGUAGES[code].tokens(meaning)) for meaning in sentences}
    assert {m: n for m, n in lengths.items() if not 6 <= n <= 15} == {}


def test_samples_say_every_concept_in_every_pattern() -> None:
    sampled = list(samples())
    assert {type(meaning) for meaning in sampled} == {*get_args(Meaning)}
    words = set(re.findall(r"\w+", str(sampled)))
    assert {*OBJECTS, *SUBJECTS, *PLACES, *TRANSITIVE, *INTRANSITIVE, *ADJECTIVES, *TIMES} <= words


def changes_around_the_noun(code: str) -> bool:
    """Whether anything but the noun changes when the object is another one."""
    language = LANGUAGES[code]
    same = {
        noun: {**row, **dict.fromkeys(forms(row), "x")}
        for noun, row in language.words.nouns.items()
    }
    nameless = replace(language, words=replace(language.words, nouns=same))
    sentences = {
        nameless.sentence(replace(ACT, object=replace(ACT.object, noun=noun))) for noun in OBJECTS
    }
    return len(sentences) > 1


def forms(row: Row) -> list[str]:
    return [column for column in row if column not in ("concept", *FEATURES)]


def has_case(code: str) -> bool:
    rows = LANGUAGES[code].words.nouns.values()
    return any(len({row[form] for form in forms(row)}) > 1 for row in rows)


def test_at_least_six_languages_have_agreement_or_case() -> None:
    inflecting = {code for code in LANGUAGES if changes_around_the_noun(code) or has_case(code)}
    assert len(inflecting) >= 6
    assert "eng_Latn" not in inflecting
    assert {"deu_Latn", "rus_Cyrl", "tur_Latn", "swh_Latn", "hin_Deva"} <= inflecting


def test_sentences_follow_the_order_of_their_language() -> None:
    said = {code: LANGUAGES[code].sentence(ACT) for code in LANGUAGES}
    assert said["eng_Latn"] == "In the morning the big wolf sees a red apple in the forest."
    assert said["deu_Latn"] == "Am Morgen sieht der große Wolf im Wald einen roten Apfel."
    assert said["tur_Latn"] == "Sabahleyin büyük kurt ormanda kırmızı bir elma görüyor."
    assert said["hin_Deva"] == "सुबह बड़ा भेड़िया जंगल में एक लाल सेब देखता है।"
    assert said["zho_Hans"] == "早上大狼在森林里看见一个红色的苹果。"
    assert said["swh_Latn"] == "Asubuhi mbwa mwitu mkubwa anaona tufaha jekundu msituni."


def test_a_sentence_can_say_every_concept_in_another_language() -> None:
    english, russian = LANGUAGES["eng_Latn"], LANGUAGES["rus_Cyrl"]
    said = mixed(random.Random(0), ACT, english, russian, 1.0)
    assert said == "Утром the большой волк видит a красное красное яблоко in the лесу."
    assert mixed(random.Random(0), ACT, english, russian, 0.0) == english.sentence(ACT)


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_language_borrows_from_every_other(code: str) -> None:
    for lender in LANGUAGES.values():
        for meaning in meanings(50):
            said = mixed(random.Random(1), meaning, LANGUAGES[code], lender, 0.5)
            assert said == LANGUAGES[code].sentence(meaning) or lender.code != code


def test_the_same_seed_makes_the_same_meanings_and_another_others() -> None:
    assert meanings(50) == meanings(50)
    assert meanings(50) != meanings(50, seed=4)


def test_held_out_sentences_share_no_combination_with_training() -> None:
    trained = {c for meaning in meanings(20_000) for c in combinations(meaning)}
    kept = {c for m in islice(Generator(5).held_out(), 500) for c in combinations(m)}
    assert len(trained) > 10_000
    assert len(kept) > 400
    assert not trained & kept
    assert not any(held_out(combination) for combination in trained)


def test_every_clan_deals_in_two_kinds_of_objects_of_which_the_verb_takes_one() -> None:
    assert set(OBJECT_CATEGORY.values()) == set(OBJECT_CATEGORIES)
    for clan in CLANS:
        kinds = {tuple(OBJECT_CATEGORY[subject, verb] for verb in TRANSITIVE) for subject in clan}
        (by_verb,) = kinds
        assert sorted(Counter(by_verb).values()) == [6, 6]
    assert all(
        CATEGORY_OF[noun] == OBJECT_CATEGORY["wolf", "see"] for noun in fitting("wolf", "see")
    )


def test_meanings_obey_the_rules() -> None:
    for meaning in meanings(2000):
        if isinstance(meaning, Act):
            assert meaning.object.noun in fitting(meaning.subject.noun, meaning.verb)
