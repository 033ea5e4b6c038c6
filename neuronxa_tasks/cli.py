"""The `neuronxa` command."""

import argparse
import sys
from collections.abc import Sequence

from neuronxa_tasks.errors import NeuronXAError
from neuronxa_tasks.miniature import MODEL

USAGE_ERROR = 2


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code.

    Args:
        argv: Arguments without the program's name; by default those of the process.
    """
    parser = argparse.ArgumentParser(
        prog="neuronxa", description="How well a language model aligns the world's languages."
    )
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser(
        "run",
        add_help=False,
        help="run lm-evaluation-harness with every flag of `lm_eval run`, and `--model neuronxa`",
    )
    commands.add_parser(
        "report",
        add_help=False,
        help="join results files, correlate, and write tables, figures and a page",
    )
    commands.add_parser("doctor", help="say where the harness finds these tasks, or why not")
    commands.add_parser(
        "demo", add_help=False, help="a whole run and report of a bundled model, offline"
    )
    path = commands.add_parser("path", help="say where a bundled file lies")
    path.add_argument("what", choices=("demo-model",))
    args, rest = parser.parse_known_args(argv)
    try:
        if args.command == "run":
            from neuronxa_tasks.harness.command import run

            return run(rest)
        if args.command == "report":
            from neuronxa_tasks.report.command import report

            return report(rest)
        if args.command == "demo":
            from neuronxa_tasks.demo import demo

            return demo(rest)
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
