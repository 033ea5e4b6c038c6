"""The results of real models that are kept in `tests/files/real_models`, as a user has them."""

import gzip
from pathlib import Path

KEPT = Path(__file__).parent / "files" / "real_models"
GEMMA = KEPT / "gemma"


def unpack(kept: Path, folder: Path) -> list[Path]:
    """Write a model's kept results as results files with a date, which a report finds."""
    written = []
    for number, file in enumerate(sorted(kept.glob("*.json.gz"))):
        target = folder / file.name.split(".")[0] / f"results_2026-11-27T00-00-{number:02}.json"
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(gzip.decompress(file.read_bytes()))
        written.append(target)
    return written
