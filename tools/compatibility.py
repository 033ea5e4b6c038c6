"""Try the package in a fresh environment of the Python that runs this, and say what was seen.

python3.12 -m tools.compatibility
python3.10 -m tools.compatibility --constraints constraints-lowest.txt

Nothing but the standard library is needed. It prints a row of the table in
`docs/compatibility.md`, and ends with 1 where something failed.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).parent.parent

# What the tests need that are tried here.
TEST_LIBRARIES = ("pytest", "hypothesis", "jsonschema", "pyyaml")
# A part of the tests that goes through every room in minutes.
TESTS = (
    "tests/alignment/test_weak.py",
    "tests/commands/test_check.py",
    "tests/commands/test_forecast.py",
    "tests/commands/test_report.py",
    "tests/harness/tasks/test_alignment_task.py",
    "tests/harness/tasks/test_parity_task.py",
    "tests/harness/tasks/test_retrieval.py",
    "tests/report",
    "tests/states/test_encoder.py",
)
SHOWN = ("lm_eval", "transformers", "torch", "datasets", "pandas", "numpy", "scipy", "pyarrow")


def main() -> int:
    """Install, check, print a row; 0 where all is well."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--constraints", type=Path, action="append", default=[], help="files for `pip install -c`"
    )
    parser.add_argument(
        "--folder", type=Path, help="where the environment is made, to be kept (default: nowhere)"
    )
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = (options.folder or Path(temporary)).resolve()
        python = _installed(folder / "env", options.constraints)
        seen = _checks(python, folder)
        print(_row(python, options.constraints, seen))
    return 0 if all(result == "passed" for result in seen.values()) else 1


def _installed(environment: Path, constraints: Sequence[Path]) -> Path:
    """Python of an environment with the package and what its tests need."""
    subprocess.run([sys.executable, "-m", "venv", environment], check=True)
    python = environment / "bin" / "python"
    given = [text for path in constraints for text in ("-c", str(path))]
    # What is never imported need not be compiled.
    quick = ("--quiet", "--no-compile")
    install: list[str | Path] = [python, "-m", "pip", "install"]
    install += [*quick, *given, ROOT, *TEST_LIBRARIES]
    subprocess.run(install, check=True)
    return python


def _checks(python: Path, folder: Path) -> dict[str, str]:
    """How every check ended, by its name."""
    commands: dict[str, Sequence[str | Path]] = {
        "pip check": (python, "-m", "pip", "check"),
        "doctor": (python, "-m", "neuronxa_tasks.cli", "doctor"),
        "demo": (python, "-m", "neuronxa_tasks.cli", "demo", "--output", folder / "demo"),
        # What other versions deprecate is no fault of theirs or ours.
        "tests": (
            *(python, "-m", "pytest", "-q", "-o", "filterwarnings=default"),
            *("-p", "no:cacheprovider", *TESTS),
        ),
    }
    seen = {}
    for name, command in commands.items():
        start = time.monotonic()
        # The tests, and what they import, are the checkout's; the other checks see the wheel.
        where = ROOT if name == "tests" else folder
        code = subprocess.run(command, cwd=where, check=False).returncode
        seen[name] = "passed" if code == 0 else f"failed ({code})"
        print(f"{name}: {seen[name]} in {time.monotonic() - start:.0f} s", file=sys.stderr)
    return seen


def _row(python: Path, constraints: Sequence[Path], seen: dict[str, str]) -> str:
    listed = subprocess.run(
        [python, "-m", "pip", "list", "--format", "json"], check=True, capture_output=True
    )
    versions = {one["name"].replace("-", "_"): one["version"] for one in json.loads(listed.stdout)}
    shown = ", ".join(f"{name} {versions[name]}" for name in SHOWN)
    given = ", ".join(path.name for path in constraints) or "the newest"
    system = f"{platform.system()} {os.uname().machine}"
    results = " | ".join(seen.values())
    return f"| {platform.python_version()} | {system} | {given} | {shown} | {results} |"


if __name__ == "__main__":
    sys.exit(main())
