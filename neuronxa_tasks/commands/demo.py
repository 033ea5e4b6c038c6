"""`neuronxa demo`: a whole run and report of the bundled model, offline."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from neuronxa_tasks.data.miniature import CHECKPOINTS, MODEL, MODEL_ID
from neuronxa_tasks.identity.masking import shown_command
from neuronxa_tasks.writing import check_writable


def demo(arguments: Sequence[str]) -> int:
    """Run the bundled tasks on the bundled model, and report beside its earlier checkpoints.

    Args:
        arguments: Those of `neuronxa demo`.

    Returns:
        0, or the exit code of `neuronxa run` or `neuronxa report` where that failed.

    Raises:
        SettingsError: Nothing can be written to the output folder.
    """
    parser = argparse.ArgumentParser(prog="neuronxa demo")
    parser.add_argument(
        "--output", type=Path, default=Path("neuronxa-demo"), help="folder for results and page"
    )
    output: Path = parser.parse_args(arguments).output
    check_writable(output, "--output")
    results = output / "results"
    # The harness takes long to import, and usage errors need not wait for it.
    from neuronxa_tasks.commands.report import say_written
    from neuronxa_tasks.commands.report_making import make_report
    from neuronxa_tasks.commands.run import execute
    from neuronxa_tasks.harness.run.command_line import read_arguments

    to_run = (
        *("--model", "neuronxa", "--model_args", f"pretrained={MODEL}"),
        *("--tasks", "neuronxa_demo", "--batch_size", "64", "--output_path", str(results)),
    )
    _say("run", *to_run)
    finished = execute(read_arguments(to_run))
    if finished.failures or not finished.file:
        return finished.exit_code
    to_report = (
        *(str(finished.file), str(CHECKPOINTS), "--model-id", f"{MODEL}={MODEL_ID}"),
        *("--output", str(output)),
    )
    _say("report", *to_report)
    made = make_report(
        [finished.file, CHECKPOINTS],
        output,
        shown_command("report", to_report),
        model_ids=[f"{MODEL}={MODEL_ID}"],
    )
    # The tables of ten checkpoints would bury those of the run.
    return say_written(made)


def _say(name: str, *arguments: str) -> None:
    sys.stdout.write(f"$ {shown_command(name, arguments)}\n")
    sys.stdout.flush()
