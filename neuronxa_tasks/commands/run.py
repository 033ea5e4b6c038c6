"""`neuronxa run`: the harness's own command line, then the joined table and the correlations."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import torch

from neuronxa_tasks.errors import NeuronXAError, SettingsError
from neuronxa_tasks.harness import model  # noqa: F401  (registers `--model neuronxa`)
from neuronxa_tasks.harness.failures import one_line
from neuronxa_tasks.harness.logs import setup_logging
from neuronxa_tasks.harness.plugin import install_request_method
from neuronxa_tasks.harness.run.command_line import Arguments, command_line, read_arguments
from neuronxa_tasks.harness.run.own_text_files import own_text_folder
from neuronxa_tasks.harness.run.parted_run import Finished, Joined, PartedRun
from neuronxa_tasks.harness.run.response_cache_path import cache_path_of_model
from neuronxa_tasks.harness.run.task_selection import expand, is_ours, narrow
from neuronxa_tasks.harness.settings import check_keys
from neuronxa_tasks.harness.task_location import harness_sees_tasks, installed_tasks
from neuronxa_tasks.identity.masking import masked_arguments, shown_command
from neuronxa_tasks.identity.model_arguments import read_model_args
from neuronxa_tasks.report.compute.report_tables import Report
from neuronxa_tasks.report.read.parsing import parse_results
from neuronxa_tasks.report.show.summary import records, summary


def run(typed: Sequence[str]) -> int:
    """Run the harness.

    Unlike plain `lm_eval` it knows the model name `neuronxa`, finds the task files wherever
    they were installed, sees `--metadata` apart from the model's arguments, says what the run
    will cost, runs alignment first, goes on where a part fails, and joins alignment and benchmarks.

    Args:
        typed: Arguments of `lm_eval run`, `--languages` and `--bitext`.

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
    with own_text_folder(asked.bitexts) as (folders, own_tasks):
        return _execute(asked, shown, folders, own_tasks)


def _execute(
    asked: Arguments,
    shown: Callable[[Report], str] | None,
    folders: Sequence[str],
    own_tasks: Sequence[str],
) -> Finished:
    install_request_method()
    names = expand([*asked.tasks, *own_tasks])
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
        folders = [*folders, str(installed_tasks())]
    if folders:
        options.include_path = [*filter(None, [options.include_path]), *folders]
    run_in_parts = PartedRun(
        index_all=not only_ours,
        join=partial(join, shown_command("run", asked.typed), shown),
    )
    with run_in_parts.installed(), command_line(["run", *masked_arguments(asked.typed)]):
        try:
            asked.harness.execute(options)
        except (ValueError, TypeError, OSError, ImportError) as error:
            # Until it evaluates, the harness does nothing but read what it was asked.
            if run_in_parts.begun or isinstance(error, NeuronXAError):
                raise
            raise SettingsError(
                f"Expected arguments that lm_eval can follow, but {one_line(error)}"
            ) from error
    finished = run_in_parts.finish()
    if torch.distributed.is_initialized():
        # A process that ends while another still writes the results would take it down.
        torch.distributed.barrier()
        torch.distributed.destroy_process_group()
    return finished


def join(
    command: str, shown: Callable[[Report], str] | None, content: dict[str, Any]
) -> Joined | None:
    """Alignment and benchmarks of a finished run side by side.

    Args:
        command: The command as typed.
        shown: What to print of the report; by default everything.
        content: Of the results file.

    Returns:
        None where the run has neither.
    """
    file = parse_results(content, "this run")
    if not (file.alignments or file.scores):
        return None
    # scipy takes most of a second to import, which the start of a run need not wait for.
    from neuronxa_tasks.report.compute.build import build_report
    from neuronxa_tasks.report.show.text import printed

    report = build_report([file], command=command)
    record = {**summary(report), "languages": records(report.languages)}
    return Joined(record, (shown or printed)(report))
