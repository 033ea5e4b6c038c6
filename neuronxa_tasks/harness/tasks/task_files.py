"""Write the task files of `task_yamls/` from the table of languages.

Run `python -m neuronxa_tasks.harness.tasks.task_files task_yamls` after a change here or there.
"""

import argparse
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from neuronxa_tasks.data.benchmarks import BMLAMA, COMBINED_GROUPS, MINIATURE_BENCHMARKS
from neuronxa_tasks.data.bmlama import BMLAMA53
from neuronxa_tasks.data.corpora import CORPORA
from neuronxa_tasks.data.corpus import Corpus
from neuronxa_tasks.measures import KNOWN_METRICS, SCORE_VERSION

# Without the suffix .yaml, so that the harness does not take it for a task.
TEMPLATE = "_alignment_template"

_TEMPLATE = """\
class: !function neuronxa_tasks.harness.tasks.{task_class}
output_type: {output_type}
corpus: {corpus}
dataset_path: {source.dataset}
dataset_kwargs:
  revision: {source.revision}
test_split: {source.split}
num_fewshot: 0
metadata:
  version: {version}
"""

ITEMS_TEMPLATE = "_items_template"

_ITEMS_TEMPLATE = f"""\
custom_dataset: !function neuronxa_tasks.harness.tasks.miniature_items.items
test_split: test
output_type: multiple_choice
doc_to_text: prompt
doc_to_choice: choices
doc_to_target: answer
target_delimiter: ""
num_fewshot: 0
metric_list:
  - metric: acc
    aggregation: mean
    higher_is_better: true
metadata:
  version: {SCORE_VERSION}
"""

BMLAMA_TEMPLATE = "_bmlama_template"

_BMLAMA_TEMPLATE = f"""\
class: !function neuronxa_tasks.harness.tasks.bmlama_task.BmlamaTask
output_type: sentence_loss
dataset_path: {BMLAMA53.dataset}
dataset_kwargs:
  revision: {BMLAMA53.revision}
test_split: {BMLAMA53.split}
num_fewshot: 0
metadata:
  version: {SCORE_VERSION}
"""


def task_files() -> dict[str, str]:
    """The text of every task file, by its path inside `task_yamls/`.

    Example:
        >>> print(task_files()["flores/neuronxa_flores_deu_Latn.yaml"], end="")
        include: _alignment_template
        task: neuronxa_flores_deu_Latn
        language: deu_Latn
    """
    return {
        **{path: text for corpus in CORPORA.values() for path, text in _corpus_files(corpus)},
        **_item_files(),
        **_bmlama_files(),
        **_combined_files(),
    }


def _corpus_files(corpus: Corpus) -> Iterator[tuple[str, str]]:
    """Alignment on a corpus, retrieval in it, and information parity."""
    # The harness passes over those that the run does not have. SVCCA's other parameters
    # make too many names for a list.
    alignment, retrieval = (
        [metric.name for metric in KNOWN_METRICS if (metric.family == "retrieval") == apart]
        for apart in (False, True)
    )
    for name, task_class, output_type, averaged in (
        (corpus.name, "alignment_task.AlignmentTask", "bitext_alignment", alignment),
        (
            f"{corpus.name}_retrieval",
            "alignment_task.RetrievalTask",
            "bitext_alignment",
            retrieval,
        ),
        (
            f"{corpus.name}_parity",
            "parity_task.ParityTask",
            "information_parity",
            ["parity", "bits_per_byte"],
        ),
    ):
        task = f"neuronxa_{name}"
        groups = {
            task: [f"{task}_head", f"{task}_longtail"],
            f"{task}_head": [f"{task}_{code}" for code in corpus.head],
            f"{task}_longtail": [f"{task}_{code}" for code in corpus.longtail],
        }
        yield (
            f"{name}/{TEMPLATE}",
            _TEMPLATE.format(
                task_class=task_class,
                output_type=output_type,
                corpus=corpus.name,
                source=corpus.source,
                version=SCORE_VERSION,
            ),
        )
        for group, members in groups.items():
            yield f"{name}/{group}.yaml", _group(group, members, averaged)
        for code in corpus.languages:
            # Where English differs per language, so does the dataset's configuration.
            config = f"dataset_name: {code}-eng\n" if corpus.own_english_side else ""
            yield (
                f"{name}/{task}_{code}.yaml",
                f"include: {TEMPLATE}\ntask: {task}_{code}\n{config}language: {code}\n",
            )


def _item_files() -> dict[str, str]:
    """The benchmarks of the bundled world."""
    files = {ITEMS_TEMPLATE: _ITEMS_TEMPLATE}
    for benchmark in MINIATURE_BENCHMARKS:
        group = _group(benchmark.run_name, tuple(benchmark.tasks), benchmark.metrics)
        files[f"{benchmark.run_name}.yaml"] = group
        for task, code in benchmark.tasks.items():
            files[f"{task}.yaml"] = (
                f"include: {ITEMS_TEMPLATE}\ntask: {task}\ndataset_kwargs:\n"
                f"  benchmark: {benchmark.name}\n  language: {code}\n"
            )
    return {f"miniature/{file}": text for file, text in files.items()}


def _bmlama_files() -> dict[str, str]:
    """BMLAMA-53, the pivot's task among them: it has an accuracy, and no consistency."""
    name = "neuronxa_bmlama53"
    members = [f"{name}_{code}" for code in BMLAMA]
    files = {
        BMLAMA_TEMPLATE: _BMLAMA_TEMPLATE,
        f"{name}.yaml": _group(name, members, ("acc", "rankc")),
    }
    for code in BMLAMA:
        files[f"{name}_{code}.yaml"] = (
            f"include: {BMLAMA_TEMPLATE}\ntask: {name}_{code}\nlanguage: {code}\n"
        )
    return {f"bmlama53/{file}": text for file, text in files.items()}


def _combined_files() -> dict[str, str]:
    # No means: these members share no metric that could be averaged.
    return {
        f"combined/{name}.yaml": _group(name, members, ())
        for name, members in COMBINED_GROUPS.items()
    }


def _group(group: str, members: Sequence[str], averaged: Sequence[str]) -> str:
    lines = [f"group: {group}", "task:", *(f"  - {member}" for member in members)]
    if averaged:
        lines.append("aggregate_metric_list:")
    for name in averaged:
        lines += [f"  - metric: {name}", "    aggregation: mean", "    weight_by_size: false"]
    return "\n".join([*lines, "metadata:", f"  version: {SCORE_VERSION}", ""])


def write_task_files(folder: Path, files: Mapping[str, str]) -> None:
    """Write `files` below `folder`, and remove task files that are not among them."""
    for stale in set(folder.rglob("*.yaml")) - {folder / name for name in files}:
        stale.unlink()
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    write_task_files(parser.parse_args().folder, task_files())
