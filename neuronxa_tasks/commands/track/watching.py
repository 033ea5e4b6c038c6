"""Checkpoints as training saves them: each is run once, when it is whole."""

import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn

from neuronxa_tasks.commands.track.checkpoint_run import CheckpointRun
from neuronxa_tasks.commands.track.whole import missing

# Seconds from one look to the next.
PAUSE = 30.0

Done = tuple[CheckpointRun, Path]


def watch(
    look: Callable[[], Sequence[CheckpointRun]], report: Callable[[Sequence[Done]], object]
) -> NoReturn:
    """Run checkpoints as they appear, and report all that are done after each, until interrupted.

    Args:
        look: Gives the runs of all checkpoints that are there.
        report: Makes the report, of runs in the order of their steps.

    Raises:
        KeyboardInterrupt: Always; it says what became of the checkpoints.
    """
    watched = _Watched()
    try:
        while True:
            for run in look():
                if watched.run(run):
                    report(watched.in_order())
            time.sleep(PAUSE)
    except KeyboardInterrupt:
        done = watched.in_order()
        if done:
            report(done)
        raise KeyboardInterrupt(
            f"{len(done)} checkpoints are done and in the report; the same command goes on"
        ) from None


@dataclass(frozen=True)
class _Watched:
    """What is known of checkpoints, by their names.

    Attributes:
        seen: What their folders held at the last look, as part of the request.
        failed: The requests that failed.
        said: What was last said of each.
        done: Those that have results; they stay where training removes a checkpoint.
    """

    seen: dict[str, dict[str, Any]] = field(default_factory=dict)
    failed: dict[str, dict[str, Any]] = field(default_factory=dict)
    said: dict[str, str] = field(default_factory=dict)
    done: dict[str, Done] = field(default_factory=dict)

    def run(self, run: CheckpointRun) -> bool:
        """Run a checkpoint that is whole and new, and return whether it was done.

        It is whole when its weights can be read, and nothing in its folder has changed since the
        last look.
        """
        name = run.checkpoint.name
        settled = self.seen.get(name) == run.request
        self.seen[name] = run.request
        if self.failed.get(name) == run.request:
            return False
        if name in self.done and self.done[name][0].request == run.request:
            return False
        if file := run.results():
            return self._finish(run, file)
        if lacking := run.checkpoint.fault or missing(Path(name)):
            self._say(name, f"waiting, without {lacking}")
            return False
        if not settled:
            return False
        self._say(name, "running")
        reason = run.execute()
        file = run.results()
        if reason or not file:
            self.failed[name] = run.request
            self._say(name, f"failed: {reason}")
            return False
        return self._finish(run, file)

    def in_order(self) -> list[Done]:
        """What is done, by run and step."""
        return sorted(
            self.done.values(), key=lambda own: (own[0].checkpoint.series, own[0].checkpoint.step)
        )

    def _finish(self, run: CheckpointRun, file: Path) -> bool:
        self.done[run.checkpoint.name] = run, file
        self._say(run.checkpoint.name, f"done, {run.folder}")
        return True

    def _say(self, name: str, state: str) -> None:
        if self.said.get(name) != state:
            self.said[name] = state
            sys.stdout.write(f"{name}: {state}\n")
            sys.stdout.flush()
