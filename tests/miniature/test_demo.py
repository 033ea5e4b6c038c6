"""`neuronxa demo`, as a user runs it, and what its results show."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from neuronxa_tasks.cli import main
from neuronxa_tasks.commands.demo import demo
from neuronxa_tasks.data.languages import ENGLISH, MINIATURE, MINIATURE_HEAD, MINIATURE_LONGTAIL
from neuronxa_tasks.data.miniature import CAVEAT, CHECKPOINTS, FOLDER, MODEL, MODEL_ID
from neuronxa_tasks.errors import SettingsError

# Nothing answers there, so that a request would fail.
OFFLINE = {**os.environ, "HTTP_PROXY": "http://127.0.0.1:9", "HTTPS_PROXY": "http://127.0.0.1:9"}
BENCHMARKS = ("Categories (0-shot)", "Continuations (0-shot)")
ROOT = Path(__file__).parents[2]
NUMBER = re.compile(r"-?\d+\.\d+")
OLD = "results_2026-01-01T00-00-00.000000.json"


def command(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    module = [sys.executable, "-m", "neuronxa_tasks.cli", *arguments]
    return subprocess.run(module, cwd=cwd, env=OFFLINE, capture_output=True, text=True)


def package() -> dict[Path, int]:
    files = (path for path in FOLDER.parent.rglob("*") if "__pycache__" not in path.parts)
    return {path: path.stat().st_mtime_ns for path in files}


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The folder after a run, in which an earlier run was cut short."""
    folder = tmp_path_factory.mktemp("demo")
    old = folder / "neuronxa-demo" / "results" / "model" / OLD
    old.parent.mkdir(parents=True)
    old.write_text('{"results": {', encoding="utf-8")
    before = package()
    done = command("demo", cwd=folder)
    assert done.returncode == 0, done.stderr
    assert package() == before
    return folder / "neuronxa-demo", done.stdout


@pytest.fixture(scope="module")
def table(finished: tuple[Path, str]) -> pd.DataFrame:
    """One row a language, of the model that was run."""
    rows = pd.read_csv(finished[0] / "languages.csv")
    return rows[rows["label"] == MODEL_ID].set_index("language")


def test_prints_tables_and_correlations_and_names_the_page(finished) -> None:
    folder, printed = finished
    assert "| - neuronxa_miniature_head" in printed
    assert "# Alignment and benchmarks" in printed
    assert "# Pearson correlation" in printed
    page = folder.parent / printed.splitlines()[-1]
    assert page == folder / "report.html"
    assert CAVEAT in page.read_text(encoding="utf-8")
    assert CAVEAT in printed


def test_says_which_commands_it_runs(finished) -> None:
    shown = [line for line in finished[1].splitlines() if line.startswith("$ ")]
    assert [line.split()[1:3] for line in shown] == [["neuronxa", "run"], ["neuronxa", "report"]]


def test_leaves_the_results_of_an_earlier_run_where_they_are(finished) -> None:
    assert len(list((finished[0] / "results").rglob("results_*.json"))) == 2
    assert OLD not in finished[1]


def test_every_language_has_alignment_and_benchmarks(table) -> None:
    foreign = table.drop(ENGLISH)
    assert set(table.index) == set(MINIATURE)
    columns = ["nasca", "navca", "mexa", *BENCHMARKS]
    assert foreign[columns].notna().all(axis=None)


def test_languages_with_more_text_are_better_aligned(table) -> None:
    text = [*MINIATURE_HEAD, *MINIATURE_LONGTAIL]
    ranks = table.loc[text, "nasca"].rank(ascending=False)
    assert np.corrcoef(ranks, range(len(text)))[0, 1] > 0.5
    assert table.loc[[*MINIATURE_HEAD], "nasca"].mean() > (
        2 * table.loc[[*MINIATURE_LONGTAIL], "nasca"].mean()
    )


