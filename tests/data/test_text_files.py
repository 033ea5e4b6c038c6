import os
from collections.abc import Callable
from pathlib import Path

import pytest

from neuronxa_tasks.data.text_files import read_lines
from neuronxa_tasks.errors import BitextError


def test_lines_end_with_a_line_feed_alone_and_the_last_need_not(tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    for text in ("one\u2028still\r\ntwo\n", "one\u2028still\ntwo"):
        file.write_bytes(text.encode())
        assert read_lines(file) == ["one\u2028still", "two"]


def unreadable(file: Path) -> None:
    file.write_text("a")
    file.chmod(0)
    if os.access(file, os.R_OK):
        pytest.skip("this user may read everything")


def test_a_missing_file_is_named_as_it_was_typed() -> None:
    with pytest.raises(BitextError, match=r"the file no/such\.txt, but .*: check the path"):
        read_lines(Path("no/such.txt"))


@pytest.mark.parametrize(
    "make",
    [
        lambda file: None,
        lambda file: file.symlink_to(file),
        lambda file: file.symlink_to("no-such-file"),
        lambda file: file.symlink_to("a" * 300),
        os.mkfifo,
        Path.mkdir,
        unreadable,
    ],
    ids=["missing", "loop", "dangling", "long link", "pipe", "folder", "unreadable"],
)
def test_what_is_no_readable_file_is_refused_in_a_sentence(
    tmp_path: Path, make: Callable[[Path], None]
) -> None:
    make(tmp_path / "deu_Latn.devtest")
    with pytest.raises(BitextError, match=r"Expected .*deu_Latn\.devtest.*: check "):
        read_lines(tmp_path / "deu_Latn.devtest")


@pytest.mark.parametrize("name", ["a" * 300, "a\0b"])
def test_a_name_that_no_file_can_have_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(BitextError, match="Expected"):
        read_lines(tmp_path / name)
