"""Reports of a real model's results, and what these are by an independent computation."""

import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from neuronxa_tasks.cli import main
from neuronxa_tasks.data.languages import language_name
from neuronxa_tasks.report.read.results_files import read_results
from tests.real_models import GEMMA, unpack

ROOT = Path(__file__).parents[2]

METRICS = ("nasca", "navca", "mexa")
FLORES = "flores"

# Scores of Gemma 3 270M by numpy in float64, one sentence at a time, with MEXA's own function.
INDEPENDENT = {
    "fra_Latn": (0.692, 0.467, 0.449),
    "deu_Latn": (0.613, 0.354, 0.399),
    "zho_Hans": (0.644, 0.313, 0.473),
    "jpn_Jpan": (0.414, 0.144, 0.285),
    "kor_Hang": (0.399, 0.112, 0.216),
    "hin_Deva": (0.398, 0.113, 0.198),
    "ell_Grek": (0.299, 0.060, 0.104),
    "fin_Latn": (0.195, 0.063, 0.095),
    "swh_Latn": (0.101, 0.046, 0.033),
}


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("gemma")
    unpack(GEMMA, folder)
    return folder


def of_flores(table: pd.DataFrame) -> pd.DataFrame:
    return table[table["condition"].str.lower().str.startswith(FLORES)]


def test_alignment_is_what_an_independent_computation_gives(results: Path) -> None:
    files, problems = read_results([results])
    assert not problems
    found = {
        (a.language, a.metric): a.value
        for file in files
        for a in file.alignments
        if a.condition.corpus == FLORES
    }
    for language, scores in INDEPENDENT.items():
        ours = [found[language, metric] for metric in METRICS]
        # It kept the blanks at the ends of sentences, which ours do not have.
        assert ours == pytest.approx(scores, abs=0.002)


def test_the_whole_report_is_made_without_a_warning(
    results: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert main(["report", str(results), "--output", str(tmp_path / "report")]) == 0
    assert not capfd.readouterr().err
    page = (tmp_path / "report" / "report.html").read_text(encoding="utf-8")
    assert "gemma-3-270m" in page
    assert "Swahili" in page


def test_readme_shows_these_figures(results: Path) -> None:
    (file,), _ = read_results([results / "alignment"])
    found = {(language_name(a.language), a.metric): a.value for a in file.alignments}
    found |= {("Chinese", m): found["Chinese (Simplified)", m] for m in METRICS}
    for metric in METRICS:
        values = [a.value for a in file.alignments if a.metric == metric]
        found[f"mean of {len(values)} languages", metric] = float(np.mean(values))
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| ([A-Za-z0-9 ]+) \| (0\.\d+) \| (0\.\d+) \| (0\.\d+) \|$", readme, re.M)
    assert len(rows) >= 9
    for name, *scores in rows:
        assert scores == [f"{found[name, metric]:.3f}" for metric in METRICS]


def test_readme_and_documentation_say_what_a_forecast_is_worth(
    results: Path, tmp_path: Path
) -> None:
    output = ["--output", str(tmp_path)]
    assert main(["forecast", str(results), "--benchmark", "flores_parity", *output]) == 0
    table = of_flores(pd.read_csv(tmp_path / "forecast_validation.csv"))
    errors = table[table["left_out"] == "family"].set_index("predictor")["error"]
    own, mean, tokens = (
        f"{errors[name]:.3f}" for name in ("alignment and tokens", "mean", "tokens")
    )
    found = of_flores(pd.read_csv(tmp_path / "forecast.csv"))
    held = found["measured"].between(found["low"], found["high"])
    docs = (ROOT / "docs" / "real-models.md").read_text(encoding="utf-8").replace("\n", " ")
    assert f"squared error of {own}, where the mean of the other families has {mean}" in docs
    assert f"tokens alone {tokens}" in docs
    assert f"Of the {len(held)} measured values {held.sum()} lie in their 90 % interval" in docs
    readme = (ROOT / "README.md").read_text(encoding="utf-8").replace("\n", " ")
    own, mean = (f"{errors[name]:.2f}" for name in ("alignment and tokens", "mean"))
    assert f"is off by {own} in languages of families that it has not seen" in readme
    assert f"where the mean of the other languages is off by {mean}" in readme
