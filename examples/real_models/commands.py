"""What a step is as a command of `neuronxa`, and the files that it needs."""

import json
from dataclasses import dataclass
from pathlib import Path

from examples.real_models.local_tasks import write_tasks
from examples.real_models.steps import Step
from neuronxa_tasks.data.benchmarks import BENCHMARKS
from neuronxa_tasks.errors import SettingsError
from neuronxa_tasks.harness.run.task_selection import narrow

LEAST_PAIRS = 2


@dataclass(frozen=True)
class Setup:
    """What all steps have in common.

    Attributes:
        model: Name, for the cache.
        model_args: The harness's model arguments.
        output: Folder for everything that is written.
        data: Folder with local copies of all text and items; None for the Hub.
        languages: FLORES-200 codes that every step is narrowed to; empty for all.
        limit: Of pairs or documents in each task; None for all that a step asks.
        device: Where the model runs.
    """

    model: str
    model_args: dict[str, str]
    output: Path
    data: Path | None
    languages: tuple[str, ...]
    limit: int | None
    device: str

    @property
    def results(self) -> Path:
        """Folder of every step's results."""
        return self.output / "results"

    @property
    def report(self) -> Path:
        """Folder of the report."""
        return self.output / "report"

    def task_files(self, step: Step) -> Path:
        """Folder of task files and items that are written for a step."""
        return self.output / "tasks" / step.name

    def samples(self, step: Step) -> Path:
        """File that says which documents a step asks."""
        return self.output / "tasks" / f"{step.name}_{len(self.documents(step))}.json"

    def documents(self, step: Step) -> list[int]:
        """Which documents a step asks that does not ask all, evenly spaced under a limit too."""
        every = max(step.every, step.documents // self.limit) if self.limit else step.every
        return list(range(0, step.documents, every))[: self.limit]

    def languages_of(self, step: Step) -> tuple[str, ...]:
        """Codes that a step is narrowed to; empty for all that it has."""
        if not step.languages or not self.languages:
            return step.languages or self.languages
        return tuple(code for code in self.languages if code in step.languages)


def missing_languages(step: Step, setup: Setup) -> str:
    """Why a step has nothing to do in the languages asked for; empty where it has."""
    codes = setup.languages_of(step)
    if not setup.languages or step.command == "report":
        return ""
    if step.command == "matrix":
        return "" if len(codes) >= LEAST_PAIRS else "it takes two languages or more"
    try:
        narrowed = codes and narrow([step.tasks], codes)
    except SettingsError:
        # The codes are known, so that what is refused is that no task is left.
        narrowed = ()
    return "" if narrowed else f"it has none of {', '.join(setup.languages)}"


def prepare(step: Step, setup: Setup) -> None:
    """Check the local copies that a step reads, and write the files that its command names.

    Raises:
        SettingsError: A copy is missing or damaged.
    """
    tasks = _tasks(step, setup)
    if setup.data and step.text:
        folder = setup.data / step.text[1]
        if not folder.is_dir():
            raise SettingsError(
                f"Expected `--data` to hold {step.text[1]}, but {folder} is no folder: add it, "
                "leave the step out with --steps, or leave out --data for the Hub"
            )
    if setup.data and step.items:
        write_tasks(step.items, tasks, setup.data, setup.task_files(step))
    if step.documents:
        file = setup.samples(step)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(dict.fromkeys(tasks, setup.documents(step))), encoding="utf-8")


def _tasks(step: Step, setup: Setup) -> list[str]:
    """The tasks of a benchmark's step; none for another step."""
    codes = setup.languages_of(step)
    return [
        task
        for benchmark in BENCHMARKS
        if benchmark.run_name == step.tasks
        for task, code in benchmark.tasks.items()
        if not codes or code in codes
    ]


def arguments(step: Step, setup: Setup) -> list[str]:
    """What to type after `neuronxa`."""
    if step.command == "report":
        return ["report", str(setup.results), "--output", str(setup.report)]
    settings = dict(step.settings)
    if setup.data and step.text:
        settings[step.text[0]] = str(setup.data / step.text[1])
    if setup.limit and not step.documents:
        settings["n_pairs"] = max(LEAST_PAIRS, setup.limit)
    typed = [step.command, "--model_args", json.dumps(setup.model_args)]
    if codes := setup.languages_of(step):
        typed += ["--languages", ",".join(codes)]
    if settings:
        typed += ["--metadata", json.dumps(settings)]
    if step.command == "run":
        typed += _harness_arguments(step, setup)
    return [
        *typed,
        *("--batch_size", str(step.batch_size)),
        *("--device", setup.device),
        *("--output_path", str(setup.results / step.name)),
    ]


def _harness_arguments(step: Step, setup: Setup) -> list[str]:
    typed = ["--model", "neuronxa", "--tasks", step.tasks]
    typed += ["--use_cache", str(setup.output / "cache" / setup.model)]
    if step.items:
        typed += ["--num_fewshot", "0"]
        if setup.data:
            typed += ["--include_path", str(setup.task_files(step))]
    if step.documents:
        typed += ["--samples", str(setup.samples(step))]
    return typed
