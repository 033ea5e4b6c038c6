"""What a model is to be called instead of what its results call it."""

import os
from collections.abc import Sequence
from dataclasses import dataclass, replace

from neuronxa_tasks.errors import ReportError
from neuronxa_tasks.identity.model_arguments import normal_path, normal_revision
from neuronxa_tasks.identity.model_identity import Model


@dataclass(frozen=True)
class Renaming:
    """`PATH=NAME@REVISION`: what a local folder, an adapter or a file's model is called.

    Attributes:
        path: Name, adapter or label as the results or the report have it, or a results file.
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


def rename(model: Model, renamings: Sequence[Renaming], file: str = "", label: str = "") -> Model:
    """The model under its given name.

    A file, a label or an adapter that was given one is a model of its own; of a folder that was
    given one, adapter, revision and variant stay.

    Args:
        model: As its results have it.
        renamings: The last of those that fit counts.
        file: Its results file.
        label: What a report calls it.
    """
    named = {renaming.path: renaming.model for renaming in renamings}
    files = {_real(path): given for path, given in named.items()}
    # A path may be spelled in several ways.
    named |= {normal_path(path): given for path, given in named.items()}
    if file and (given := files.get(_real(file))):
        return _as_given(given, model)
    spellings = [model, *filter(None, [model.origin.typed])]
    keys = [label, *(m.label for m in spellings), *(m.adapter for m in spellings)]
    if given := next((named[key] for key in keys if key in named), None):
        # The label of a folder without more to it is the folder's name.
        if model.revision or model.adapter or model.variant:
            return _as_given(given, model)
        return replace(given, origin=replace(model.origin, commit=""))
    if given := next((named[m.name] for m in spellings if m.name in named), None):
        renamed = replace(model, name=given.name, revision=given.revision or model.revision)
        return replace(renamed, origin=replace(model.origin, commit=""))
    return model


def _real(path: str) -> str:
    return os.path.realpath(os.path.expanduser(path))  # noqa: PTH111 (a user may be unknown)


def _as_given(given: Model, model: Model) -> Model:
    # Whoever says that one is the other, as of a base and its adapter, knows that weights differ.
    return replace(given, origin=replace(model.origin, fingerprint="", commit=""))
