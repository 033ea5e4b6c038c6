from pathlib import Path
from unittest.mock import Mock

import lm_eval.tasks
import pytest
from lm_eval.api.task import ConfigurableTask
from lm_eval.tasks import TaskManager
from lm_eval.tasks._factory import TaskFactory
from lm_eval.tasks._index import Entry

from neuronxa_tasks.data.benchmarks import (
    BENCHMARKS,
    BMLAMA,
    MINIATURE_BENCHMARKS,
    TASKS_WITHOUT_FLORES,
)
from neuronxa_tasks.data.corpora import MINIATURE, NTREX_128, TATOEBA
from neuronxa_tasks.data.languages import (
    ENGLISH,
    FLORES,
    FLORES_HEAD,
    FLORES_LONGTAIL,
)
from neuronxa_tasks.harness.settings import ANC, Settings
from neuronxa_tasks.harness.tasks.alignment_task import AlignmentTask, RetrievalTask
from neuronxa_tasks.harness.tasks.parity_task import ParityTask
from neuronxa_tasks.harness.tasks.task_files import task_files, write_task_files
from neuronxa_tasks.measures import (
    ACTIVATIONS,
    KINDS,
    KNOWN_METRICS,
    MEASURES,
    POOLINGS,
    SCORE_VERSION,
)
from tests.runs import TASKS, our_tasks


@pytest.fixture(scope="module")
def manager() -> TaskManager:
    return our_tasks()


def test_the_files_are_what_the_generator_writes() -> None:
    there = {
        file.relative_to(TASKS).as_posix(): file.read_text()
        for file in TASKS.rglob("*")
        if file.is_file() and file.name != "README.md"
    }
    assert there == task_files(), "run python -m neuronxa_tasks.harness.tasks.task_files task_yamls"


def test_writing_removes_files_of_languages_that_are_gone(tmp_path: Path) -> None:
    (tmp_path / "flores").mkdir()
    (tmp_path / "flores" / "neuronxa_flores_old.yaml").write_text("task: old\n")
    write_task_files(tmp_path, task_files())
    written = {f.relative_to(tmp_path).as_posix() for f in tmp_path.rglob("*") if f.is_file()}
    assert written == set(task_files())


def corpus_tasks(manager: TaskManager) -> set[str]:
    return {name for name in manager.all_subtasks if "corpus" in manager.task_index[name].cfg}


def test_the_harness_lists_every_language_once(manager: TaskManager) -> None:
    corpora = {
        "flores": FLORES,
        "tatoeba": TATOEBA.languages,
        "ntrex": NTREX_128.languages,
        "miniature": MINIATURE.languages,
    }
    expected = {
        f"neuronxa_{corpus}{what}_{code}"
        for corpus, codes in corpora.items()
        for what in ("", "_retrieval", "_parity")
        for code in codes
    }
    assert corpus_tasks(manager) == expected
    assert len(expected) == 3 * (204 + 112 + 121 + 12)
    items = {task for benchmark in MINIATURE_BENCHMARKS for task in benchmark.tasks}
    items |= {f"neuronxa_bmlama53_{code}" for code in BMLAMA}
    assert set(manager.all_subtasks) == expected | items
    assert len(items) == 11 + 12 + 53


def test_the_groups_are_head_and_longtail_and_leave_english_out(manager: TaskManager) -> None:
    groups = {name: manager.task_index[name].cfg["task"] for name in manager.all_groups}
    assert groups["neuronxa_flores"] == ["neuronxa_flores_head", "neuronxa_flores_longtail"]
    assert groups["neuronxa_tatoeba"] == ["neuronxa_tatoeba_head", "neuronxa_tatoeba_longtail"]
    sizes = {name: len(members) for name, members in groups.items()}
    assert sizes["neuronxa_flores_head"] == len(FLORES_HEAD) == 68
    assert sizes["neuronxa_flores_longtail"] == len(FLORES_LONGTAIL) == 135
    assert (sizes["neuronxa_tatoeba_head"], sizes["neuronxa_tatoeba_longtail"]) == (36, 76)
    assert not any(f"neuronxa_flores_{ENGLISH}" in members for members in groups.values())


