"""Programs in processes of their own."""

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path


def python(
    *arguments: str | Path, cwd: Path | None = None, env: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """What a Python like this one prints, and how it ends."""
    return subprocess.run(
        [sys.executable, *arguments], cwd=cwd, env=env, capture_output=True, text=True, check=False
    )
