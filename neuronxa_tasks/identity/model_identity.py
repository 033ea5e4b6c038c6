"""What a model is: name, revision, adapter, and every argument that changes what it computes."""

import re
from dataclasses import dataclass, field

from neuronxa_tasks.identity.training_steps import find_step, find_step_in_path

Variant = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Origin:
    """What a results file says of where a model came from, beside what it is called.

    Attributes:
        typed: The model as the command line named it, before folders were looked up.
        resolved: Whether folders were looked up when it ran.
        fingerprint: Of its weights; empty where unknown.
        loaded: Number format and version of transformers: fingerprints of others differ anyway.
        commit: Of the Hub; empty where unknown.
    """

    typed: "Model | None" = None
    resolved: bool = False
    fingerprint: str = ""
    loaded: tuple[str, str] = ("", "")
    commit: str = ""


@dataclass(frozen=True, order=True)
class Model:
    """What makes two results be of one model.

    Attributes:
        name: Hub id or path of the weights.
        revision: Branch, tag or commit; empty for the default.
        adapter: Hub id or path of an adapter; empty for none.
        variant: Every other argument that changes weights or forward pass, with its value.
        weights: What tells it from another of the same name, revision, adapter and variant;
            empty where there is no other.
        brief: Those of `variant` that the label shows; None for all.
        origin: Where a results file has it from.
    """

    name: str
    revision: str = ""
    adapter: str = ""
    variant: Variant = ()
    weights: str = ""
    brief: Variant | None = field(default=None, compare=False)
    origin: Origin = field(default=Origin(), compare=False)

    @property
    def label(self) -> str:
        """All of it in one string.

        Example:
            >>> Model("org/model", "step1000", "adapters/de").label
            'org/model@step1000 + adapters/de'
            >>> Model("org/model", variant=(("load_in_4bit", "True"),)).label
            'org/model (load_in_4bit)'
        """
        return _label(self.name, self.revision, self.adapter, self._shown_variant(), self.weights)

    @property
    def arguments(self) -> str:
        """All of its variant in one string."""
        return _listed(self.variant)

    def _shown_variant(self) -> Variant:
        return self.variant if self.brief is None else self.brief

    def checkpoint(self, pattern: re.Pattern[str] | None = None) -> tuple[str, int | None]:
        """The training run that it is a checkpoint of, and its step in it, if it names any.

        The series is the label without the step: checkpoints of other stages, seeds or branches
        are of other series.

        Args:
            pattern: How steps are written where it is not as usual, with a group named `step`.

        Example:
            >>> Model("org/model", "stage1-step1000-tokens3B").checkpoint()
            ('org/model@stage1', 1000)
        """
        name, revision, adapter, weights = self.name, self.revision, self.adapter, self.weights
        variant = self._shown_variant()
        if step := find_step_in_path(adapter, pattern) if adapter else None:
            return _label(name, revision, step.rest, variant, weights), step.number
        for place, (key, value) in enumerate(variant):
            step = find_step(value, pattern) or find_step(f"{key}={value}", pattern)
            if step:
                rest = ((key, step.rest),) if step.rest and find_step(value, pattern) else ()
                others = (*variant[:place], *rest, *variant[place + 1 :])
                return _label(name, revision, adapter, others, weights), step.number
        if step := find_step(revision, pattern):
            return _label(name, step.rest, adapter, variant, weights), step.number
        if step := find_step_in_path(name, pattern):
            return _label(step.rest, revision, adapter, variant, weights), step.number
        return self.label, None


def _listed(variant: Variant) -> str:
    return ", ".join(key if value == "True" else f"{key}={value}" for key, value in variant)


def _label(
    name: str,
    revision: str,
    adapter: str,
    variant: Variant,
    weights: str,
) -> str:
    arguments = _listed(variant)
    return "".join(
        [
            name,
            f"@{revision}" if revision else "",
            f" + {adapter}" if adapter else "",
            f" ({arguments})" if arguments else "",
            f" [{weights}]" if weights else "",
        ]
    )
