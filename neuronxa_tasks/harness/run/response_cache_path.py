"""Where the harness keeps a model's answers, apart from every other model's."""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from huggingface_hub import try_to_load_from_cache

from neuronxa_tasks.harness.requests.score_cache import digest
from neuronxa_tasks.identity.masking import is_secret
from neuronxa_tasks.identity.model_arguments import ADAPTERS, NAMES, local_folders


def cache_path_of_model(use_cache: str, model: str, model_args: Mapping[str, Any]) -> str:
    """A path for `--use_cache` that no other model shares.

    The harness finds answers by the question alone, whatever model was asked.

    Args:
        use_cache: The path as typed.
        model: The class of model, such as `hf`.
        model_args: Its arguments.

    Returns:
        The path with a digest of the class, of every argument except secrets, and of size and
        time of the local files that they name.

    Example:
        >>> one = cache_path_of_model("cache/a", "hf", {"pretrained": "org/one"})
        >>> other = cache_path_of_model("cache/a", "hf", {"pretrained": "org/other"})
        >>> one.startswith("cache/a_model-"), one == other
        (True, False)
    """
    given = {k: v for k, v in model_args.items() if not is_secret(k, str(v))}
    folders = local_folders(given)
    files = {
        key: [
            [str(file.relative_to(path)), file.stat().st_size, file.stat().st_mtime_ns]
            for file in sorted([path] if path.is_file() else path.rglob("*"))
            if file.is_file()
        ]
        for key, path in ((key, Path(folder)) for key, folder in folders.items())
    }
    commits = {
        key: _cached_commit(str(given[key]), str(given.get("revision") or "main"))
        for key in (*NAMES, *ADAPTERS)
        if key in given and key not in folders
    }
    parts = {"model": model, "arguments": given, "folders": folders, "files": files}
    text = json.dumps({**parts, "commits": commits}, sort_keys=True, default=str)
    return f"{use_cache}_model-{digest({'parts': text})[:12]}"


def _cached_commit(name: str, revision: str) -> str:
    """The commit of a revision that a run without a network would take; empty if unknown."""
    if not re.fullmatch(r"[\w.-]+(/[\w.-]+)?", name):
        return ""
    file = try_to_load_from_cache(name, "config.json", revision=revision)
    return Path(file).parent.name if isinstance(file, str) else ""
