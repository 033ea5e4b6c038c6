"""Outside figures come from whatever program wrote them, and a bad line costs only itself."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from neuronxa_tasks.data.languages import FLORES
from neuronxa_tasks.errors import ReportError
from neuronxa_tasks.report.compute.build import build_report
from neuronxa_tasks.report.compute.report import OWN_COLUMNS
from neuronxa_tasks.report.read.outside_scores import COLUMNS, read_scores
from neuronxa_tasks.report.read.parsing import parse_results
from tests.report.synthetic import results

HEADER = ",".join(COLUMNS)
GOOD = "org/m,,fr,COMET,0.8,"


def scores(tmp_path: Path, *lines: str, header: str = HEADER, encoding: str = "utf-8") -> Path:
    path = tmp_path / "comet.csv"
    path.write_bytes("\n".join([header, *lines]).encode(encoding))
    return path


def test_any_known_code_is_a_language(tmp_path: Path) -> None:
    path = scores(tmp_path, "org/m,step5,de,COMET,0.8,", " org/m,main,swh_Latn,COMET,0.7,0")
    files = read_scores(path)
    assert [f.model.label for f in files] == ["org/m@step5", "org/m"]
    assert [(s.language, s.heading) for f in files for s in f.scores] == [
        ("deu_Latn", "COMET"),
        ("swh_Latn", "COMET (0-shot)"),
    ]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("org/m,,klingon,COMET,0.8,", "unknown language 'klingon'"),
        ("org/m,,de,COMET,high,", "expected a number .* 'high'"),
        ("org/m,,fr,COMET,0.1,", "COMET of fra_Latn stands in line 2"),
        ("org/m,,de,COMET,nan,", "finite value"),
        ("org/m,,de,COMET,1e308,", "finite value"),
        ("org/m,,de,belebele,50,", "accuracy from 0 to 1, but got '50'"),
        ("org/m,,de,m-ARC,-0.1,5", "accuracy from 0 to 1"),
        ("org/m,,de,COMET,0.5,2.5", "whole number up to .* '2.5'"),
        ("org/m,,de,COMET,0.5,-1", "whole number up to"),
        (f"org/m,,de,COMET,0.5,1{'0' * 30}", "whole number up to"),
        (f"org/m,,de,COMET,0.5,{'1' * 5000}", "whole number up to"),
        (",,de,COMET,0.5,", "expected a model"),
        ("org/m,,de", "expected 6 values, but got 3"),
        ("org/m,,de,COMET,0.5,,7", "expected 6 values, but got 7"),
        ('org/m,,de,"COMET,0.5,', "expected 6 values, but unexpected end of data"),
        (f"org/m,,de,{'x' * 200_000},0.5,", "expected 6 values, but field larger"),
        ("org/m,,de,nasca,0.5,", "'nasca' is the name of another column"),
        ("org/m,,de,svcca_k7_low,0.5,", "'svcca_k7_low' is the name of another column"),
        ("org/m,,de,Mean of benchmarks (0-shot),0.5,", "is the name of another column"),
    ],
)
def test_a_line_that_cannot_be_used_is_named_and_left_out(
    tmp_path: Path, line: str, message: str
) -> None:
    (file,) = read_scores(scores(tmp_path, GOOD, line, "org/m,,de,COMET,0.7,"))
    assert [score.language for score in file.scores] == ["fra_Latn", "deu_Latn"]
    (problem,) = file.problems
    assert re.search(f"line 3: .*{message}", problem)
    assert len(problem) < 400


def test_no_column_of_a_report_is_a_benchmark(tmp_path: Path) -> None:
    content = results(languages=FLORES[:12], retrieval=True)
    report = build_report([parse_results(content, "x")])
    # The two that have benchmarks as columns.
    found = {*report.languages, *report.stability}
    columns = {name for name in found if not name.startswith(("Belebele", "m-"))} | OWN_COLUMNS
    columns -= set(report.benchmarks)
    lines = [f"org/m,,de,{column},0.5," for column in sorted(columns)]
    (file,) = read_scores(scores(tmp_path, GOOD, *lines))
    assert [score.benchmark for score in file.scores] == ["COMET"]
    assert len(file.problems) == len(columns)


def test_names_are_cleaned(tmp_path: Path) -> None:
    (file,) = read_scores(scores(tmp_path, "org/m\x07,,fr,chrF\u2028 of\x1b[31m,50,"))
    assert file.model.name == "org/m\N{REPLACEMENT CHARACTER}"
    assert file.scores[0].benchmark == "chrF of\N{REPLACEMENT CHARACTER}[31m"


def test_the_columns_that_pandas_writes_with_gaps_are_whole_numbers(tmp_path: Path) -> None:
    table = pd.DataFrame(
        [("org/m", 128, "fr", "COMET", 0.8, 5), ("org/m", None, "de", "COMET", 0.7, None)],
        columns=list(COLUMNS),
    )
    path = tmp_path / "pandas.csv"
    table.to_csv(path, index=False)
    assert "128.0" in path.read_text()
    files = read_scores(path)
    assert [file.model.revision for file in files] == ["128", ""]
    assert [file.scores[0].n_shot for file in files] == [5, None]
    assert "128.0 is read as 128" in files[0].problems[0]


@pytest.mark.parametrize("revisions", [("1.0", "2.0"), ("1.0", "", "v2"), ("", "main")])
def test_other_revisions_are_read_as_they_stand(tmp_path: Path, revisions: tuple[str, ...]) -> None:
    rows = zip(revisions, ("fr", "de", "ru"), strict=False)
    files = read_scores(scores(tmp_path, *(f"org/m,{r},{code},COMET,0.8," for r, code in rows)))
    assert {f.model.revision for f in files} == {r.replace("main", "") for r in revisions}
    assert not files[0].problems


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_spreadsheets_write_other_delimiters_and_encodings(
    tmp_path: Path, encoding: str, delimiter: str
) -> None:
    line = delimiter.join(["org/modèle", "", "fr", "COMET", "0,8" if delimiter == ";" else "0.8"])
    header = delimiter.join(COLUMNS)
    path = scores(tmp_path, f"{line}{delimiter}\r", header=f"{header}\r", encoding=encoding)
    (file,) = read_scores(path)
    assert file.model.name == "org/modèle"
    assert file.scores[0].value == 0.8
    assert not file.problems


def test_a_file_without_a_usable_line_or_of_another_header_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ReportError, match=r"no line that can be used.*klingon"):
        read_scores(scores(tmp_path, "org/m,,klingon,COMET,0.8,"))
    for header in ("language,score", "", HEADER.replace(",", "|")):
        with pytest.raises(ReportError, match=re.escape(f"but got {header!r}")):
            read_scores(scores(tmp_path, header=header))
    header = ",".join(COLUMNS)
    (tmp_path / "latin.csv").write_bytes(f"{header}\norg/modèle,,fr,COMET,0.8,".encode("latin-1"))
    with pytest.raises(ReportError, match=r"line 2: expected UTF-8: save the file as CSV in UTF-8"):
        read_scores(tmp_path / "latin.csv")


def test_a_line_that_is_no_utf8_costs_itself(tmp_path: Path) -> None:
    path = scores(tmp_path, GOOD)
    path.write_bytes(path.read_bytes() + "\norg/modèle,,de,COMET,0.7,".encode("latin-1"))
    (file,) = read_scores(path)
    assert [score.language for score in file.scores] == ["fra_Latn"]
    assert "line 3: expected UTF-8" in file.problems[0]


def test_what_is_no_file_is_refused_in_a_sentence(tmp_path: Path) -> None:
    loop = tmp_path / "loop.csv"
    loop.symlink_to(loop)
    os.mkfifo(tmp_path / "pipe.csv")
    names = ["missing.csv", "loop.csv", "pipe.csv", ".", "x" * 300]
    for name in names:
        with pytest.raises(ReportError, match="Expected `--scores` to be a file, but"):
            read_scores(tmp_path / name)


@pytest.mark.skipif(os.geteuid() != 0, reason="another user is needed")
def test_a_file_without_permission_is_refused_in_a_sentence(tmp_path: Path) -> None:
    path = scores(tmp_path, GOOD)
    path.chmod(0)
    for folder in (tmp_path, *tmp_path.parents[:2]):
        folder.chmod(0o755)
    code = (
        f"import os; from neuronxa_tasks.report.read.outside_scores import read_scores; "
        f"from pathlib import Path; os.setuid(65534); read_scores(Path({str(path)!r}))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert "ReportError: Expected `--scores` to be a file, but [Errno 13]" in done.stderr
