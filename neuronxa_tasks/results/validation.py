"""What does not fit in a results file, in one sentence."""

import reprlib
from collections.abc import Mapping

from pydantic import ValidationError

from neuronxa_tasks.results.names import clean_name

_SHORT = reprlib.Repr()
_SHORT.maxstring = _SHORT.maxother = 60


def shown(value: object) -> str:
    """A value that was read, short enough for a sentence."""
    return clean_name(_SHORT.repr(value))


def fault(error: ValidationError) -> str:
    """Names the first field that does not fit, what it should be and what it is.

    Example:
        >>> from neuronxa_tasks.results.record import LanguageRecord
        >>> try:
        ...     LanguageRecord.model_validate({"n_pairs": -1})
        ... except ValidationError as error:
        ...     fault(error)
        '`n_pairs` should be greater than or equal to 1, but is -1'
    """
    first, *others = error.errors(include_url=False)
    place = ".".join(str(part) for part in first["loc"])
    rule = first["msg"].removeprefix("Value error, ").removeprefix("Input ")
    if first["type"] == "model_type":
        rule = "should be a table"
    more = f"; {len(others)} more" if others else ""
    # A rule over several fields names them itself.
    if first["type"] == "value_error" and isinstance(first["input"], Mapping):
        return f"{f'in `{place}`, ' if place else ''}{rule}{more}"
    field = f"`{shown(place)[1:-1]}` " if place else ""
    return f"{field}{rule}, but is {shown(first['input'])}{more}"
