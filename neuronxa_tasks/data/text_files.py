"""Files of the user's, and the lines of those that are text."""

from pathlib import Path

from neuronxa_tasks.errors import BitextError


def read_content(file: Path) -> bytes:
    """What a regular file holds.

    Raises:
        BitextError: It is not there, or cannot be read.
    """
    try:
        # A pipe would be waited for, so only regular files are opened.
        regular = file.is_file()
        content = file.read_bytes() if regular else b""
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise BitextError(
            f"Expected to read {file}, but got {reason}: check the path and its permissions"
        ) from error
    if not regular:
        raise BitextError(
            f"Expected the file {file}, but it is not there, or is no regular file: check the "
            "path, and in the folder of a corpus its layout and the language's code"
        )
    return content


def read_lines(file: Path) -> list[str]:
    """The lines of a text file, without what ends them.

    Args:
        file: A regular file in UTF-8, with or without a byte order mark.

    Raises:
        BitextError: It is not there, cannot be read, or is no UTF-8.
    """
    content = read_content(file)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BitextError(
            f"Expected {file} to be UTF-8, but byte {error.start} is not: convert the file"
        ) from error
    # Only the line feed ends a sentence: str.splitlines would also break at U+2028.
    return [line.removesuffix("\r") for line in text.removesuffix("\n").split("\n")]
