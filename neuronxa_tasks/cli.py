"""The `neuronxa` command."""

import argparse
import pkgutil
import sys
from collections.abc import Sequence

from neuronxa_tasks.errors import NeuronXAError
from neuronxa_tasks.miniature import MODEL

USAGE_ERROR = 2


# Each is imported when it is called: the harness takes ten seconds, and usage errors need not wait.
COMMANDS: dict[str, tuple[str, str]] = {
    "run": (
        "neuronxa_tasks.harness.command:run",
        "run lm-evaluation-harness with every flag of `lm_eval run`, and `--model neuronxa`",
    ),
    "report": (
        "neuronxa_tasks.report.command:report",
        "join results files, correlate, and write tables, figures and a page",
    ),
    "track": (
        "neuronxa_tasks.track:track",
        "run and report every checkpoint, revision or adapter that has not been run",
    ),
    "stability": (
        "neuronxa_tasks.harness.stability:stability",
        "say how many sentence pairs are enough for a model",
    ),
    "matrix": (
        "neuronxa_tasks.harness.matrix:matrix",
        "align every language with every other, from one pass over each",
    ),
    "inspect": (
        "neuronxa_tasks.harness.inspect:inspect",
        "show the sentences of one language that are not aligned, and a map of all",
    ),
    "reproduce": (
        "neuronxa_tasks.harness.reproduce:reproduce",
        "find the setting that gives the paper's Table 2",
    ),
    "demo": ("neuronxa_tasks.demo:demo", "a whole run and report of a bundled model, offline"),
}


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code.

    Args:
        argv: Arguments without the program's name; by default those of the process.
    """
    parser = argparse.ArgumentParser(
        prog="neuronxa", description="How well a language model aligns the world's languages."
    )
    commands = parser.add_subparsers(dest="command", required=True)
    for name, (_, purpose) in COMMANDS.items():
        commands.add_parser(name, add_help=False, help=purpose)
    commands.add_parser("doctor", help="say where the harness finds these tasks, or why not")
    path = commands.add_parser("path", help="say where a bundled file lies")
    path.add_argument("what", choices=("demo-model",))
    args, rest = parser.parse_known_args(argv)
    try:
        if args.command in COMMANDS:
            return int(pkgutil.resolve_name(COMMANDS[args.command][0])(rest))
        if rest:
            parser.error(f"unrecognized arguments: {' '.join(rest)}")
        if args.command == "path":
            sys.stdout.write(f"{MODEL}\n")
            return 0
        from neuronxa_tasks.harness.doctor import diagnose

        findings = diagnose()
    except NeuronXAError as error:
        sys.stderr.write(f"neuronxa: {error}\n")
        return USAGE_ERROR
    for finding in findings:
        sys.stdout.write(f"{finding}\n")
    return 0 if all(finding.good for finding in findings) else 1


if __name__ == "__main__":
    sys.exit(main())
