"""Names that others chose, made fit to be shown."""

import unicodedata

REPLACEMENT = "\N{REPLACEMENT CHARACTER}"

# Scripts need both inside words; all other characters of their category are invisible commands.
_JOINERS = "\N{ZERO WIDTH NON-JOINER}\N{ZERO WIDTH JOINER}"


def clean_name(text: str) -> str:
    r"""A name in one line that no output can take for anything but text.

    White space of any kind and length becomes one space. Control and formatting characters,
    halves of surrogate pairs and noncharacters become U+FFFD, so that two names that differ do
    not become one by losing what differs. Everything else stays, markup included: that is
    escaped where it is written.

    Example:
        >>> clean_name("org/model\n"), clean_name("a\u2028b"), clean_name("m\x07")
        ('org/model', 'a b', 'm�')
    """
    line = clean_text(text)
    if line.isascii():
        return line
    return "".join(
        REPLACEMENT if unicodedata.category(c) == "Cf" and c not in _JOINERS else c for c in line
    )


def clean_text(text: str) -> str:
    r"""A sentence in one line: as `clean_name`, but with the formatting its script may need.

    Example:
        >>> clean_text("a\u200fb\nc") == "a\u200fb c", clean_text("a\x1b[2Jb")
        (True, 'a�[2Jb')
    """
    line = " ".join(text.split())
    return line if line.isascii() and line.isprintable() else "".join(map(_shown, line))


def _shown(character: str) -> str:
    number = ord(character)
    noncharacter = number & 0xFFFE == 0xFFFE or 0xFDD0 <= number <= 0xFDEF
    unreadable = noncharacter or unicodedata.category(character) in ("Cc", "Cs")
    return REPLACEMENT if unreadable else character
