"""Which model a results file speaks of, whatever backend ran it."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from neuronxa_tasks.errors import ReportError

# The names that model classes of the harness give to the weights, and to what is added to them.
NAMES = ("pretrained", "model", "path", "engine")
ADAPTERS = ("peft", "lora_local_path", "delta")

# As in `checkpoint-1000`, `step1000`, `step_1000`, `iter_0001000`; a model called `step3` is none,
# and neither is what 64 bits cannot hold.
_STEP = re.compile(
    r"(?<![a-z])(?:checkpoint|step|iter(?:ation)?)(?:[-_]|(?=\d{3}))(\d{1,18})(?!\d)", re.IGNORECASE
)


def normal_revision(revision: str) -> str:
    """The revision, empty for the default branch."""
    return "" if revision.strip() == "main" else revision.strip()


@dataclass(frozen=True, order=True)
class Model:
    """What makes two results be of one model.

    Attributes:
        name: Hub id or path of the weights.
        revision: Branch, tag or commit; empty for the default.
        adapter: Hub id or path of an adapter; empty for none.
    """

    name: str
    revision: str = ""
    adapter: str = ""

    @property
    def label(self) -> str:
        """All three in one string.

        Example:
            >>> Model("org/model", "step1000", "adapters/de").label
            'org/model@step1000 + adapters/de'
        """
        revision = f"@{self.revision}" if self.revision else ""
        adapter = f" + {self.adapter}" if self.adapter else ""
        return f"{self.name}{revision}{adapter}"

    @property
    def step(self) -> int | None:
        """The training step that adapter, revision or folder names, if any does.

        Example:
            >>> Model("runs/a/checkpoint-500").step, Model("org/model", "main").step
            (500, None)
        """
        for text in (self.adapter, self.revision, PurePath(self.name).name):
            if match := _STEP.search(text):
                return int(match[1])
        return None

    @property
    def series(self) -> str:
        """What the checkpoints of one training run have in common: the name without its step."""
        if self.adapter and Model("", "", self.adapter).step is not None:
            return f"{self.name} + {_STEP.sub('', self.adapter).rstrip('/-_')}"
        if self.step is not None and not self.revision:
            parent, name = PurePath(self.name).parent, PurePath(self.name).name
            rest = _STEP.sub("", name).strip("-_")
            return str(parent / rest) if rest else str(parent)
        return self.name


def model_of(content: Mapping[str, Any]) -> Model:
    """The model of a results file.

    Args:
        content: The file's JSON object.

    Raises:
        ReportError: The file does not say which model it is of.
    """
    arguments = _arguments((content.get("config") or {}).get("model_args"))
    name = next((arguments[key] for key in NAMES if arguments.get(key)), None)
    name = name or content.get("model_name")
    if not name:
        raise ReportError("it names no model; give one by running with --model_args pretrained=…")
    revision = normal_revision(str(arguments.get("revision") or ""))
    adapter = next((str(arguments[key]) for key in ADAPTERS if arguments.get(key)), "")
    return Model(str(name), revision, adapter)


def _arguments(given: object) -> dict[str, Any]:
    if isinstance(given, Mapping):
        return dict(given)
    pairs = (part.partition("=") for part in str(given or "").split(","))
    return {key.strip(): value for key, _, value in pairs}


@dataclass(frozen=True)
class Renaming:
    """`PATH=NAME@REVISION`: what a local folder or an adapter is called.

    Attributes:
        path: Name, adapter or label (name, revision and adapter) as the results have it.
        model: Name and revision to show instead.
    """

    path: str
    model: Model

    @classmethod
    def parse(cls, text: str) -> "Renaming":
        """Read the command line's form.

        Raises:
            ReportError: It has no `=`, or nothing on one side of it.
        """
        # A folder's name may have a `=`, as in runs/lr=1e-4; a model's has none.
        path, _, identity = text.rpartition("=")
        name, _, revision = identity.partition("@")
        if not path or not name:
            raise ReportError(
                f"Expected `--model-id` to be PATH=NAME or PATH=NAME@REVISION, but got {text!r}"
            )
        return cls(path, Model(name, normal_revision(revision)))


def rename(model: Model, renamings: Sequence[Renaming]) -> Model:
    """The model under its given name; an adapter that was given one is a model of its own."""
    names = {renaming.path: renaming.model for renaming in renamings}
    for key in (model.label, model.adapter):
        if key in names:
            return names[key]
    if given := names.get(model.name):
        return Model(given.name, given.revision or model.revision, model.adapter)
    return model
