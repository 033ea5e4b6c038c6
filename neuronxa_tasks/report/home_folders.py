"""Paths that say no more than they must."""

import re
from collections.abc import Iterable
from pathlib import Path

# Home folders of other machines than this one, on which results may have been made.
_HOMES = r"(?:/home/[^/\s]+|/Users/[^/\s]+|/root|[A-Za-z]:\\Users\\[^\\\s]+)"


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
