"""Names that others chose, made fit to be shown, and paths that say no more than they must."""

import re
import unicodedata
from collections.abc import Iterable
from pathlib import Path

REPLACEMENT = "\N{REPLACEMENT CHARACTER}"

# Scripts need both inside words; all other characters of their category are invisible commands.
_JOINERS = "\N{ZERO WIDTH NON-JOINER}\N{ZERO WIDTH JOINER}"

# Home folders of other machines than this one, on which results may have been made.
_HOMES = r"(?:/home/[^/\s]+|/Users/[^/\s]+|/root|[A-Za-z]:\\Users\\[^\\\s]+)"


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
    return "".join(map(_shown, " ".join(text.split())))


def _shown(character: str) -> str:
    category = unicodedata.category(character)
    invisible = category in ("Cc", "Cs") or (category == "Cf" and character not in _JOINERS)
    number = ord(character)
    noncharacter = number & 0xFFFE == 0xFFFE or 0xFDD0 <= number <= 0xFDEF
    return REPLACEMENT if invisible or noncharacter else character


def without_home(text: str) -> str:
    """A text in which `~` stands for every home folder, since that names a person.

    Example:
        >>> without_home("/home/ann/models/m"), without_home("org/model")
        ('~/models/m', 'org/model')
    """
    home = str(Path.home())
    homes = _HOMES if home == Path(home).anchor else f"(?:{re.escape(home)}|{_HOMES})"
    return re.sub(rf"(?<![\w.~/\\-]){homes}(?=[/\\\s'\",;:)]|$)", "~", text)


def apart(names: Iterable[str]) -> dict[str, str]:
    """Each name without home folders, where it still differs from all the others.

    Example:
        >>> apart(["/home/ann/m", "/home/bob/m", "/home/bob/n"])
        {'/home/ann/m': '/home/ann/m', '/home/bob/m': '/home/bob/m', '/home/bob/n': '~/n'}
    """
    shown = {name: without_home(name) for name in names}
    taken = list(shown.values())
    return {name: new if taken.count(new) == 1 else name for name, new in shown.items()}
