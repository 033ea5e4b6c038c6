"""What was run, how long it took on which machine, and whether its results are still whole."""

import hashlib
import json
import os
import platform
from collections.abc import Sequence
from pathlib import Path

import psutil
import torch
from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from examples.real_models.weights import GIB
from neuronxa_tasks.errors import SettingsError
from neuronxa_tasks.writing import write_whole


class Machine(BaseModel):
    """Where a step was run.

    Attributes:
        system: Its system.
        processor: Name of the CPU, or its kind.
        cores: How many this process may use.
        threads: How many torch uses.
        memory_gib: Of the machine.
        gpu: Its name; empty without one.
        torch: Version.
    """

    model_config = ConfigDict(frozen=True)

    system: str
    processor: str
    cores: int
    threads: int
    memory_gib: float
    gpu: str
    torch: str


class Entry(BaseModel):
    """One call of one step, finished or not.

    Attributes:
        step: Its name.
        command: What was typed after `neuronxa`.
        started: When, in ISO 8601.
        seconds: Of wall time; a step that was interrupted has an entry for each call.
        exit_code: Of the command; None where it ended in an error of another kind.
        machine: Where.
        files: SHA-256 of what it left, by path below the log's folder.
    """

    model_config = ConfigDict(frozen=True)

    step: str
    command: tuple[str, ...]
    started: str
    seconds: float
    exit_code: int | None
    machine: Machine
    files: dict[str, str]


_ENTRIES = TypeAdapter(tuple[Entry, ...])


class StepLog:
    """The log of a programme, a JSON file.

    Args:
        file: Where it is or will be.

    Raises:
        SettingsError: There is a file that is no log.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        self.entries: tuple[Entry, ...] = ()
        if file.is_file():
            try:
                self.entries = _ENTRIES.validate_json(file.read_bytes())
            except ValidationError as error:
                raise SettingsError(
                    f"Expected {file} to be a log of steps, but {error.errors()[0]['msg']}: move "
                    "it away, and every step is run again, with what the cache holds"
                ) from error

    def add(self, entry: Entry) -> None:
        """Add an entry, on disk at once."""
        self.entries = (*self.entries, entry)
        content = json.dumps([one.model_dump() for one in self.entries], indent=2)
        write_whole(self._file, content.encode())

    def done(self, command: Sequence[str]) -> bool:
        """Whether a command has ended well and all that it left is there as it was."""
        return any(
            entry.command == tuple(command)
            and entry.exit_code == 0
            and entry.files
            and all(
                digest == _sha256(self._file.parent / name) for name, digest in entry.files.items()
            )
            for entry in self.entries
        )

    def hours(self, step: str) -> float:
        """Wall time of every call of a step."""
        return sum(entry.seconds for entry in self.entries if entry.step == step) / 3600

    def left_by(self, folder: Path) -> dict[str, str]:
        """SHA-256 of the results in a folder, by path below the log's."""
        files = sorted((*folder.rglob("*.json"), *folder.rglob("*.parquet")))
        return {str(file.relative_to(self._file.parent)): _sha256(file) for file in files}


def this_machine() -> Machine:
    """The machine that this process runs on."""
    return Machine(
        system=platform.platform(),
        processor=_processor(),
        cores=len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else _cores(),
        threads=torch.get_num_threads(),
        memory_gib=round(psutil.virtual_memory().total / GIB, 1),
        gpu=torch.cuda.get_device_name() if torch.cuda.is_available() else "",
        torch=torch.__version__,
    )


def _cores() -> int:
    return os.cpu_count() or 1


def _processor() -> str:
    # Python's own answer is empty on most Linux systems.
    file = Path("/proc/cpuinfo")
    lines = file.read_text(encoding="utf-8").splitlines() if file.is_file() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()


def _sha256(file: Path) -> str:
    """The digest of a file; empty where there is none."""
    return hashlib.sha256(file.read_bytes()).hexdigest() if file.is_file() else ""
