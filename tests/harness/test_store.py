"""Caches that are damaged, locked, full or not writable: the run goes on, and says so."""

import random
import resource
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from neuronxa_tasks.harness.requests import database as store
from neuronxa_tasks.harness.requests.database import Store
from tests.disks import fill, make_read_only, mounted
from tests.harness.conftest import Heard

ENTRIES = {f"key{i}": bytes([65 + i]) * (50 + 400 * i) for i in range(12)}
CORRUPTIONS = 300


@pytest.fixture(autouse=True)
def _no_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "SECONDS_TO_WAIT", 0.05)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "cache.db"


def opened(file: Path) -> Store:
    return Store(file, "things", "things")


def edit(file: Path, *statements: str) -> None:
    with closing(sqlite3.connect(file)) as connection, connection:
        for statement in statements:
            connection.execute(statement)


def test_what_was_written_is_read_by_key_or_as_a_whole(file: Path) -> None:
    opened(file).write(ENTRIES)
    assert opened(file).read() == ENTRIES
    assert opened(file).read(["key3", "unknown"]) == {"key3": ENTRIES["key3"]}


def test_thousands_of_keys_can_be_asked_for(file: Path) -> None:
    many = {str(i): b"x" for i in range(2 * store.KEYS_AT_ONCE + 1)}
    opened(file).write(many)
    assert opened(file).read(many.keys()) == many


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE things SET value = x'00' WHERE key = 'key3'",
        "UPDATE things SET value = 'text' WHERE key = 'key3'",
        "UPDATE things SET value = 3 WHERE key = 'key3'",
        "UPDATE things SET sha256 = x'ff' WHERE key = 'key3'",
        "UPDATE things SET sha256 = CAST(x'ff41' AS TEXT) WHERE key = 'key3'",
        "UPDATE things SET sha256 = 7 WHERE key = 'key3'",
        "UPDATE things SET key = CAST(x'ff' AS TEXT) WHERE key = 'key3'",
        "UPDATE things SET key = x'01' WHERE key = 'key3'",
        "UPDATE things SET key = NULL WHERE key = 'key3'",
        "UPDATE things SET key = 'key3 ' WHERE key = 'key3'",
        # As where a damaged index leads from one entry to another.
        "UPDATE things SET (value, sha256) = (SELECT value, sha256 FROM things WHERE key = 'key4') "
        "WHERE key = 'key3'",
    ],
)
@pytest.mark.parametrize("keys", [None, ENTRIES.keys()])
def test_a_damaged_entry_is_ignored_and_written_anew(file: Path, statement: str, keys) -> None:
    opened(file).write(ENTRIES)
    edit(file, statement)
    rest = {key: value for key, value in ENTRIES.items() if key != "key3"}
    assert opened(file).read(keys) == rest
    opened(file).write({"key3": ENTRIES["key3"]})
    assert opened(file).read(ENTRIES.keys()) == ENTRIES


@pytest.mark.parametrize(
    "statement",
    [
        "ALTER TABLE things RENAME COLUMN sha256 TO sha257",
        "ALTER TABLE things ADD COLUMN more",
    ],
)
def test_a_table_of_other_columns_is_moved_aside(file: Path, statement: str) -> None:
    opened(file).write(ENTRIES)
    edit(file, statement)
    assert opened(file).read(ENTRIES.keys()) == {}
    opened(file).write(ENTRIES)
    assert opened(file).read() == ENTRIES


def test_no_flipped_byte_ends_a_run_or_changes_what_is_read(file: Path) -> None:
    opened(file).write(ENTRIES)
    whole = file.read_bytes()
    chosen = random.Random(0)
    for number in range(CORRUPTIONS):
        damaged = bytearray(whole)
        for _ in range(chosen.choice([1, 1, 1, 20])):
            # Headers of the file and of its pages decide most.
            place = chosen.choice([chosen.randrange(len(whole)), chosen.randrange(200)])
            damaged[place] = chosen.randrange(256)
        file.write_bytes(damaged)
        found = opened(file).read(ENTRIES.keys())
        assert found.items() <= ENTRIES.items(), number
        opened(file).write(ENTRIES)
        assert opened(file).read(ENTRIES.keys()) == ENTRIES, number
        for other in file.parent.glob("cache.*"):
            other.unlink()


