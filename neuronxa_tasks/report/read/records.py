"""Take the record of a task out of its configuration."""

from collections.abc import Mapping
from typing import Any, TypeVar

from neuronxa_tasks.results.fields import Part
from neuronxa_tasks.results.validation import shown

_Record = TypeVar("_Record", bound=Part)


def record_of(config: Any, kind: type[_Record]) -> _Record:
    """What a task's configuration holds of ours, nothing where it was run by someone else.

    Args:
        config: Its entry among the configurations, or None.
        kind: Which record it is.

    Raises:
        ValueError: A field does not fit; pydantic's own error is one.
    """
    for key in ("metadata", "neuronxa"):
        if config is None:
            return kind()
        if not isinstance(config, Mapping):
            raise ValueError(f"what should hold `{key}` is no table, but {shown(config)}")
        config = config.get(key)
    return kind() if config is None else kind.model_validate(config)
