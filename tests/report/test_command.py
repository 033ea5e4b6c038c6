"""`neuronxa report` as a user runs it."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pandas as pd
import pytest

from neuronxa_tasks.cli import main
from neuronxa_tasks.languages import FLORES
from neuronxa_tasks.report.build import build_report
from neuronxa_tasks.report.folder import MANIFEST
from neuronxa_tasks.report.parsing import parse_results
from neuronxa_tasks.report.summary import records, summary, summary_schema
from neuronxa_tasks.report.text import latex, markdown
from tests.report.synthetic import results

LANGUAGES = ("eng_Latn", "deu_Latn", "fra_Latn", "zho_Hans", "spa_Latn", *FLORES[5:100:5])


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """A folder as two runs leave it."""
    folder = tmp_path / "out"
    for number in (1, 2):
        write(folder, results(f"org/m{number}", LANGUAGES, seed=number), number)
    return folder


def write(folder: Path, content: dict[str, Any], number: int = 1) -> Path:
    path = folder / f"model{number}" / f"results_2026-11-0{number}T05-00-00.000000.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content))
    return path


def test_everything_is_written_and_the_page_named(
    out: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "report"
    assert main(["report", str(out), "--output", str(target)]) == 0
    printed = capsys.readouterr().out
    assert "| org/m1  | Belebele (5-shot) " in printed
    assert printed.splitlines()[-1] == str(target / "report.html")
    assert {path.name for path in target.iterdir()} == {
        *("report.html", "languages.csv", "correlations.csv", "summary.json"),
        *("stability.csv", "tables.md", "tables.tex", "long.parquet", "figures"),
        MANIFEST,
    }
    assert {path.suffix for path in (target / "figures").iterdir()} == {".svg", ".png"}
    jsonschema.validate(json.loads((target / "summary.json").read_text()), summary_schema())
    languages = pd.read_csv(target / "languages.csv")
    assert len(languages) == 2 * len(LANGUAGES)
    assert pd.read_parquet(target / "long.parquet")["source"].nunique() == 2
    assert "neuronxa report" in (target / "report.html").read_text()


def test_an_existing_folder_keeps_what_was_not_written_here(out: Path, tmp_path: Path) -> None:
    target = tmp_path / "report"
    (target / "figures").mkdir(parents=True)
    kept = [target / "notes.txt", target / "figures" / "mine.svg"]
    for path in kept:
        path.write_text("mine")
    for _ in range(2):
        assert main(["report", str(out), "--output", str(target)]) == 0
    assert [path.read_text() for path in kept] == ["mine", "mine"]


def test_one_model_shows_its_joined_table(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write(tmp_path, results(languages=LANGUAGES))
    assert main(["report", str(path)]) == 0
    printed = capsys.readouterr().out
    assert "Alignment and benchmarks" in printed
    assert "deu_Latn" in printed
    assert "English: left out of every correlation" in printed


def test_a_file_that_cannot_be_read_is_named_and_the_rest_reported(
    out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cut = out / "cut_2026-11-03T05-00-00.json"
    cut.write_text('{"results": {')
    assert main(["report", str(out)]) == 0
    printed = capsys.readouterr().out
    assert f"Warning: {cut}: not JSON" in printed
    assert "org/m2" in printed


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "Expected results files or folders"),
        (["nothing"], "but got nothing"),
        (["OUT", "--model-id", "x"], "PATH=NAME"),
        (["OUT", "--scores", "missing.csv"], "there is no missing.csv"),
        (["OUT", "--compare", "org/m1", "org/m3"], "but got 'org/m3'"),
        (["OUT", "--output", "FILE"], "`--output`"),
        (["FILE"], "not JSON"),
        (["OTHER"], "Expected alignment, retrieval or benchmark scores"),
    ],
)
def test_unusable_input_is_a_usage_error(
    out: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], message: str
) -> None:
    file = out.parent / "file"
    file.write_text("no folder")
    content = results()
    content["results"]["hellaswag"] = {"acc,none": 0.5}
    other = write(out.parent / "other", content)
    given = [
        {"OUT": str(out), "FILE": str(file), "OTHER": str(other)}.get(word, word)
        for word in arguments
    ]
    assert main(["report", *given]) == 2
    assert message in capsys.readouterr().err


def test_two_models_are_compared(
    out: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "report"
    arguments = ["--compare", "org/m1", "org/m2", "--output", str(target)]
    assert main(["report", str(out), *arguments]) == 0
    rows = json.loads((target / "summary.json").read_text())["comparison"]
    assert len(rows) == 3 * (len(LANGUAGES) - 1)


def test_outside_scores_become_a_column(out: Path, tmp_path: Path) -> None:
    lines = [f"org/m1,,{code},COMET,0.{i + 10},\n" for i, code in enumerate(LANGUAGES)]
    scores = tmp_path / "comet.csv"
    scores.write_text("model,revision,language,benchmark,value,n_shot\n" + "".join(lines))
    target = tmp_path / "report"
    arguments = ["report", str(out), "--scores", str(scores), "--output", str(target)]
    assert main(arguments) == 0
    table = pd.read_csv(target / "correlations.csv")
    assert set(table.loc[table["benchmark"] == "COMET", "label"]) == {"org/m1", "org/m2"}
    assert (
        table.loc[(table["benchmark"] == "COMET") & (table["label"] == "org/m1"), "n"]
        .eq(len(LANGUAGES) - 1)
        .all()
    )


def test_check_says_what_is_missing_and_what_differs(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    whole = write(tmp_path / "a", results(languages=FLORES))
    french = write(tmp_path / "b", results(languages=FLORES, pivot="fra_Latn"))
    assert main(["report", "--check", str(whole)]) == 0
    assert main(["report", "--check", str(whole), "--against", str(french)]) == 1
    printed = capsys.readouterr().out
    assert "FAULT" in printed
    assert "flores differs in pivot: eng_Latn, there fra_Latn" in printed
    assert main(["report", "--check", str(tmp_path / "none.json")]) == 2


def test_the_report_needs_neither_torch_nor_the_harness() -> None:
    code = (
        "import sys, neuronxa_tasks.report.command, neuronxa_tasks.report.exports, "
        "neuronxa_tasks.report.figures; "
        "sys.exit(bool({'torch', 'lm_eval', 'transformers'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_the_summary_of_half_a_report_follows_its_schema() -> None:
    for options in ({"alignment": False}, {"benchmarks": False}, {}, {"retrieval": True}):
        file = parse_results(results(languages=LANGUAGES, **options), "x")
        jsonschema.validate(summary(build_report([file])), summary_schema())
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({"schema_version": 1}, summary_schema())


@pytest.mark.parametrize(
    "runs",
    [
        [{}, {"n_shot": 0}],
        [{}, {"pivot": "fra_Latn"}, {"pairs": 50, "model": "org/other"}],
        [{"metrics": ["nasca", "nasca_mean", "navca_gate_last"]}],
        [{"metrics": ["nasca", "cka", "svcca_k30", "anc_absolute_nas"], "retrieval": True}],
        [{"metrics": ["cka_debiased"]}],
        [{"peft": "adapters/checkpoint-100"}, {"peft": "adapters/checkpoint-200"}, {}],
        [{"model": "runs/checkpoint-10"}, {"model": "runs/checkpoint-20", "alignment": False}],
        [{"alignment": False}, {"model": "org/other", "benchmarks": False}],
    ],
)
def test_whatever_was_run_makes_a_whole_report(
    tmp_path: Path, runs: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("neuronxa_tasks.report.vega.Drawer.draw", lambda *_: ("", b""))
    for number, options in enumerate(runs):
        write(tmp_path / "out", results(languages=LANGUAGES, seed=number, **options), number)
    target = tmp_path / "report"
    assert main(["report", str(tmp_path / "out"), "--output", str(target)]) == 0
    jsonschema.validate(json.loads((target / "summary.json").read_text()), summary_schema())


def test_six_checkpoints_have_correlations_over_training(tmp_path: Path) -> None:
    for step in range(1, 7):
        content = results(languages=LANGUAGES, seed=step, revision=f"step{step}00")
        write(tmp_path / "out", content, step)
    target = tmp_path / "report"
    assert main(["report", str(tmp_path / "out"), "--output", str(target)]) == 0
    assert "Correlation over training steps" in (target / "report.html").read_text()
    table = pd.read_csv(target / "checkpoints.csv")
    assert set(table["steps"]) == {6}
    assert json.loads((target / "summary.json").read_text())["training"] == records(table)


def test_retrieval_alone_makes_a_report(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    content = results(languages=LANGUAGES, benchmarks=False, retrieval=True)
    for name in [name for name in content["results"] if "retrieval" not in name]:
        del content["results"][name]
    path, target = write(tmp_path, content), tmp_path / "report"
    assert main(["report", str(path), "--output", str(target)]) == 0
    assert "Retrieval accuracy in percent" in capsys.readouterr().out
    assert "finds" in (target / "report.html").read_text()
    table = pd.read_csv(target / "retrieval.csv")
    assert len(table) == 6 * (len(LANGUAGES) - 1)
    assert set(table["best_layer"]) == {3}
    assert not (target / "stability.csv").exists()
    assert "tab:neuronxa-retrieval" in (target / "tables.tex").read_text()
    jsonschema.validate(json.loads((target / "summary.json").read_text()), summary_schema())


def test_tables_cannot_be_broken_by_what_they_hold() -> None:
    table = pd.DataFrame({"model_name": ["a|b", r"\input{x} & 50 % of $y$"], "score": [0.5, None]})
    text = latex("Caption.", table, "tab:x", ["model_name"])
    assert r"\input" not in text
    assert r"\& 50 \% of \$y\$" in text
    assert r"model\_name" in text
    rows = markdown("Title", table).splitlines()
    assert len({row.replace(r"\|", "").count("|") for row in rows[2:]}) == 1
    assert records(table)[1]["score"] is None
