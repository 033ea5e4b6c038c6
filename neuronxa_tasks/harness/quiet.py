"""Keep the harness from logging one line per language, and secrets at all."""

import logging
import re

from neuronxa_tasks.identity.masking import masked_text


class AtMost(logging.Filter):
    """Lets through the first few messages of a kind.

    Args:
        count: How many.
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
    # The line of the group stays, and one word on shots is enough.
    filters = {
        "lm_eval.evaluator_utils": AtMost(0, r"\s+Task: neuronxa_"),
        "lm_eval.api.task": AtMost(0, r"neuronxa_miniature_\w+: Custom kwargs"),
        "lm_eval.evaluator": AtMost(1, r"num_fewshot has been set to 0 for neuronxa_"),
    }
    for name, per_task in filters.items():
        logger = logging.getLogger(name)
        if not any(isinstance(existing, AtMost) for existing in logger.filters):
            logger.addFilter(per_task)
            logger.addFilter(WithoutSecrets())
