"""Results files in a dataset of the Hub, as the harness's `--hf_hub_log_args` writes them."""

import re
from pathlib import Path

from neuronxa_tasks.errors import ReportError
from neuronxa_tasks.results.names import clean_name

_ADDRESS = re.compile(r"hf://datasets/([^/@]+/[^/@]+)(?:@([^/]+))?(?:/(.+?))?/?")
# Where the Hub's own cache has a file.
_CACHED = re.compile(r".*/datasets--([^/]+)/snapshots/([0-9a-f]{40})(?:/(.*))?")


def results_path(text: str) -> Path:
    """The file or folder that an argument names; what is on the Hub is fetched first.

    Args:
        text: A path, or `hf://datasets/ORG/NAME@REVISION/PATH`, where revision and path may be
            left out.

    Raises:
        ReportError: The dataset cannot be had.
    """
    if not text.startswith("hf://"):
        return Path(text)
    address = _ADDRESS.fullmatch(text)
    if not address:
        raise ReportError(
            "Expected a dataset on the Hub to be hf://datasets/ORG/NAME, with @REVISION and /PATH "
            f"where needed, but got {clean_name(text)}"
        )
    # Half a second to import, which a report of local files is spared.
    from huggingface_hub import snapshot_download

    name, revision, inside = address.groups()
    # Samples, which are JSON lines, are many times larger and not read.
    patterns = [inside, f"{inside}/*.json"] if inside else ["*.json"]
    try:
        folder = snapshot_download(
            name, repo_type="dataset", revision=revision, allow_patterns=patterns
        )
    # The Hub, the cache and the check of names each raise their own.
    except (OSError, ValueError) as error:
        raise ReportError(
            f"Cannot read {clean_name(text)}: {clean_name(str(error))}. Check its name; for a "
            "private dataset set HF_TOKEN"
        ) from error
    return Path(folder, inside or "")


def shown_path(path: Path) -> str:
    """A path as text that can be written, whatever bytes it is made of.

    Example:
        >>> cache = Path("/home/me/.cache/huggingface/hub/datasets--org--results/snapshots")
        >>> shown_path(cache / "0123456789abcdef0123456789abcdef01234567" / "m" / "results.json")
        'hf://datasets/org/results@0123456789abcdef0123456789abcdef01234567/m/results.json'
    """
    if cached := _CACHED.fullmatch(path.as_posix()):
        name, commit, inside = cached.groups("")
        return clean_name(f"hf://datasets/{name.replace('--', '/')}@{commit}/{inside}")
    return clean_name(str(path))
