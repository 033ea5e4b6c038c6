"""The results file of a run that is not over yet."""

import json
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from lm_eval.loggers import EvaluationTracker
from lm_eval.utils import handle_non_serializable

from neuronxa_tasks.masking import masked_results


class PartialResults:
    """What is known so far, where the finished file will be.

    Args:
        tracker: The harness's writer of results files, which knows where they go.
        config: What the finished file says of the run, under `config`.
    """

    def __init__(self, tracker: EvaluationTracker, config: dict[str, Any]) -> None:
        self._tracker = tracker
        self._config = config
        self._file: Path | None = None

    def write(self, results: dict[str, Any]) -> Path | None:
        """Write what there is, in place of what there was, and say where."""
        if not self._tracker.output_path:
            return None
        content = {key: value for key, value in results.items() if key != "samples"}
        content = masked_results({**content, "config": self._config})
        content["date"] = datetime.now().timestamp()
        content |= asdict(self._tracker.general_config_tracker)
        text = json.dumps(content, indent=2, default=handle_non_serializable, ensure_ascii=False)
        if self._file is None:
            self._file = self._path(datetime.now().isoformat().replace(":", "-"))
            self._file.parent.mkdir(parents=True, exist_ok=True)
        self._file.write_text(text, encoding="utf-8")
        return self._file

    def remove_if_complete(self) -> None:
        """Remove it once the harness has written the file of the whole run."""
        finished = getattr(self._tracker, "date_id", None)
        if self._file and finished and self._path(finished).is_file():
            self._file.unlink()

    def _path(self, date: str) -> Path:
        # As the harness names its files.
        output = Path(self._tracker.output_path)
        if output.suffix == ".json":
            return output.with_name(f"{output.stem}_{date}.json")
        model = str(self._tracker.general_config_tracker.model_name_sanitized)
        return output / model / f"results_{date}.json"
