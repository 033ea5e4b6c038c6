"""The lowest versions that are tried are those that are declared."""

from tools.lowest_versions import FILE, lowest_versions


def test_the_file_is_what_the_declaration_says() -> None:
    assert FILE.read_text(encoding="utf-8") == lowest_versions()


def test_a_pin_has_neither_extras_nor_an_upper_end() -> None:
    lines = lowest_versions().splitlines()
    assert "lm-eval==0.4.13" in lines
    assert all("[" not in line and "<" not in line for line in lines if not line.startswith("#"))
