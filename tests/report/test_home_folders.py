"""Paths are shown without the folder of a person."""

from pathlib import Path

import pytest

from neuronxa_tasks.report.read.home_folders import without_home


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
