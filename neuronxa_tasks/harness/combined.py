"""One run of alignment and benchmarks: cost first, part after part, joined at the end."""

import logging
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from functools import partial
from types import ModuleType
from typing import Any

import lm_eval.evaluator
import lm_eval.tasks
from lm_eval.api.model import LM, CachingLM
from lm_eval.evaluator import evaluate, simple_evaluate
from lm_eval.models.huggingface import HFLM

from neuronxa_tasks.harness.estimate import Cost, part_cost, seconds_per_token
from neuronxa_tasks.harness.partial_results import PartialResults
from neuronxa_tasks.harness.parts import FAILURES, PartedTaskManager, attempt, listed, merged
from neuronxa_tasks.masking import masked, masked_results
from neuronxa_tasks.report.content import Report
from neuronxa_tasks.report.parsing import parse_results
from neuronxa_tasks.report.summary import records, summary

logger = logging.getLogger(__name__)


@contextmanager
def _replaced(module: ModuleType, name: str, value: object) -> Iterator[None]:
    original = getattr(module, name)
    setattr(module, name, value)
    try:
        yield
    finally:
        setattr(module, name, original)


def _first_of_machine() -> bool:
    """Whether this process writes, as the harness has it: a stock model takes each for the only."""
    return os.environ.get("LOCAL_RANK", "0") == "0"


class CombinedRun:
    """What `neuronxa run` adds to the harness's own run.

    Args:
        command: The command as typed.
        index_all: Whether the harness's own tasks are asked for, of which it reads 14,000.
        shown: What to print of the finished run's report; by default everything.

    Attributes:
        failures: A sentence for every part that could not be loaded or run.
    """

    def __init__(
        self, command: str, index_all: bool, shown: Callable[[Report], str] | None = None
    ) -> None:
        self.failures: list[str] = []
        self._command = command
        self._index_all = index_all
        self._shown = shown
        self._partial: PartialResults | None = None
        self._joined = ""

    @contextmanager
    def installed(self) -> Iterator[None]:
        """For the time of a run, the harness loads and evaluates in parts.

        Its command line has no place to plug into: it looks these names up when it runs.
        """
        manager = partial(PartedTaskManager, self.failures, include_defaults=self._index_all)
        with (
            _replaced(lm_eval.tasks, "TaskManager", manager),
            _replaced(lm_eval, "simple_evaluate", self._simple_evaluate),
        ):
            yield

    def finish(self) -> None:
        """Print the joined table, and what failed; remove what the finished file replaces."""
        if self._partial:
            self._partial.remove_if_complete()
        if self._joined:
            sys.stdout.write(f"\n{self._joined}\n")
        for failure in self.failures:
            logger.error("Failed: %s", failure)

    def _simple_evaluate(self, **options: Any) -> dict[str, Any] | None:
        if _first_of_machine():
            config = {key: options[key] for key in ("model", "model_args", "limit")}
            self._partial = PartialResults(options["evaluation_tracker"], config)
        seed = options["fewshot_random_seed"]
        with _replaced(lm_eval.evaluator, "evaluate", partial(self._evaluate, seed)):
            results: dict[str, Any] | None = simple_evaluate(**options)
        if results is not None:
            results = masked_results(results)
            # The harness prints the model's arguments once more when it has written the results.
            options["model_args"].update(masked(options["model_args"]))
            # The harness adds what it knows of the run only when it writes it.
            general = options["evaluation_tracker"].general_config_tracker
            self._join(results, asdict(general))
        return results

    def _evaluate(
        self, seed: int | None, lm: LM, task_dict: dict[str, Any], **options: Any
    ) -> dict[str, Any] | None:
        parts = task_dict["parts"]
        self._say_cost(seed, lm, parts, options)
        done: list[dict[str, Any]] = []
        for number, part in enumerate(parts, start=1):
            # Processes wait for each other, so that none can go on where one has failed; and
            # with nothing else left to go on with, a failure is the run's.
            alone = lm.world_size > 1 or (number == len(parts) and not done)
            failures = None if alone else self.failures
            evaluate_part = partial(evaluate, lm=lm, task_dict=part, **options)
            results = attempt(failures, part["names"], evaluate_part)
            if results is not None:
                done.append(results)
                file = self._partial.write(merged(done)) if self._partial else None
                if file and number < len(parts):
                    sys.stdout.write(f"Results so far are in {file}\n")
                    sys.stdout.flush()
        return merged(done) if done else None

    def _say_cost(
        self, seed: int | None, lm: LM, parts: list[dict[str, Any]], options: dict[str, Any]
    ) -> None:
        """Print requests, tokens and time of every part."""
        measured = lm.lm if isinstance(lm, CachingLM) else lm
        if lm.rank != 0 or not _first_of_machine():
            return
        chat = options["apply_chat_template"]
        prompts = {
            "system_instruction": options["system_instruction"],
            "apply_chat_template": bool(chat),
            "fewshot_as_multiturn": options["fewshot_as_multiturn"],
            "chat_template": measured.apply_chat_template if chat else None,
        }
        costs: dict[str, Cost] = {}
        pace = None
        # A run that an estimate cannot be made of may still be one that works.
        try:
            for part in parts:
                costs[listed(part["names"])] = part_cost(
                    measured, part["tasks"], options["limit"], options["samples"], seed, **prompts
                )
            if isinstance(measured, HFLM) and measured.backend == "causal":
                longest = max(cost.tokens // max(1, cost.requests) for cost in costs.values())
                pace = seconds_per_token(measured, max(1, longest)) / lm.world_size
        except FAILURES as error:
            logger.warning("What the run will cost cannot be said: %s", error)
        for names, cost in costs.items():
            sys.stdout.write(f"{cost.sentence(names, pace)}\n")
        sys.stdout.flush()

    def _join(self, results: dict[str, Any], general: dict[str, Any]) -> None:
        """Put alignment and benchmarks side by side, into the results that are to be written."""
        file = parse_results({**results, **general}, "this run")
        if not (file.alignments or file.scores):
            return
        # scipy takes most of a second to import, which the start of a run need not wait for.
        from neuronxa_tasks.report.build import build_report
        from neuronxa_tasks.report.text import printed

        report = build_report([file], command=self._command)
        self._joined = (self._shown or printed)(report)
        results["neuronxa"] = {
            **summary(report),
            "languages": records(report.languages),
            "failures": self.failures,
        }
