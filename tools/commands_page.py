"""Write `docs/commands.md`: every command of `neuronxa` with its arguments, from their parsers.

python -m tools.commands_page
"""

import argparse
import pkgutil
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn
from unittest.mock import patch

from neuronxa_tasks.cli import COMMANDS

FILE = Path(__file__).parent.parent / "docs" / "commands.md"

HEAD = """# Commands

What `neuronxa COMMAND --help` says, of every command. `python -m tools.commands_page` writes this
page. [Exit codes](reference.md#exit-codes-of-neuronxa) are the same for all.

| command | what |
|---|---|
"""

# What a command takes beside its own arguments.
MORE = {
    "run": "Every flag of `lm_eval run`, which `neuronxa run --help` shows, and:",
    "stability": "Every flag of `neuronxa run`; without `--tasks` that is `neuronxa_flores`. And:",
    "track": "Folders of checkpoints first; every flag of `neuronxa run` may follow. And:",
}


class _FoundError(Exception):
    def __init__(self, parser: argparse.ArgumentParser) -> None:
        super().__init__()
        self.parser = parser


def parser_of(name: str) -> argparse.ArgumentParser:
    """The parser that a command makes of its own arguments.

    Args:
        name: Of the command.
    """

    def found(parser: argparse.ArgumentParser, *args: object, **kwargs: object) -> NoReturn:
        raise _FoundError(parser)

    with (
        patch.object(argparse.ArgumentParser, "parse_args", found),
        patch.object(argparse.ArgumentParser, "parse_known_args", found),
    ):
        try:
            pkgutil.resolve_name(COMMANDS[name].function)([])
        except _FoundError as made:
            return made.parser
    raise TypeError(f"Expected `neuronxa {name}` to parse its arguments")


def page() -> str:
    """The page, for the commands as they are."""
    rows = [
        f"| [`{name}`](#{name}) | {_cell(command.purpose)} |\n"
        for name, command in COMMANDS.items()
    ]
    return HEAD + "".join(rows) + "".join(f"\n{_section(name)}" for name in COMMANDS)


def _section(name: str) -> str:
    parser = parser_of(name)
    arguments = "".join(_rows(parser))
    return (
        f"## {name}\n\n{MORE.get(name, f'`neuronxa {name}` takes:')}\n\n"
        f"| argument | default | what |\n|---|---|---|\n{arguments}\n"
        f"After Ctrl-C: {COMMANDS[name].kept}.\n"
    )


def _rows(parser: argparse.ArgumentParser) -> Iterator[str]:
    for action in parser._actions:
        if isinstance(action, argparse._HelpAction):
            continue
        names = ", ".join(f"`{option}`" for option in action.option_strings)
        given = action.metavar or tuple(action.choices or ())
        value = given if isinstance(given, str) else (" " if action.metavar else "|").join(given)
        default = f"`{action.default}`" if action.default not in (None, [], {}, (), "") else ""
        required = "required" if action.required and action.option_strings else default
        shown = " ".join(filter(None, [names, f"`{value}`" if value else ""])) or f"`{action.dest}`"
        yield f"| {_cell(shown)} | {_cell(required)} | {_cell(str(action.help))} |\n"


def _cell(text: str) -> str:
    return text.replace("|", r"\|").replace("<", "&lt;")


if __name__ == "__main__":
    FILE.write_text(page(), encoding="utf-8")
