"""Finished languages on disk, so that a run that died goes on where it was."""

import hashlib
import json
import re
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from lm_eval.models.huggingface import HFLM
from pydantic import TypeAdapter, ValidationError

from neuronxa_tasks.harness.requests.database import Store
from neuronxa_tasks.log import logger

# What the harness, and `neuronxa run` before it, add to the path: our keys tell models apart.
_OF_MODEL = re.compile(r"(_model-[0-9a-f]{12})?_rank\d+\.db$")


@dataclass(frozen=True)
class FinishedLanguage:
    """What a run needs of a language once its sentences have been run.

    Attributes:
        record: The language's record in the results.
        responses: The response to each of its n pairs.
    """

    record: dict[str, Any]
    responses: list[str]


_FINISHED = TypeAdapter(FinishedLanguage)


def cache_file(lm: HFLM) -> Path | None:
    """Our file beside the harness's own, under `--use_cache PATH`; None without the option."""
    database = lm.cache_hook.dbdict
    if database is None:
        return None
    return Path(_OF_MODEL.sub("", database.filename) + "_neuronxa.db")


def digest(parts: Mapping[str, Any]) -> str:
    """SHA-256 of plain data, whatever the order of its keys."""
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


class LanguageCache:
    """Finished languages by key, shared by any number of runs.

    Whatever happens to the file, the run goes on: a language that cannot be read is run again.

    Args:
        file: The file; it is made when the first language is written.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        self._store = Store(file, "languages", "finished languages")

    def read(self, keys: Collection[str]) -> dict[str, FinishedLanguage]:
        """Those of `keys` that are there."""
        found = {}
        for key, value in self._store.read(keys).items():
            try:
                found[key] = _FINISHED.validate_json(value, strict=True)
            except ValidationError:
                logger.warning(
                    "an entry of %s has another form: its language is run again", self._file
                )
        return found

    def write(self, key: str, language: FinishedLanguage) -> None:
        """Keep a language."""
        self._store.write({key: json.dumps(asdict(language)).encode()})
