"""The harness's log: started, without one line per language, and without secrets."""

import logging
import re

from lm_eval.utils import setup_logging

from neuronxa_tasks.harness.upstream import REPEATED_MESSAGES
from neuronxa_tasks.identity.masking import masked_text

__all__ = ["setup_logging"]


class AtMost(logging.Filter):
    """Lets through the first few messages of a kind.

    Args:
        count: How many of them are logged.
        pattern: What messages of that kind begin with.
    """

    def __init__(self, count: int, pattern: str) -> None:
        super().__init__()
        self._left = count
        self._pattern = re.compile(pattern)

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether the record is logged."""
        if not self._pattern.match(record.getMessage()):
            return True
        self._left -= 1
        return self._left >= 0


class WithoutSecrets(logging.Filter):
    """Masks secrets among the arguments that a message tells."""

    def filter(self, record: logging.LogRecord) -> bool:
        """True; the record is changed."""
        record.msg, record.args = masked_text(record.getMessage()), None
        return True


def quieten_harness() -> None:
    """Filter what the harness says of every task of a group, and of the model's arguments.

    Calling it again changes nothing.
    """
    for name, (count, pattern) in REPEATED_MESSAGES.items():
        logger = logging.getLogger(name)
        if not any(isinstance(existing, AtMost) for existing in logger.filters):
            logger.addFilter(AtMost(count, pattern))
            logger.addFilter(WithoutSecrets())
