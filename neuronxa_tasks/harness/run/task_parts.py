"""A run in parts, so that none takes along what another has computed."""

import os
from collections.abc import Callable, Iterable, Sequence
from difflib import get_close_matches
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from lm_eval.tasks import TaskManager

from neuronxa_tasks.data.benchmarks import BENCHMARKS, benchmark_of_task
from neuronxa_tasks.errors import NeuronXAError, RunError, SettingsError
from neuronxa_tasks.harness.failures import FAILURES, PLAIN_FAILURES, one_line
from neuronxa_tasks.harness.run.task_selection import expand, is_ours
from neuronxa_tasks.log import logger

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

    Raises:
        NeuronXAError: It failed, and is let through.
    """
    try:
        return part()
    except FAILURES as error:
        shown = not isinstance(error, PLAIN_FAILURES)
        if failures is None:
            if isinstance(error, NeuronXAError):
                raise
            logger.error("%s failed", listed(names), exc_info=shown)
            raise RunError(f"{listed(names)} failed: {one_line(error)}") from error
        failures.append(f"{listed(names)}: {one_line(error)}")
        logger.error("%s failed; the others go on", listed(names), exc_info=shown)
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
        self._loaded: dict[str, dict[str, Any] | None] = {}

    def match_tasks(self, task_list: list[str]) -> list[str]:
        """The tasks and groups of some names or patterns.

        Raises:
            SettingsError: A name is none's.
        """
        found: list[str] = super().match_tasks(task_list)
        for name in task_list:
            # The harness takes a folder for the tasks that it holds.
            if not found and not Path(name).is_dir():
                near = get_close_matches(name, self.all_tasks, n=1)
                hint = f"did you mean {near[0]}?" if near else "`lm_eval ls tasks` lists all"
                raise SettingsError(
                    f"Expected `--tasks` to name tasks or groups, but got {name!r}: {hint}"
                )
        return found

    def check_samples(self, samples: Iterable[str]) -> None:
        """Check that samples are asked of tasks that there are.

        Raises:
            SettingsError: A name is no task's.
        """
        for name in samples:
            if name not in self.all_subtasks:
                near = get_close_matches(name, self.all_subtasks, n=1)
                hint = f": did you mean {near[0]}?" if near else ""
                raise SettingsError(
                    f"Expected `--samples` to name single tasks, but got {name!r}{hint}"
                )

    def prepare(self, task_list: Sequence[Any]) -> None:
        """Load what needs no model and no seed, so that wrong settings are said before a model is.

        Raises:
            NeuronXAError: Nothing is left to go on with.
        """
        asked = parted(task_list)
        for names in asked:
            if all(isinstance(name, str) and is_ours(name) for name in names):
                self._load(names, asked)

    def load(self, task_list: list[Any]) -> dict[str, Any]:
        """What the harness's own method gives, and under `parts` what it consists of.

        A part has, beside the harness's own keys, the `names` that were asked for.

        Raises:
            NeuronXAError: Nothing is left to go on with.
        """
        asked = parted(task_list)
        parts: list[dict[str, Any]] = []
        for names in asked:
            loaded = self._load(names, asked)
            parts += [{**loaded, "names": names}] if loaded is not None else []
        return {**merged(parts), "parts": parts}

    def _load(self, names: Sequence[Any], asked: Sequence[Sequence[Any]]) -> dict[str, Any] | None:
        """One of the parts asked for, once; None where it failed before or fails now."""
        key = str(names)
        if key not in self._loaded:
            # With nothing else left to go on with, a failure is the run's; and processes that
            # went on with different parts would wait for each other for ever.
            others = [str(other) for other in asked if other is not names]
            alone = all(self._loaded.get(other, {}) is None for other in others)
            failures = None if alone or _several_processes() else self._failures
            self._loaded[key] = attempt(failures, names, partial(super().load, list(names)))
        return self._loaded[key]
