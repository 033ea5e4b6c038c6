"""What is printed fits a terminal, and says where the rest is."""

import pytest

from neuronxa_tasks.report.compute.build import build_report
from neuronxa_tasks.report.compute.report_tables import Report
from neuronxa_tasks.report.read.parsing import parse_results
from neuronxa_tasks.report.show.text import means_text, printed
from tools.synthetic_results import results

LANGUAGES = ("eng_Latn", "deu_Latn", "fra_Latn", "zho_Hans", "swh_Latn", "tur_Latn")
LEADING = ("nasca", "navca", "mexa")
OTHERS = tuple(f"{name}{change}" for name in LEADING for change in ("_mean", "_last", "_csls"))


@pytest.fixture(scope="module")
def report() -> Report:
    content = results("org/a", LANGUAGES, metrics=(*LEADING, *OTHERS), benchmarks=False)
    return build_report([parse_results(content, "a.json")])


def test_tables_of_many_metrics_fit_a_terminal(report: Report) -> None:
    assert max(map(len, printed(report).splitlines())) <= 100


def test_the_leading_metrics_are_printed_and_the_others_are_named_with_their_file(
    report: Report,
) -> None:
    heads = [line for line in printed(report).splitlines() if " nasca " in line]
    assert len(heads) == 2
    for head in heads:
        names = [name.strip() for name in head.split("|")]
        assert [name for name in names if name in report.metrics] == list(LEADING)
    told = " ".join(printed(report).split())
    assert "9 other metrics: with --output FOLDER, languages.csv and tables.md there have" in told
    assert all(name in told for name in OTHERS)


def test_files_keep_every_metric(report: Report) -> None:
    assert set(report.metrics) <= {name.strip() for name in means_text(report).split("|")}


def test_what_all_rows_share_is_said_once(report: Report) -> None:
    text = means_text(report)
    title, of, _ = text.split("\n\n")
    assert title == "# Mean over languages [95 % interval]"
    assert of == "org/a, FLORES, pivot eng_Latn, 100 pairs"
    assert text.count("org/a") == 1
