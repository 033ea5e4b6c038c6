"""How the harness names and writes what it puts on disk."""

import hashlib
import json
import os
from pathlib import Path

from lm_eval.utils import handle_non_serializable, sanitize_model_name

# Of a file's or folder's name, on all common file systems.
LONGEST_NAME = 255


def model_folder(output: Path, model: str) -> Path:
    """Where a model's results go below `--output_path`."""
    return output / shortened(str(sanitize_model_name(model)))


def shortened(name: str) -> str:
    """A name that a file system takes: the end of a longer one, and a digest that tells it.

    Example:
        >>> shortened("models__llama")
        'models__llama'
        >>> len(shortened("very__long__" * 50))
        255
    """
    whole = os.fsencode(name)
    if len(whole) <= LONGEST_NAME:
        return name
    digest = hashlib.sha256(whole).hexdigest()[:8]
    return f"{digest}-{whole[len(digest) + 1 - LONGEST_NAME :].decode(errors='ignore')}"


def as_json(content: object, indent: int | None = 2) -> str:
    """Plain data as the harness writes it."""
    return json.dumps(content, indent=indent, default=handle_non_serializable, ensure_ascii=False)
