"""Standard output and error that may close, fill up or lack letters without ending a run."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TextIO


def encodable(text: str, encoding: str) -> str:
    r"""A text with what an encoding lacks as an escape sequence, such as `\u2014`."""
    return text.encode(encoding, "backslashreplace").decode(encoding)


class SteadyStream:
    """A text stream that drops what cannot be written, and remembers why.

    What its encoding lacks is written as an escape. Everything else is the stream's own.

    Args:
        stream: What is written to; None where the process was started with it closed.

    Attributes:
        fault: Why something could not be written; empty where everything was.

    Example:
        >>> closed = SteadyStream(None)
        >>> closed.write("a table")
        7
        >>> closed.fault
        'it is closed'
    """

    def __init__(self, stream: TextIO | None) -> None:
        self._stream = stream
        self.fault = "" if stream else "it is closed"

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    def write(self, text: str) -> int:
        """Write a text, as far as that goes; its length."""
        if not self.fault and self._stream:
            try:
                self._stream.write(text)
            except UnicodeEncodeError:
                self.write(encodable(text, self._stream.encoding))
            except (OSError, ValueError) as error:
                # A stream that was closed within the process raises ValueError.
                self._give_up(error)
        return len(text)

    def flush(self) -> None:
        """Hand on what is buffered."""
        if not self.fault and self._stream:
            try:
                self._stream.flush()
            except (OSError, ValueError) as error:
                self._give_up(error)

    def isatty(self) -> bool:
        """Whether somebody looks at it."""
        return self._stream is not None and not self.fault and self._stream.isatty()

    def _give_up(self, error: OSError | ValueError) -> None:
        self.fault = (error.strerror if isinstance(error, OSError) else "") or str(error)
        own = any(self._stream is stream for stream in (sys.__stdout__, sys.__stderr__))
        if self._stream is not None and own:
            # What is still buffered would fail again when the interpreter ends.
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, self._stream.fileno())
            os.close(nowhere)


@contextmanager
def steady_streams() -> Iterator[SteadyStream]:
    """For a time, standard output and error cannot end what is running; gives the output."""
    if sys.stdout is None or sys.stderr is None:
        # Else the next file that is opened would be the process's standard output.
        os.open(os.devnull, os.O_WRONLY)
    before = sys.stdout, sys.stderr
    output, errors = SteadyStream(sys.stdout), SteadyStream(sys.stderr)
    sys.stdout, sys.stderr = output, errors
    try:
        yield output
    finally:
        output.flush()
        errors.flush()
        sys.stdout, sys.stderr = before
