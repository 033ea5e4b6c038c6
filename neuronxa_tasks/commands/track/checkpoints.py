"""The checkpoints of one training run: found, and put in the order of their steps."""

import functools
import re
from collections.abc import Sequence
from dataclasses import dataclass
from glob import glob
from pathlib import Path
from typing import Literal

from neuronxa_tasks.errors import SettingsError
from neuronxa_tasks.identity.model_arguments import normal_revision
from neuronxa_tasks.identity.model_identity import Model
from neuronxa_tasks.identity.training_steps import Step, find_step
from neuronxa_tasks.log import logger

# The file that every saved model has, and every saved adapter.
SAVED = {"pretrained": "config.json", "peft": "adapter_config.json"}


class NoCheckpointError(SettingsError):
    """There is no checkpoint, or not yet."""


@dataclass(frozen=True)
class Checkpoint:
    """One state of a model in training.

    Attributes:
        name: Folder or revision as given.
        step: The training step.
        series: The training run, stage or seed that it is of.
        model_args: What has the harness load it, beside the arguments that all share.
        model_id: What the report calls it, in the form of `--model-id`; empty where its revision
            says enough.
        fault: Why it cannot be run; empty where nothing is known against it.
    """

    name: str
    step: int
    series: str
    model_args: dict[str, str]
    model_id: str = ""
    fault: str = ""


def saved_checkpoints(
    patterns: Sequence[str],
    kind: Literal["pretrained", "peft"],
    steps: Sequence[int] = (),
    pattern: re.Pattern[str] | None = None,
) -> list[Checkpoint]:
    """The folders that hold models or adapters, by training run and step.

    A folder that has a step in its name and no model is a checkpoint that cannot be run; one with
    neither is none, which is said.

    Args:
        patterns: Folders or globs.
        kind: The model argument that each folder is: a model, or an adapter.
        steps: One per folder in the order of the matches; by default the names say them.
        pattern: How names say steps where it is not as usual, with a group named `step`.

    Raises:
        NoCheckpointError: A pattern matches no folder, or nothing that matches is a checkpoint.
        SettingsError: A step is missing or in excess, or two checkpoints of one run have the same.
    """
    matches = {text: _matches(text) for text in patterns}
    if empty := [text for text, paths in matches.items() if not paths]:
        raise NoCheckpointError(
            f"Expected a folder or a glob such as 'checkpoints/*', but nothing matches "
            f"{', '.join(empty)}: see where the checkpoints lie"
        )
    folders = list(dict.fromkeys(path for paths in matches.values() for path in paths))
    own = {folder: _step_of(folder, pattern) for folder in folders}
    found = [f for f in folders if own[f] is not None or (f / SAVED[kind]).is_file()]
    if not found:
        raise NoCheckpointError(
            f"Expected folders with {SAVED[kind]}, but got {', '.join(patterns)}: "
            "name the folders that training saved"
        )
    for folder in folders:
        if folder not in found:
            _leave_out(folder, SAVED[kind])
    named = _check_steps([(str(f), _run_name(f)) for f in found], [own[f] for f in found], steps)
    made = [
        Checkpoint(
            name=str(folder),
            step=step.number,
            series=f"{_run_name(folder)}@{step.rest}" if step.rest else _run_name(folder),
            model_args={kind: str(folder)},
            model_id=f"{folder}={_run_name(folder)}@{_revision(step)}",
            fault=_fault(folder, kind),
        )
        for folder, step in zip(found, named, strict=True)
    ]
    return sorted(made, key=lambda checkpoint: (checkpoint.series, checkpoint.step))


