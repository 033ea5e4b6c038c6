"""What is kept of a programme's results: every figure, no text, no path of the machine.

python -m examples.real_models.kept gemma-out gemma-3-270m tests/files/real_models/gemma
"""

import argparse
import gzip
import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from neuronxa_tasks.measures import metric_named
from neuronxa_tasks.report.read.parsing import parse_results
from neuronxa_tasks.report.read.scores import Alignment, ResultsFile
from neuronxa_tasks.writing import write_whole

_GENERAL = ("date", "lm_eval_version", "transformers_version", "n-shot", "n-samples", "versions")
_CONFIG = ("model", "model_dtype", "model_num_parameters", "limit", "batch_size")
_FOLDERS = ("pretrained", "tokenizer")
_ANALYSIS = "neuronxa_analysis"


def main(typed: Sequence[str] | None = None) -> int:
    """Keep the results of every step, a compressed file for each of its results files.

    Args:
        typed: Arguments of the script; by default those of the process.

    Returns:
        0.
    """
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("output", type=Path, help="what the programme was given as --output_path")
    parser.add_argument("model", help="name that stands for the folder of the weights")
    parser.add_argument("folder", type=Path, help="where the kept files go")
    options = parser.parse_args(typed)
    options.folder.mkdir(parents=True, exist_ok=True)
    for step in sorted((options.output / "results").iterdir()):
        for number, file in enumerate(sorted(step.rglob("*.json"))):
            content = kept(json.loads(file.read_text(encoding="utf-8")), options.model)
            # A step that was run in some languages, then in others, has several.
            name = f"{step.name}-{number + 1}" if number else step.name
            written = options.folder / f"{name}.json.gz"
            text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
            # Without a time of its own, the same figures give the same file.
            write_whole(written, gzip.compress(text.encode(), mtime=0))
            sys.stdout.write(f"{written}\n")
    return 0


def kept_step(folder: Path, step: str) -> list[ResultsFile]:
    """What is kept of one step of a model; nothing where nothing is.

    Args:
        folder: That this script made.
        step: Name of the step.
    """
    files = [*folder.glob(f"{step}.json.gz"), *sorted(folder.glob(f"{step}-*.json.gz"))]
    return [parse_results(json.loads(gzip.decompress(f.read_bytes())), str(f)) for f in files]


def kept_alignments(folder: Path) -> tuple[Alignment, ...]:
    """The alignment scores among a model's kept results; none where none are kept.

    Args:
        folder: That this script made.
    """
    return tuple(row for file in kept_step(folder, "alignment") for row in file.alignments)


def kept(content: Mapping[str, Any], model: str) -> dict[str, Any]:
    """What a report reads of a results file or an analysis.

    A corrected metric is kept where its pooling and activation are the default.

    Args:
        content: As it was written.
        model: Name that stands for the folder of the weights.
    """
    config = content["config"]
    made: dict[str, Any] = {key: content[key] for key in _GENERAL if key in content}
    made["model_name"] = model
    made["config"] = {key: config[key] for key in _CONFIG if key in config}
    made["config"]["model_args"] = _named(config["model_args"], model)
    if _ANALYSIS in content:
        kind = content[_ANALYSIS]
        return {**made, _ANALYSIS: kind, kind: _without_paths(content[kind], model)}
    made["results"] = {
        task: {key: value for key, value in scores.items() if _is_kept(key.partition(",")[0])}
        for task, scores in content["results"].items()
    }
    made["configs"] = {
        task: {"metadata": _metadata(config["metadata"], model)}
        for task, config in content["configs"].items()
    }
    return made


def _metadata(metadata: Mapping[str, Any], model: str) -> dict[str, Any]:
    made = {"version": metadata["version"]}
    if record := metadata.get("neuronxa"):
        made["neuronxa"] = _without_paths(record, model)
        if metrics := record.get("metrics"):
            kept_metrics = {name: entry for name, entry in metrics.items() if _is_kept(name)}
            made["neuronxa"]["metrics"] = kept_metrics
    return made


def _without_paths(record: Mapping[str, Any], model: str) -> dict[str, Any]:
    made = dict(record)
    if source := made.get("source"):
        made["source"] = {**source, "dataset": Path(source["dataset"]).name}
    if loaded := made.get("model"):
        made["model"] = {**loaded, "folders": _named(loaded.get("folders", {}), model)}
    return made


def _named(arguments: Mapping[str, str], model: str) -> dict[str, str]:
    return {key: model if key in _FOLDERS else value for key, value in arguments.items()}


def _is_kept(name: str) -> bool:
    metric = metric_named(name.removesuffix("_stderr"))
    return (
        metric is None
        or metric.correction == "none"
        or metric.name.startswith(f"{metric.measure}_{metric.correction}")
    )


if __name__ == "__main__":
    sys.exit(main())
