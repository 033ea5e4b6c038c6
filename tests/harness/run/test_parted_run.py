"""`neuronxa run` on alignment and benchmarks together, from a Hub on this machine."""

import shlex
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from neuronxa_tasks.errors import SettingsError
from neuronxa_tasks.harness.run.task_parts import parted
from neuronxa_tasks.harness.run.task_selection import expand, narrow
from tests.benchmark_data import hub_datasets
from tests.hub import Hub, environment, serve
from tests.processes import python
from tests.runs import results_of
from tests.sentences import LANGUAGES

CODES = (*LANGUAGES, "eng_Latn")

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="module")
def hub() -> Iterator[tuple[Hub, str]]:
    """Small datasets in six languages, and where they are served."""
    datasets = Hub(hub_datasets(CODES))
    with serve(datasets) as address:
        yield datasets, address


@pytest.fixture
def run(hub: tuple[Hub, str], model_dir: Path, tmp_path: Path) -> Run:
    """Runs a command of this package's in a process of its own."""

    def start(arguments: str, module: str = "neuronxa_tasks.cli") -> Any:
        model = f"--model hf --model_args pretrained={model_dir},dtype=float32 --batch_size 8"
        command = ["-m", module, "run", *shlex.split(f"{model} {arguments}")]
        return python(*command, cwd=tmp_path, env=environment(hub[1], tmp_path / "home"))

    return start


@contextmanager
def gated(hub: Hub, *names: str) -> Iterator[None]:
    hub.gated |= set(names)
    try:
        yield
    finally:
        hub.gated -= set(names)


def test_one_command_joins_alignment_and_benchmarks(run: Run, tmp_path: Path) -> None:
    done = run(
        f"--tasks neuronxa_combined --languages {','.join(CODES)} --num_fewshot 5 "
        "--metadata n_pairs=all --output_path out"
    )
    assert done.returncode == 0, done.stderr
    order = (
        *("neuronxa_flores_deu_Latn, neuronxa_flores_fra_Latn, ", "Results so far are in"),
        *("|neuronxa_flores_deu_Latn ", "# Alignment and benchmarks", "# Pearson correlation"),
    )
    places = [done.stdout.index(text) for text in order]
    assert places == sorted(places)
    assert " and 2 more: 80 requests, about " in done.stdout
    results = results_of(tmp_path / "out")
    joined = {row["language"]: row for row in results["neuronxa"]["languages"]}
    assert joined.keys() == set(CODES)
    german = joined["deu_Latn"]
    assert german["nasca"] == results["results"]["neuronxa_flores_deu_Latn"]["nasca,none"]
    assert german["Belebele (5-shot)"] == results["results"]["belebele_deu_Latn"]["acc,none"]
    parity = results["results"]["neuronxa_flores_parity_deu_Latn"]["parity,none"]
    assert german["Parity on FLORES-200 (all pairs)"] == pytest.approx(parity)
    assert german["m-MMLU (5-shot)"] == results["results"]["m_mmlu_de"]["acc,none"]
    assert joined["eng_Latn"]["nasca"] is None
    assert {row["n"] for row in results["neuronxa"]["correlations"]} == {5}
    assert results["neuronxa"]["failures"] == []


def test_benchmarks_are_those_of_the_plain_harness(run: Run, tmp_path: Path) -> None:
    tasks = "--tasks arc_de,neuronxa_flores_deu_Latn,belebele_deu_Latn --num_fewshot 3"
    ours = run(f"{tasks} --metadata n_pairs=all --output_path ours")
    plain = run(f"{tasks} --metadata n_pairs=all --output_path plain", module="lm_eval.__main__")
    assert ours.returncode == plain.returncode == 0, ours.stderr + plain.stderr
    kept = [results_of(tmp_path / folder) for folder in ("ours", "plain")]
    assert kept[0]["results"] == kept[1]["results"]
    assert kept[0]["n-shot"] == kept[1]["n-shot"]
    assert kept[0]["config"] == kept[1]["config"]


def test_benchmarks_that_cannot_be_had_leave_alignment(
    run: Run, hub: tuple[Hub, str], tmp_path: Path
) -> None:
    with gated(hub[0], "facebook/belebele"):
        tasks = "neuronxa_flores_deu_Latn,belebele_deu_Latn,m_mmlu_de"
        done = run(f"--tasks {tasks} --metadata n_pairs=all --output_path out")
    assert done.returncode == 1, done.stderr
    assert "belebele_deu_Latn" in done.stderr.splitlines()[-1]
    results = results_of(tmp_path / "out")
    assert results["results"].keys() == {"neuronxa_flores_deu_Latn", "m_mmlu_de"}
    (failure,) = results["neuronxa"]["failures"]
    assert failure.startswith("belebele_deu_Latn: ")


def test_alignment_that_fails_leaves_benchmarks(run: Run, tmp_path: Path) -> None:
    tasks = "neuronxa_flores_deu_Latn,m_mmlu_de"
    done = run(f"--tasks {tasks} --output_path out --metadata flores_dir={tmp_path}/nothing")
    assert done.returncode == 1, done.stderr
    assert "neuronxa_flores_deu_Latn: " in done.stderr.splitlines()[-1]
    assert results_of(tmp_path / "out")["results"].keys() == {"m_mmlu_de"}


def test_with_nothing_left_the_run_fails_as_the_harness_does(run: Run, tmp_path: Path) -> None:
    tasks = "neuronxa_flores_deu_Latn"
    done = run(f"--tasks {tasks} --output_path out --metadata flores_dir={tmp_path}/nothing")
    assert done.returncode == 2
    assert not (tmp_path / "out").exists()


def test_a_combined_group_is_taken_apart_with_alignment_first() -> None:
    expanded = "neuronxa_tatoeba neuronxa_tatoeba_parity belebele arc_multilingual m_mmlu hellaswag"
    assert expand(["neuronxa_combined_tatoeba", "hellaswag"]) == expanded.split()


def test_languages_narrow_every_group_and_leave_other_tasks() -> None:
    names = "neuronxa_tatoeba neuronxa_flores_longtail belebele m_mmlu hellaswag".split()
    narrowed = (
        "neuronxa_tatoeba_deu neuronxa_tatoeba_isl neuronxa_tatoeba_ceb neuronxa_flores_ceb_Latn "
        "belebele_deu_Latn belebele_isl_Latn belebele_ceb_Latn m_mmlu_de m_mmlu_is hellaswag"
    )
    assert narrow(names, ["deu_Latn", "isl_Latn", "ceb_Latn"]) == narrowed.split()


def test_parity_is_narrowed_to_languages_and_is_a_part_of_its_own() -> None:
    names = ["neuronxa_flores_parity_head", "neuronxa_tatoeba_parity"]
    narrowed = narrow(names, ["deu_Latn", "ceb_Latn"])
    assert narrowed == [
        *("neuronxa_flores_parity_deu_Latn", "neuronxa_tatoeba_parity_deu"),
        "neuronxa_tatoeba_parity_ceb",
    ]
    assert parted(["neuronxa_flores_deu_Latn", *narrowed]) == [
        ["neuronxa_flores_deu_Latn"],
        narrowed[:1],
        narrowed[1:],
    ]


def test_unknown_languages_and_an_empty_selection_are_refused() -> None:
    with pytest.raises(SettingsError, match=r"`--languages`.*did you mean deu_Latn"):
        narrow(["belebele"], ["deu_Latin"])
    with pytest.raises(SettingsError, match="that m_mmlu have, but got yor_Latn"):
        narrow(["m_mmlu"], ["yor_Latn"])