def revision_checkpoints(
    model: str,
    revisions: Sequence[str],
    steps: Sequence[int] = (),
    pattern: re.Pattern[str] | None = None,
) -> list[Checkpoint]:
    """Revisions of a model on the Hub, by stage and step.

    Args:
        model: Hub id.
        revisions: Branches, tags or commits.
        steps: One per revision; by default the revisions say them.
        pattern: How they say them where it is not as usual, with a group named `step`.

    Raises:
        SettingsError: A step is missing or in excess, or two revisions of one stage have the same.

    Example:
        >>> found = revision_checkpoints("org/model", ["stage2-step5", "step64", "step0"])
        >>> [(checkpoint.series, checkpoint.step) for checkpoint in found]
        [('org/model', 0), ('org/model', 64), ('org/model@stage2', 5)]
    """
    own = [find_step(revision, pattern) for revision in revisions]
    named = _check_steps([(revision, model) for revision in revisions], own, steps)
    made = [
        Checkpoint(
            name=f"{model}@{revision}",
            step=step.number,
            series=f"{model}@{step.rest}" if step.rest else model,
            model_args={"revision": revision},
            model_id=f"{Model(model, normal_revision(revision)).label}={model}@{_revision(step)}"
            if steps or pattern
            else "",
        )
        for revision, step in zip(revisions, named, strict=True)
    ]
    return sorted(made, key=lambda checkpoint: (checkpoint.series, checkpoint.step))


@functools.cache
def _leave_out(folder: Path, lacking: str) -> None:
    """Say once that a folder is none, however often it is looked at."""
    logger.warning("%s has no %s and no step in its name: left out", folder, lacking)


def _step_of(folder: Path, pattern: re.Pattern[str] | None) -> Step | None:
    """The step in a folder's name, or wherever in its path a given pattern finds it."""
    if pattern and (step := find_step(str(folder), pattern)):
        return Step(step.number, "")
    return None if pattern else find_step(folder.name)


def _revision(step: Step) -> str:
    """A revision in which the report finds step and series again."""
    return "-".join(filter(None, (step.rest, f"step_{step.number}")))


def _matches(pattern: str) -> list[Path]:
    # A name with brackets is a folder's before it is a pattern.
    paths = [pattern] if Path(pattern).exists() else sorted(glob(pattern))  # noqa: PTH207 (of Path takes no absolute ones)
    return [Path(path) for path in paths if Path(path).is_dir()]


def _check_steps(
    names: Sequence[tuple[str, str]], own: Sequence[Step | None], given: Sequence[int]
) -> list[Step]:
    """The given steps, or else those of the names, each name with that of its training run."""
    everything = ", ".join(name for name, _ in names)
    if given and len(given) != len(names):
        raise SettingsError(
            f"Expected `--steps` to have one step for each of {everything}, "
            f"but got {', '.join(map(str, given))}: give {len(names)}"
        )
    silent = [name for (name, _), step in zip(names, own, strict=True) if step is None]
    if silent and not given:
        raise SettingsError(
            f"Expected steps in names, such as checkpoint-1000 or step1000, but got "
            f"{', '.join(silent)}: give one step for each of {everything} "
            "with --steps 1000,2000,…, or say how they are written with --step-pattern"
        )
    steps = [Step(n, "") for n in given] or [step for step in own if step is not None]
    alike: dict[tuple[str, Step], list[str]] = {}
    for (name, run), step in zip(names, steps, strict=True):
        alike.setdefault((run, step), []).append(name)
    for (_, step), same in alike.items():
        if len(same) > 1:
            raise SettingsError(
                f"Expected one checkpoint of each step, but got step {step.number} for "
                f"{', '.join(same)}: track one training run at a time"
            )
    return steps


def _run_name(folder: Path) -> str:
    # These two end the parts of a `--model-id`.
    return re.sub("[=@]", "-", folder.resolve().parent.name) or "run"


def _fault(folder: Path, kind: Literal["pretrained", "peft"]) -> str:
    if (folder / SAVED[kind]).is_file():
        return ""
    if kind == "pretrained" and (folder / SAVED["peft"]).is_file():
        return "it is an adapter: use --model_args pretrained=BASE --adapters"
    return f"it has no {SAVED[kind]}, so nothing was saved there, or not yet"
