"""Checked entries in one SQLite file, none of whose faults ends a run."""

import hashlib
import itertools
import re
import sqlite3
from collections.abc import Callable, Collection, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TypeVar

from neuronxa_tasks.log import logger

# Another run may be writing: its transactions are short.
SECONDS_TO_WAIT = 60.0

# SQLite takes at most 32,766 values in one query, older builds 999.
KEYS_AT_ONCE = 500

# What SQLite says of files that may be in order: Python 3.10 has no codes for it.
_NOT_TO_BE_REACHED = re.compile(
    "locked|disk|readonly|unable to open|locking protocol|permission|authorized"
)

_COLUMNS = [b"key", b"value", b"sha256"]
_T = TypeVar("_T")


class Store:
    """Entries by key, shared by any number of runs, of which none depends on it.

    Entries are written in transactions, so that a run that is killed leaves each whole or not at
    all. A damaged file is moved aside and a new one begun; a damaged entry is ignored. A file that
    cannot be read counts as empty; what cannot be written waits until it can. All of that is said.

    Args:
        file: The file; it is made when the first entry is written.
        table: Its table of these entries.
        entries: What they are, for messages.
    """

    def __init__(self, file: Path, table: str, entries: str) -> None:
        self._file = file
        self._table = table
        self._entries = entries
        self._unwritten: dict[str, bytes] = {}
        self._in_order = True

    def read(self, keys: Collection[str] | None = None) -> dict[str, bytes]:
        """Those of `keys` that are there and whole; by default every entry."""
        return self._tried("read", lambda: dict(self._sound_entries(keys)), {})

    def write(self, entries: dict[str, bytes]) -> None:
        """Keep entries; those that an earlier call could not write are tried again."""
        self._unwritten |= entries
        if self._tried("written", self._write_all, False):
            self._unwritten = {}

    def _write_all(self) -> bool:
        rows = [(k, v, _checksum(k.encode(), v)) for k, v in self._unwritten.items()]
        self._file.parent.mkdir(parents=True, exist_ok=True)
        with self._connection() as connection, connection:
            connection.execute(
                f"CREATE TABLE IF NOT EXISTS {self._table} "
                "(key TEXT PRIMARY KEY, value BLOB NOT NULL, sha256 TEXT NOT NULL)"
            )
            self._has_table(connection)
            query = f"INSERT OR REPLACE INTO {self._table} VALUES (?, ?, ?)"  # noqa: S608
            connection.executemany(query, rows)
        return True

    def _sound_entries(self, keys: Collection[str] | None) -> Iterator[tuple[str, bytes]]:
        damaged = 0
        for key, value, checksum in self._rows(keys):
            if (
                isinstance(key, bytes)
                and isinstance(value, bytes)
                and isinstance(checksum, bytes)
                and _checksum(key, value).encode() == checksum
            ):
                yield key.decode(), value
            else:
                damaged += 1
        if damaged:
            logger.warning(
                "%d entries of %s are damaged and ignored: what they held is computed anew",
                damaged,
                self._file,
            )

    def _rows(self, keys: Collection[str] | None) -> Iterator[tuple[object, object, object]]:
        if not self._file.exists():
            return
        with self._connection() as connection:
            if not self._has_table(connection):
                return
            query = f"SELECT key, value, sha256 FROM {self._table}"  # noqa: S608
            if keys is None:
                yield from connection.execute(query)
                return
            wanted = iter(keys)
            while some := tuple(itertools.islice(wanted, KEYS_AT_ONCE)):
                places = ", ".join("?" * len(some))
                yield from connection.execute(f"{query} WHERE key IN ({places})", some)

    def _has_table(self, connection: sqlite3.Connection) -> bool:
        columns = [row[1] for row in connection.execute(f"PRAGMA table_info({self._table})")]
        if columns and columns != _COLUMNS:
            raise sqlite3.DatabaseError(f"{columns} are not the columns of {self._table}")
        return bool(columns)

    @contextmanager
    def _connection(self) -> Iterator[sqlite3.Connection]:
        # A file that was not in order once is not waited for again.
        seconds = SECONDS_TO_WAIT if self._in_order else 0.0
        with closing(sqlite3.connect(self._file, timeout=seconds)) as connection:
            # A damaged text need not be UTF-8.
            connection.text_factory = bytes
            yield connection

    def _tried(self, what: str, action: Callable[[], _T], otherwise: _T) -> _T:
        """What the action gives, at the second try where the file is damaged at the first."""
        try:
            try:
                found = action()
            except sqlite3.DatabaseError as error:
                if isinstance(error, sqlite3.OperationalError) and _NOT_TO_BE_REACHED.search(
                    str(error)
                ):
                    raise
                self._move_aside(error)
                found = action() if what == "written" else otherwise
        except (sqlite3.Error, OSError) as error:
            if self._in_order:
                logger.warning(
                    "%s cannot be %s (%s): the run goes on, but %s are not kept there",
                    *(self._file, what, error, self._entries),
                )
            self._in_order = False
            return otherwise
        self._in_order = True
        return found

    def _move_aside(self, error: sqlite3.DatabaseError) -> None:
        places = (self._file.with_suffix(f".damaged{n or ''}") for n in itertools.count())
        aside = next(place for place in places if not place.exists())
        logger.warning("%s is damaged (%s): moved to %s, begun anew", self._file, error, aside)
        self._file.replace(aside)


def _checksum(key: bytes, value: bytes) -> str:
    # The key takes part, since a damaged index can lead to another entry.
    return hashlib.sha256(key + b"\0" + value).hexdigest()