def test_every_task_is_complete(manager: TaskManager) -> None:
    classes = {"": AlignmentTask, "_retrieval": RetrievalTask, "_parity": ParityTask}
    for name in corpus_tasks(manager):
        config = manager.task_index[name].cfg
        own = name.removeprefix(f"neuronxa_{config['corpus']}")
        what = next((what for what in classes if what and own.startswith(what)), "")
        assert config["task"] == f"neuronxa_{config['corpus']}{what}_{config['language']}"
        assert config["num_fewshot"] == 0, f"{name} must take no shots"
        assert config["metadata"]["version"] == SCORE_VERSION
        pinned = 2 if config["corpus"] == "miniature" else 40
        assert len(config["dataset_kwargs"]["revision"]) == pinned, f"{name} must pin a commit"
        assert "trust_remote_code" not in config["dataset_kwargs"]
        task_class = classes[what]
        assert config["class"].endswith(f"{task_class.__module__}.{task_class.__name__}")
        assert config["output_type"] == task_class.OUTPUT_TYPE


@pytest.mark.parametrize(
    ("name", "families"),
    [("flores_head", ("alignment", "baseline")), ("tatoeba_retrieval", ("retrieval",))],
)
def test_the_groups_average_every_metric_but_svccas_of_other_parameters(
    manager: TaskManager, name: str, families: tuple[str, ...]
) -> None:
    listed = manager.task_index[f"neuronxa_{name}"].cfg["aggregate_metric_list"]
    averaged = {entry["metric"] for entry in listed}
    assert averaged == {metric.name for metric in KNOWN_METRICS if metric.family in families}
    every = {
        "measures": list(MEASURES),
        "baseline_states": list(KINDS),
        "activation": list(ACTIVATIONS),
        "pooling": list(POOLINGS),
    }
    for anc in ANC:
        settings = Settings.from_metadata({**every, "anc": anc})
        made = settings.retrieval_metrics if families == ("retrieval",) else settings.metrics
        assert averaged >= {metric.name for metric in made}
    assert not any(entry["weight_by_size"] for entry in listed)


@pytest.fixture
def combined(monkeypatch: pytest.MonkeyPatch) -> TaskManager:
    """Our tasks beside the harness's benchmarks, each known by its name alone."""

    def named(self: TaskFactory, entry: Entry, overrides: object) -> Mock:
        return Mock(spec=ConfigurableTask, task_name=entry.name)

    monkeypatch.setattr(TaskFactory, "_build_task", named)
    own = Path(lm_eval.tasks.__file__).parent
    benchmarks = ("belebele", "okapi/arc_multilingual", "okapi/mmlu_multilingual")
    return our_tasks(*(own / name for name in benchmarks))


@pytest.mark.parametrize(
    ("group", "corpus", "size"),
    [("neuronxa_combined", "flores", 203), ("neuronxa_combined_tatoeba", "tatoeba", 112)],
)
def test_the_combined_groups_run_alignment_then_parity_then_every_benchmark_task(
    combined: TaskManager, group: str, corpus: str, size: int
) -> None:
    loaded = combined.load([group])
    assert list(loaded["groups"]) == [
        group,
        f"neuronxa_{corpus}",
        f"neuronxa_{corpus}_head",
        f"neuronxa_{corpus}_longtail",
        f"neuronxa_{corpus}_parity",
        f"neuronxa_{corpus}_parity_head",
        f"neuronxa_{corpus}_parity_longtail",
        "neuronxa_benchmarks",
        "belebele",
    ]
    names = list(loaded["tasks"])
    assert not any("parity" in name for name in names[:size])
    assert all(name.startswith(f"neuronxa_{corpus}_parity_") for name in names[size : 2 * size])
    assert all(name.startswith(f"neuronxa_{corpus}_") for name in names[:size])
    expected = {task for benchmark in BENCHMARKS[:3] for task in benchmark.tasks}
    expected |= {task for task in TASKS_WITHOUT_FLORES if task.startswith("belebele")}
    assert set(names[2 * size :]) == expected
    assert len(names) == 2 * size + 122 + 31 + 34


def test_the_combined_groups_have_a_version_and_no_mean(combined: TaskManager) -> None:
    groups = combined.load(["neuronxa_combined"])["groups"]
    for name in ("neuronxa_combined", "neuronxa_benchmarks"):
        assert groups[name].version == str(SCORE_VERSION)
        assert not groups[name].has_aggregation
    assert groups["belebele"].has_aggregation
