"""Runs every step of a model, one after the other, and goes on where an earlier call ended."""

import argparse
import sys
import time
from collections.abc import Callable, Sequence
from datetime import datetime, timezone
from pathlib import Path

from examples.real_models.commands import Setup, arguments, missing_languages, prepare
from examples.real_models.step_log import Entry, StepLog, this_machine
from examples.real_models.steps import STEPS, Step
from examples.real_models.weights import Weights, check_machine, ready_weights
from neuronxa_tasks.arguments import names
from neuronxa_tasks.cli import INTERRUPTED
from neuronxa_tasks.cli import main as neuronxa
from neuronxa_tasks.data.languages import FLORES, check_languages
from neuronxa_tasks.errors import NeuronXAError, SettingsError

LOG = "steps.json"


def main(weights: Weights, typed: Sequence[str] | None = None) -> int:
    """Get and check the weights, and run what is not done yet.

    Args:
        weights: Those of the model.
        typed: Arguments of the script; by default those of the process.

    Returns:
        0, or the exit code of the last step that did not end well.
    """
    options = _parser(weights).parse_args(typed)
    try:
        steps = _chosen(options.steps)
        setup = _setup(weights, options)
        check_machine(weights, setup.output)
        ready_weights(weights, options.weights)
        return run_steps(steps, setup, neuronxa)
    except NeuronXAError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_code


def run_steps(steps: Sequence[Step], setup: Setup, run: Callable[[list[str]], int]) -> int:
    """Run the steps that are not done; a report is always made anew.

    A step that fails does not keep the others from being run.

    Args:
        steps: In their order.
        setup: What they have in common.
        run: Runs a command of `neuronxa` and gives its exit code.

    Returns:
        0, or the exit code of the last step that did not end well.

    Raises:
        SettingsError: A local copy is missing or damaged, or the log is; nothing was run.
    """
    log = StepLog(setup.output / LOG)
    todo = []
    for step in steps:
        if why := missing_languages(step, setup):
            _say(f"{step.name}: left out, {why}")
        else:
            prepare(step, setup)
            todo.append(step)
    worst = 0
    for step in todo:
        command = arguments(step, setup)
        if step.command != "report" and log.done(command):
            _say(f"{step.name}: done before, {log.hours(step.name):.2f} hours")
            continue
        _say(f"{step.name}: {step.purpose}")
        code = _timed(step, command, setup, log, run)
        _say(f"{step.name}: exit code {code}, {log.hours(step.name):.2f} hours so far")
        if code == INTERRUPTED:
            _say("the same command goes on from here")
            return code
        worst = code or worst
    return worst


def _timed(
    step: Step, command: list[str], setup: Setup, log: StepLog, run: Callable[[list[str]], int]
) -> int:
    """Run a step, and add it to the log whatever becomes of it."""
    started, start = datetime.now(timezone.utc), time.perf_counter()
    code: int | None = None
    try:
        code = run(command)
    finally:
        folder = setup.report if step.command == "report" else setup.results / step.name
        log.add(
            Entry(
                step=step.name,
                command=tuple(command),
                started=started.isoformat(timespec="seconds"),
                seconds=round(time.perf_counter() - start, 1),
                exit_code=code,
                machine=this_machine(),
                files=log.left_by(folder) if code == 0 else {},
            )
        )
    return code


def _chosen(given: list[str]) -> list[Step]:
    known = [step.name for step in STEPS]
    for name in given:
        if name not in known:
            raise SettingsError(
                f"Expected `--steps` to be some of {', '.join(known)}, but got {name!r}"
            )
    return [step for step in STEPS if not given or step.name in given]


def _setup(weights: Weights, options: argparse.Namespace) -> Setup:
    if options.data is not None and not options.data.is_dir():
        raise SettingsError(
            f"Expected `--data` to be a folder with local copies, but got {options.data}: check "
            "the path, or leave it out for the Hub"
        )
    if options.limit is not None and options.limit < 1:
        raise SettingsError(
            f"Expected `--limit` to be at least 1, but got {options.limit}: leave it out for all"
        )
    return Setup(
        model=weights.name,
        model_args=weights.model_args(options.weights),
        output=options.output_path,
        data=options.data,
        languages=check_languages(options.languages, FLORES, "--languages"),
        limit=options.limit,
        device=options.device,
    )


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def _parser(weights: Weights) -> argparse.ArgumentParser:
    steps = "\n".join(f"  {step.name:10} {step.purpose}" for step in STEPS)
    parser = argparse.ArgumentParser(
        description=f"Everything that can be measured of {weights.file} ({weights.terms}).",
        epilog=f"steps:\n{steps}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--output_path", type=Path, required=True, help="folder for results")
    parser.add_argument(
        "--weights",
        type=Path,
        default=Path("weights"),
        help="folder for weights (default: %(default)s)",
    )
    parser.add_argument("--data", type=Path, help="folder with local copies, instead of the Hub")
    parser.add_argument("--steps", type=names, default=[], metavar="STEP,…", help="default: all")
    parser.add_argument(
        "--languages", type=names, default=[], metavar="CODE,…", help="of FLORES-200; default: all"
    )
    parser.add_argument("--limit", type=int, help="pairs or documents of each task")
    parser.add_argument("--device", default="cuda:0", help="default: %(default)s, else the CPU")
    return parser
