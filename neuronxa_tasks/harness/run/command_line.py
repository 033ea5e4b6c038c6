"""What was typed after `neuronxa run`, checked before anything is loaded."""

import argparse
import json
import math
import re
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lm_eval.config.evaluate_config import EvaluatorConfig
from lm_eval.utils import simple_parse_args_string

from neuronxa_tasks.arguments import names
from neuronxa_tasks.errors import SettingsError
from neuronxa_tasks.harness.upstream import HarnessCLI
from neuronxa_tasks.identity.masking import masked_text

_BATCH_SIZE = re.compile(r"auto(:\d+(\.\d+)?)?|[1-9]\d*")
_COUNTS = {"max_batch_size": 1, "num_fewshot": 0}


@dataclass(frozen=True)
class Arguments:
    """A run that was asked for.

    Attributes:
        typed: What was typed.
        harness: The harness's command line, which runs the options.
        options: The harness's own options; those of `--config` where nothing was typed.
        tasks: Names of tasks and groups, at least one unless none were named.
        languages: FLORES-200 codes that narrow the tasks; none for all.
        bitexts: Texts of the user's own, as `own_text_files.task_file` takes them.
    """

    typed: tuple[str, ...]
    harness: HarnessCLI
    options: argparse.Namespace
    tasks: tuple[str, ...]
    languages: tuple[str, ...]
    bitexts: tuple[str, ...] = ()

    @property
    def metadata(self) -> dict[str, Any]:
        """The settings of tasks."""
        given: dict[str, Any] = self.options.metadata or {}
        return given


def read_arguments(typed: Sequence[str]) -> Arguments:
    """Read and check what was typed.

    Args:
        typed: Arguments of `lm_eval run`, `--languages` and `--bitext`.

    Raises:
        SettingsError: One is not what the harness, a model or a task can take.
        SystemExit: The harness's parser refuses one, or was asked for help.
    """
    ours = argparse.ArgumentParser(prog="neuronxa run", add_help=False, allow_abbrev=False)
    ours.add_argument(
        "--languages",
        type=names,
        default=[],
        metavar="CODE,…",
        help="FLORES-200 codes to which every group of languages is narrowed",
    )
    ours.add_argument(
        "--bitext",
        action="append",
        default=[],
        metavar="NAME:LANGUAGE=FILE,…",
        help="text of your own to align, such as news:deu_Latn=en.txt,de.txt; may be given again",
    )
    own, rest = ours.parse_known_args(typed)
    harness = HarnessCLI()
    try:
        with command_line(["run", *rest]):
            options = harness.parse_args()
    except ValueError as error:
        raise SettingsError(
            "Expected `--metadata`, `--model_args` and the like to be KEY=VALUE or JSON, "
            f"but: {masked_text(str(error))}"
        ) from error
    try:
        _fill_in(options)
    except (ValueError, TypeError, OSError) as error:
        raise SettingsError(f"Expected `--config` to be a YAML file, but: {error}") from error
    _check(options)
    given = [options.tasks] if isinstance(options.tasks, str) else options.tasks or []
    tasks = tuple(name for text in given for name in names(text))
    return Arguments(tuple(typed), harness, options, tasks, tuple(own.languages), tuple(own.bitext))


@contextmanager
def command_line(arguments: Sequence[str]) -> Iterator[None]:
    """For a time these are the process's arguments.

    The harness reads its own from nowhere else, and loggers such as that of W&B keep them.
    """
    before = sys.argv
    sys.argv = [before[0], *arguments]
    try:
        yield
    finally:
        sys.argv = before


def _fill_in(options: argparse.Namespace) -> None:
    """Take from `--config` what was not typed, as the harness does later than it is needed."""
    if not options.config:
        return
    for key, value in EvaluatorConfig.load_yaml_config(options.config).items():
        typed = getattr(options, key, None)
        if not typed and typed != 0:
            setattr(options, key, value)
    options.config = None
    if isinstance(options.metadata, str):
        options.metadata = simple_parse_args_string(options.metadata)


def check_batch_size(size: str) -> None:
    """Check what was given as `--batch_size`.

    Raises:
        SettingsError: It is no number of sentences.
    """
    if not _BATCH_SIZE.fullmatch(size):
        raise SettingsError(
            f"Expected `--batch_size` to be auto or an integer of at least 1, but got {size}"
        )


def _check(options: argparse.Namespace) -> None:
    limit = options.limit
    if limit is not None and not (
        isinstance(limit, int | float) and math.isfinite(limit) and limit > 0
    ):
        raise SettingsError(
            f"Expected `--limit` to be a number of documents above 0, or a share of them below 1, "
            f"but got {limit}: leave it out for all"
        )
    check_batch_size(str(getattr(options, "batch_size", 1)))
    for name, least in _COUNTS.items():
        count = getattr(options, name)
        if count is not None and not (isinstance(count, int) and count >= least):
            raise SettingsError(
                f"Expected `--{name}` to be an integer of at least {least}, but got {count}"
            )
    if not isinstance(options.metadata or {}, dict):
        raise SettingsError(
            f"Expected `--metadata` to be keys and values, but got {options.metadata!r}"
        )
    if options.samples is not None:
        options.samples = _samples(options.samples)


def _samples(given: object) -> dict[str, list[int]]:
    expected = 'Expected `--samples` to be JSON such as {"TASK": [0, 1, 2]}, or a file of it'
    if isinstance(given, str):
        try:
            given = json.loads(Path(given).read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise SettingsError(f"{expected}, but got {given}: {error}") from error
    if not isinstance(given, dict) or not given:
        raise SettingsError(f"{expected}, but got {given!r}")
    for task, numbers in given.items():
        if not (
            isinstance(numbers, list)
            and numbers
            and all(type(number) is int and number >= 0 for number in numbers)
            and len(set(numbers)) == len(numbers)
        ):
            raise SettingsError(
                f"{expected}, of each task different numbers from 0, but got {numbers!r} of {task}"
            )
    return given
