"""Numbers of lines as people write them: `81-82,144`."""

import re
from collections.abc import Iterable
from itertools import groupby

# More lines than any corpus has.
MOST_LINES = 1_000_000

_RANGE = re.compile(r"([0-9]{1,7})(?:-([0-9]{1,7}))?")


def line_numbers(text: str) -> tuple[int, ...]:
    """The lines of a list of numbers and ranges, counted from 1, each once, in their order.

    Args:
        text: Such as `81-82,144`, white space anywhere.

    Raises:
        ValueError: A part is neither a number nor a range that goes up, or there are more than
            `MOST_LINES`.

    Example:
        >>> line_numbers("144, 81-83,82")
        (81, 82, 83, 144)
    """
    found: set[int] = set()
    total = 0
    for part in "".join(text.split()).split(","):
        match = _RANGE.fullmatch(part)
        first = int(match[1]) if match else 0
        last = int(match[2] or first) if match else 0
        total += 1 + last - first
        if not 1 <= first <= last <= MOST_LINES or total > MOST_LINES:
            raise ValueError(f"no lines, such as 81-82,144: {part}")
        found.update(range(first, last + 1))
    return tuple(sorted(found))


def line_ranges(lines: Iterable[int]) -> str:
    """Such a text of lines that go up.

    Example:
        >>> line_ranges([81, 82, 83, 144])
        '81-83,144'
    """
    parts = []
    for _, run in groupby(enumerate(lines), lambda item: item[1] - item[0]):
        numbers = [line for _, line in run]
        parts.append(f"{numbers[0]}-{numbers[-1]}" if len(numbers) > 1 else str(numbers[0]))
    return ",".join(parts)
