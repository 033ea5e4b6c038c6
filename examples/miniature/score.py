"""Runs the bundled tasks on checkpoints, and keeps what a report reads of the results.

python -m examples.miniature.score RUN/step_* --output neuronxa_tasks/data/miniature/checkpoints
"""

import argparse
import json
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

KEPT = ("results", "n-shot", "n-samples", "date", "lm_eval_version", "transformers_version")


def score(checkpoint: Path, output: Path) -> None:
    """Write the results file of one checkpoint, named by its folder, to `output`."""
    with tempfile.TemporaryDirectory() as folder:
        options = (
            *("--model", "neuronxa", "--model_args", f"pretrained={checkpoint}"),
            *("--tasks", "neuronxa_demo", "--batch_size", "64", "--output_path", folder),
        )
        subprocess.run(["neuronxa", "run", *options], check=True)
        (file,) = Path(folder).rglob("results_*.json")
        content = json.loads(file.read_text(encoding="utf-8"))
        output.mkdir(parents=True, exist_ok=True)
        kept = json.dumps(_kept(content, checkpoint.name), separators=(",", ":"))
        (output / file.name).write_text(kept, encoding="utf-8")


def _kept(content: dict[str, Any], revision: str) -> dict[str, Any]:
    """What a report reads, without the folder that the checkpoint lay in."""
    records = {
        task: {"metadata": {"neuronxa": config["metadata"]["neuronxa"]}}
        for task, config in content["configs"].items()
        if "neuronxa" in config["metadata"]
    }
    config = {
        "model": content["config"]["model"],
        "model_args": f"pretrained=miniature,revision={revision}",
        "model_num_parameters": content["config"]["model_num_parameters"],
        "model_dtype": content["config"]["model_dtype"],
    }
    return {**{key: content[key] for key in KEPT}, "configs": records, "config": config}


def main(checkpoints: Sequence[Path], output: Path) -> None:
    """Score every checkpoint, in place of those that were scored before."""
    for stale in output.glob("results_*.json"):
        stale.unlink()
    for checkpoint in checkpoints:
        score(checkpoint, output)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("checkpoints", type=Path, nargs="+")
    parser.add_argument("--output", type=Path, required=True)
    main(**vars(parser.parse_args()))
