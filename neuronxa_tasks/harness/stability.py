"""`neuronxa stability`: how many sentence pairs are enough."""

import argparse
from collections.abc import Sequence

from neuronxa_tasks.errors import SettingsError
from neuronxa_tasks.harness.command import run
from neuronxa_tasks.report.text import stability_table

ALL_PAIRS = ("--metadata", "n_pairs=all")


def stability(arguments: Sequence[str]) -> int:
    """Run on all pairs, and print every score against the number of pairs.

    Scores over the first 10, 20, 50, 100, 200, … pairs come from the same pass, and so do
    correlations where benchmarks are run too.

    Args:
        arguments: Those of `neuronxa run`; `--tasks` is `neuronxa_flores` and `n_pairs` is `all`
            unless they say otherwise.

    Returns:
        The exit code of `neuronxa run`.

    Raises:
        SettingsError: Retrieval is asked for, whose pairs are always all.
    """
    parser = argparse.ArgumentParser(prog="neuronxa stability", add_help=False, allow_abbrev=False)
    parser.add_argument("--tasks", default="neuronxa_flores")
    parser.add_argument("--metadata", nargs="+", default=[])
    own, rest = parser.parse_known_args(arguments)
    if "_retrieval" in own.tasks:
        raise SettingsError(
            f"Expected `--tasks` of alignment and benchmarks, but got {own.tasks}: scores of "
            "retrieval are not kept by number of pairs"
        )
    metadata = ("--metadata", *own.metadata) if own.metadata else ()
    pairs = () if any("n_pairs" in entry for entry in own.metadata) else ALL_PAIRS
    return run(["--tasks", own.tasks, *metadata, *pairs, *rest], shown=stability_table)
