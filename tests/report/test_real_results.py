"""Reports of a real model's results, and what these are by an independent computation."""

from pathlib import Path

import pytest

from neuronxa_tasks.cli import main
from neuronxa_tasks.report.read.results_files import read_results
from tests.real_models import GEMMA, unpack

# Scores of Gemma 3 270M by numpy in float64, one sentence at a time, with MEXA's own function.
INDEPENDENT = {
    "por_Latn": (0.732, 0.532, 0.553),
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


def test_alignment_is_what_an_independent_computation_gives(results: Path) -> None:
    files, problems = read_results([results])
    assert not problems
    found = {(a.language, a.metric): a.value for file in files for a in file.alignments}
    for language, scores in INDEPENDENT.items():
        ours = [found[language, metric] for metric in ("nasca", "navca", "mexa")]
        # Its sentences kept the blanks at their ends, which ours do not.
        assert ours == pytest.approx(scores, abs=0.002)


def test_the_whole_report_is_made_without_a_warning(
    results: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert main(["report", str(results), "--output", str(tmp_path / "report")]) == 0
    assert not capfd.readouterr().err
    page = (tmp_path / "report" / "report.html").read_text(encoding="utf-8")
    assert "gemma-3-270m" in page
    assert "Swahili" in page
