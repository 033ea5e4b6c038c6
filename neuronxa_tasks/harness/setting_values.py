"""The values that settings may have: each function takes a setting's name and what was given.

Each raises `SettingsError` where the value is not allowed.
"""

import os
from pathlib import Path
from typing import TypeVar

from neuronxa_tasks.data.languages import FLORES, check_language
from neuronxa_tasks.data.line_numbers import line_numbers
from neuronxa_tasks.errors import SettingsError

# More pairs, or more directions, than any corpus has.
MOST = 1_000_000

# Below this, some layers would keep no direction but the first.
LEAST_VARIANCE = 0.01

# Longer values are cut in messages.
SHOWN = 200

_Choice = TypeVar("_Choice", bound=str)


def shown(value: object) -> str:
    """A value as messages show it: text as it stands, anything else as Python writes it.

    Example:
        >>> shown("a"), shown(["a"]), len(shown("a" * 1000))
        ('a', "['a']", 200)
    """
    try:
        text = value if isinstance(value, str) else repr(value)
    except (ValueError, RecursionError):  # An integer or a nesting beyond Python's own limits.
        text = f"an endless {type(value).__name__}"
    return text if len(text) <= SHOWN else f"{text[: SHOWN - 1]}…"


def _quoted(value: object) -> str:
    return repr(shown(value)) if isinstance(value, str) else shown(value)


def language(key: str, value: object) -> str:
    """A code of FLORES-200."""
    return check_language(shown(value), FLORES, key)


def count(key: str, value: object) -> int | None:
    """A number of pairs of at least 2, or None for `all`."""
    if value == "all":
        return None
    return _integer(key, value, 2, "'all' or ")


def positive(key: str, value: object) -> int:
    """A number of at least 1."""
    return _integer(key, value, 1)


def lines(key: str, value: object) -> tuple[int, ...]:
    """Line numbers and ranges of them, going up, each once."""
    parts = value if isinstance(value, list | tuple) else [value]
    try:
        return line_numbers(",".join(map(_line_text, parts)))
    except ValueError:
        raise SettingsError(
            f"Expected `{key}` to be numbers of lines, counted from 1, and ranges of them that go "
            f"up, such as [81-82,144], but got {_quoted(value)}"
        ) from None


def _line_text(part: object) -> str:
    if isinstance(part, int) and not isinstance(part, bool) and part <= MOST:
        return str(part)
    # The harness's own parser leaves a list a string.
    return part.strip("[]") if isinstance(part, str) else "?"


def _integer(key: str, value: object, least: int, other: str = "") -> int:
    # bool is an int in Python, yet `n_pairs=true` is a mistake.
    if isinstance(value, int) and not isinstance(value, bool) and least <= value <= MOST:
        return value
    raise SettingsError(
        f"Expected `{key}` to be {other}an integer >= {least} and at most {MOST}, "
        f"but got {_quoted(value)}"
    )


def share(key: str, value: object) -> float:
    """A share below 1."""
    if isinstance(value, float) and LEAST_VARIANCE <= value < 1:
        return value
    raise SettingsError(
        f"Expected `{key}` to be a share from {LEAST_VARIANCE} to below 1, but got {_quoted(value)}"
    )


def flag(key: str, value: object) -> bool:
    """True or false."""
    if isinstance(value, bool):
        return value
    raise SettingsError(f"Expected `{key}` to be true or false, but got {_quoted(value)}")


def folder(key: str, value: object) -> Path:
    """A folder that is there and can be read."""
    # An empty path would be the current folder.
    if isinstance(value, str | os.PathLike) and str(value).strip():
        try:
            folder = Path(value).expanduser()
            if folder.is_dir() and os.access(folder, os.R_OK | os.X_OK):
                return folder
        # No such user, a loop of links, a name too long, a folder above it without permission.
        except (RuntimeError, OSError, ValueError):
            pass
    raise SettingsError(
        f"Expected `{key}` to be an existing folder that can be read, but got {_quoted(value)}: "
        "check the path and its permissions"
    )


def patterns(key: str, value: object) -> tuple[str, ...]:
    """One pattern of module names or several, each once."""
    value = _listed(value)
    if (
        isinstance(value, list | tuple)
        and value
        and all(isinstance(item, str) and item for item in value)
    ):
        return tuple(dict.fromkeys(value))
    raise SettingsError(
        f"Expected `{key}` to be a pattern of module names, such as layers.*.mlp.down_proj, or a "
        f"list of them, but got {_quoted(value)}"
    )


def choice(key: str, value: object, allowed: tuple[_Choice, ...]) -> _Choice:
    """One of the allowed names."""
    for name in allowed:
        if value == name:
            return name
    raise SettingsError(
        f"Expected `{key}` to be one of {', '.join(allowed)}, but got {_quoted(value)}"
    )


def check_choices(key: str, value: object, allowed: tuple[_Choice, ...]) -> tuple[_Choice, ...]:
    """One of `allowed` or several, as a tuple without repetitions.

    Args:
        key: The setting's or argument's name, for messages.
        value: A name, a sequence of names, or the string `[a,b]`.
        allowed: Every name there is.

    Raises:
        SettingsError: `value` names something else, or nothing.
    """
    value = _listed(value)
    if not isinstance(value, list | tuple) or not value:
        raise SettingsError(
            f"Expected `{key}` to be one of {', '.join(allowed)} or a list of them, "
            f"but got {_quoted(value)}"
        )
    return tuple(dict.fromkeys(choice(key, item, allowed) for item in value))


def _listed(value: object) -> object:
    """The names of a list, which the harness's own parser leaves a string `[a,b]`."""
    if isinstance(value, str):
        return [item.strip(" '\"") for item in value.strip("[]").split(",")]
    return value
