"""What every command has to do with its output: check the folder, write, say how it was called."""

import os
import shlex
import tempfile
from collections.abc import Sequence
from pathlib import Path

from neuronxa_tasks.errors import SettingsError
from neuronxa_tasks.identity.masking import masked_arguments


def check_writable(folder: Path, argument: str) -> None:
    """Make a folder, and see that it can be written to before anything is computed.

    Args:
        folder: Which.
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
    file.parent.mkdir(parents=True, exist_ok=True)
    unfinished = file.with_name(f".{file.name[-100:]}.{os.getpid()}.part")
    try:
        with unfinished.open("wb") as opened:
            opened.write(content)
            opened.flush()
            os.fsync(opened.fileno())
        unfinished.replace(file)
    finally:
        unfinished.unlink(missing_ok=True)


def shown_command(name: str, arguments: Sequence[str]) -> str:
    """A command as it may stand in a file that others read: secrets are left out.

    Args:
        name: Of the command, after `neuronxa`.
        arguments: As typed.

    Example:
        >>> shown_command("run", ["--tasks", "neuronxa_flores", "--limit", "5"])
        'neuronxa run --tasks neuronxa_flores --limit 5'
        >>> "abc" in shown_command("run", ["--model_args", "pretrained=gpt2,token=abc"])
        False
    """
    return shlex.join(["neuronxa", name, *masked_arguments(arguments)])
