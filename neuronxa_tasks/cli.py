"""The `neuronxa` command: which commands there are, and how they end.

Exit codes: 0, done; 1, something failed, and what was computed is kept; 2, wrong input, and
nothing was run; 130, interrupted, and what was computed is kept.
"""

import argparse
import pkgutil
import sys
from collections.abc import Sequence
from dataclasses import dataclass

from neuronxa_tasks.errors import NeuronXAError, SettingsError
from neuronxa_tasks.standard_output import SteadyStream, steady_streams

FAILED = 1
INTERRUPTED = 130

# What an installation that only makes reports may lack.
_OF_MODELS = ("accelerate", "datasets", "lm_eval", "torch", "tqdm", "transformers")


@dataclass(frozen=True)
class Command:
    """A command that is imported when it is called: the harness takes ten seconds.

    Attributes:
        function: Where it is, as `module:name`.
        purpose: What it does, for `--help`.
        kept: What is there after it was interrupted, and how to go on.
    """

    function: str
    purpose: str
    kept: str


_KEPT_OF_A_RUN = (
    "finished parts are kept below --output_path; with --use_cache the same command computes only "
    "what is missing"
)

COMMANDS = {
    "run": Command(
        "neuronxa_tasks.commands.run:run",
        "run lm-evaluation-harness with every flag of `lm_eval run`, and `--model neuronxa`",
        _KEPT_OF_A_RUN,
    ),
    "report": Command(
        "neuronxa_tasks.commands.report:report",
        "join results files, correlate, and write tables, figures and a page",
        "the results files are as they were; the same command writes the whole report",
    ),
    "check": Command(
        "neuronxa_tasks.commands.check:check",
        "say what is wrong with results files, by themselves and beside others",
        "nothing was changed",
    ),
    "forecast": Command(
        "neuronxa_tasks.commands.forecast:forecast",
        "say what a model can probably do in languages without a benchmark",
        "the results files are as they were; the same command forecasts anew",
    ),
    "track": Command(
        "neuronxa_tasks.commands.track.track:track",
        "run and report every checkpoint, revision or adapter that has not been run",
        "finished checkpoints are kept; the same command runs those that are missing",
    ),
    "stability": Command(
        "neuronxa_tasks.commands.stability:stability",
        "say how many sentence pairs are enough for a model",
        _KEPT_OF_A_RUN,
    ),
    "matrix": Command(
        "neuronxa_tasks.commands.analysis.matrix:matrix",
        "align every language with every other, from one pass over each",
        "finished languages are kept below --output_path until the matrix is written; the same "
        "command does what is missing, and `neuronxa report` shows a matrix that is there",
    ),
    "inspect": Command(
        "neuronxa_tasks.commands.analysis.inspect:inspect",
        "show the sentences of one language that are not aligned, and a map of all",
        "nothing is kept; the same command starts again",
    ),
    "neurons": Command(
        "neuronxa_tasks.commands.analysis.neurons:neurons",
        "say which neurons are of which language, and what happens without them",
        "finished languages are kept below --output_path until the results are written; the same "
        "command does what is missing",
    ),
    "reproduce": Command(
        "neuronxa_tasks.commands.analysis.reproduce:reproduce",
        "find the setting that gives the paper's Table 2",
        "nothing is kept; the same command starts again",
    ),
    "demo": Command(
        "neuronxa_tasks.commands.demo:demo",
        "a whole run and report of a bundled model, offline",
        "the same command starts again",
    ),
    "doctor": Command(
        "neuronxa_tasks.commands.doctor:doctor",
        "say where the harness finds these tasks, or why not, and what a model is",
        "nothing was changed",
    ),
    "path": Command(
        "neuronxa_tasks.commands.path:path",
        "say where a bundled file lies",
        "nothing was changed",
    ),
}


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code.

    Args:
        argv: Arguments without the program's name; by default those of the process.
    """
    with steady_streams() as output:
        try:
            return _ending(output, _run(argv))
        except SystemExit as ended:
            # Of argparse, which has printed help or a usage error.
            raise SystemExit(_ending(output, int(ended.code or 0))) from None


def _ending(output: SteadyStream, code: int) -> int:
    """The exit code, once all that was printed has been written."""
    output.flush()
    if output.fault:
        sys.stderr.write(f"neuronxa: standard output was not written in full: {output.fault}\n")
    return code or (FAILED if output.fault else 0)


def _run(argv: Sequence[str] | None) -> int:
    args, rest = _parser().parse_known_args(argv)
    command = COMMANDS[args.command]
    try:
        return _called(args.command, rest)
    except NeuronXAError as error:
        sys.stderr.write(f"neuronxa: {error}\n")
        return error.exit_code
    except KeyboardInterrupt as interrupt:
        # A command that knows more says it.
        kept = str(interrupt) or command.kept
        sys.stderr.write(f"\nneuronxa: interrupted: {kept}\n")
        return INTERRUPTED


def _called(name: str, arguments: Sequence[str]) -> int:
    """What a command returns.

    Raises:
        SettingsError: It runs models, and this installation only makes reports.
    """
    try:
        return int(pkgutil.resolve_name(COMMANDS[name].function)(arguments))
    except ModuleNotFoundError as error:
        if (library := str(error.name).partition(".")[0]) not in _OF_MODELS:
            raise
        raise SettingsError(
            f"Expected {library} to be installed for `neuronxa {name}`, but this installation "
            "can only report: install the package with all that it needs, "
            "`pip install neuronxa-tasks`"
        ) from error


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="neuronxa",
        description="How well a language model aligns the world's languages.",
        epilog="Exit codes: 0, done; 1, something failed, what was computed is kept; 2, wrong "
        "input; 130, interrupted, what was computed is kept.",
    )
    commands = parser.add_subparsers(dest="command", required=True)
    for name, command in COMMANDS.items():
        commands.add_parser(name, add_help=False, help=command.purpose)
    return parser


if __name__ == "__main__":
    sys.exit(main())
