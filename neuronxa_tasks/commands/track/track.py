"""`neuronxa track`: alignment over training, from any number of checkpoints."""

import argparse
import functools
import sys
from collections.abc import Sequence
from itertools import takewhile
from pathlib import Path

from neuronxa_tasks.arguments import check_one_process, names
from neuronxa_tasks.commands.report import say_written
from neuronxa_tasks.commands.report_making import make_report
from neuronxa_tasks.commands.track.checkpoint_run import CheckpointRun, parse_model_args
from neuronxa_tasks.commands.track.checkpoints import (
    Checkpoint,
    NoCheckpointError,
    revision_checkpoints,
    saved_checkpoints,
)
from neuronxa_tasks.commands.track.watching import watch
from neuronxa_tasks.errors import SettingsError
from neuronxa_tasks.identity.masking import masked_arguments, shown_command
from neuronxa_tasks.identity.training_steps import step_pattern
from neuronxa_tasks.report.read.outside_scores import read_scores
from neuronxa_tasks.writing import check_writable


def track(arguments: Sequence[str]) -> int:
    """Run every checkpoint that has not been run, and report all of them.

    Each is run in a process of its own, which leaves no memory taken and takes no other down.

    Args:
        arguments: Those of `neuronxa track`, among them any of `neuronxa run`.

    Returns:
        0, or 1 where a checkpoint failed. With `--watch` it goes on until it is interrupted.

    Raises:
        SettingsError: There is no checkpoint, no telling in which order they are, or
            several processes were started.
        ReportError: The outside figures cannot be read.
    """
    check_one_process("track")
    folders = list(takewhile(lambda text: not text.startswith("-"), arguments))
    options, rest = _parser().parse_known_args(arguments[len(folders) :])
    if options.watch and (options.revisions or options.steps):
        raise SettingsError(
            "Expected `--watch` with folders or --adapters that say their steps, but got "
            "--revisions or --steps: leave it out, or them"
        )
    runs = [] if options.watch else _runs(folders, options, rest)
    for scores in options.scores:
        read_scores(scores)
    check_writable(options.output_path, "--output_path")
    output = options.output_path / "report"
    if options.watch:
        watch(
            lambda: _runs_so_far(folders, options, rest),
            lambda done: _report(done, options.scores, output),
        )
    before = [run.results() for run in runs]
    finished = sum(file is not None for file in before)
    sys.stdout.write(f"{len(runs)} checkpoints, {finished} of them done before\n")
    states = [_run(run, file) for run, file in zip(runs, before, strict=True)]
    done = [(run, file) for run in runs if (file := run.results())]
    sys.stdout.write("\nCheckpoints by step:\n")
    for run, state in zip(runs, states, strict=True):
        sys.stdout.write(f"{run.checkpoint.step:>9,}  {run.checkpoint.name}: {state}\n")
    failed = _report(done, options.scores, output) if done else 0
    return failed or (0 if len(done) == len(runs) else 1)


def _runs(
    folders: Sequence[str], options: argparse.Namespace, rest: Sequence[str]
) -> list[CheckpointRun]:
    shared = (*(part for text in options.model_args for part in ("--model_args", text)), *rest)
    return [
        CheckpointRun(checkpoint, shared, options.output_path, options.use_cache)
        for checkpoint in find_checkpoints(folders, options)
    ]


def _runs_so_far(
    folders: Sequence[str], options: argparse.Namespace, rest: Sequence[str]
) -> list[CheckpointRun]:
    try:
        return _runs(folders, options, rest)
    except NoCheckpointError as error:
        _say_waiting(str(error))
        return []


@functools.cache
def _say_waiting(why: str) -> None:
    """Say once why there is nothing to run yet."""
    sys.stdout.write(f"waiting: {why}\n")
    sys.stdout.flush()


