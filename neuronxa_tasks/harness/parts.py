"""A run in parts, so that none takes along what another has computed."""

import logging
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any, TypeVar

from lm_eval.tasks import TaskManager

from neuronxa_tasks.harness.selection import is_ours

logger = logging.getLogger(__name__)

# What missing text, a missing network or a model that does not fit raise. Anything else is a
# mistake in a program, and stops the run.
FAILURES = (OSError, RuntimeError, ValueError)

_T = TypeVar("_T")


def listed(names: Sequence[Any]) -> str:
    """Names in a line that stays readable.

    Example:
        >>> listed(["a", "b", "c", "d", "e"])
        'a, b, c and 2 more'
    """
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return ", ".join(str(name) for name in names[:3]) + more


def attempt(failures: list[str] | None, names: Sequence[Any], part: Callable[[], _T]) -> _T | None:
    """The result of a part, or None where it failed, which is said and noted.

    Args:
        failures: Where it is noted; None to let the failure through.
        names: Tasks or groups of the part.
        part: What to do.
    """
    try:
        return part()
    except FAILURES as error:
        if failures is None:
            raise
        failures.append(f"{listed(names)}: {error}")
        logger.exception("%s failed; the others go on", listed(names))
        return None


def merged(parts: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """Mappings of mappings as one; a later part's entries win.

    Example:
        >>> merged([{"results": {"a": 1}}, {"results": {"b": 2}}])
        {'results': {'a': 1, 'b': 2}}
    """
    whole: dict[str, Any] = {}
    for part in parts:
        for key, value in part.items():
            whole[key] = {**whole.get(key, {}), **value} if isinstance(value, dict) else value
    return whole


class PartedTaskManager(TaskManager):
    """Loads alignment tasks together, and every other name as a part of its own.

    Args:
        failures: Where parts that cannot be loaded are noted.
        options: Those of the harness's task manager.
    """

    def __init__(self, failures: list[str], **options: Any) -> None:
        super().__init__(**options)
        self._failures = failures

    def load(self, task_list: list[Any]) -> dict[str, Any]:
        """What the harness's own method gives, and under `parts` what it consists of.

        A part has, beside the harness's own keys, the `names` that were asked for.
        """
        ours = [name for name in task_list if isinstance(name, str) and is_ours(name)]
        asked = [ours, *([name] for name in task_list if name not in ours)]
        parts: list[dict[str, Any]] = []
        for names in filter(None, asked):
            # With nothing else left to go on with, a failure is the run's.
            failures = None if names is asked[-1] and not parts else self._failures
            loaded = attempt(failures, names, partial(super().load, names))
            parts += [{**loaded, "names": names}] if loaded is not None else []
        return {**merged(parts), "parts": parts}
