"""The built wheel, installed beside lm_eval in a fresh environment."""

import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Python of an environment with the wheel and copies of what it depends on."""
    folder = tmp_path_factory.mktemp("wheel")
    source = folder / "source"
    left_out = shutil.ignore_patterns(".*", "__pycache__", "out", "build", "dist")
    shutil.copytree(ROOT, source, ignore=left_out)
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder, source]
    subprocess.run(build, check=True, capture_output=True)
    subprocess.run([sys.executable, "-m", "venv", folder / "env"], check=True)
    python = folder / "env" / "bin" / "python"
    here = Path(sysconfig.get_path("purelib"))
    there = folder / "env" / "lib" / here.parent.name / "site-packages"
    for package in here.iterdir():
        # Ours comes from the wheel alone, pip and its like from the environment.
        if "neuronxa" in package.name or (there / package.name).exists():
            continue
        ours = shutil.ignore_patterns("neuronxa")
        if package.is_dir():
            shutil.copytree(package, there / package.name, ignore=ours, copy_function=link)
        else:
            link(package, there / package.name)
    (wheel,) = folder.glob("neuronxa_tasks-*.whl")
    install = [python, "-m", "pip", "install", "--no-deps", "--no-index", wheel]
    subprocess.run(install, check=True, capture_output=True)
    return python


def link(source: str | Path, target: str | Path) -> None:
    """A hard link where the disk allows it, since torch alone is half a gigabyte."""
    try:
        Path(target).hardlink_to(source)
    except OSError:
        shutil.copy2(source, target)


def run(python: Path, folder: Path, *arguments: str) -> str:
    done = subprocess.run(
        [python, "-m", *arguments], cwd=folder, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


def test_plain_lm_eval_lists_and_validates_the_tasks(python: Path, tmp_path: Path) -> None:
    listed = run(python, tmp_path, "lm_eval", "ls", "tasks")
    assert listed.count("neuronxa_flores_") >= 204
    assert listed.count("neuronxa_tatoeba_") >= 112
    names = "neuronxa_flores,neuronxa_tatoeba_longtail,neuronxa_flores_eng_Latn"
    run(python, tmp_path, "lm_eval", "validate", "--tasks", names)


def test_plain_lm_eval_runs_a_task_from_another_directory(
    python: Path, tmp_path: Path, model_dir: Path, flores_dir: Path
) -> None:
    printed = run(
        *(python, tmp_path, "lm_eval", "--model", "hf", "--device", "cpu"),
        *("--model_args", f"pretrained={model_dir},dtype=float32", "--batch_size", "16"),
        *("--tasks", "neuronxa_flores_deu_Latn,neuronxa_flores_zho_Hans"),
        *("--metadata", f"flores_dir={flores_dir}", "n_pairs=all", "--output_path", "out"),
    )
    assert "|neuronxa_flores_deu_Latn|" in printed
    assert "nasca" in printed
    assert list((tmp_path / "out").rglob("results_*.json"))
    run(python, tmp_path, "neuronxa_tasks.cli", "report", "out", "--output", "report")
    assert "German" in (tmp_path / "report" / "report.html").read_text()


def test_a_type_checker_reads_the_public_interface_strictly(python: Path, tmp_path: Path) -> None:
    client = (Path(__file__).parent / "files" / "typed_client.py").read_text()
    wrong = client.replace("-> float:", "-> str:")
    assert wrong != client
    found = {}
    for name, text in {"client": client, "wrong": wrong}.items():
        (tmp_path / f"{name}.py").write_text(text)
        command = [python, "-m", "mypy", "--strict", f"{name}.py"]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
        found[name] = done.stdout
    assert found["client"] == "Success: no issues found in 1 source file\n"
    # Where the package had no types, everything would fit.
    assert '(got "float", expected "str")' in found["wrong"]


def test_the_doctor_is_content_and_nothing_is_left_after_uninstalling(
    python: Path, tmp_path: Path
) -> None:
    tasks = python.parents[1] / "lib" / Path(sysconfig.get_path("purelib")).parent.name
    tasks = tasks / "site-packages" / "lm_eval" / "tasks"
    assert "FAULT" not in run(python, tmp_path, "neuronxa_tasks.cli", "doctor")
    assert (tasks / "neuronxa").is_dir()
    run(python, tmp_path, "pip", "uninstall", "--yes", "neuronxa-tasks")
    assert not (tasks / "neuronxa").exists()
    assert (tasks / "belebele").is_dir()