def find_checkpoints(folders: Sequence[str], options: argparse.Namespace) -> list[Checkpoint]:
    """The checkpoints that were asked for in one of three ways, by step.

    Args:
        folders: Folders or globs of models.
        options: `model_args`, `revisions`, `adapters`, `steps` and `step_pattern`, as typed.

    Raises:
        SettingsError: They were asked for in several ways or none, a model argument is missing
            or given twice, or there is no telling in which order they are.
    """
    ways = {"folders": folders, "--revisions": options.revisions, "--adapters": options.adapters}
    given = [name for name, values in ways.items() if values]
    if len(given) != 1:
        raise SettingsError(
            f"Expected either folders, --revisions or --adapters, but got "
            f"{' and '.join(given) or 'none'}: name the checkpoints in one way, "
            "folders before any flag"
        )
    model_args = {
        key: value for text in options.model_args for key, value in parse_model_args(text).items()
    }
    pattern = step_pattern(options.step_pattern) if options.step_pattern else None
    own = {"folders": "pretrained", "--revisions": "revision", "--adapters": "peft"}[given[0]]
    if own in model_args:
        raise SettingsError(
            f"Expected `--model_args` without {own}, which {given[0]} give, but got "
            f"{own}={model_args[own]}: leave one of them out"
        )
    if folders:
        return saved_checkpoints(folders, "pretrained", options.steps, pattern)
    if not (model := model_args.get("pretrained")):
        raise SettingsError(
            f"Expected `--model_args` to name the model that {given[0]} are of, but got "
            f"{' '.join(masked_arguments(options.model_args)) or 'none'}: add pretrained=MODEL"
        )
    if options.revisions:
        return revision_checkpoints(model, options.revisions, options.steps, pattern)
    return saved_checkpoints(options.adapters, "peft", options.steps, pattern)


def _run(run: CheckpointRun, results: Path | None) -> str:
    """Run a checkpoint unless it has results or cannot be run; say which."""
    if results:
        return f"done before, {run.folder}"
    if run.checkpoint.fault:
        return f"failed: {run.checkpoint.fault}"
    sys.stdout.write(f"$ {shown_command(run.command[0], run.command[1:])}\n")
    sys.stdout.flush()
    reason = run.execute()
    return f"failed: {reason}" if reason else f"done, {run.folder}"


def _report(
    done: Sequence[tuple[CheckpointRun, Path]], scores: Sequence[Path], output: Path
) -> int:
    """Make the report, with the base beside it, say where it is, and return the exit code."""
    names = [run.checkpoint.model_id for run, _ in done if run.checkpoint.model_id]
    base = output.with_name("base")
    files = [file for _, file in done] + [base] * base.is_dir()
    typed = [
        *map(str, files),
        *(argument for name in names for argument in ("--model-id", name)),
        *(argument for file in scores for argument in ("--scores", str(file))),
        *("--output", str(output)),
    ]
    made = make_report(files, output, shown_command("report", typed), scores, names)
    # The tables of all checkpoints would bury what became of them.
    return say_written(made)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="neuronxa track",
        usage="neuronxa track [FOLDER …] --tasks TASKS --output_path OUTPUT [flags]",
        description="Run and report every checkpoint, revision or adapter that has not been run. "
        "First come the folders of the checkpoints, or globs in quotation marks; every flag of "
        "`neuronxa run` may follow.",
        allow_abbrev=False,
    )
    parser.add_argument(
        "--model_args",
        "-a",
        nargs="+",
        action="extend",
        default=[],
        metavar="KEY=VALUE",
        help="those of the harness's Hugging Face models, for all checkpoints",
    )
    parser.add_argument(
        "--revisions",
        type=names,
        default=[],
        metavar="A,B,…",
        help="revisions of pretrained=MODEL, instead of folders",
    )
    parser.add_argument(
        "--adapters",
        nargs="+",
        default=[],
        metavar="FOLDER",
        help="folders of peft adapters of pretrained=BASE, or globs, instead of folders",
    )
    parser.add_argument(
        "--steps",
        type=_list_of_steps,
        default=[],
        metavar="1000,2000,…",
        help="one per checkpoint, where the names carry none",
    )
    parser.add_argument(
        "--step-pattern",
        default="",
        metavar="REGEX",
        help=r"how names carry the step where it is not as usual, such as (?P<step>\d+)B",
    )
    parser.add_argument(
        "--watch",
        action="store_true",
        help="go on with checkpoints as training saves them, until Ctrl-C",
    )
    parser.add_argument(
        "--scores",
        type=Path,
        action="append",
        default=[],
        metavar="FILE",
        help="CSV of outside figures for the report, such as COMET",
    )
    parser.add_argument(
        "--use_cache",
        "-c",
        default="",
        metavar="PATH",
        help="keep what a run has computed, for each checkpoint apart",
    )
    parser.add_argument(
        "--output_path", "-o", type=Path, required=True, help="folder for the results and the page"
    )
    return parser


def _list_of_steps(text: str) -> list[int]:
    try:
        return [int(step) for step in text.split(",")]
    except ValueError:
        raise argparse.ArgumentTypeError(
            f"expected whole numbers such as 1000,2000, but got {text!r}"
        ) from None
