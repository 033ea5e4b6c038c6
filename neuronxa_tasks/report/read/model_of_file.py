"""Which model a results file speaks of, whatever backend ran it."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from neuronxa_tasks.errors import ReportError
from neuronxa_tasks.identity.model_arguments import (
    model_of_arguments,
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
    config = _mapping(content.get("config"))
    try:
        arguments = read_model_args(config.get("model_args"))
    except ValueError as error:
        raise ReportError(f"damaged: `model_args` is no table: {error}") from error
    name = _text(content.get("model_name"))
    typed = model_of_arguments(arguments, name)
    if not typed.name:
        raise ReportError("it names no model; give one by running with --model_args pretrained=…")
    records = list(_records(content))
    record = _mapping(records[0].get("model")) if records else {}
    folders = {key: _text(path) for key, path in _mapping(record.get("folders")).items()}
    model = model_of_arguments(arguments, name, {k: path for k, path in folders.items() if path})
    loaded = records[0] if records else {}
    versions = _mapping(content.get("versions")) or _mapping(loaded.get("versions"))
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
    if own := _mapping(_mapping(content.get("config")).get("neuronxa_model")):
        yield {"model": own}
    for configuration in _mapping(content.get("configs")).values():
        record = _mapping(_mapping(_mapping(configuration).get("metadata")).get("neuronxa"))
        if _mapping(record.get("model")):
            yield record


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _text(value: object) -> str:
    return clean_name(value) if isinstance(value, str) else ""
