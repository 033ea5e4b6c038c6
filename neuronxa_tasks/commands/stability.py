"""`neuronxa stability`: how many sentence pairs are enough."""

from collections.abc import Sequence
from dataclasses import replace

from lm_eval.utils import setup_logging

from neuronxa_tasks.commands.run import execute
from neuronxa_tasks.errors import SettingsError
from neuronxa_tasks.harness.run.command_line import read_arguments
from neuronxa_tasks.report.show.text import stability_table


def stability(typed: Sequence[str]) -> int:
    """Run on all pairs, and print every score against the number of pairs.

    Scores over the first 10, 20, 50, 100, 200, … pairs come from the same pass, and so do
    correlations where benchmarks are run too.

    Args:
        typed: Arguments of `neuronxa run`; `--tasks` is `neuronxa_flores` and `n_pairs` is `all`
            unless they say otherwise.

    Returns:
        The exit code of `neuronxa run`.

    Raises:
        SettingsError: Retrieval is asked for, whose pairs are always all.
    """
    setup_logging()
    asked = read_arguments(typed)
    if retrieval := [name for name in asked.tasks if "_retrieval" in name]:
        raise SettingsError(
            f"Expected `--tasks` of alignment and benchmarks, but got {', '.join(retrieval)}: "
            "scores of retrieval are not kept by number of pairs"
        )
    asked.options.metadata = {"n_pairs": "all", **asked.metadata}
    asked = replace(asked, tasks=asked.tasks or ("neuronxa_flores",))
    return execute(asked, shown=stability_table).exit_code
