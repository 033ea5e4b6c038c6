"""The benchmark items of the bundled world, as its task files load them."""

import json

import datasets

from neuronxa_tasks.data.miniature import FOLDER
from neuronxa_tasks.harness.quiet import quieten_harness

# The harness has a line about `--metadata` for every task with a loader of its own.
quieten_harness()


def items(benchmark: str, language: str, **metadata: object) -> dict[str, datasets.Dataset]:
    """The items of one benchmark in one language.

    Args:
        benchmark: `categories` or `continuations`.
        language: FLORES-200 code.
        metadata: The run's metadata, which the harness passes on.

    Returns:
        The split `test`, with columns `prompt`, `choices` (four strings) and `answer` (the
        place of the right one).
    """
    file = FOLDER / benchmark / f"{language}.jsonl"
    rows = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    return {"test": datasets.Dataset.from_list(rows)}
