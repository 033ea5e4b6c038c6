"""The checkpoints of one training run: found, and put in the order of their steps."""

import logging
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from glob import glob
from pathlib import Path
from typing import Literal

from neuronxa_tasks.errors import SettingsError
from neuronxa_tasks.report.identity import Model, normal_revision

logger = logging.getLogger(__name__)

# The file that every saved model has, and every saved adapter.
SAVED = {"pretrained": "config.json", "peft": "adapter_config.json"}


@dataclass(frozen=True)
class Checkpoint:
    """One state of a model in training.

    Attributes:
        name: Folder or revision as given.
        step: The training step.
        model_args: What has the harness load it, beside the arguments that all share.
        model_id: What the report calls it, in the form of `--model-id`; empty where its revision
            says enough.
        fault: Why it cannot be run; empty where nothing is known against it.
    """

    name: str
    step: int
    model_args: dict[str, str]
    model_id: str = ""
    fault: str = ""


def saved_checkpoints(
    patterns: Sequence[str], kind: Literal["pretrained", "peft"], steps: Sequence[int] = ()
) -> list[Checkpoint]:
    """The folders that hold models or adapters, by step.

    A folder that has a step in its name and no model is a checkpoint that cannot be run; one with
    neither is none, which is said.

    Args:
        patterns: Folders or globs.
        kind: The model argument that each folder is: a model, or an adapter.
        steps: One per folder in the order of the matches; by default the names say them.

    Raises:
        SettingsError: A pattern matches no folder, nothing that matches is a checkpoint, a step
            is missing or in excess, or two checkpoints have the same.
    """
    matches = {pattern: _matches(pattern) for pattern in patterns}
    if empty := [pattern for pattern, paths in matches.items() if not paths]:
        raise SettingsError(
            f"Expected a folder or a glob such as 'checkpoints/*', but nothing matches "
            f"{', '.join(empty)}: see where the checkpoints lie"
        )
    folders = list(dict.fromkeys(path for paths in matches.values() for path in paths))
    own = {folder: Model(str(folder)).step for folder in folders}
    found = [f for f in folders if own[f] is not None or (f / SAVED[kind]).is_file()]
    if not found:
        raise SettingsError(
            f"Expected folders with {SAVED[kind]}, but got {', '.join(patterns)}: "
            "name the folders that training saved"
        )
    for folder in folders:
        if folder not in found:
            logger.warning("%s has no %s and no step in its name: left out", folder, SAVED[kind])
    numbers = _check_steps([str(f) for f in found], [own[f] for f in found], steps)
    made = [
        Checkpoint(
            name=str(folder),
            step=step,
            model_args={kind: str(folder)},
            model_id=f"{folder}={_run_name(folder)}@step_{step}",
            fault=_fault(folder, kind),
        )
        for folder, step in zip(found, numbers, strict=True)
    ]
    return sorted(made, key=lambda checkpoint: checkpoint.step)


def revision_checkpoints(
    model: str, revisions: Sequence[str], steps: Sequence[int] = ()
) -> list[Checkpoint]:
    """Revisions of a model on the Hub, by step.

    Args:
        model: Hub id.
        revisions: Branches, tags or commits.
        steps: One per revision; by default the revisions say them.

    Raises:
        SettingsError: A step is missing or in excess, or two revisions have the same.

    Example:
        >>> [c.step for c in revision_checkpoints("org/model", ["step2000", "step1000"])]
        [1000, 2000]
    """
    numbers = _check_steps(revisions, [Model("", r).step for r in revisions], steps)
    made = [
        Checkpoint(
            name=f"{model}@{revision}",
            step=step,
            model_args={"revision": revision},
            model_id=f"{Model(model, normal_revision(revision)).label}={model}@step_{step}"
            if steps
            else "",
        )
        for revision, step in zip(revisions, numbers, strict=True)
    ]
    return sorted(made, key=lambda checkpoint: checkpoint.step)


def _matches(pattern: str) -> list[Path]:
    # A name with brackets is a folder's before it is a pattern.
    paths = [pattern] if Path(pattern).exists() else sorted(glob(pattern))  # noqa: PTH207 (of Path takes no absolute ones)
    return [Path(path) for path in paths if Path(path).is_dir()]


def _check_steps(
    names: Sequence[str], own: Sequence[int | None], given: Sequence[int]
) -> list[int]:
    """The given steps, or else those of the names."""
    if given and len(given) != len(names):
        raise SettingsError(
            f"Expected `--steps` to have one step for each of {', '.join(names)}, "
            f"but got {', '.join(map(str, given))}: give {len(names)}"
        )
    silent = [name for name, step in zip(names, own, strict=True) if step is None]
    if silent and not given:
        raise SettingsError(
            f"Expected steps in names, such as checkpoint-1000 or step1000, but got "
            f"{', '.join(silent)}: give one step for each of {', '.join(names)} "
            "with --steps 1000,2000,…"
        )
    steps = [step for step in given or own if step is not None]
    for step, count in Counter(steps).items():
        if count > 1:
            alike = [name for name, other in zip(names, steps, strict=True) if other == step]
            raise SettingsError(
                f"Expected one checkpoint of each step, but got step {step} for "
                f"{', '.join(alike)}: track one training run at a time"
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