@pytest.mark.parametrize("content", [b"", b"text" * 3000, b"SQLite format 3\0"])
def test_a_file_that_is_no_database_is_begun_anew(file: Path, content: bytes) -> None:
    file.write_bytes(content)
    assert opened(file).read() == {}
    opened(file).write(ENTRIES)
    assert opened(file).read() == ENTRIES


def test_a_file_that_is_cut_short_is_begun_anew(file: Path) -> None:
    opened(file).write(ENTRIES)
    whole = file.read_bytes()
    for length in range(1, len(whole), 1500):
        file.write_bytes(whole[:length])
        assert opened(file).read(ENTRIES.keys()).items() <= ENTRIES.items()
        opened(file).write(ENTRIES)
        assert opened(file).read() == ENTRIES


def test_every_damaged_file_is_kept(file: Path, heard: Heard) -> None:
    for content in (b"first" * 100, b"second" * 100, b"third" * 100):
        file.write_bytes(content)
        opened(file).read()
    kept = sorted(file.parent.glob("cache.damaged*"))
    assert [path.read_bytes()[:5] for path in kept] == [b"first", b"secon", b"third"]
    assert "cache.damaged1" in heard()


@contextmanager
def locked(file: Path) -> Iterator[None]:
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        connection.execute("BEGIN EXCLUSIVE")
        yield


def test_a_lock_that_is_held_is_said_once_and_what_waits_is_written_after_it(
    file: Path, heard: Heard
) -> None:
    opened(file).write({"old": b"1"})
    ours = opened(file)
    with locked(file):
        assert ours.read(["old"]) == {}
        ours.write({"a": b"2"})
        ours.write({"b": b"3"})
    assert heard().count("database is locked") == 1
    ours.write({"c": b"4"})
    assert opened(file).read() == {"old": b"1", "a": b"2", "b": b"3", "c": b"4"}


def test_a_full_disk_is_said_and_what_waits_is_written_once_there_is_room(
    tmp_path: Path, heard: Heard
) -> None:
    with mounted(tmp_path / "disk", "size=200k") as disk:
        ours = opened(disk / "cache.db")
        ours.write({"a": b"1"})
        everything = fill(disk)
        ours.write({"b": b"2" * 20_000})
        assert "cannot be written" in heard()
        assert opened(disk / "cache.db").read(["a"]) == {"a": b"1"}
        everything.unlink()
        ours.write({"c": b"3"})
        assert opened(disk / "cache.db").read().keys() == {"a", "b", "c"}


def test_a_limit_on_the_size_of_files_is_no_end(file: Path, heard: Heard) -> None:
    ours = opened(file)
    ours.write({"a": b"1"})
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (file.stat().st_size, before[1]))
    try:
        ours.write({"b": b"2" * 50_000})
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert "cannot be written" in heard()
    assert opened(file).read(["a"]) == {"a": b"1"}


def test_what_cannot_be_written_can_still_be_read(tmp_path: Path, heard: Heard) -> None:
    with mounted(tmp_path / "disk", "size=200k") as disk:
        opened(disk / "cache.db").write({"a": b"1"})
        make_read_only(disk)
        ours = opened(disk / "cache.db")
        assert ours.read(["a"]) == {"a": b"1"}
        ours.write({"b": b"2"})
        assert "readonly" in heard() or "read-only" in heard()


@pytest.mark.parametrize("place", [lambda folder: folder, lambda folder: folder / ("x" * 300)])
def test_a_place_where_no_file_can_be_is_no_end(
    tmp_path: Path, heard: Heard, place: Callable[[Path], Path]
) -> None:
    ours = opened(place(tmp_path))
    assert ours.read(["a"]) == {}
    ours.write({"a": b"1"})
    assert heard().count("the run goes on") == 1
