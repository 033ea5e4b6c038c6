"""What several commands ask of their arguments."""

import argparse
import os
import re

from neuronxa_tasks.errors import SettingsError

_PER_INCH = {"in": 1, "cm": 2.54, "mm": 25.4, "pt": 72.27}

# Inches; a poster's.
_WIDEST = 50


def names(text: str) -> list[str]:
    """The names of a list with commas, with or without spaces.

    Example:
        >>> names("deu_Latn, swh_Latn,")
        ['deu_Latn', 'swh_Latn']
    """
    return [name.strip() for name in text.split(",") if name.strip()]


def inches(text: str) -> float:
    r"""A length in inches; `pt` is TeX's, as `\the\columnwidth` says it.

    Raises:
        argparse.ArgumentTypeError: It has no such unit, or no figure can be read at it.

    Example:
        >>> inches("3.03in"), round(inches("219pt"), 2)
        (3.03, 3.03)
    """
    found = re.fullmatch(r"([0-9]+(?:\.[0-9]*)?|\.[0-9]+) *(in|cm|mm|pt)", text.strip())
    length = float(found[1]) / _PER_INCH[found[2]] if found else 0.0
    if not 1 <= length <= _WIDEST:
        raise argparse.ArgumentTypeError(
            f"expected a width from 1in to {_WIDEST}in in in, cm, mm or pt, such as 3.03in, "
            f"but got {text!r}"
        )
    return length


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
