"""Say what is installed where, and whether plain `lm_eval` works with it."""

from neuronxa_tasks.finding import Finding
from neuronxa_tasks.harness.plugin import METHODS, install_request_method
from neuronxa_tasks.harness.requests.outcome_record import package_versions
from neuronxa_tasks.harness.task_location import harness_sees_tasks, harness_tasks, installed_tasks
from neuronxa_tasks.harness.tasks.task_files import task_files


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
