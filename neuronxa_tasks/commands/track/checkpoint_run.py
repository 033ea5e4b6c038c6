"""One checkpoint's run in a process of its own, and how to know that it has been run."""

import codecs
import hashlib
import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from importlib.metadata import version
from itertools import pairwise
from pathlib import Path
from stat import S_ISREG
from typing import IO, Any, cast

from neuronxa_tasks.commands.track.checkpoints import Checkpoint
from neuronxa_tasks.errors import ReportError, SettingsError
from neuronxa_tasks.identity.masking import masked_arguments, masked_text
from neuronxa_tasks.identity.model_arguments import ADAPTERS, NAMES, read_model_args
from neuronxa_tasks.log import logger
from neuronxa_tasks.report.read.results_files import read_results_file
from neuronxa_tasks.writing import write_whole

# Of what a process says on standard error, the end in which its last error stands.
TAIL = 20_000

# Seconds for an interrupted process to keep what it has.
_GRACE = 10.0

_ERROR = re.compile(r"neuronxa: |[\w.]*(?:Error|Exception)(?::|$)")


@dataclass(frozen=True)
class CheckpointRun:
    """What is asked of a checkpoint, and where its results go.

    It is done when the same was asked before of the same files, and ended well: a manifest,
    written last, says so. A changed argument, file or version of this package makes another
    run, in another folder.

    Attributes:
        checkpoint: The checkpoint that is run.
        arguments: Those of `neuronxa run` that all checkpoints share.
        output: Folder of all runs.
        cache: As of `--use_cache`; every run has a path of its own. Empty for none.
    """

    checkpoint: Checkpoint
    arguments: tuple[str, ...]
    output: Path
    cache: str = ""

    @cached_property
    def request(self) -> dict[str, Any]:
        """What was asked: where it is the same, so are the results."""
        named = {**shared_model_args(self.arguments), **self.checkpoint.model_args}
        folders = [
            Path(named[key], str(named.get("subfolder") or "") if key in NAMES else "")
            for key in (*NAMES, *ADAPTERS)
            if isinstance(named.get(key), str)
        ]
        return {
            "checkpoint": self.checkpoint.model_args,
            "arguments": masked_arguments(self.arguments),
            # Size and time of change tell a checkpoint that was saved again from the first.
            "files": [state for folder in folders for state in _states(folder)],
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
        """The results file, where the checkpoint is done and the file still whole.

        Says what is damaged; such a checkpoint is not done.
        """
        if not self._manifest.exists():
            return None
        try:
            # A pipe would be waited for, perhaps for ever.
            if not self._manifest.is_file():
                raise ValueError("it is no regular file")
            manifest = json.loads(self._manifest.read_text(encoding="utf-8"))
            file = Path(self.folder, manifest["results"])
            if not file.resolve().is_relative_to(self.folder.resolve()):
                raise ValueError(f"{file} is of another run")
            if manifest["request"] != self.request:
                return None
        except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
            logger.warning("%s is damaged (%r): run again", self._manifest, error)
            return None
        if fault := _fault(file):
            logger.warning("%s, which was done, has lost its results (%s): run again", file, fault)
            return None
        return file

    def execute(self) -> str:
        """Run it, show what it says, and return why it failed; empty where it did not."""
        before = self._written()
        if reason := run_process([sys.executable, "-m", "neuronxa_tasks.cli", *self.command]):
            return reason
        # What an earlier run left behind is the same as before, whatever the clock says.
        new = [file for file, state in self._written().items() if before.get(file) != state]
        if not new:
            return f"it wrote no results to {self.folder}"
        whole = [file for file in new if not _fault(file)]
        if not whole:
            return f"{new[0]} is damaged ({_fault(new[0])}), as where the disk is full"
        # Of parts and the whole, the whole has most.
        file = max(whole, key=lambda file: (_tasks(file), file.name))
        manifest = {"request": self.request, "results": file.relative_to(self.folder).as_posix()}
        try:
            if self._manifest.is_dir():
                self._manifest.rename(self._manifest.with_suffix(".folder"))
            write_whole(self._manifest, json.dumps(manifest, indent=2).encode())
        except OSError as error:
            return f"{self._manifest} cannot be written: {error.strerror}"
        return ""

    def _written(self) -> dict[Path, tuple[int, int]]:
        """Every results file there is, with size and time of change."""
        files = self.folder.rglob("results_*.json")
        return {file: (file.stat().st_size, file.stat().st_mtime_ns) for file in files}

    @property
    def _manifest(self) -> Path:
        return self.folder / "done.json"


def shared_model_args(arguments: Sequence[str]) -> dict[str, Any]:
    """The model arguments among those of a command line.

    Raises:
        SettingsError: One begins as JSON does and is none.
    """
    found: dict[str, Any] = {}
    for flag, text in pairwise(arguments):
        if flag == "--model_args":
            found |= parse_model_args(text)
    return found


def parse_model_args(text: str) -> dict[str, Any]:
    """One value of `--model_args`, in either of the harness's two forms.

    Raises:
        SettingsError: It begins as JSON does and is none.
    """
    try:
        return read_model_args(text)
    except ValueError as error:
        raise SettingsError(
            "Expected `--model_args` to be KEY=VALUE or JSON, but got "
            f"{masked_text(text)}: {masked_text(str(error))}"
        ) from error


def _states(folder: Path) -> Iterator[list[str | int]]:
    """Name, size and time of change of a folder's files, without one that goes meanwhile."""
    for file in sorted(folder.glob("*")):
        with suppress(FileNotFoundError):
            state = file.stat()
            if S_ISREG(state.st_mode):
                yield [file.name, state.st_size, state.st_mtime_ns]


def _fault(file: Path) -> str:
    """Why a results file cannot be reported; empty where it can."""
    try:
        read_results_file(file)
    except ReportError as error:
        return str(error)
    return ""


def _tasks(file: Path) -> int:
    return len(json.loads(file.read_text(encoding="utf-8")).get("results") or {})


def run_process(command: Sequence[str]) -> str:
    """Run a command, passing on all that it says.

    Returns:
        Why it failed; empty where its exit code is 0.
    """
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    tail = ""
    with subprocess.Popen(command, stderr=subprocess.PIPE) as process:  # noqa: S603
        pipe = cast(IO[bytes], process.stderr).fileno()
        try:
            # By piece and not by line, since progress bars end no line.
            while piece := os.read(pipe, 65536):
                text = decoder.decode(piece)
                sys.stderr.write(text)
                sys.stderr.flush()
                tail = (tail + text)[-TAIL:]
        except KeyboardInterrupt:
            # A terminal interrupts both; where this process alone was, the other would go on.
            with suppress(subprocess.TimeoutExpired):
                process.wait(_GRACE)
            process.terminate()
            raise
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
