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
from neuronxa_tasks.data.languages import FLORES
from neuronxa_tasks.errors import ReportError
from neuronxa_tasks.report.compute.build import build_report
from neuronxa_tasks.report.read.parsing import parse_results
from neuronxa_tasks.report.show.folder import MANIFEST
from neuronxa_tasks.report.show.summary import records, summary, summary_schema
from neuronxa_tasks.report.show.text import markdown
from neuronxa_tasks.report.show.vega import Drawing
from tools.synthetic_results import results

LANGUAGES = ("eng_Latn", "deu_Latn", "fra_Latn", "zho_Hans", "spa_Latn", *FLORES[5:100:5])

NOTHING_DRAWN = Drawing("", b"", b"")


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
    tables = "languages.csv correlations.csv leaderboard.csv pooled.csv stability.csv tables.md"
    tables += " tables.tex long.parquet"
    tables += " forecast.csv forecast_validation.csv"
    names = {path.name for path in target.iterdir()}
    assert names == {"report.html", "summary.json", "figures", "hub", *tables.split(), MANIFEST}
    assert {path.suffix for path in (target / "figures").iterdir()} == {".svg", ".png", ".pdf"}
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
        (["OUT", "--compare", "org/m1"], "two models or more, but got org/m1"),
        (["OUT", "--languages", "xxx"], "but got xxx, which no model has"),
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
    summary = json.loads((target / "summary.json").read_text())
    assert len(summary["comparison"]) == 3 * (len(LANGUAGES) - 1)
    assert [row["metric"] for row in summary["compared_means"]] == ["nasca", "navca", "mexa"]
    assert summary["compared"] == ["org/m1", "org/m2"]


def test_models_are_ranked_over_the_languages_asked_for(out: Path, tmp_path: Path) -> None:
    target = tmp_path / "report"
    asked = ",".join(LANGUAGES[1:3])
    assert main(["report", str(out), "--languages", asked, "--output", str(target)]) == 0
    board = pd.read_csv(target / "leaderboard.csv")
    assert set(board.loc[board["group"] == "all", "languages"]) == {2}
    assert board["rank"].notna().all()


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
    assert "flores differs in pivot: eng_Latn, but fra_Latn in 1 of 1 other files" in printed
    assert main(["report", "--check", str(tmp_path / "none.json")]) == 2


