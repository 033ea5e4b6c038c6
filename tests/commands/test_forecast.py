"""`neuronxa forecast` as a user runs it."""

import json
from pathlib import Path

import pandas as pd
import pytest

from neuronxa_tasks.cli import main
from neuronxa_tasks.data.languages import FLORES
from tools.synthetic_results import results

LANGUAGES = tuple(dict.fromkeys(["eng_Latn", "deu_Latn", *FLORES[::4]]))


@pytest.fixture
def out(tmp_path: Path) -> Path:
    folder = tmp_path / "out"
    folder.mkdir()
    content = results(languages=LANGUAGES, metrics=("nasca", "mexa"))
    (folder / "results_2026-11-01T05-00-00.000000.json").write_text(json.dumps(content))
    return folder


def test_forecasts_are_printed_with_what_they_are_worth_and_written(
    out: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "report"
    arguments = ["--benchmark", "belebele", "--metric", "mexa", "--interval", "80"]
    assert main(["forecast", str(out), *arguments, "--output", str(target)]) == 0
    printed = capsys.readouterr().out
    assert "# Error of each predictor where others are left out" in printed
    assert "| alignment and tokens |" in printed
    assert "forecasts [80 % interval]" in printed
    table = pd.read_csv(target / "forecast.csv")
    assert set(table["benchmark"]) == {"Belebele (5-shot)"}
    assert set(table["metric"]) == {"mexa"}
    assert 0 < table["measured"].notna().sum() < len(table)
    checked = pd.read_csv(target / "forecast_validation.csv")
    assert set(checked["left_out"]) == {"language", "family"}
    assert 'id="forecast"' in (target / "report.html").read_text()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--benchmark", "belebele", "--benchmark", "belebeel"], "but got 'belebeel'"),
        (["--metric", "navca"], "but got 'navca': name one of them, or measure it"),
        (["--interval", "100"], "`--interval` to be a percentage of at least 50 and below 100"),
        (["--interval", "nan"], "but got nan"),
        (["--interval", "99", "--benchmark", "m_arc"], "Nothing can be forecast: org/model"),
    ],
)
def test_unusable_input_is_one_sentence(
    out: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], message: str
) -> None:
    assert main(["forecast", str(out), *arguments]) == 2
    said = capsys.readouterr().err.strip().splitlines()[-1]
    assert message in said


@pytest.mark.parametrize("missing", ["alignment", "benchmarks"])
def test_results_without_both_are_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], missing: str
) -> None:
    file = tmp_path / "results.json"
    file.write_text(json.dumps(results(languages=LANGUAGES[:8], **{missing: False})))
    assert main(["forecast", str(file)]) == 2
    assert "Expected alignment scores and a benchmark" in capsys.readouterr().err
