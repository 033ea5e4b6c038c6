"""`neuronxa run`: the harness's own command line, then the joined table and the correlations."""

from collections.abc import Callable, Sequence

import torch
from lm_eval.utils import setup_logging

from neuronxa_tasks.errors import NeuronXAError, SettingsError
from neuronxa_tasks.harness import model  # noqa: F401  (registers `--model neuronxa`)
from neuronxa_tasks.harness.failures import one_line
from neuronxa_tasks.harness.plugin import install_request_method
from neuronxa_tasks.harness.run.command_line import Arguments, command_line, read_arguments
from neuronxa_tasks.harness.run.parted_run import CombinedRun, Finished
from neuronxa_tasks.harness.run.response_cache_path import cache_path_of_model
from neuronxa_tasks.harness.run.task_selection import expand, is_ours, narrow
from neuronxa_tasks.harness.settings import check_keys
from neuronxa_tasks.harness.task_location import harness_sees_tasks, installed_tasks
from neuronxa_tasks.identity.masking import masked_arguments
from neuronxa_tasks.identity.model_arguments import read_model_args
from neuronxa_tasks.report.compute.report import Report
from neuronxa_tasks.writing import shown_command


def run(typed: Sequence[str]) -> int:
    """Run the harness.

    Unlike plain `lm_eval` it knows the model name `neuronxa`, finds the task files wherever
    they were installed, sees `--metadata` apart from the model's arguments, says what the run
    will cost, runs alignment first, goes on where a part fails, and joins alignment and benchmarks.

    Args:
        typed: Arguments of `lm_eval run`, and `--languages`.

    Returns:
        0, or 1 where a part of the run failed or something could not be written.

    Raises:
        NeuronXAError: As `execute` does.
    """
    setup_logging()
    return execute(read_arguments(typed)).exit_code


def execute(asked: Arguments, shown: Callable[[Report], str] | None = None) -> Finished:
    """Run what was asked for.

    Args:
        asked: The run.
        shown: What to print of the finished run's report; by default everything.

    Raises:
        SettingsError: An argument, task, language or setting is wrong, or nothing can be written
            to the output folder.
        BitextError: There is no other part, and its sentences cannot be had.
        ModelError: The model cannot be loaded, or its neuron states cannot be taken.
        RunError: There is no other part, and it failed.
        KeyboardInterrupt: With a sentence that says what is kept.
    """
    install_request_method()
    names = expand(asked.tasks)
    if not names:
        raise SettingsError(
            "Expected `--tasks` to name tasks or groups, but got none: add --tasks "
            "neuronxa_flores, or name them in the file of --config"
        )
    if asked.languages:
        names = narrow(names, asked.languages)
    options = asked.options
    options.tasks = names
    if options.use_cache:
        model_args = read_model_args(options.model_args)
        options.use_cache = cache_path_of_model(options.use_cache, options.model, model_args)
    only_ours = all(is_ours(name) for name in names)
    if only_ours:
        check_keys(asked.metadata)
    if only_ours or not harness_sees_tasks():
        options.include_path = [*filter(None, [options.include_path]), str(installed_tasks())]
    combined = CombinedRun(shown_command("run", asked.typed), index_all=not only_ours, shown=shown)
    with combined.installed(), command_line(["run", *masked_arguments(asked.typed)]):
        try:
            asked.harness.execute(options)
        except (ValueError, TypeError, OSError, ImportError) as error:
            # Until it evaluates, the harness does nothing but read what it was asked.
            if combined.begun or isinstance(error, NeuronXAError):
                raise
            raise SettingsError(
                f"Expected arguments that lm_eval can follow, but {one_line(error)}"
            ) from error
    finished = combined.finish()
    if torch.distributed.is_initialized():
        # A process that ends while another still writes the results would take it down.
        torch.distributed.barrier()
        torch.distributed.destroy_process_group()
    return finished
