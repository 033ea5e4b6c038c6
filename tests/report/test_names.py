"""Names are shown as text whatever is in them, and paths without the folder of a person."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from neuronxa_tasks.report.names import apart, clean_name, without_home


@given(st.text(st.characters(exclude_categories=[])))
def test_a_clean_name_is_one_line_that_any_encoding_of_unicode_takes(name: str) -> None:
    cleaned = clean_name(name)
    assert cleaned.encode().decode() == cleaned
    assert cleaned.splitlines() in ([], [cleaned])
    assert clean_name(cleaned) == cleaned
    assert not any(ord(character) < 32 or 127 <= ord(character) < 160 for character in cleaned)


@pytest.mark.parametrize(
    "name", ["org/Model-7B", "C:\\users\\x", "a|b <b>", "नी", "می‌خواهم", "👩‍👩‍👧", "=1+1"]
)
def test_ordinary_names_stay(name: str) -> None:
    assert clean_name(name) == name


def test_names_that_differ_in_what_cannot_be_shown_stay_apart_from_those_without() -> None:
    hostile = ["m", "m\x07", "m\ufffe\ufeff", "m\u202e\x00\ud800"]
    assert len({clean_name(name) for name in hostile}) == 4


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("/home/ann/m", "~/m"),
        ("report '/Users/ann/out x' --output /home/ann/r", "report '~/out x' --output ~/r"),
        ("a=/home/ann/m=b@c", "a=~/m=b@c"),
        ("C:\\Users\\ann\\m", "~\\m"),
        ("/data/home/ann/m", "/data/home/ann/m"),
        ("/homework/x", "/homework/x"),
        ("org/model", "org/model"),
        ("out/results.json", "out/results.json"),
    ],
)
def test_home_folders_are_tildes(text: str, shown: str) -> None:
    assert without_home(text) == shown


def test_a_home_of_any_place_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Path, "home", lambda: Path("/nfs/people/ann.b"))
    assert without_home("/nfs/people/ann.b/m") == "~/m"
    assert without_home("/nfs/people/ann.bc/m") == "/nfs/people/ann.bc/m"
    monkeypatch.setattr(Path, "home", lambda: Path("/"))
    assert without_home("/data/m") == "/data/m"


def test_models_in_two_homes_stay_two() -> None:
    names = ["/home/ann/m", "/home/bob/m", "/home/bob/n"]
    assert apart(names) == {names[0]: names[0], names[1]: names[1], names[2]: "~/n"}