def test_alignment_goes_with_accuracy_and_the_report_says_how_closely(finished, table) -> None:
    foreign = table.drop(ENGLISH)
    summary = json.loads((finished[0] / "summary.json").read_text())
    for benchmark in (*BENCHMARKS, "Mean of benchmarks (0-shot)"):
        pearson = np.corrcoef(foreign["nasca"], foreign[benchmark])[0, 1]
        (said,) = (
            row["pearson"]
            for row in summary["correlations"]
            if (row["benchmark"], row["metric"]) == (benchmark, "nasca")
            and row["label"] == MODEL_ID
        )
        assert said == pytest.approx(pearson, abs=1e-6)
        assert pearson > 0.5


def test_the_untrained_model_is_at_chance(finished) -> None:
    rows = pd.read_csv(finished[0] / "languages.csv")
    untrained = rows[rows["label"] == "miniature@step_0"]
    assert untrained["nasca"].max() < 0.05
    for benchmark in BENCHMARKS:
        assert untrained[benchmark].mean() == pytest.approx(0.25, abs=0.05)


def test_alignment_rises_during_training(finished) -> None:
    rows = pd.read_csv(finished[0] / "languages.csv")
    means = rows.groupby("label")["nasca"].mean()
    steps = means.rename(lambda label: int(label.rpartition("_")[2])).sort_index()
    assert len(steps) >= 9
    assert steps.iloc[-1] > steps.iloc[len(steps) // 2] > steps.iloc[0]


def figures(text: str) -> dict[str, list[float]]:
    """The numbers of every table row, by its first two cells without the model's path."""
    rows = [
        [cell.strip(" *") for cell in line.strip().strip("|").split("|")]
        for line in text.splitlines()
        if line.strip().startswith("|")
    ]
    return {
        " ".join(cells[:2]).rpartition("/")[2]: [
            float(n) for n in NUMBER.findall(" ".join(cells[2:]))
        ]
        for cells in rows
    }


def test_the_readme_prints_what_the_demo_prints(finished) -> None:
    printed, shown = figures(finished[1]), figures((ROOT / "README.md").read_text())
    rows = [key for key in shown if key[:8] in MINIATURE or key.startswith("model ")]
    assert len(rows) == len(MINIATURE) + 3
    for key in rows:
        # Other processors add up in another order.
        assert shown[key] == pytest.approx(printed[key], abs=0.05), key


def test_the_documentation_says_how_well_each_state_retrieves(finished) -> None:
    rows = pd.read_parquet(finished[0] / "long.parquet")
    own = rows[(rows["revision"] == MODEL_ID.partition("@")[2]) & (rows["layer"] >= 0)]
    best = own.groupby(["measure", "language"])["value"].max().groupby("measure").mean()
    text = (ROOT / "docs" / "miniature.md").read_text()
    for measure in ("nasca", "navca", "mexa"):
        (said,) = re.findall(rf"\| {measure.upper()} \(.*\) \| (0\.\d+) \|", text)
        assert float(said) == pytest.approx(best[measure], abs=0.02)


def test_ships_at_most_eight_megabytes_of_model_and_results_of_eight_checkpoints() -> None:
    assert sum(path.stat().st_size for path in MODEL.iterdir()) <= 8_000_000
    assert len(list(CHECKPOINTS.iterdir())) >= 8


def test_plain_lm_eval_runs_the_same_tasks(tmp_path, capsys) -> None:
    assert main(["path", "demo-model"]) == 0
    model = capsys.readouterr().out.strip()
    assert Path(model) == MODEL
    arguments = ["--model", "hf", "--model_args", f"pretrained={model}", "--limit", "2"]
    done = subprocess.run(
        [sys.executable, "-m", "lm_eval", *arguments, "--tasks", "neuronxa_demo"],
        cwd=tmp_path,
        env=OFFLINE,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert "neuronxa_miniature_swh_Latn" in done.stdout
    assert "neuronxa_miniature_continuations_swh_Latn" in done.stdout


def test_a_folder_that_cannot_be_written_to_is_refused_before_anything_runs(tmp_path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(SettingsError, match=r"`--output`.*file.*give another with --output"):
        demo(["--output", str(tmp_path / "file")])
    assert main(["demo", "--output", str(tmp_path / "file" / "below")]) == 2
