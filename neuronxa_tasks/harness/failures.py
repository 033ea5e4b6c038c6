"""What the libraries of a run raise, and what they say, in one line."""

from datasets.exceptions import DatasetsError

# The Hub's client has changed its HTTP library more than once (requests, httpx, httpx2), and lets
# that library's errors through: under this name it imports whichever it uses.
from huggingface_hub.errors import HTTPError  # type: ignore[attr-defined]

from neuronxa_tasks.errors import NeuronXAError

# Whose messages say all there is to know; those of others may be mistakes of a program.
PLAIN_FAILURES = (NeuronXAError, OSError, DatasetsError, HTTPError)

# What the Hub, datasets, the harness and torch raise for want of text, network, shots or memory.
FAILURES = (AssertionError, RuntimeError, ValueError, *PLAIN_FAILURES)


def one_line(error: BaseException) -> str:
    r"""What an error says, in one line.

    Example:
        >>> one_line(OSError("no file\nand no network"))
        'no file and no network'
        >>> one_line(KeyError("pad"))
        "KeyError: 'pad'"
    """
    text = " ".join(str(error).split())
    plain = isinstance(error, (*PLAIN_FAILURES, ValueError))
    return text if plain and text else f"{type(error).__name__}: {text}"
