"""The harness's own benchmark tasks beside ours, from a Hub on this machine."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import lm_eval.tasks
import pytest

from neuronxa_tasks.data.benchmarks import benchmark_of_task
from neuronxa_tasks.data.corpora import FLORES_MTEB
from tests.benchmark_data import hub_datasets
from tests.harness.conftest import TASKS
from tests.hub import Hub, environment, serve

RUN = """
import json, sys
from lm_eval.evaluator import simple_evaluate
from lm_eval.tasks import TaskManager
folders, tasks, model, options = json.loads(sys.argv[1])
manager = TaskManager(
    include_path=folders, include_defaults=False, metadata={"n_pairs": options.pop("n_pairs")}
)
results = simple_evaluate(
    model="hf",
    model_args={"pretrained": model, "dtype": "float32", "device": "cpu"},
    tasks=tasks,
    task_manager=manager,
    batch_size=8,
    bootstrap_iters=0,
    **options,
)
kept = ("results", "groups", "n-shot", "n-samples", "versions", "configs", "samples")
print(json.dumps({key: results.get(key) for key in kept}, default=str))
"""


@pytest.fixture(scope="module")
def folders() -> list[str]:
    """Folders of our tasks and of the harness's benchmarks, without its 14,000 others."""
    harness = Path(lm_eval.tasks.__file__).parent
    own = ("belebele", "okapi/arc_multilingual", "okapi/mmlu_multilingual", "xnli")
    return [str(TASKS), *(str(harness / name) for name in own)]


def evaluate(
    hub: Hub, home: Path, folders: list[str], tasks: list[str], model: Path, **options: Any
) -> dict[str, Any]:
    """Evaluate in a process of its own, as the Hub's address is fixed when it is imported."""
    with serve(hub) as address:
        arguments = json.dumps([folders, tasks, str(model), {"n_pairs": "all", **options}])
        done = subprocess.run(
            [sys.executable, "-c", RUN, arguments],
            env=environment(address, home),
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout.splitlines()[-1])


def test_one_run_has_alignment_and_the_harnesss_own_benchmarks(
    folders: list[str], model_dir: Path, tmp_path: Path
) -> None:
    tasks = [
        *("neuronxa_flores_deu_Latn", "neuronxa_tatoeba_deu"),
        *("belebele_deu_Latn", "arc_de", "m_mmlu_de", "xnli_de"),
    ]
    hub = Hub(hub_datasets(["deu_Latn"]))
    results = evaluate(hub, tmp_path, folders, tasks, model_dir, num_fewshot=5)
    assert results["results"].keys() == set(tasks)
    # Alignment takes no shots, whatever the benchmarks beside it take.
    assert [results["n-shot"][task] for task in tasks] == [0, 0, 5, 5, 5, 5]
    samples = {task: results["n-samples"][task]["effective"] for task in tasks}
    assert list(samples.values()) == [16, 16, 16, 16, 16, 48]
    for task in tasks[2:]:
        found = benchmark_of_task(task)
        assert found is not None
        scores = [results["results"][task][f"{metric},none"] for metric in found[0].metrics]
        assert all(0 <= score <= 1 for score in scores)
    assert 0 <= results["results"]["neuronxa_flores_deu_Latn"]["nasca,none"] <= 1
    assert FLORES_MTEB.revision in hub.revisions
    (prompt, option), *_ = results["samples"]["arc_de"][3]["arguments"]
    assert prompt.endswith("Question: Wie viele Äpfel liegen auf dem Tisch?\nAnswer:")
    assert prompt.count("Question:") == 6
    assert option == " 2"


def test_real_items_run_too(
    folders: list[str], model_dir: Path, tmp_path: Path, real_data: Path
) -> None:
    if not (real_data / "belebele").is_dir():
        pytest.skip("the folder of real text has no benchmarks")
    tasks = ["neuronxa_flores_deu_Latn", "belebele_deu_Latn", "arc_de", "m_mmlu_de"]
    hub = Hub(hub_datasets(["deu_Latn"], real_data))
    results = evaluate(hub, tmp_path, folders, tasks, model_dir, limit=8)
    available = {task: results["n-samples"][task]["original"] for task in tasks}
    assert list(available.values()) == [16, 900, 1169, 1449]
