"""Finished languages on disk, so that a run that died goes on where it was."""

import hashlib
import json
import logging
import re
import sqlite3
from collections.abc import Iterable, Mapping
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from lm_eval.models.huggingface import HFLM

logger = logging.getLogger("lm_eval.neuronxa_tasks")

# What the harness, and `neuronxa run` before it, add to the path: our keys tell models apart.
_OF_MODEL = re.compile(r"(_model-[0-9a-f]{12})?_rank\d+\.db$")

# Another run may be writing: its transactions are short.
SECONDS_TO_WAIT = 60.0


@dataclass(frozen=True)
class FinishedLanguage:
    """What a run needs of a language once its sentences have been run.

    Attributes:
        record: The language's record in the results.
        responses: The response to each of its n pairs.
    """

    record: dict[str, Any]
    responses: list[str]


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
    """Finished languages by key in one SQLite file, shared by any number of runs.

    A language is written in one transaction, so that a run that is killed leaves it whole or
    not at all. A damaged file is moved aside and a new one begun; a damaged entry is ignored
    and written anew. Both are said.

    Args:
        file: The file; it is made when the first language is written.
    """

    def __init__(self, file: Path) -> None:
        self._file = file

    def read(self, keys: Iterable[str]) -> dict[str, FinishedLanguage]:
        """Those of `keys` that are there."""
        if not self._file.is_file():
            return {}
        try:
            with closing(self._connect()) as connection:
                rows = connection.execute("SELECT key, value, sha256 FROM languages").fetchall()
        except sqlite3.OperationalError:
            # Locked or not writable: the file may be in order, and another run's.
            raise
        except sqlite3.DatabaseError as error:
            aside = self._file.with_suffix(".damaged")
            logger.warning("%s is damaged (%s): moved to %s, begun anew", self._file, error, aside)
            self._file.replace(aside)
            return {}
        found = {}
        wanted = set(keys)
        for key, value, checksum in rows:
            if key not in wanted:
                continue
            if hashlib.sha256(value).hexdigest() != checksum:
                logger.warning("an entry of %s is damaged: its language is run again", self._file)
                continue
            found[key] = FinishedLanguage(**json.loads(value))
        return found

    def write(self, key: str, language: FinishedLanguage) -> None:
        """Keep a language."""
        value = json.dumps(asdict(language)).encode()
        with closing(self._connect()) as connection, connection:
            connection.execute(
                "INSERT OR REPLACE INTO languages VALUES (?, ?, ?)",
                (key, value, hashlib.sha256(value).hexdigest()),
            )

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self._file, timeout=SECONDS_TO_WAIT)
        with connection:
            connection.execute(
                "CREATE TABLE IF NOT EXISTS languages "
                "(key TEXT PRIMARY KEY, value BLOB NOT NULL, sha256 TEXT NOT NULL)"
            )
        return connection
