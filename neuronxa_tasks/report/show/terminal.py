"""What a command prints: nothing in it commands the terminal, and any encoding takes it."""

import sys
from typing import TextIO

from neuronxa_tasks.results.names import clean_name


def say(text: str, stream: TextIO | None = None) -> None:
    r"""Write text and a line's end, by default to standard output.

    Control characters in it are shown as U+FFFD, and what the terminal's encoding lacks as an
    escape sequence such as `\u2014`.
    """
    lines = "\n".join(_line(line) for line in text.split("\n"))
    stream = stream or sys.stdout
    encoding = getattr(stream, "encoding", None) or "utf-8"
    stream.write(f"{lines.encode(encoding, 'backslashreplace').decode(encoding)}\n")


def _line(line: str) -> str:
    # Word by word, since tables are set by spaces.
    return " ".join(clean_name(word) for word in line.split(" "))
