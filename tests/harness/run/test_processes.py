"""Runs of several processes on the CPU, launched as a user launches them."""

import json
import shlex
import subprocess
from pathlib import Path
from typing import Any

import pytest
import torch

from neuronxa_tasks.errors import ModelError, SettingsError
from neuronxa_tasks.harness.model import NeuronXALM
from tests.processes import python
from tests.runs import Evaluate, results_of
from tests.sentences import lines

TASKS = "neuronxa_flores_deu_Latn,neuronxa_flores_zho_Hans"
# Any free port: the default may still be taken by the launch before.
PORT = "--main_process_port=0"
LAUNCHERS = {
    "one": [],
    "accelerate": ["accelerate.commands.launch", "--multi_gpu", "--num_processes=2", PORT, "-m"],
    "torchrun_2": ["torch.distributed.run", "--standalone", "--nproc_per_node=2", "-m"],
    "torchrun": ["torch.distributed.run", "--standalone", "--nproc_per_node=3", "-m"],
}


def launch(
    launcher: str, model: str, pretrained: Path | str, flores_dir: Path, folder: Path, *more: str
) -> subprocess.CompletedProcess[str]:
    command = shlex.split(
        f"run --model {model} --model_args pretrained={pretrained},dtype=float32 --device cpu "
        f'--tasks {TASKS} --batch_size 4 --metadata "flores_dir={flores_dir}" n_pairs=all '
        "--output_path out --log_samples"
    )
    return python("-m", *LAUNCHERS[launcher], "neuronxa_tasks.cli", *command, *more, cwd=folder)


def kept(folder: Path) -> tuple[dict[str, Any], dict[str, Any], dict[tuple[str, int], Any]]:
    """Results, records and answers of the run in a folder."""
    results = results_of(folder / "out")
    records = {name: config["metadata"]["neuronxa"] for name, config in results["configs"].items()}
    answers = {}
    for name in TASKS.split(","):
        (samples,) = (folder / "out").rglob(f"samples_{name}_*.jsonl")
        for line in samples.read_text().splitlines():
            answer = json.loads(json.loads(line)["resps"][0][0])
            answers[name, answer.pop("pair")] = answer
    return results["results"], records, answers


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory, model_dir: Path, flores_dir: Path) -> Any:
    folder = tmp_path_factory.mktemp("alone")
    run = launch("one", "neuronxa", model_dir, flores_dir, folder)
    assert run.returncode == 0, run.stderr[-3000:]
    return kept(folder)


@pytest.mark.parametrize("launcher", ["accelerate", "torchrun"])
def test_processes_that_share_the_sentences_give_what_one_gives(
    alone: Any, launcher: str, model_dir: Path, flores_dir: Path, tmp_path: Path
) -> None:
    run = launch(launcher, "neuronxa", model_dir, flores_dir, tmp_path)
    assert run.returncode == 0, run.stderr[-3000:]
    results, records, answers = kept(tmp_path)
    assert records == alone[1]
    assert answers.keys() == alone[2].keys()
    for key, answer in answers.items():
        for metric, outcome in answer.items():
            # One thread per process rounds differently from several.
            expected = alone[2][key][metric]
            assert outcome.pop("margin") == pytest.approx(expected["margin"], abs=1e-5)
            assert outcome == {k: v for k, v in expected.items() if k != "margin"}
    for name, task in results.items():
        assert task == pytest.approx(alone[0][name])
    assert run.stdout.count("|neuronxa_flores_deu_Latn|") == 1


def test_the_stock_model_on_the_cpu_is_right_and_says_that_it_is_no_faster(
    alone: Any, model_dir: Path, flores_dir: Path, tmp_path: Path
) -> None:
    run = launch("accelerate", "hf", model_dir, flores_dir, tmp_path)
    assert run.returncode == 0, run.stderr[-3000:]
    assert "each of 2 processes runs every sentence" in run.stderr
    assert kept(tmp_path)[1] == alone[1]


def test_fewer_pairs_than_processes_is_one_error_before_any_pass(
    model_dir: Path, flores_dir: Path, tmp_path: Path
) -> None:
    run = launch("torchrun", "neuronxa", model_dir, flores_dir, tmp_path, "--limit", "2")
    assert run.returncode != 0
    assert run.stderr.count("got 2 pairs for 3 processes") >= 1
    assert "sentence/s" not in run.stderr


@pytest.mark.parametrize("samples", [None, [3, 1]])
def test_the_error_names_both_numbers_on_every_rank(
    lm: NeuronXALM, run_tasks: Evaluate, monkeypatch: pytest.MonkeyPatch, samples: Any
) -> None:
    for rank in (0, 1, 2):
        monkeypatch.setattr(lm, "_rank", rank)
        monkeypatch.setattr(lm, "_world_size", 20 if samples is None else 3)
        chosen = samples and {"neuronxa_flores_deu_Latn": samples}
        with pytest.raises(SettingsError, match=r"(16 pairs for 20|2 pairs for 3) processes"):
            run_tasks(lm, "deu_Latn", samples=chosen)


def test_a_model_that_miscounts_the_processes_is_refused(
    lm: NeuronXALM, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lm, "_world_size", 2)
    with pytest.raises(ModelError, match=r"process 0 of 1, but it takes itself for 0 of 2"):
        lm.sentence_states(["one", "two"])


def test_a_model_of_which_each_process_holds_a_slice_is_refused(
    model_dir: Path, flores_dir: Path, tmp_path: Path
) -> None:
    run = launch("torchrun_2", "neuronxa", f"{model_dir},tp_plan=auto", flores_dir, tmp_path)
    assert run.returncode != 0
    assert "`tp_plan` spreads them over 2: use parallelize=True" in run.stderr


def test_a_model_spread_over_devices_and_disk_gives_what_a_whole_one_gives(
    model_dir: Path, lm: NeuronXALM, flores_dir: Path, tmp_path: Path
) -> None:
    spread = NeuronXALM(
        pretrained=str(model_dir),
        device="cpu",
        dtype="float32",
        batch_size=4,
        parallelize=True,
        offload_folder=str(tmp_path),
    )
    # Without a GPU transformers puts every layer on disk.
    assert spread.model.hf_device_map
    texts = lines(flores_dir, "deu_Latn")
    expected = lm.sentence_states(texts)
    for representation, layers in spread.sentence_states(texts).items():
        for one, other in zip(layers, expected[representation], strict=True):
            torch.testing.assert_close(one, other)
