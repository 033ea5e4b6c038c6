"""`neuronxa run`: the harness's own command line, with this package in it from the start."""

import sys
from argparse import Namespace
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from difflib import get_close_matches
from typing import Any

import lm_eval.tasks
import torch
from lm_eval._cli import HarnessCLI
from lm_eval.tasks import TaskManager
from lm_eval.utils import setup_logging

from neuronxa_tasks.errors import SettingsError
from neuronxa_tasks.harness import model  # noqa: F401  (registers `--model neuronxa`)
from neuronxa_tasks.harness.install import install_request_method
from neuronxa_tasks.harness.location import harness_sees_tasks, installed_tasks
from neuronxa_tasks.settings import KEYS, unknown_keys

TASK_PREFIX = "neuronxa_"


def run(arguments: Sequence[str]) -> None:
    """Run the harness.

    Unlike plain `lm_eval` it knows the model name `neuronxa`, finds the task files wherever
    they were installed, and sees `--metadata` apart from the model's arguments.

    Args:
        arguments: Those of `lm_eval run`.

    Raises:
        SettingsError: A metadata key is unknown, and every task is an alignment task.
    """
    setup_logging()
    install_request_method()
    sys.argv[1:] = ["run", *arguments]
    harness = HarnessCLI()
    options = harness.parse_args()
    names = [name for names in options.tasks or [] for name in names.split(",")]
    only_ours = bool(names) and all(name.startswith(TASK_PREFIX) for name in names)
    if only_ours:
        _refuse_unknown_keys(options)
    if only_ours or not harness_sees_tasks():
        options.include_path = [*filter(None, [options.include_path]), str(installed_tasks())]
    with _without_the_harnesss_tasks() if only_ours else nullcontext():
        harness.execute(options)
    if torch.distributed.is_initialized():
        # A process that ends while another still writes the results would take it down.
        torch.distributed.barrier()
        torch.distributed.destroy_process_group()


class _OurTaskManager(TaskManager):
    def __init__(self, **options: Any) -> None:
        super().__init__(include_defaults=False, **options)


@contextmanager
def _without_the_harnesss_tasks() -> Iterator[None]:
    """Spare the harness reading 14,000 task files of which the run needs none."""
    lm_eval.tasks.TaskManager = _OurTaskManager
    try:
        yield
    finally:
        lm_eval.tasks.TaskManager = TaskManager


def _refuse_unknown_keys(options: Namespace) -> None:
    for key in unknown_keys(options.metadata or {}):
        near = get_close_matches(key, KEYS, n=1)
        hint = f"; did you mean `{near[0]}`?" if near else ""
        raise SettingsError(
            f"Unknown key `{key}` in `--metadata`, expected one of {', '.join(KEYS)}{hint}"
        )
