"""Secrets are in nothing that a command writes or prints, wherever they were typed."""

import json
import logging
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from neuronxa_tasks.cli import main
from neuronxa_tasks.commands.track import checkpoint_run
from neuronxa_tasks.identity.masking import masked, masked_arguments, masked_text
from neuronxa_tasks.writing import shown_command

SECRET = "s3cr3tValue0123456789"


@pytest.mark.parametrize(
    "text",
    [
        "pretrained=gpt2,token={},dtype=float32",
        "token={}",
        '{{"pretrained": "gpt2", "token": "{}"}}',
        "{{'pretrained': 'gpt2', 'hf_token': '{}'}}",
        '{{"header": {{"Authorization": "Bearer {}", "X-Api-Key": "{}"}}}}',
        '{{"headers": {{"X-Anything": "{}"}}}}',
        'api_key="{}",base_url=https://host/v1',
        "base_url=https://me:{}@host/v1,model=x",
        "https://host/v1?page=2&api_key={}",
        "Authorization: Bearer {}",
        "auth_token={}",
        "WANDB-API-KEY={}",
        "password={},user=me",
        '{{"nested": [{{"deeper": {{"client_secret": "{}"}}}}]}}',
    ],
)
def test_a_secret_is_masked_in_every_form_of_arguments(text: str) -> None:
    typed = text.format(*[SECRET] * text.count("{}"))
    shown = shown_command("run", ["--model_args", typed])
    assert SECRET not in shown
    assert "…" in shown


def test_what_looks_like_a_hub_token_is_masked_under_any_key() -> None:
    assert masked_text("anything=hf_" + "a" * 34) == "anything=…"


@pytest.mark.parametrize("flag", ["--token", "--api_key", "--hf-token"])
def test_the_value_after_a_flag_is_masked(flag: str) -> None:
    assert masked_arguments([flag, SECRET]) == [flag, "…"]
    assert masked_arguments([f"{flag}={SECRET}"]) == [f"{flag}=…"]


@pytest.mark.parametrize(
    "argument",
    [
        f"--model_args=token={SECRET},pretrained=m",
        f"--wandb_args=api_key={SECRET}",
        f'--model_args={{"token": "{SECRET}"}}',
        f'{{"pretrained": "m", "token": "{SECRET}',
        f"--model_args={{'token': '{SECRET}",
        f"aws_access_key_id={SECRET}",
    ],
)
def test_neither_joined_nor_cut_forms_show_a_secret(argument: str) -> None:
    (shown,) = masked_arguments([argument])
    assert SECRET not in shown
    assert "…" in shown


@pytest.mark.parametrize(
    "text",
    [
        "pretrained=org/token-free,dtype=bfloat16,add_bos_token=True,revision=step1000",
        "think_end_token=</think>,max_length=2048,tokenizer=org/tokenizer",
        "flores_dir=/data/flores200,n_pairs=all,pooling=[mean,last]",
        '{"pretrained": "gpt2", "token": true}',
        "https://host/v1?page=2",
    ],
)
def test_what_is_no_secret_stays(text: str) -> None:
    assert masked_arguments(["--model_args", text]) == ["--model_args", text]


def test_data_keeps_its_form() -> None:
    plain = {"n": 5, "flag": None, "list": [1.5, "a"], "token": ""}
    assert masked(plain) == plain


def model_args(folder: Path, form: str) -> list[str]:
    if form == "JSON":
        return ["--model_args", json.dumps({"pretrained": str(folder), "token": SECRET})]
    if form == "repeated":
        return ["--model_args", f"pretrained={folder}", f"token={SECRET}"]
    return ["--model_args", f"pretrained={folder},token={SECRET}"]


def written(folder: Path) -> list[Path]:
    """Every file, in whose name or content the secret stands."""
    return [
        file
        for file in folder.rglob("*")
        if SECRET in str(file) or (file.is_file() and SECRET.encode() in file.read_bytes())
    ]


@pytest.mark.parametrize(
    ("command", "form"),
    [
        *(("run", form) for form in ("pairs", "JSON", "repeated")),
        *(("matrix", "JSON"), ("inspect", "repeated"), ("stability", "JSON")),
        *(("track", "JSON"), ("track", "pairs")),
    ],
)
def test_no_command_writes_or_prints_a_secret(
    command: str,
    form: str,
    model_dir: Path,
    flores_dir: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("HF_TOKEN", SECRET)
    monkeypatch.setattr(checkpoint_run, "run_process", in_this_process)
    logger = logging.getLogger("lm_eval")
    handler, level = logging.StreamHandler(sys.stderr), logger.level
    logger.addHandler(handler)
    logger.setLevel(logging.DEBUG)
    metadata = ["--metadata", f"flores_dir={flores_dir}", "n_pairs=all"]
    shared = [*metadata, "--device", "cpu", "--batch_size", "4", "--output_path", str(tmp_path)]
    tasks = ["--tasks", "neuronxa_flores_deu_Latn"]
    logged = ["--log_samples", "--hf_hub_log_args", f"token={SECRET}"]
    own = {
        "run": [*model_args(model_dir, form), "--model", "hf", *tasks, *logged],
        "stability": [*model_args(model_dir, form), "--model", "hf", *tasks],
        "matrix": [*model_args(model_dir, form), "--languages", "deu_Latn,fra_Latn"],
        "inspect": [*model_args(model_dir, form), "--languages", "deu_Latn"],
        "track": [str(model_dir), *track_args(form), "--steps", "1", *tasks, "--model", "hf"],
    }
    try:
        code = main([command, *own[command], *shared])
    finally:
        logger.removeHandler(handler)
        logger.setLevel(level)
    out, err = capfd.readouterr()
    assert code == 0, err
    assert written(tmp_path) == []
    assert SECRET not in out
    assert SECRET not in err


def track_args(form: str) -> list[str]:
    return [
        "--model_args",
        json.dumps({"token": SECRET}) if form == "JSON" else f"token={SECRET}",
    ]


def in_this_process(command: Sequence[str]) -> str:
    """Stands in for the process of a checkpoint."""
    return "" if main(list(command[3:])) == 0 else "failed"
