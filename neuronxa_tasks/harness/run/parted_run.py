"""One run of alignment and benchmarks: cost first, part after part, joined at the end."""

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any

import lm_eval.api.model
import lm_eval.api.registry
import lm_eval.evaluator
import lm_eval.tasks
from lm_eval.api.model import LM, CachingLM
from lm_eval.evaluator import evaluate, simple_evaluate
from lm_eval.models.huggingface import HFLM

from neuronxa_tasks.errors import SettingsError
from neuronxa_tasks.harness.failures import FAILURES, one_line
from neuronxa_tasks.harness.model_loading import model_loader
from neuronxa_tasks.harness.run.cost import Cost, part_cost, seconds_per_token
from neuronxa_tasks.harness.run.partial_results import PartialResults
from neuronxa_tasks.harness.run.response_cache import SafeCachingLM
from neuronxa_tasks.harness.run.task_parts import PartedTaskManager, attempt, listed, merged
from neuronxa_tasks.identity.masking import masked, masked_results
from neuronxa_tasks.log import logger
from neuronxa_tasks.report.compute.report import Report
from neuronxa_tasks.report.read.parsing import parse_results
from neuronxa_tasks.report.show.summary import records, summary
from neuronxa_tasks.writing import check_writable


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


@dataclass(frozen=True)
class Finished:
    """What became of a run.

    Attributes:
        file: Its results; None where none were to be written, or could not be.
        failures: A sentence for everything that failed.
    """

    file: Path | None
    failures: tuple[str, ...]

    @property
    def exit_code(self) -> int:
        """1 where something failed, else 0."""
        return 1 if self.failures else 0


