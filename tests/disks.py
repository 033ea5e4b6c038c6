"""File systems of their own kind: small, read-only."""

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

MOUNT, UMOUNT = (shutil.which(name) or "" for name in ("mount", "umount"))


@contextmanager
def mounted(folder: Path, options: str) -> Iterator[Path]:
    """A file system in memory, for as long as it is used; skips where none can be mounted."""
    folder.mkdir(exist_ok=True)
    if not MOUNT or not UMOUNT:
        pytest.skip("there is no command to mount a file system")
    command = [MOUNT, "-t", "tmpfs", "-o", options, "tmpfs", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        pytest.skip(f"no file system can be mounted: {done.stderr.strip()}")
    try:
        yield folder
    finally:
        subprocess.run([UMOUNT, "--lazy", str(folder)], check=True)


def fill(folder: Path) -> Path:
    """A file that leaves no room beside it."""
    file = folder / "everything"
    with file.open("wb", buffering=0) as stream:
        for size in (65536, 4096, 1):
            try:
                while stream.write(b"x" * size):
                    pass
            except OSError:
                continue
    return file


def make_read_only(folder: Path) -> None:
    subprocess.run([MOUNT, "-o", "remount,ro", str(folder)], check=True)
