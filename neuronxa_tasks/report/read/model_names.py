"""Which model a results file speaks of, whatever backend ran it, and what it is to be called."""

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from neuronxa_tasks.errors import ReportError
from neuronxa_tasks.identity.model_arguments import (
    model_of_arguments,
    normal_path,
    normal_revision,
    read_model_args,
)
from neuronxa_tasks.identity.model_identity import Model, Origin
from neuronxa_tasks.results.names import clean_name


def model_of(content: Mapping[str, Any]) -> Model:
    """The model of a results file.

    Args:
        content: The file's JSON object.

    Raises:
        ReportError: The file does not say which model it is of.
    """
    config = _table(content.get("config"))
    try:
        arguments = read_model_args(config.get("model_args"))
    except ValueError as error:
        raise ReportError(f"damaged: `model_args` is no table: {error}") from error
    name = _text(content.get("model_name"))
    typed = model_of_arguments(arguments, name)
    if not typed.name:
        raise ReportError("it names no model; give one by running with --model_args pretrained=…")
    records = list(_records(content))
    record = _table(records[0].get("model")) if records else {}
    folders = {key: _text(path) for key, path in _table(record.get("folders")).items()}
    model = model_of_arguments(arguments, name, {k: path for k, path in folders.items() if path})
    loaded = records[0] if records else {}
    versions = _table(content.get("versions")) or _table(loaded.get("versions"))
    # The Hub may have a model that is called like a local folder.
    commits = [] if folders else [config.get("model_sha"), config.get("peft_sha")]
    origin = Origin(
        typed=typed,
        resolved=bool(record),
        fingerprint=_text(record.get("fingerprint")),
        loaded=(
            (_text(config.get("model_dtype")) or _text(loaded.get("dtype"))).split(".")[-1],
            _text(content.get("transformers_version")) or _text(versions.get("transformers")),
        ),
        commit=" ".join(filter(None, map(_text, commits))),
    )
    return replace(model, origin=origin)


def _records(content: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """What says which weights were measured: of the run, or of any language of it."""
    if own := _table(_table(content.get("config")).get("neuronxa_model")):
        yield {"model": own}
    for configuration in _table(content.get("configs")).values():
        record = _table(_table(_table(configuration).get("metadata")).get("neuronxa"))
        if _table(record.get("model")):
            yield record


def _table(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _text(value: object) -> str:
    return clean_name(value) if isinstance(value, str) else ""


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
