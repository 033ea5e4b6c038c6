"""Keys and values on a command line of ours, as the harness reads them on its own."""

import argparse
from typing import Any

from lm_eval._cli.utils import MergeDictAction

from neuronxa_tasks.identity.masking import masked_text


class KeyValues(MergeDictAction):
    """`KEY=VALUE` pairs or JSON, one after another or repeated, as one table."""

    def __call__(self, parser: argparse.ArgumentParser, *arguments: Any) -> None:
        """Add what was given; what is neither pairs nor JSON ends the command in a sentence."""
        try:
            super().__call__(parser, *arguments)
        except (ValueError, TypeError, RecursionError) as error:
            raise argparse.ArgumentError(
                self, f"expected KEY=VALUE or JSON, but {masked_text(str(error))}"
            ) from error
