from pathlib import Path

import pytest

from neuronxa_tasks.data.tmx import read_tmx
from neuronxa_tasks.errors import BitextError

HEAD = '<?xml version="1.0"?>\n'
DOCTYPE = '<!DOCTYPE tmx SYSTEM "tmx14.dtd">\n'


def segment(lang: str, text: str) -> str:
    return f'<tuv xml:lang="{lang}"><seg>{text}</seg></tuv>'


def unit(english: str, german: str) -> str:
    return f"<tu>{segment('en', english)}{segment('de', german)}</tu>"


def memory(folder: Path, *units: str, head: str = HEAD + DOCTYPE) -> Path:
    file = folder / "memory.tmx"
    body = "".join(units)
    file.write_text(
        f'{head}<tmx version="1.4"><header srclang="en"/><body>{body}</body></tmx>',
        encoding="utf-8",
    )
    return file


def test_units_are_read_in_their_order_whatever_the_order_within(tmp_path: Path) -> None:
    swapped = f"<tu>{segment('de', 'Zwei')}{segment('fr', 'Deux')}{segment('en', 'Two')}</tu>"
    file = memory(tmp_path, unit("One", "Eins"), swapped)
    assert read_tmx(file, ("en", "de")) == [["One", "Two"], ["Eins", "Zwei"]]


def test_a_language_is_known_by_any_of_its_codes_but_never_by_another_region(
    tmp_path: Path,
) -> None:
    both = f"<tu>{segment('zh-Hant', 'T')}{segment('zh', 'S')}{segment('zh-TW', 'R')}</tu>"
    file = memory(tmp_path, both)
    assert read_tmx(file, ("zho_Hans", "zho_Hant", "ZH-tw")) == [["S"], ["T"], ["R"]]


def test_mark_up_and_line_breaks_are_no_part_of_a_sentence(tmp_path: Path) -> None:
    english = 'A <bpt i="1">&lt;b&gt;</bpt><hi>bold</hi><ept i="1">&lt;/b&gt;</ept>\n   word\u00a0!'
    file = memory(tmp_path, unit(english, "&lt; &amp; &#228;"))
    assert read_tmx(file, ("en", "de")) == [["A bold word\u00a0!"], ["< & ä"]]


def test_an_old_file_in_another_encoding_is_read(tmp_path: Path) -> None:
    file = tmp_path / "memory.tmx"
    body = '<tu><tuv lang="en"><seg>Street</seg></tuv><tuv lang="de"><seg>Straße</seg></tuv></tu>'
    text = f'<?xml version="1.0" encoding="ISO-8859-1"?><tmx><body>{body}</body></tmx>'
    file.write_bytes(text.encode("latin-1"))
    assert read_tmx(file, ("en", "de")) == [["Street"], ["Straße"]]


@pytest.mark.parametrize("encoding", ["nonsense", "cp932"])
def test_an_encoding_that_cannot_be_read_is_refused(tmp_path: Path, encoding: str) -> None:
    head = f'<?xml version="1.0" encoding="{encoding}"?>'
    with pytest.raises(BitextError, match="to be TMX"):
        read_tmx(memory(tmp_path, unit("One", "Eins"), head=head), ("en", "de"))


@pytest.mark.parametrize(
    "declared",
    [
        '<!DOCTYPE tmx [<!ENTITY a "b">]>',
        '<!DOCTYPE tmx [<!ENTITY a SYSTEM "secret.txt">]>',
        '<!DOCTYPE tmx [<!ENTITY % a SYSTEM "secret.txt"> %a;]>',
        '<!DOCTYPE tmx SYSTEM "secret.txt">',
    ],
)
def test_no_entity_is_expanded_or_fetched(tmp_path: Path, declared: str) -> None:
    (tmp_path / "secret.txt").write_text("secret")
    file = memory(tmp_path, unit("One &a;", "Eins"), head=HEAD + declared)
    with pytest.raises(BitextError, match="without entities of its own, but got the entity 'a'"):
        read_tmx(file, ("en", "de"))


@pytest.mark.parametrize(
    ("units", "message"),
    [
        (["<tu>"], "mismatched tag"),
        ([f"<tu>{segment('en', 'One')}</tu>"], r"one segment of de .* unit 1 has 0 .*: en\)"),
        ([unit("a", "b"), "<tu></tu>"], r"one segment of en .* unit 2 has 0 .*: none\)"),
        ([f"<tu>{segment('en', 'a') * 2}{segment('de', 'b')}</tu>"], r"unit 1 has 2 .*: en, en"),
        ([f"<tu>{segment('en', '&a;')}</tu>"], "entity 'a'"),
    ],
)
def test_what_is_no_memory_of_both_languages_is_refused(
    tmp_path: Path, units: list[str], message: str
) -> None:
    with pytest.raises(BitextError, match=message):
        read_tmx(memory(tmp_path, *units), ("en", "de"))
