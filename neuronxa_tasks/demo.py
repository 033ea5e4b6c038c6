"""`neuronxa demo`: a whole run and report of the bundled model, offline."""

import argparse
import io
import shlex
import sys
from collections.abc import Sequence
from contextlib import redirect_stdout
from pathlib import Path

from neuronxa_tasks.miniature import CHECKPOINTS, MODEL, MODEL_ID
from neuronxa_tasks.output import check_writable


def demo(arguments: Sequence[str]) -> int:
    """Run the bundled tasks on the bundled model, and report beside its earlier checkpoints.

    Args:
        arguments: Those of `neuronxa demo`.

    Returns:
        0, or the exit code of `neuronxa run` where that failed.

    Raises:
        SettingsError: Nothing can be written to the output folder.
    """
    parser = argparse.ArgumentParser(prog="neuronxa demo")
    parser.add_argument("--output", type=Path, default=Path("neuronxa-demo"))
    output: Path = parser.parse_args(arguments).output
    check_writable(output, "--output")
    results = output / "results"
    before = _results_files(results)
    # The harness takes long to import, and usage errors need not wait for it.
    from neuronxa_tasks.harness.command import run
    from neuronxa_tasks.report.command import report

    to_run = (
        *("--model", "neuronxa", "--model_args", f"pretrained={MODEL}"),
        *("--tasks", "neuronxa_demo", "--batch_size", "64", "--output_path", str(results)),
    )
    _say("run", *to_run)
    if code := run(to_run):
        return code
    (new,) = _results_files(results) - before
    to_report = (
        *(str(new), str(CHECKPOINTS), "--model-id", f"{MODEL}={MODEL_ID}"),
        *("--output", str(output)),
    )
    _say("report", *to_report)
    # The tables of ten checkpoints would bury those of the run.
    with redirect_stdout(io.StringIO()):
        report(to_report)
    sys.stdout.write(f"{output / 'report.html'}\n")
    return 0


def _results_files(folder: Path) -> set[Path]:
    return set(folder.rglob("results_*.json"))


def _say(name: str, *arguments: str) -> None:
    sys.stdout.write(f"$ {shlex.join(['neuronxa', name, *arguments])}\n")
    sys.stdout.flush()
