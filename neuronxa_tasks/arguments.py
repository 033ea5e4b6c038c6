"""What several commands ask of their arguments."""

import os

from neuronxa_tasks.errors import SettingsError


def names(text: str) -> list[str]:
    """The names of a list with commas, with or without spaces.

    Example:
        >>> names("deu_Latn, swh_Latn,")
        ['deu_Latn', 'swh_Latn']
    """
    return [name.strip() for name in text.split(",") if name.strip()]


def check_one_process(command: str) -> None:
    """Check that no launcher has started the command several times.

    Args:
        command: Its name after `neuronxa`.

    Raises:
        SettingsError: It has.
    """
    if (count := os.environ.get("WORLD_SIZE", "1")) != "1":
        raise SettingsError(
            f"Expected one process for `neuronxa {command}`, but got {count}: start it without "
            "torchrun; parallelize=True spreads a model over several GPUs"
        )
