"""A run in parts, so that none takes along what another has computed."""

import logging
import os
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any, TypeVar

from datasets.exceptions import DatasetsError
from huggingface_hub.errors import HTTPError  # type: ignore[attr-defined]
from lm_eval.tasks import TaskManager

from neuronxa_tasks.benchmarks import BENCHMARKS, benchmark_of_task
from neuronxa_tasks.harness.selection import expand, is_ours

logger = logging.getLogger(__name__)

# What the Hub, datasets, the harness and torch raise for want of text, network, shots or memory.
FAILURES = (AssertionError, OSError, RuntimeError, ValueError, DatasetsError, HTTPError)

_T = TypeVar("_T")


def _several_processes() -> bool:
    # As torchrun and accelerate say it: nothing is set up yet that could be asked.
    return int(os.environ.get("WORLD_SIZE", "1")) > 1


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


def parted(names: Sequence[Any]) -> list[list[Any]]:
    """The parts of a run: alignment, then each benchmark, then every other name.

    Example:
        >>> parted(["hellaswag", "arc_de", "neuronxa_flores", "m_mmlu", "arc_multilingual"])
        [['neuronxa_flores'], ['hellaswag'], ['arc_de', 'arc_multilingual'], ['m_mmlu']]
    """
    tasks = expand(name for name in names if isinstance(name, str))
    groups = {benchmark.run_name for benchmark in BENCHMARKS}
    parts: dict[str, list[Any]] = {}
    for task in tasks:
        benchmark = benchmark_of_task(task)
        of = benchmark[0].run_name if benchmark else task
        parts.setdefault("ours" if is_ours(task) and of not in groups else of, []).append(task)
    # A task that is given by its configuration has no name to go by.
    return [*parts.values(), *([name] for name in names if not isinstance(name, str))]


class PartedTaskManager(TaskManager):
    """Loads the parts of a run one by one.

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
        asked = parted(task_list)
        parts: list[dict[str, Any]] = []
        for names in asked:
            # With nothing else left to go on with, a failure is the run's; and processes that
            # went on with different parts would wait for each other for ever.
            alone = _several_processes() or (names is asked[-1] and not parts)
            failures = None if alone else self._failures
            loaded = attempt(failures, names, partial(super().load, names))
            parts += [{**loaded, "names": names}] if loaded is not None else []
        return {**merged(parts), "parts": parts}
