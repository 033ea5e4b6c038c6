"""Every script of `benchmarks/` runs, at its smallest size."""

import functools
import runpy
import shutil
import sys
from pathlib import Path
from typing import Any

import pytest
from lm_eval.tasks import TaskManager

from neuronxa_tasks.data.languages import FLORES
from neuronxa_tasks.data.miniature import MODEL, SENTENCES
from neuronxa_tasks.harness.task_location import installed_tasks

SCRIPTS = Path(__file__).parents[2] / "benchmarks"
TRIED = ("mexa", "noise_floor", "overhead", "report", "scoring", "startup")


def test_every_script_is_tried() -> None:
    assert {file.stem for file in SCRIPTS.glob("*.py")} - {"__init__"} == set(TRIED)


@pytest.fixture(scope="module")
def flores(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Every language of FLORES-200 with a hundred short sentences."""
    folder = tmp_path_factory.mktemp("flores")
    (folder / "devtest").mkdir()
    for code in FLORES:
        text = "".join(f"{code} {number}\n" for number in range(100))
        (folder / "devtest" / f"{code}.devtest").write_text(text)
    return folder


def run(
    name: str, monkeypatch: pytest.MonkeyPatch, *arguments: str, **constants: Any
) -> dict[str, Any]:
    """Run a script's `main` with other sizes."""
    module = runpy.run_path(str(SCRIPTS / f"{name}.py"), run_name=name)
    main = module["main"]
    main.__globals__.update(constants)
    monkeypatch.setattr(sys, "argv", [name, *arguments])
    main()
    return module


@pytest.mark.skipif(not Path("/proc/self/clear_refs").exists(), reason="counts memory on Linux")
def test_mexa(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "devtest").mkdir()
    for code in ("eng_Latn", "deu_Latn"):
        shutil.copy(SENTENCES / f"{code}.txt", tmp_path / "devtest" / f"{code}.devtest")
    run(
        "mexa",
        monkeypatch,
        *("--model_args", f"pretrained={MODEL}", "--flores_dir", str(tmp_path)),
        *("--languages", "deu_Latn", "--n_pairs", "12"),
    )
    rows = [line.split() for line in capsys.readouterr().out.splitlines()]
    (scores,) = (row[1:] for row in rows if row and row[0] == "deu_Latn")
    assert scores[0] == scores[1] != "0.0000"
    assert [row[0] for row in rows[-4:]] == ["seconds", "peak", "added", "disk"]


def test_noise_floor(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    run("noise_floor", monkeypatch, DRAWS=1, SHAPES=[(100, 60)])
    assert "cka_debiased" in capsys.readouterr().out


def test_overhead(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], flores: Path
) -> None:
    small = ("--layers", "1", "--rounds", "1", "--batch_size", "50")
    run("overhead", monkeypatch, "--flores_dir", str(flores), "--languages", "deu_Latn", *small)
    lines = capsys.readouterr().out.splitlines()
    cases = ["one pooling", "three poolings, both activations"]
    assert [line.split("  ")[0] for line in lines[-2:]] == cases


def test_overhead_of_a_model_given_by_arguments(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], flores: Path
) -> None:
    given = ("--model_args", f"pretrained={MODEL}", "--cases", "one pooling")
    small = ("--n_pairs", "4", "--rounds", "1", "--batch_size", "auto")
    folder = ("--flores_dir", str(flores), "--languages", "deu_Latn")
    run("overhead", monkeypatch, *folder, *given, *small)
    out = capsys.readouterr().out
    assert f"pretrained={MODEL}" in out
    assert "1 languages x 4 pairs, batches of auto" in out


def test_report(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    run("report", monkeypatch, "--models", "1", "--layers", "2")
    assert f"1 models x {len(FLORES)} languages" in capsys.readouterr().out


def test_scoring(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    run("scoring", monkeypatch, PAIRS=20, TOKENS=4, SAMPLE=2, HIDDEN=64, NEURONS=96)
    assert "NASCA + NAVCA + MEXA" in capsys.readouterr().out


def test_startup(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], flores: Path
) -> None:
    # Without the harness's own 14,000 tasks.
    ours = functools.partial(
        TaskManager, **{"include_path": str(installed_tasks()), "include_defaults": False}
    )
    run("startup", monkeypatch, "--flores_dir", str(flores), TaskManager=ours)
    assert "loading 203 FLORES tasks" in capsys.readouterr().out
