"""The harness's own XNLI, m-ARC and m-MMLU over local copies of their items.

A task file of ours includes the harness's and replaces where the items come from, nothing else:
name, prompt, metric and version stay, so that the results are that task's.
"""

import csv
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import lm_eval.tasks

from neuronxa_tasks.errors import SettingsError

Row = dict[str, Any]

HARNESS = Path(lm_eval.tasks.__file__).parent
# In the order of the dataset's numbers.
XNLI_LABELS = ("entailment", "neutral", "contradiction")
ARC_COLUMNS = ("id", "instruction", *(f"option_{letter}" for letter in "abcde"), "answer")
MMLU_COLUMNS = ("instruction", *(f"option_{letter}" for letter in "abcd"), "answer", "id")


@dataclass(frozen=True)
class LocalBenchmark:
    """A benchmark of the harness, and its items on disk.

    Attributes:
        prefix: What the names of its tasks begin with, before the language's code.
        tasks: Folder of its task files, below the harness's.
        folder: Folder of the items, below the data's.
        files: Name of the file of each split, by the harness's name for the split, with `{}` for
            the language's code.
        unused: What the harness's task says of splits that there are no files of.
        read: Gives the items of a file as the dataset on the Hub has them.
    """

    prefix: str
    tasks: str
    folder: str
    files: Mapping[str, str]
    unused: tuple[str, ...]
    read: Callable[[Path], list[Row]]


def write_tasks(
    benchmark: LocalBenchmark, names: Sequence[str], data: Path, folder: Path
) -> list[Path]:
    """Write task files for `--include_path`, and the items that they name.

    Args:
        benchmark: Whose.
        names: The harness's tasks.
        data: Folder of the local copies.
        folder: Where to write.

    Returns:
        The task files.

    Raises:
        SettingsError: A file of items is missing or damaged.
    """
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name in names:
        code = name.removeprefix(benchmark.prefix)
        items = {}
        for split, pattern in benchmark.files.items():
            rows = _items(benchmark, data / benchmark.folder / pattern.format(code))
            file = folder / f"{name}_{split}.jsonl"
            lines = (json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
            file.write_text("".join(lines), encoding="utf-8")
            items[split] = str(file.resolve())
        task = {
            "include": str(HARNESS / benchmark.tasks / f"{name}.yaml"),
            "task": name,
            "dataset_path": "json",
            "dataset_name": None,
            "dataset_kwargs": {"data_files": items},
            **dict.fromkeys(benchmark.unused),
        }
        file = folder / f"{name}.yaml"
        # JSON is YAML, too.
        file.write_text(json.dumps(task, indent=2), encoding="utf-8")
        written.append(file)
    return written


def _items(benchmark: LocalBenchmark, file: Path) -> list[Row]:
    try:
        rows = benchmark.read(file)
    except (OSError, ValueError, KeyError, IndexError) as error:
        raise SettingsError(
            f"Expected {file} to hold items of {benchmark.folder}, but got "
            f"{type(error).__name__}: {error}; take the copy anew, or leave out --data for the Hub"
        ) from error
    if not rows:
        raise SettingsError(f"Expected {file} to hold items, but got none: take the copy anew")
    return rows


def _read_xnli(file: Path) -> list[Row]:
    with file.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.reader(stream, delimiter="\t", quoting=csv.QUOTE_NONE))
    return [
        {"premise": row[0], "hypothesis": row[1], "label": XNLI_LABELS.index(row[2])}
        for row in rows
    ]


def _read_json(columns: tuple[str, ...]) -> Callable[[Path], list[Row]]:
    """Reads a list of items; an option that an item lacks is null, as on the Hub."""

    def read(file: Path) -> list[Row]:
        items = json.loads(file.read_text(encoding="utf-8"))
        return [
            {
                column: item.get(column) if column.startswith("option_") else item[column]
                for column in columns
            }
            for item in items
        ]

    return read


XNLI = LocalBenchmark(
    prefix="xnli_",
    tasks="xnli",
    folder="xnli",
    files={"validation": "dev-{}.tsv"},
    unused=("training_split",),
    read=_read_xnli,
)
M_ARC = LocalBenchmark(
    prefix="arc_",
    tasks="okapi/arc_multilingual",
    folder="m_arc",
    files={"train": "{}_train.json", "test": "{}_test.json"},
    unused=("validation_split",),
    read=_read_json(ARC_COLUMNS),
)
# Of the copies that are freely to be had, none has the test split: `val` stands in its place.
M_MMLU = LocalBenchmark(
    prefix="m_mmlu_",
    tasks="okapi/mmlu_multilingual",
    folder="m_mmlu",
    files={"train": "{}_dev.json", "test": "{}_val.json"},
    unused=(),
    read=_read_json(MMLU_COLUMNS),
)
