"""Results that are kept while a run goes on, and until a finished file holds as much."""

import json
import math
import resource
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from lm_eval.loggers import EvaluationTracker

from neuronxa_tasks.errors import SettingsError
from neuronxa_tasks.harness.output_files import LONGEST_NAME
from neuronxa_tasks.harness.run.partial_results import PartialResults
from tests.disks import fill, make_read_only, mounted
from tests.runs import Heard

OTHER = {"results": {"a": {"nasca,none": 0.5}}, "configs": {"a": {"x": [3]}}}
FIRST = {"results": {"a": {"nasca,none": 0.5, "mexa,none": math.nan}}, "configs": {"a": {"x": {3}}}}
BOTH = {"results": {**FIRST["results"], "b": {"acc,none": 0.25}}, "configs": {**FIRST["configs"]}}


def tracking(output: Path, model: str = "some/model") -> EvaluationTracker:
    tracker = EvaluationTracker(output_path=str(output))
    tracker.general_config_tracker.log_experiment_args(
        "hf", {"pretrained": model}, None, None, False
    )
    return tracker


def finish(tracker: EvaluationTracker, results: dict[str, Any]) -> None:
    """As the harness does."""
    tracker.save_results_aggregated(results={**results, "config": {}})


@pytest.mark.parametrize("output", ["out", "out.json"])
def test_a_finished_file_that_holds_as_much_replaces_it(tmp_path: Path, output: str) -> None:
    tracker = tracking(tmp_path / output)
    kept = PartialResults(tracker, {})
    kept.check()
    kept.write(FIRST, ["b"])
    kept.write(BOTH, [])
    finish(tracker, BOTH)
    assert kept.finished_file() not in (None, kept.file)
    kept.remove()
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == [kept.finished_file()]


@pytest.mark.parametrize("content", ["", '{"results": {', "[]", "{}", json.dumps(OTHER)])
def test_a_finished_file_that_holds_less_does_not(tmp_path: Path, content: str) -> None:
    tracker = tracking(tmp_path)
    kept = PartialResults(tracker, {})
    kept.write(BOTH, [])
    finish(tracker, BOTH)
    kept.finished_file().write_text(content)
    assert kept.finished_file() is None
    assert json.loads(kept.file.read_text())["results"]["b"] == {"acc,none": 0.25}


def test_a_full_disk_takes_nothing_that_was_there(tmp_path: Path, heard: Heard) -> None:
    with mounted(tmp_path / "disk", "size=200k") as disk:
        tracker = tracking(disk)
        kept = PartialResults(tracker, {})
        kept.check()
        kept.write(FIRST, ["b"])
        before = kept.file.read_bytes()
        fill(disk)
        kept.write({**BOTH, "configs": {**BOTH["configs"], "more": {"x": "y" * 9000}}}, [])
        assert "cannot be written" in heard()
        finish(tracker, {**BOTH, "more": {"x": "y" * 9000}})
        assert kept.finished_file() is None
        assert kept.file.read_bytes() == before
        assert not list(disk.rglob("*.part"))


def test_a_limit_on_the_size_of_files_takes_nothing_that_was_there(tmp_path: Path) -> None:
    kept = PartialResults(tracking(tmp_path), {})
    kept.write(FIRST, ["b"])
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (kept.file.stat().st_size, before[1]))
    try:
        kept.write(BOTH, [])
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert json.loads(kept.file.read_text())["results"].keys() == {"a"}


def test_it_says_what_is_missing(tmp_path: Path) -> None:
    kept = PartialResults(tracking(tmp_path), {"model": "hf"})
    kept.write(FIRST, ["b", "c"])
    content = json.loads(kept.file.read_text())
    assert content["neuronxa"] == {"missing": ["b", "c"]}
    assert (content["config"], content["model_name"]) == ({"model": "hf"}, "some/model")


@pytest.mark.parametrize("model", ["x" * 300, "ж" * 200, "/deep" * 80])
def test_a_long_name_of_a_model_is_shortened(tmp_path: Path, model: str) -> None:
    tracker, other = tracking(tmp_path, model), tracking(tmp_path, f"A{model}")
    for one in (tracker, other):
        PartialResults(one, {}).check()
        finish(one, BOTH)
    folders = [path.name for path in tmp_path.iterdir()]
    assert len(folders) == 2
    assert all(len(name.encode()) <= LONGEST_NAME for name in folders)
    assert len(list(tmp_path.rglob("results_*.json"))) == 2


def test_a_model_whose_path_is_not_utf_8_is_kept(tmp_path: Path) -> None:
    kept = PartialResults(tracking(tmp_path), {"model_args": {"pretrained": "caf\udce9"}})
    kept.write(FIRST, [])
    assert json.loads(kept.file.read_text())["config"]["model_args"]["pretrained"] == "caf\udce9"


def a_file(disk: Path) -> None:
    (disk / "some__model").write_text("")


def nothing_left(disk: Path) -> None:
    (disk / "some__model").mkdir()
    fill(disk)


@pytest.mark.parametrize("spoil", [a_file, make_read_only, nothing_left])
def test_a_place_that_takes_no_file_is_refused_before_the_run(
    tmp_path: Path, spoil: Callable[[Path], None]
) -> None:
    with mounted(tmp_path / "disk", "size=200k") as disk:
        spoil(disk)
        with pytest.raises(SettingsError, match=r"`--output_path`.*disk.*give another"):
            PartialResults(tracking(disk), {}).check()


def test_samples_that_are_cut_short_are_noticed(tmp_path: Path) -> None:
    tracker = tracking(tmp_path)
    kept = PartialResults(tracker, {})
    finish(tracker, BOTH)
    sample = {"arguments": [], "resps": [], "filtered_resps": [], "target": "", "doc": "é\n"}
    tracker.save_results_samples("a", [{**sample}, {**sample}])
    tracker.save_results_samples("b", [{**sample}])
    assert kept.unwritten_samples({"a": 2, "b": 1}) == []
    assert kept.unwritten_samples({"a": 2, "b": 2, "c": 1}) == ["b", "c"]
    (file,) = tmp_path.rglob("samples_a_*")
    file.write_bytes(file.read_bytes()[:-3])
    assert kept.unwritten_samples({"a": 2}) == ["a"]


def test_nothing_is_written_where_nothing_was_asked_for(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    kept = PartialResults(EvaluationTracker(), {})
    kept.check()
    kept.write(FIRST, [])
    assert not kept.asked_for
    assert not list(tmp_path.iterdir())
