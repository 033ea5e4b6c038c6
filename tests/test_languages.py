from pathlib import Path

import pytest

from neuronxa_tasks.errors import SettingsError
from neuronxa_tasks.languages import (
    ENGLISH,
    FLORES,
    FLORES_HEAD,
    FLORES_LONGTAIL,
    FLORES_PLUS_RENAMES,
    TATOEBA,
    TATOEBA_HEAD,
    TATOEBA_LONGTAIL,
    check_language,
    language_name,
)


def test_the_counts_are_the_papers() -> None:
    assert (len(FLORES_HEAD), len(FLORES_LONGTAIL), len(FLORES)) == (68, 135, 204)
    assert (len(TATOEBA_HEAD), len(TATOEBA_LONGTAIL), len(TATOEBA)) == (36, 76, 112)


def test_no_code_stands_twice_and_english_is_in_no_group() -> None:
    assert len(set(FLORES)) == 204
    assert len(set(TATOEBA)) == 112
    assert ENGLISH not in {*FLORES_HEAD, *FLORES_LONGTAIL}


def test_the_renamed_languages_are_flores_languages() -> None:
    assert set(FLORES_PLUS_RENAMES) <= set(FLORES)


def test_every_language_has_a_name() -> None:
    assert not [code for code in (*FLORES, *TATOEBA) if "Unknown" in language_name(code)]


def test_flores_names_are_distinct() -> None:
    assert len({language_name(code) for code in FLORES}) == 204


def test_an_unknown_code_gets_the_nearest_ones() -> None:
    with pytest.raises(SettingsError, match=r"`pivot`.*'deu_Lat'.*did you mean deu_Latn"):
        check_language("deu_Lat", FLORES, "pivot")


def test_the_codes_are_those_of_the_real_corpora(real_data: Path) -> None:
    flores = {file.stem for file in (real_data / "flores200" / "devtest").iterdir()}
    tatoeba = {file.name.split(".")[1][:3] for file in (real_data / "tatoeba" / "v1").iterdir()}
    assert flores == set(FLORES)
    assert tatoeba == set(TATOEBA)
