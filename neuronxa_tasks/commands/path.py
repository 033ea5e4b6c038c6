"""`neuronxa path`: where a bundled file lies."""

import argparse
import sys
from collections.abc import Sequence

from neuronxa_tasks.data.miniature import MODEL


def path(arguments: Sequence[str]) -> int:
    """Print the path of what was asked for.

    Args:
        arguments: Those of `neuronxa path`.

    Returns:
        0.
    """
    parser = argparse.ArgumentParser(prog="neuronxa path", description=__doc__)
    parser.add_argument("what", choices=("demo-model",), help="folder of the model of the demo")
    parser.parse_args(arguments)
    sys.stdout.write(f"{MODEL}\n")
    return 0
