"""The results file of a run that is not over yet, and whether the finished one replaces it."""

import hashlib
import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from lm_eval.loggers import EvaluationTracker
from lm_eval.utils import handle_non_serializable

from neuronxa_tasks.errors import SettingsError
from neuronxa_tasks.identity.masking import masked, masked_results
from neuronxa_tasks.log import logger
from neuronxa_tasks.writing import write_whole

# Of a file's or folder's name, on all common file systems.
LONGEST_NAME = 255


class PartialResults:
    """What is known so far, where the finished file will be.

    Args:
        tracker: The harness's writer of results files, which knows where they go.
        config: What the finished file says of the run, under `config`.

    Attributes:
        file: The file; None before it is written.
    """

    def __init__(self, tracker: EvaluationTracker, config: dict[str, Any]) -> None:
        self.file: Path | None = None
        self._tracker = tracker
        self._config = config
        self._tables: dict[str, Any] = {}

    @property
    def asked_for(self) -> bool:
        """Whether results are to be written."""
        return bool(self._tracker.output_path)

    def check(self) -> None:
        """See that results can be written, before any are computed.

        The harness names a folder after the model; too long a name is shortened.

        Raises:
            SettingsError: They cannot.
        """
        if not self.asked_for:
            return
        general = self._tracker.general_config_tracker
        general.model_name_sanitized = shortened(str(general.model_name_sanitized))
        try:
            file = self._dated()
            write_whole(file, b"{}")
            file.unlink()
        except OSError as error:
            raise SettingsError(
                "Expected `--output_path` to be where files can be written, but got "
                f"{self._tracker.output_path}: {error.strerror}; give another"
            ) from error

    def write(self, results: dict[str, Any], missing: Sequence[str]) -> None:
        """Write what there is, in place of what there was; where that fails, it is said.

        Args:
            results: Of the parts that are done.
            missing: The tasks and groups of those that are not.
        """
        if not self.asked_for:
            return
        content = masked_results({k: v for k, v in results.items() if k != "samples"})
        self._tables = {key: value for key, value in content.items() if isinstance(value, dict)}
        content |= {"config": masked(self._config), "date": datetime.now().timestamp()}
        content |= asdict(self._tracker.general_config_tracker)
        content["neuronxa"] = {"missing": list(missing)}
        file = self.file or self._dated()
        try:
            # A path of the model that is not UTF-8 holds what JSON can only escape.
            write_whole(file, _dumped(content).encode("utf-8", "backslashreplace"))
        except OSError as error:
            logger.warning("%s cannot be written (%s): the run goes on", file, error.strerror)
        else:
            self.file = file

    def finished_file(self) -> Path | None:
        """The harness's file of the whole run, where it holds all that was computed."""
        date = getattr(self._tracker, "date_id", None)
        if not date:
            return None
        file = self._path(date)
        try:
            content = json.loads(file.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            logger.warning("%s is not whole: %s", file, error)
            return None
        if not isinstance(content, dict):
            return None
        whole = all(_dumped(content.get(key)) == _dumped(t) for key, t in self._tables.items())
        return file if whole else None

    def unwritten_samples(self, samples: Mapping[str, int]) -> list[str]:
        """The tasks whose logged samples are not on disk, or not all.

        Args:
            samples: How many were to be written, by task.
        """
        date = getattr(self._tracker, "date_id", None)
        folder = self._path(str(date)).parent
        return [
            task
            for task, number in samples.items()
            if _count_lines(folder / f"samples_{task}_{date}.jsonl") != number
        ]

    def remove(self) -> None:
        """Remove the file, where another holds as much."""
        if self.file:
            self.file.unlink()

    def _dated(self) -> Path:
        return self._path(datetime.now().isoformat().replace(":", "-"))

    def _path(self, date: str) -> Path:
        # As the harness names its files.
        output = Path(self._tracker.output_path)
        if output.suffix == ".json":
            return output.with_name(f"{output.stem}_{date}.json")
        model = str(self._tracker.general_config_tracker.model_name_sanitized)
        return output / model / f"results_{date}.json"


def shortened(name: str) -> str:
    """A name that a file system takes: the end of a longer one, and a digest that tells it.

    Example:
        >>> shortened("models__llama")
        'models__llama'
        >>> len(shortened("very__long__" * 50))
        255
    """
    whole = os.fsencode(name)
    if len(whole) <= LONGEST_NAME:
        return name
    digest = hashlib.sha256(whole).hexdigest()[:8]
    return f"{digest}-{whole[len(digest) + 1 - LONGEST_NAME :].decode(errors='ignore')}"


def _dumped(content: object) -> str:
    return json.dumps(content, indent=2, default=handle_non_serializable, ensure_ascii=False)


def _count_lines(file: Path) -> int:
    try:
        with file.open("rb") as stream:
            return sum(line.endswith(b"\n") for line in stream)
    except OSError:
        return 0
