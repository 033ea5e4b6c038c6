"""`neuronxa doctor`: what is installed where, whether plain `lm_eval` finds it, what a model is."""

import argparse
import sys
from collections.abc import Iterable, Sequence

from neuronxa_tasks.commands.flores_cost import flores_cost
from neuronxa_tasks.errors import NeuronXAError, SettingsError
from neuronxa_tasks.finding import Finding
from neuronxa_tasks.harness.failures import FAILURES, one_line
from neuronxa_tasks.harness.logs import setup_logging
from neuronxa_tasks.harness.model_description import aligned, describe
from neuronxa_tasks.harness.model_encoder import make_encoder
from neuronxa_tasks.harness.model_loading import hugging_face_model
from neuronxa_tasks.harness.plugin import METHODS, install_request_method
from neuronxa_tasks.harness.run.command_line import check_batch_size
from neuronxa_tasks.harness.run.key_values import KeyValues
from neuronxa_tasks.harness.task_location import harness_sees_tasks, harness_tasks, installed_tasks
from neuronxa_tasks.harness.tasks.task_files import task_files
from neuronxa_tasks.versions import package_versions


def doctor(arguments: Sequence[str]) -> int:
    """Print what is found.

    Args:
        arguments: Those after `neuronxa doctor`.

    Returns:
        0; 1 where something is wrong with the installation, or running the model failed; 2 where
        the model cannot be used.

    Raises:
        SettingsError: A class of models is named, but no model; or the batch size is no number.
        NeuronXAError: The installation has no task files.
    """
    options = _parser().parse_args(arguments)
    if options.model and not options.model_args:
        raise SettingsError(
            f"Expected `--model_args` to name a model of `--model {options.model}`, but got none: "
            "add --model_args pretrained=MODEL"
        )
    check_batch_size(options.batch_size)
    findings = diagnose()
    _say(str(finding) for finding in findings)
    if options.model_args:
        setup_logging()
        try:
            _say(_model(options))
        except FAILURES as error:
            _say([str(Finding(False, one_line(error)))])
            return error.exit_code if isinstance(error, NeuronXAError) else 1
    return 0 if all(finding.good for finding in findings) else 1


def _say(lines: Iterable[str]) -> None:
    sys.stdout.write("".join(f"{line}\n" for line in lines))
    sys.stdout.flush()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="neuronxa doctor",
        description="Say where the harness finds these tasks, or why not; with a model, say what "
        "it is and what all of FLORES would take. No sentence of a corpus is run.",
        epilog="Exit codes: 0, all is in order; 1, the installation is not; 2, the model cannot "
        "be used.",
    )
    parser.add_argument("--model", help="the harness's class of models (default: hf)")
    parser.add_argument(
        "--model_args",
        nargs="+",
        action=KeyValues,
        metavar="KEY=VALUE",
        help="its arguments, such as pretrained=MODEL",
    )
    parser.add_argument("--batch_size", default="1", help="sentences per batch (default: 1)")
    parser.add_argument(
        "--device",
        # The model class alone would take "cuda", and fail where there is none.
        default="cuda:0",
        help="such as cuda:0 or cpu (default: cuda:0 where there is one, else cpu)",
    )
    return parser


def _model(options: argparse.Namespace) -> list[str]:
    further = {"batch_size": options.batch_size, "device": options.device}
    lm = hugging_face_model(options.model or "hf", options.model_args, further)
    encoder = make_encoder(lm)
    cost = ("all of FLORES", flores_cost(encoder).sentence())
    return aligned([*describe(lm, encoder).rows(), cost])


def diagnose() -> list[Finding]:
    """Look at versions, task files, their freshness, and the request method.

    Raises:
        NeuronXAError: The installation has no task files.
    """
    versions = ", ".join(f"{package} {v}" for package, v in package_versions().items())
    return [Finding(True, versions), _found(), _fresh(), _request_method()]


def _found() -> Finding:
    if harness_sees_tasks():
        return Finding(True, f"lm_eval finds the tasks in {harness_tasks() / 'neuronxa'}")
    return Finding(
        False,
        f"lm_eval searches {harness_tasks()}, but the tasks were installed to "
        f"{installed_tasks()}: install both packages into one environment, add "
        f"--include_path {installed_tasks()}, or use `neuronxa run`",
    )


def _fresh() -> Finding:
    folder = installed_tasks()
    stale = [
        name
        for name, text in task_files().items()
        if not (folder / name).is_file() or (folder / name).read_text(encoding="utf-8") != text
    ]
    if not stale:
        return Finding(True, f"{len(task_files())} task files match this version")
    return Finding(
        False,
        f"{len(stale)} task files in {folder} are not this version's, such as {stale[0]}: "
        "install the package again (an editable installation copies them once)",
    )


def _request_method() -> Finding:
    try:
        install_request_method()
    except RuntimeError as error:
        return Finding(False, str(error))
    return Finding(True, f"lm_eval's Hugging Face models answer {' and '.join(METHODS)} requests")