class CombinedRun:
    """What `neuronxa run` adds to the harness's own run.

    Args:
        command: The command as typed.
        index_all: Whether the harness's own tasks are asked for, of which it reads 14,000.
        shown: What to print of the finished run's report; by default everything.

    Attributes:
        begun: Whether the harness has read its arguments.
    """

    def __init__(
        self, command: str, index_all: bool, shown: Callable[[Report], str] | None = None
    ) -> None:
        self.begun = False
        self._failures: list[str] = []
        self._command = command
        self._index_all = index_all
        self._shown = shown
        self._partial: PartialResults | None = None
        self._done: list[Any] = []
        self._samples: dict[str, int] = {}
        self._use_cache = False
        self._joined = ""

    @contextmanager
    def installed(self) -> Iterator[None]:
        """For the time of a run, the harness loads and evaluates in parts.

        Its command line has no place to plug into: it looks these names up when it runs.

        Raises:
            KeyboardInterrupt: With a sentence that says what is kept.
        """
        manager = partial(PartedTaskManager, self._failures, include_defaults=self._index_all)
        ended = False
        with (
            _replaced(lm_eval.tasks, "TaskManager", manager),
            _replaced(lm_eval, "simple_evaluate", self._simple_evaluate),
            _replaced(lm_eval.api.registry, "get_model", model_loader),
            _replaced(lm_eval.api.model, "CachingLM", SafeCachingLM),
        ):
            try:
                yield
                ended = True
            except KeyboardInterrupt as interrupt:
                ended = True
                raise KeyboardInterrupt(self._kept()) from interrupt
            finally:
                if not ended:
                    self._say_failures()
                    if self._partial and self._partial.file:
                        logger.error("What was computed is in %s", self._partial.file)

    def finish(self) -> Finished:
        """Print the joined table, and what failed; remove what the finished file replaces."""
        file = self._check_written() if self._partial else None
        if self._joined:
            sys.stdout.write(f"\n{self._joined}\n")
        self._say_failures()
        return Finished(file, tuple(self._failures))

    def _check_written(self) -> Path | None:
        """The file that holds the results; what is not on disk is a failure."""
        partial_results = self._partial
        if not partial_results or not partial_results.asked_for:
            return None
        if lost := partial_results.unwritten_samples(self._samples):
            self._failures.append(f"the samples of {listed(lost)} could not be written in full")
        file = partial_results.finished_file()
        if file:
            partial_results.remove()
            return file
        kept = f"they are in {partial_results.file}" if partial_results.file else "they are lost"
        self._failures.append(f"the results could not be written in full: {kept}")
        return partial_results.file

    def _kept(self) -> str:
        """What an interrupted run leaves, and how to go on, in one line."""
        file = self._partial.file if self._partial else None
        said = [
            f"results of {listed(self._done)} are in {file}, which `neuronxa report` shows"
            if file
            else "no results were written yet"
        ]
        if self._use_cache:
            said.append("what --use_cache has kept is not computed again by the same command")
        else:
            said.append("with --use_cache PATH a run goes on where it was")
        return "; ".join(said)

    def _say_failures(self) -> None:
        for failure in self._failures:
            logger.error("Failed: %s", failure)

    def _simple_evaluate(self, **options: Any) -> dict[str, Any] | None:
        self.begun = True
        self._use_cache = bool(options["use_cache"])
        manager: PartedTaskManager = options["task_manager"]
        manager.check_samples(options["samples"] or {})
        manager.prepare(options["tasks"])
        tracker = options["evaluation_tracker"]
        if _first_of_machine():
            if output := tracker.output_path and Path(tracker.output_path):
                check_writable(
                    output.parent if output.suffix == ".json" else output, "--output_path"
                )
            config = {key: options[key] for key in ("model", "model_args", "limit")}
            self._partial = PartialResults(tracker, config)
        seed = options["fewshot_random_seed"]
        with _replaced(lm_eval.evaluator, "evaluate", partial(self._evaluate, seed)):
            results: dict[str, Any] | None = simple_evaluate(**options)
        if results is None:
            # Another process of the run writes them.
            self._partial = None
        else:
            results = masked_results(results)
            # The harness prints the model's arguments once more when it has written the results.
            options["model_args"].update(masked(options["model_args"]))
            if options["log_samples"]:
                self._samples = {task: len(logged) for task, logged in results["samples"].items()}
            # The harness adds what it knows of the run only when it writes it.
            self._join(results, asdict(tracker.general_config_tracker))
        return results

    def _evaluate(
        self, seed: int | None, lm: LM, task_dict: dict[str, Any], **options: Any
    ) -> dict[str, Any] | None:
        parts = task_dict["parts"]
        self._check_asked(task_dict["tasks"], options["samples"] or {})
        if self._partial:
            self._partial.check()
        self._say_cost(seed, lm, parts, options)
        done: list[dict[str, Any]] = []
        for number, part in enumerate(parts, start=1):
            # Processes wait for each other, so that none can go on where one has failed; and
            # with nothing else left to go on with, a failure is the run's.
            alone = lm.world_size > 1 or (number == len(parts) and not done)
            failures = None if alone else self._failures
            evaluate_part = partial(evaluate, lm=lm, task_dict=part, **options)
            results = attempt(failures, part["names"], evaluate_part)
            if results is not None:
                done.append(results)
                self._done += part["names"]
                self._keep(
                    merged(done), [name for part in parts[number:] for name in part["names"]]
                )
        return merged(done) if done else None

    def _check_asked(self, tasks: dict[str, Any], samples: dict[str, list[int]]) -> None:
        """Of a task that is not run the harness would say nothing."""
        # A part that failed may be what the samples are of.
        if not self._failures and (others := sorted(samples.keys() - tasks.keys())):
            raise SettingsError(
                f"Expected `--samples` to be of tasks that are run, but got {listed(others)}: add "
                "them to --tasks, or leave them out"
            )

    def _keep(self, results: dict[str, Any], missing: Sequence[Any]) -> None:
        """Write what there is, and say where."""
        if not self._partial:
            return
        self._partial.write(results, [str(name) for name in missing])
        if self._partial.file and missing:
            sys.stdout.write(f"Results so far are in {self._partial.file}\n")
            sys.stdout.flush()

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
        """Put alignment and benchmarks side by side, into the results that are to be written.

        What was computed does not depend on it: a name or number that no table takes is said.
        """
        try:
            report = self._report({**results, **general})
            if report:
                from neuronxa_tasks.report.show.text import printed

                joined = {**summary(report), "languages": records(report.languages)}
                self._joined = (self._shown or printed)(report)
                results["neuronxa"] = {**joined, "failures": self._failures}
        except (ValueError, ArithmeticError) as error:
            self._failures.append(f"the table of alignment and benchmarks: {one_line(error)}")

    def _report(self, content: dict[str, Any]) -> Report | None:
        file = parse_results(content, "this run")
        if not (file.alignments or file.scores):
            return None
        # scipy takes most of a second to import, which the start of a run need not wait for.
        from neuronxa_tasks.report.compute.build import build_report

        return build_report([file], command=self._command)
