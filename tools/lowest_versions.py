"""Write `constraints-lowest.txt`: every library that the package names, at its lowest version.

python -m tools.lowest_versions
"""

from pathlib import Path

import tomllib
from packaging.requirements import Requirement

ROOT = Path(__file__).parent.parent
FILE = ROOT / "constraints-lowest.txt"

HEAD = """\
# The lowest versions of pyproject.toml, written by `python -m tools.lowest_versions`.
# Use: python -m tools.compatibility --constraints constraints-lowest.txt
"""


def lowest_versions() -> str:
    """The file's content.

    Raises:
        ValueError: A dependency has no lowest version.
    """
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return HEAD + "".join(f"{_pinned(text)}\n" for text in project["dependencies"])


def _pinned(text: str) -> str:
    requirement = Requirement(text)
    lowest = [one.version for one in requirement.specifier if one.operator == ">="]
    if len(lowest) != 1:
        raise ValueError(
            f"Expected every dependency in pyproject.toml to have one lowest version, but got "
            f"{text!r}: write it as {requirement.name}>=VERSION"
        )
    # A constraint has no extras.
    return f"{requirement.name}=={lowest[0]}"


if __name__ == "__main__":
    FILE.write_text(lowest_versions(), encoding="utf-8")
