"""Whether a checkpoint's weights have been saved to the end."""

import json
import re
import zipfile
from pathlib import Path

from safetensors import SafetensorError, safe_open

# What transformers and peft save weights as.
_WEIGHTS = ("*model*.safetensors", "*model*.bin")

_SHARD = re.compile(r"-\d+-of-\d+\.")


def missing(folder: Path) -> str:
    """What a folder's weights still lack; empty where all can be read.

    A shard has a list of all shards beside it, which is saved last; each file has to be as long as
    it says itself.

    Args:
        folder: Of a model or an adapter.
    """
    files = [file for pattern in _WEIGHTS for file in sorted(folder.glob(pattern))]
    if not files:
        return "no weights"
    lists = list(folder.glob("*model*.index.json"))
    if not lists and any(_SHARD.search(file.name) for file in files):
        return "no list of its shards"
    for listed in lists:
        try:
            shards: set[str] = set(
                json.loads(listed.read_text(encoding="utf-8"))["weight_map"].values()
            )
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return f"the end of {listed.name}"
        if absent := sorted(shards - {file.name for file in files}):
            return absent[0]
    return next((f"the end of {file.name}" for file in files if not _ends(file)), "")


def _ends(file: Path) -> bool:
    if file.suffix == ".bin":
        return zipfile.is_zipfile(file)
    try:
        with safe_open(file, framework="numpy"):
            return True
    except (OSError, SafetensorError):
        return False
