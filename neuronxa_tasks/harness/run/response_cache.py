"""The harness's cache of answers under `--use_cache`, checked, and never the end of a run."""

import json
import time
from operator import methodcaller
from pathlib import Path
from typing import Any

from lm_eval.api.model import LM, CachingLM

from neuronxa_tasks.harness.requests.database import Store

# As long as a run that is killed may lose.
SECONDS_BETWEEN_WRITES = 1.0


class Responses:
    """Answers by the harness's hash of their request, with what it asks of a dictionary.

    The harness's own dictionary waits for ever on some damaged files, ends the run where it
    cannot write, and takes a changed answer for right.

    Args:
        filename: Of the database; answers of plain `lm_eval` in it, which carry no checksum, are
            left alone.
    """

    def __init__(self, filename: str) -> None:
        self.filename = filename
        self._store = Store(Path(filename), "neuronxa_responses", "answers to benchmarks")
        self._answers = self._store.read()
        self._unwritten: dict[str, bytes] = {}
        self._written = time.monotonic()

    def __contains__(self, key: str) -> bool:
        return key in self._answers

    def __getitem__(self, key: str) -> Any:
        answer = json.loads(self._answers[key])
        return tuple(answer) if isinstance(answer, list) else answer

    def __setitem__(self, key: str, answer: Any) -> None:
        # Numbers of numpy or torch as Python's own; no pickle, which would run what a file says.
        text = json.dumps(answer, default=methodcaller("item"))
        self._answers[key] = self._unwritten[key] = text.encode()
        if time.monotonic() - self._written > SECONDS_BETWEEN_WRITES:
            self.commit()

    def commit(self) -> None:
        """Write what has not been written."""
        if self._unwritten:
            self._store.write(self._unwritten)
            self._unwritten = {}
        self._written = time.monotonic()


class SafeCachingLM(CachingLM):
    """The harness's model with a cache, whose faults never end the run.

    Args:
        lm: The model.
        cache_db: The file.
    """

    def __init__(self, lm: LM, cache_db: str) -> None:
        # Without the base class's, which opens the file in a thread that a damaged one stops.
        self.lm = lm
        self.cache_db = cache_db
        self.dbdict = Responses(cache_db)
        lm.set_cache_hook(self.get_cache_hook())
