"""Where the task files are, and whether the harness sees them there."""

from importlib.metadata import distribution
from pathlib import Path

import lm_eval.tasks

from neuronxa_tasks.errors import NeuronXAError

# A file that every installation has.
LANDMARK = "neuronxa/flores/neuronxa_flores.yaml"


def installed_tasks() -> Path:
    """The folder of task files that this package's installation wrote.

    Raises:
        NeuronXAError: The installation has none.
    """
    files = distribution("neuronxa-tasks").files or []
    for file in files:
        if file.as_posix().endswith(LANDMARK):
            return Path(str(file.locate())).resolve().parent.parent
    raise NeuronXAError(
        "Expected task files in the installation of neuronxa-tasks, but found none: "
        "reinstall it with pip install --force-reinstall --no-deps neuronxa-tasks"
    )


def harness_tasks() -> Path:
    """The folder that the harness searches by itself."""
    return Path(lm_eval.tasks.__file__).resolve().parent


def harness_sees_tasks() -> bool:
    """Whether plain `lm_eval` finds the tasks, without `--include_path`."""
    return (harness_tasks() / LANDMARK).is_file()
