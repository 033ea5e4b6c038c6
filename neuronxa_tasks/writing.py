"""Write files whole, to folders that can be written to."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from neuronxa_tasks.errors import SettingsError


def check_writable(folder: Path, argument: str) -> None:
    """Make a folder, and see that it can be written to before anything is computed.

    Args:
        folder: The folder; it is made if it is not there.
        argument: Its name on the command line, for the message.

    Raises:
        SettingsError: It is a file, or there is no permission.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise SettingsError(
            f"Expected `{argument}` to be a folder that can be written to, but got {folder}: "
            f"{error.strerror}; give another with {argument} FOLDER"
        ) from error


def write_whole(file: Path, content: bytes) -> None:
    """Write a file by way of another name, so that it is whole and on disk, or as it was before.

    Args:
        file: Its folder is made where there is none.
        content: Of the file.

    Raises:
        OSError: It cannot be written.
    """
    with whole_file(file) as opened:
        opened.write(content)


@contextmanager
def whole_file(file: Path) -> Iterator[BinaryIO]:
    """A file to write to, which gets its name when the block ends without an error.

    Args:
        file: Its folder is made where there is none.

    Raises:
        OSError: It cannot be written.
    """
    file.parent.mkdir(parents=True, exist_ok=True)
    unfinished = file.with_name(f".{file.name[-100:]}.{os.getpid()}.part")
    try:
        with unfinished.open("wb") as opened:
            yield opened
            opened.flush()
            os.fsync(opened.fileno())
        unfinished.replace(file)
    finally:
        unfinished.unlink(missing_ok=True)
