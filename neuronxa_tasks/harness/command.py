"""`neuronxa run`: the harness's own command line, then the joined table and the correlations."""

import argparse
import sys
from collections.abc import Callable, Sequence

import torch
from lm_eval._cli import HarnessCLI
from lm_eval.utils import setup_logging

from neuronxa_tasks.errors import SettingsError
from neuronxa_tasks.harness import model  # noqa: F401  (registers `--model neuronxa`)
from neuronxa_tasks.harness.combined import CombinedRun
from neuronxa_tasks.harness.install import install_request_method
from neuronxa_tasks.harness.location import harness_sees_tasks, installed_tasks
from neuronxa_tasks.harness.response_cache import cache_path_of_model
from neuronxa_tasks.harness.selection import expand, is_ours, narrow
from neuronxa_tasks.model_arguments import read_arguments
from neuronxa_tasks.output import shown_command
from neuronxa_tasks.report.content import Report
from neuronxa_tasks.settings import check_keys


def run(arguments: Sequence[str], shown: Callable[[Report], str] | None = None) -> int:
    """Run the harness.

    Unlike plain `lm_eval` it knows the model name `neuronxa`, finds the task files wherever
    they were installed, sees `--metadata` apart from the model's arguments, says what the run
    will cost, runs alignment first, goes on where a part fails, and joins alignment and benchmarks.

    Args:
        arguments: Those of `lm_eval run`, and `--languages`.
        shown: What to print of the finished run's report; by default everything.

    Returns:
        0, or 1 where a part of the run failed.

    Raises:
        SettingsError: A metadata key is unknown and every task is an alignment task, or a
            language is unknown.
    """
    setup_logging()
    install_request_method()
    ours = argparse.ArgumentParser(prog="neuronxa run", add_help=False, allow_abbrev=False)
    ours.add_argument("--languages", type=lambda text: text.split(","), default=[])
    own, rest = ours.parse_known_args(arguments)
    sys.argv[1:] = ["run", *rest]
    harness = HarnessCLI()
    options = harness.parse_args()
    names = expand(name for names in options.tasks or [] for name in names.split(","))
    if own.languages:
        if not names:
            raise SettingsError("Expected `--tasks` beside `--languages`, which narrows them")
        names = narrow(names, own.languages)
    # Without any name the harness says what is missing.
    options.tasks = names or options.tasks
    if options.use_cache:
        given = read_arguments(options.model_args)
        options.use_cache = cache_path_of_model(options.use_cache, options.model, given)
    only_ours = bool(names) and all(is_ours(name) for name in names)
    if only_ours:
        check_keys(options.metadata or {})
    if only_ours or not harness_sees_tasks():
        options.include_path = [*filter(None, [options.include_path]), str(installed_tasks())]
    combined = CombinedRun(shown_command("run", arguments), index_all=not only_ours, shown=shown)
    with combined.installed():
        harness.execute(options)
    combined.finish()
    if torch.distributed.is_initialized():
        # A process that ends while another still writes the results would take it down.
        torch.distributed.barrier()
        torch.distributed.destroy_process_group()
    return 1 if combined.failures else 0
