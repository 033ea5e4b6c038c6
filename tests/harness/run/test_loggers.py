"""The harness's own loggers take the results and samples of our tasks."""

import io
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from datasets import load_dataset
from lm_eval.loggers import EvaluationTracker, TrackioLogger, WandbLogger
from lm_eval.loggers.utils import remove_none_pattern

from tests.bmlama_data import QUERIES, write_all
from tests.runs import Evaluate

PAIRS = 16
ALIGNMENT, RETRIEVAL = "neuronxa_flores_deu_Latn", "neuronxa_flores_retrieval_deu_Latn"
PIVOT = "neuronxa_flores_eng_Latn"
BMLAMA, BMLAMA_PIVOT = "neuronxa_bmlama53_de", "neuronxa_bmlama53_en"
DOCUMENTS = dict.fromkeys((ALIGNMENT, RETRIEVAL, PIVOT), PAIRS) | dict.fromkeys(
    (BMLAMA, BMLAMA_PIVOT), len(QUERIES)
)


@pytest.fixture(scope="module")
def results(
    lm: Any, run_tasks: Evaluate, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Any]:
    folder = write_all(tmp_path_factory.mktemp("bmlama"))
    found = run_tasks(lm, *DOCUMENTS, metadata={"bmlama_dir": str(folder)})
    return {**found, "config": {"model": "hf"}}


def metrics(results: dict[str, Any], task: str) -> set[str]:
    """The names of a task's scores."""
    names = {remove_none_pattern(key)[0] for key in results["results"][task]}
    return {name for name in names if not name.endswith("_stderr")} - {
        "alias",
        "sample_len",
        "sample_count",
        "name",
    }


class FakeTable:
    def __init__(self, columns: list[str]) -> None:
        self.columns, self.rows = columns, list[tuple[Any, ...]]()

    def add_data(self, *row: Any) -> None:
        self.rows.append(row)


class FakeArtifact:
    def __init__(self, name: str, type: str) -> None:
        self.name, self.text = name, ""

    @contextmanager
    def new_file(self, name: str, **_: Any) -> Iterator[io.StringIO]:
        text = io.StringIO()
        yield text
        self.text = text.getvalue()


class FakeRun:
    """What a run of Weights & Biases is sent."""

    def __init__(self) -> None:
        self.config: dict[str, Any] = {}
        self.summary: dict[str, Any] = {}
        self.logged: dict[str, Any] = {}
        self.artifacts: dict[str, FakeArtifact] = {}
        self.config = _Updated()

    def log(self, content: dict[str, Any], step: int | None = None) -> None:
        self.logged |= content

    def log_artifact(self, artifact: FakeArtifact) -> None:
        self.artifacts[artifact.name] = artifact


class _Updated(dict[str, Any]):
    def update(self, *args: Any, **_: Any) -> None:
        super().update(*args)


@pytest.fixture
def wandb_run(monkeypatch: pytest.MonkeyPatch) -> FakeRun:
    run = FakeRun()
    module = SimpleNamespace(
        __version__="1.0", run=run, Table=FakeTable, Artifact=FakeArtifact, init=lambda **_: run
    )
    monkeypatch.setitem(sys.modules, "wandb", module)
    monkeypatch.setattr("lm_eval.loggers.wandb_logger.get_wandb_printer", lambda: None)
    return run


def test_weights_and_biases_gets_scores_and_samples_of_every_task(
    results: dict[str, Any], wandb_run: FakeRun
) -> None:
    logger = WandbLogger({"project": "p"}, {})
    logger.post_init({key: value for key, value in results.items() if key != "samples"})
    logger.log_eval_result()
    logger.log_eval_samples(results["samples"])
    table = wandb_run.logged["evaluation/eval_results"]
    for task, count in DOCUMENTS.items():
        samples = wandb_run.logged[f"{task}_eval_results"]
        assert len(samples) == count
        assert metrics(results, task) <= set(samples.columns)
        assert metrics(results, task) <= {row[4] for row in table.rows if row[0] == task}
        assert len(json.loads(wandb_run.artifacts[task].text)) == count
        for metric in metrics(results, task) & {"nasca", "acc", "nas_both"}:
            mean = results["results"][task][f"{metric},none"]
            assert samples[metric].mean() == pytest.approx(mean)
            assert wandb_run.logged[f"{task}/{metric}"] == mean


def test_trackio_gets_scores_and_samples_of_every_task(
    results: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    logged: list[dict[str, Any]] = []
    module = SimpleNamespace(
        init=lambda **_: None,
        config={},
        log=lambda content, step: logged.append(content),
        Trace=lambda messages, metadata: (messages, metadata),
        finish=lambda: None,
    )
    monkeypatch.setitem(sys.modules, "trackio", module)
    logger = TrackioLogger({})
    logger.post_init(results)
    logger.log_eval_result()
    logger.log_eval_samples(results["samples"])
    assert logged[0][f"{ALIGNMENT}/nasca"] == results["results"][ALIGNMENT]["nasca,none"]
    for task, count in DOCUMENTS.items():
        traces = [entry[f"{task}/sample"] for entry in logged if f"{task}/sample" in entry]
        assert len(traces) == count
        for messages, metadata in traces:
            assert all(message["content"] for message in messages)
            assert metrics(results, task) <= metadata.keys()


def test_what_is_pushed_to_the_hub_can_be_loaded_from_it(
    results: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pushed: list[Path] = []
    api = SimpleNamespace(
        create_repo=lambda **_: None,
        upload_file=lambda path_or_fileobj, **_: pushed.append(Path(path_or_fileobj)),
        upload_folder=lambda folder_path, **_: pushed.extend(Path(folder_path).glob("*.jsonl")),
    )
    monkeypatch.setattr(EvaluationTracker, "_api", staticmethod(lambda token: api))
    tracker = EvaluationTracker(
        output_path=str(tmp_path / "out"),
        hub_results_org="org",
        push_results_to_hub=True,
        push_samples_to_hub=True,
        token="abc",
    )
    tracker.general_config_tracker.log_experiment_args("hf", "pretrained=some/model", "", "", False)
    samples = results["samples"]
    tracker.save_results_aggregated(
        results={k: v for k, v in results.items() if k != "samples"}, samples=samples
    )
    for task in DOCUMENTS:
        tracker.save_results_samples(task_name=task, samples=samples[task])
    rows = {
        file.name: load_dataset(
            "json", data_files=str(file), split="train", cache_dir=str(tmp_path / "cache")
        )
        for file in dict.fromkeys(pushed)
    }
    assert len(rows) == 1 + len(DOCUMENTS)
    for name, loaded in rows.items():
        if name.startswith("results_"):
            assert loaded[0]["results"][ALIGNMENT]["nasca,none"] is not None
        else:
            task = next(task for task in DOCUMENTS if name.startswith(f"samples_{task}_"))
            assert len(loaded) == DOCUMENTS[task]
