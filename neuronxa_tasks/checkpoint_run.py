"""One checkpoint's run in a process of its own, and how to know that it has been run."""

import codecs
import hashlib
import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from typing import IO, Any, cast

from neuronxa_tasks.checkpoints import Checkpoint
from neuronxa_tasks.masking import masked_arguments

# Of what a process says on standard error, the end in which its last error stands.
TAIL = 20_000

_ERROR = re.compile(r"neuronxa: |[\w.]*(?:Error|Exception)(?::|$)")


@dataclass(frozen=True)
class CheckpointRun:
    """What is asked of a checkpoint, and where its results go.

    It is done when the same was asked before of the same files, and ended well: a manifest,
    written last, says so. A changed argument, file or version of this package makes another
    run, in another folder.

    Attributes:
        checkpoint: Which.
        arguments: Those of `neuronxa run` that all checkpoints share.
        output: Folder of all runs.
        cache: As of `--use_cache`; every run has one of its own, since the harness's cache does
            not tell models apart. Empty for none.
    """

    checkpoint: Checkpoint
    arguments: tuple[str, ...]
    output: Path
    cache: str = ""

    @cached_property
    def request(self) -> dict[str, Any]:
        """What was asked: where it is the same, so are the results."""
        folders = [Path(text) for text in self.checkpoint.model_args.values()]
        files = [file for folder in folders for file in folder.glob("*") if file.is_file()]
        return {
            "checkpoint": self.checkpoint.model_args,
            "arguments": masked_arguments(self.arguments),
            # Size and time of change tell a checkpoint that was saved again from the first.
            "files": [[f.name, f.stat().st_size, f.stat().st_mtime_ns] for f in sorted(files)],
            "neuronxa-tasks": version("neuronxa-tasks"),
        }

    @property
    def folder(self) -> Path:
        """Where the results go."""
        digest = hashlib.sha256(json.dumps(self.request).encode()).hexdigest()[:8]
        name = re.sub(r"[^\w.-]+", "-", Path(self.checkpoint.name).name)
        return self.output / f"{name}-{digest}"

    @property
    def command(self) -> list[str]:
        """The arguments of `neuronxa run`."""
        cache = ["--use_cache", f"{self.cache}_{self.folder.name}"] if self.cache else []
        # As JSON, in which a folder's name may hold a comma and a revision may be a number.
        own = ["--model_args", json.dumps(self.checkpoint.model_args)]
        return ["run", *self.arguments, *own, *cache, "--output_path", str(self.folder)]

    def results(self) -> Path | None:
        """The results file, where the checkpoint is done."""
        if not self._manifest.is_file():
            return None
        manifest = json.loads(self._manifest.read_text(encoding="utf-8"))
        file = self.folder / manifest["results"]
        return file if manifest["request"] == self.request and file.is_file() else None

    def execute(self) -> str:
        """Run it, show what it says, and return why it failed; empty where it did not."""
        if reason := run_process([sys.executable, "-m", "neuronxa_tasks.cli", *self.command]):
            return reason
        # Their names begin with the date; what an earlier run left behind is older.
        files = sorted(self.folder.rglob("results_*.json"), key=lambda file: file.name)
        if not files:
            return f"it wrote no results to {self.folder}"
        manifest = {
            "request": self.request,
            "results": files[-1].relative_to(self.folder).as_posix(),
        }
        unfinished = self._manifest.with_suffix(".part")
        unfinished.write_text(json.dumps(manifest, indent=2), encoding="utf-8")
        unfinished.replace(self._manifest)
        return ""

    @property
    def _manifest(self) -> Path:
        return self.folder / "done.json"


def run_process(command: Sequence[str]) -> str:
    """Run a command, passing on all that it says.

    Returns:
        Why it failed; empty where its exit code is 0.
    """
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    tail = ""
    with subprocess.Popen(command, stderr=subprocess.PIPE) as process:  # noqa: S603
        pipe = cast(IO[bytes], process.stderr).fileno()
        # By piece and not by line, since progress bars end no line.
        while piece := os.read(pipe, 65536):
            text = decoder.decode(piece)
            sys.stderr.write(text)
            sys.stderr.flush()
            tail = (tail + text)[-TAIL:]
    return _reason(process.returncode, tail)


def _reason(code: int, said: str) -> str:
    r"""Why a process failed, from its exit code and what it said last; empty for code 0.

    Example:
        >>> _reason(1, "Traceback …\nOSError: no file\nand no network")
        'OSError: no file'
        >>> _reason(-9, "")
        'killed by signal 9 (Killed), as where memory runs out'
    """
    if code == 0:
        return ""
    if code < 0:
        hint = ", as where memory runs out" if -code == signal.SIGKILL else ""
        return f"killed by signal {-code} ({signal.strsignal(-code)}){hint}"
    lines = [line.strip() for line in re.split(r"[\r\n]+", said) if line.strip()]
    errors = [line for line in lines if _ERROR.match(line)]
    return (errors or lines or [f"exit code {code}"])[-1].removeprefix("neuronxa: ")