def test_the_report_needs_neither_torch_nor_the_harness() -> None:
    code = (
        "import sys, neuronxa_tasks.commands.report, neuronxa_tasks.report.show.exports, "
        "neuronxa_tasks.report.show.figures; "
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
    monkeypatch.setattr("neuronxa_tasks.report.show.vega.Drawer.draw", lambda *_: NOTHING_DRAWN)
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
    assert "tab:retrieval" in (target / "tables.tex").read_text()
    jsonschema.validate(json.loads((target / "summary.json").read_text()), summary_schema())


def test_tables_cannot_be_broken_by_what_they_hold() -> None:
    table = pd.DataFrame({"model_name": ["a|b", r"\input{x} & 50 % of $y$"], "score": [0.5, None]})
    rows = markdown("Title", table).splitlines()
    assert len({row.replace(r"\|", "").count("|") for row in rows[2:]}) == 1
    assert records(table)[1]["score"] is None


def no_figures(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("neuronxa_tasks.report.show.vega.Drawer.draw", lambda *_: NOTHING_DRAWN)
    monkeypatch.setattr("neuronxa_tasks.report.show.vega.Drawer.bundle", lambda _: "")


def test_a_later_report_in_the_same_folder_leaves_nothing_of_the_earlier(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    no_figures(monkeypatch)
    first = write(tmp_path / "a", results(languages=LANGUAGES, retrieval=True))
    second = write(tmp_path / "b", results(languages=LANGUAGES, benchmarks=False))
    target, alone = tmp_path / "report", tmp_path / "alone"
    assert main(["report", str(first), "--output", str(target)]) == 0
    assert (target / "retrieval.csv").exists()
    assert main(["report", str(second), "--output", str(target)]) == 0
    assert main(["report", str(second), "--output", str(alone)]) == 0
    assert names_below(target) == names_below(alone)


def names_below(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*")}


def test_what_cannot_be_drawn_or_written_is_said_and_the_rest_is_there(
    out: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    no_figures(monkeypatch)

    def refusing(_: object, chart: Any, inches: float) -> Drawing:
        if "MEXA by layer" in json.dumps(chart):
            raise ReportError("it is none")
        return NOTHING_DRAWN

    monkeypatch.setattr("neuronxa_tasks.report.show.vega.Drawer.draw", refusing)
    target = tmp_path / "report"
    (target / "languages.csv").mkdir(parents=True)
    assert main(["report", str(out), "--output", str(target)]) == 1
    said = capsys.readouterr()
    assert "org/m1" in said.out
    assert said.out.splitlines()[-1] == str(target / "report.html")
    assert "neuronxa: Could not draw the figure layers_mexa: it is none" in said.err
    assert f"neuronxa: Could not write languages.csv in {target}: Is a directory" in said.err
    assert (target / "figures" / "layers_nasca.svg").exists()
    assert not (target / "figures" / "layers_mexa.svg").exists()


def test_tables_are_printed_before_a_folder_is_refused(
    out: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("mine")
    assert main(["report", str(out), "--output", str(tmp_path / "file")]) == 2
    said = capsys.readouterr()
    assert "org/m1" in said.out
    assert said.err.startswith("neuronxa: Expected a folder to write to in `--output`, but")


def test_a_page_without_the_script_for_its_charts_is_still_written(
    out: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    no_figures(monkeypatch)

    def failing(_: object) -> str:
        raise ReportError("The script cannot be made")

    monkeypatch.setattr("neuronxa_tasks.report.show.vega.Drawer.bundle", failing)
    target = tmp_path / "report"
    assert main(["report", str(out), "--output", str(target)]) == 1
    assert "The script cannot be made" in capsys.readouterr().err
    assert "<table" in (target / "report.html").read_text()


def test_no_output_shows_a_home_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    no_figures(monkeypatch)
    home = tmp_path / "people" / "ann"
    monkeypatch.setattr(Path, "home", lambda: home)
    for number, model in enumerate(("/home/bob/models/a", f"{home}/models/b", "/Users/eve/c"), 1):
        write(home / "out", results(model, LANGUAGES, seed=number), number)
    target = home / "report"
    arguments = ["report", str(home / "out"), "--model-id", f"{home}/models/b=org/b@v1"]
    arguments += ["--compare", "/home/bob/models/a", "org/b@v1"]
    assert main([*arguments, "--output", str(target)]) == 0
    written = {path: path.read_bytes() for path in target.rglob("*") if path.is_file()}
    assert len(written) > 5
    for path, content in written.items():
        assert not [name for name in (b"/bob", b"/ann", b"/eve") if name in content], path
    models = json.loads((target / "summary.json").read_text())["models"]
    assert [model["label"] for model in models] == ["a", "c", "org/b@v1"]
    assert models[0]["sources"] == ["~/out/model1/results_2026-11-01T05-00-00.000000.json"]
    assert f"{home}" not in capsys.readouterr().out.replace(f"{target}", "")


def test_a_given_name_is_cleaned_and_shown_in_every_output(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    no_figures(monkeypatch)
    write(tmp_path / "out", results("runs/x", LANGUAGES, retrieval=True))
    target = tmp_path / "report"
    given = "runs/x=org/\x1bgiven\u2028name"
    assert (
        main(["report", str(tmp_path / "out"), "--model-id", given, "--output", str(target)]) == 0
    )
    for name in ("languages.csv", "correlations.csv", "retrieval.csv", "stability.csv"):
        labels = set(pd.read_csv(target / name)["label"])
        assert labels == {"org/\N{REPLACEMENT CHARACTER}given name"}, name
    for name in ("report.html", "summary.json", "tables.md", "tables.tex"):
        text = (target / name).read_text()
        assert "given name" in text
        assert "\x1b" not in text
        assert "\u2028" not in text
    assert set(pd.read_parquet(target / "long.parquet")["model"]) == labels


def test_outside_scores_that_join_nothing_are_named(
    out: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    scores = tmp_path / "comet.csv"
    scores.write_text("model,revision,language,benchmark,value,n_shot\norg/m3,,de,COMET,0.8,\n")
    assert main(["report", str(out), "--scores", str(scores)]) == 0
    assert (
        f"Warning: {scores}: the scores of org/m3 join no results, which are of org/m1, org/m2"
    ) in capsys.readouterr().out


@pytest.mark.parametrize(
    "kept",
    [
        {"neuronxa_flores_retrieval_deu_Latn": "nas_backward,none"},
        {"neuronxa_flores_eng_Latn": "nasca,none"},
        {"arc_de": "acc_norm,none"},
    ],
)
def test_whatever_little_a_file_holds_makes_a_report(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kept: dict[str, str]
) -> None:
    no_figures(monkeypatch)
    french = "fra_Latn" if "neuronxa_flores_eng_Latn" in kept else "eng_Latn"
    content = results(languages=LANGUAGES, retrieval=True, pivot=french)
    ((task, metric),) = kept.items()
    content["results"] = {task: {metric: content["results"][task][metric]}}
    record = content["configs"][task].get("metadata", {}).get("neuronxa", {"metrics": {}})
    record["metrics"] = {
        name: entry for name, entry in record["metrics"].items() if metric.startswith(f"{name},")
    }
    write(tmp_path / "out", content)
    for others in (False, True):
        if others:
            write(tmp_path / "out", results("org/other", LANGUAGES), 2)
        target = tmp_path / "report"
        assert main(["report", str(tmp_path / "out"), "--output", str(target)]) == 0


@pytest.mark.parametrize(
    "arguments",
    [
        ["out", "--against", "other"],
        ["--check", "file.json", "--output", "x"],
        ["out", "--check", "f"],
    ],
)
def test_what_a_check_would_ignore_is_refused(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["report", *arguments]) == 2
    assert "`--check FILE`" in capsys.readouterr().err


@pytest.mark.parametrize("width", ["3", "0.5in", "three in", "51in", "-3in"])
def test_a_width_has_a_unit_and_room_for_a_figure(
    width: str, out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["report", str(out), "--output", "x", f"--width={width}"])
    assert "expected a width from 1in to 50in" in capsys.readouterr().err


def test_a_width_without_figures_is_refused(out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["report", str(out), "--width", "3in"]) == 2
    assert "Expected `--output FOLDER` beside `--width`" in capsys.readouterr().err
