"""What `neuronxa doctor` says of a model, and how it ends."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from transformers import AutoConfig, AutoModelForCausalLM, AutoModelForSeq2SeqLM

from neuronxa_tasks import cli
from neuronxa_tasks.commands import doctor
from neuronxa_tasks.errors import NeuronXAError
from neuronxa_tasks.finding import Finding
from tests.families import COMMON


@pytest.fixture(autouse=True)
def _installed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The installation is in order, whatever this one is."""
    monkeypatch.setattr(doctor, "diagnose", lambda: [Finding(True, "installed")])


def said(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, list[str]]:
    code = cli.main(["doctor", *arguments, "--device", "cpu"])
    return code, capsys.readouterr().out.splitlines()


def test_a_model_that_can_be_measured_is_described(
    model_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, lines = said(capsys, "--model", "hf", "--model_args", f"pretrained={model_dir}")
    assert code == 0
    assert lines[0] == "ok    installed"
    headings = [line.partition("  ")[0] for line in lines[1:]]
    assert headings == [
        *("model", "parameters", "dtype", "quantization", "layers", "neurons, layers 1-3"),
        *("sentences", "context", "all of FLORES"),
    ]
    assert "203 languages: 20,300 requests, about " in lines[-1]


def test_a_device_need_not_be_named(model_dir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["doctor", "--model_args", f"pretrained={model_dir}"]) == 0
    assert "FAULT" not in capsys.readouterr().out


def test_without_a_model_the_installation_alone_is_looked_at(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert said(capsys) == (0, ["ok    installed"])
    monkeypatch.setattr(doctor, "diagnose", lambda: [Finding(False, "broken")])
    assert said(capsys) == (1, ["FAULT broken"])


@pytest.fixture
def saved(tmp_path: Path, tokenizer: Any) -> Callable[..., str]:
    """Saves a tiny model of a family, and gives its folder."""

    def save(family: str, made: Any, **own: Any) -> str:
        made.from_config(AutoConfig.for_model(family, **COMMON, **own)).save_pretrained(tmp_path)
        tokenizer.save_pretrained(tmp_path)
        return str(tmp_path)

    return save


def test_a_model_that_is_no_decoder_is_a_finding(saved: Any, capsys: Any) -> None:
    own = {"d_model": 32, "d_kv": 8, "d_ff": 64, "num_layers": 2, "num_heads": 4}
    folder = saved("t5", AutoModelForSeq2SeqLM, **own)
    code, lines = said(capsys, "--model_args", f"pretrained={folder}")
    assert code == 2
    assert lines[1].startswith("FAULT Expected a causal language model, but got a seq2seq model")
    assert len(lines) == 2


def test_what_cannot_be_measured_of_a_model_is_said(saved: Any, capsys: Any) -> None:
    folder = saved("mamba", AutoModelForCausalLM)
    code, lines = said(capsys, "--model_args", f"pretrained={folder}")
    assert code == 0
    (reason,) = [line for line in lines if line.startswith("not measured")]
    assert "no neurons to measure" in reason


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--model_args", "pretrained=/no/such"), "there is no folder /no/such"),
        (("--model", "hfx", "--model_args", "pretrained=x"), "`--model`"),
        (("--model", "dummy", "--model_args", "pretrained=x"), "use --model hf"),
    ],
)
def test_a_model_that_cannot_be_loaded_is_a_finding(
    arguments: tuple[str, ...], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code, lines = said(capsys, *arguments)
    assert code == 2
    assert lines[1].startswith("FAULT Expected")
    assert message in lines[1]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--model", "hf"), r"`--model_args`.*pretrained=MODEL"),
        (("--model_args", "pretrained=x", "--batch_size", "0"), r"`--batch_size`.*got 0"),
    ],
)
def test_wrong_arguments_are_refused(arguments: tuple[str, ...], message: str) -> None:
    with pytest.raises(NeuronXAError, match=message):
        doctor.doctor(arguments)


def test_a_model_that_fails_while_it_runs_is_a_finding(
    model_dir: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(encoder: Any) -> None:
        raise RuntimeError("out of\nmemory")

    monkeypatch.setattr(doctor, "flores_cost", full)
    code, lines = said(capsys, "--model_args", f"pretrained={model_dir}")
    assert (code, lines[1:]) == (1, ["FAULT RuntimeError: out of memory"])
