"""The blocks of code in README, CONTRIBUTING and `docs/`, and the commands that they call."""

import subprocess
from dataclasses import dataclass
from pathlib import Path

from markdown_it import MarkdownIt

ROOT = Path(__file__).parents[2]
FILES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
PROGRAMS = (
    *("accelerate", "bash", "check-wheel-contents", "git", "lm_eval", "mkdocs", "neuronxa"),
    *("pip", "pre-commit", "python", "python3", "torchrun", "twine"),
)
# Tells what it was called with instead of doing it, a zero byte after each argument and two at the
# end.
_STAND_IN = """#!/bin/sh
{ printf '%s\\0' "${0##*/}" "$@"; printf '\\0'; } >> "$CALLED"
"""


@dataclass(frozen=True)
class Block:
    """A block of code.

    Attributes:
        file: Where it stands.
        line: On which line, from 1.
        language: What its fence says; empty without one.
        text: What is in it.
    """

    file: Path
    line: int
    language: str
    text: str

    def __str__(self) -> str:
        return f"{self.file.name}:{self.line}"

    @property
    def script(self) -> str:
        """What a shell is given: all of it, or where there is a prompt what follows it."""
        lines = self.text.splitlines()
        prompted = [line.removeprefix("$ ") for line in lines if line.startswith("$ ")]
        return "\n".join(prompted or lines)

    @property
    def is_shell(self) -> bool:
        """Whether it is made of commands."""
        words = self.script.split()
        return self.language in ("bash", "sh") or words[0] in PROGRAMS or words[0].startswith("--")


def blocks(file: Path) -> list[Block]:
    """Every block of a file, fenced or indented."""
    tokens = MarkdownIt().parse(file.read_text(encoding="utf-8"))
    return [
        Block(file, token.map[0] + 1, token.info.strip(), token.content)
        for token in tokens
        if token.type in ("fence", "code_block") and token.map
    ]


def called(block: Block, folder: Path) -> list[list[str]]:
    """What a block of commands calls, each with its arguments, in a shell without any program.

    Args:
        block: Made of commands.
        folder: An empty one.
    """
    (folder / "programs").mkdir()
    for program in PROGRAMS:
        stand_in = folder / "programs" / program
        stand_in.write_text(_STAND_IN)
        stand_in.chmod(0o700)
    (folder / ".venv" / "bin").mkdir(parents=True)
    (folder / ".venv" / "bin" / "activate").touch()
    log = folder / "called"
    script = block.script
    if script.startswith("--"):
        script = f"lm_eval --tasks neuronxa_flores {script}"
    done = subprocess.run(
        ["/bin/bash", "-e", "-u", "-o", "pipefail", "-c", script],
        cwd=folder,
        env={
            "PATH": str(folder / "programs"),
            "CALLED": str(log),
            # What the texts leave to the reader's cluster.
            **{"RANK": "0", "HOST": "host", "SLURM_ARRAY_TASK_ID": "0", "tasks": ""},
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{block}: {done.stderr}"
    return [call.split("\0") for call in log.read_text().split("\0\0")[:-1]]
