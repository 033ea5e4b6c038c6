"""The benchmarks of the miniature's world."""

import filecmp
import re
from pathlib import Path

import pytest

from examples.miniature.items import categories, continuations, names_category
from examples.miniature.world.concepts import CATEGORY_OF
from examples.miniature.world.generator import Generator, combinations
from examples.miniature.world.languages import LANGUAGES
from examples.miniature.world.rules import held_out, withheld
from examples.miniature.write import PAIRS, SENTENCE_SEED, write
from neuronxa_tasks.data.miniature import FOLDER, SENTENCES

FOREIGN = [code for code in LANGUAGES if code != "eng_Latn"]


def test_the_shipped_files_are_those_that_the_script_writes(tmp_path) -> None:
    write(tmp_path)
    written = sorted(path.relative_to(tmp_path) for path in tmp_path.rglob("*.*"))
    same, *_ = filecmp.cmpfiles(tmp_path, FOLDER, map(str, written), shallow=False)
    assert [Path(path) for path in same] == written
    shipped = [*FOLDER.rglob("*.txt"), *FOLDER.rglob("*.jsonl")]
    assert len(shipped) == len(written) == 12 + 11 + 12


def test_ships_at_least_200_parallel_sentences_that_training_kept_out() -> None:
    lengths = {len(path.read_text().splitlines()) for path in SENTENCES.iterdir()}
    assert lengths == {PAIRS}
    assert PAIRS >= 200
    generator = Generator(SENTENCE_SEED).held_out()
    for _, meaning in zip(range(PAIRS), generator, strict=False):
        assert all(held_out(combination) for combination in combinations(meaning))


@pytest.mark.parametrize("code", FOREIGN)
def test_asks_only_for_categories_that_training_withheld(code) -> None:
    items = list(categories(code, 0))
    asked = [noun for noun in CATEGORY_OF if withheld(noun, code)]
    named = [noun for noun in asked if names_category(noun, CATEGORY_OF[noun], code)]
    assert len(items) == len(asked) - len(named) >= 60


def test_a_noun_that_names_its_category_is_not_asked() -> None:
    assert names_category("owl", "bird", "ind_Latn")
    assert names_category("cockroach", "insect", "tur_Latn")
    assert names_category("cabbage", "vegetable", "zho_Hans")
    assert not names_category("wolf", "animal", "deu_Latn")


@pytest.mark.parametrize("code", LANGUAGES)
def test_items_have_four_different_choices_that_the_prompt_does_not_give_away(code) -> None:
    items = [*continuations(code, 0), *(categories(code, 0) if code in FOREIGN else ())]
    for item in items:
        assert len(set(item.choices)) == 4
        assert 0 <= item.answer < 4
        asked = set(re.findall(r"\w{5,}", item.prompt.lower()))
        own = [set(re.findall(r"\w{5,}", choice.lower())) for choice in item.choices]
        shared = set.intersection(*own)
        assert not any(asked & (words - shared) for words in own)
    answers = [item.answer for item in items]
    assert min(answers.count(place) for place in range(4)) > 0.15 * len(items)


def test_continuations_ask_the_same_in_every_language() -> None:
    answers = {code: [item.answer for item in continuations(code, 0)] for code in LANGUAGES}
    assert len({tuple(places) for places in answers.values()}) == 1


def test_a_prompt_and_its_right_choice_are_a_sentence_of_the_language() -> None:
    item = continuations("deu_Latn", 0)[0]
    sentence = item.prompt + item.choices[item.answer]
    assert re.fullmatch(r"[A-ZÄÖÜ][\w ]+\.", sentence)
