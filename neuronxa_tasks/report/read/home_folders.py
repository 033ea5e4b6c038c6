"""Paths that say no more than they must."""

import re
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
