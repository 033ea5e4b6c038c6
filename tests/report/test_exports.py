"""Exports are read as they are meant by spreadsheets, Markdown and LaTeX."""

import io
import shutil
import subprocess
from pathlib import Path

import pandas as pd
import pytest

from neuronxa_tasks.report.show.exports import csv_text, write_report
from neuronxa_tasks.report.show.folder import ReportFolder
from neuronxa_tasks.report.show.text import latex, markdown
from tests.report.sample import sample_report

FORMULAS = ["=1+1", "+1", "-1+2", "@SUM(A1)"]


def test_spreadsheets_calculate_nothing_and_read_utf8() -> None:
    table = pd.DataFrame({"label": [*FORMULAS, "Bokmål"], "=x": [-0.5, 1, 2, 3, None]})
    written = csv_text(table).encode()
    assert written.startswith(b"\xef\xbb\xbf")
    cells = pd.read_csv(io.BytesIO(written))
    assert list(cells["label"]) == [*(f"'{formula}" for formula in FORMULAS), "Bokmål"]
    assert cells["'=x"].tolist()[:4] == [-0.5, 1, 2, 3]


def test_every_csv_of_a_report_is_one(tmp_path: Path) -> None:
    with ReportFolder(tmp_path) as folder:
        write_report(sample_report(2, hostile=True), folder, "")
    tables = [path for path in folder.written if path.suffix == ".csv"]
    assert len(tables) >= 4
    for path in tables:
        assert path.read_bytes().startswith(b"\xef\xbb\xbf")
        assert len(pd.read_csv(path))


CELLS = ["a|b", r"C:\users\|", r"a\|", "<script>", "[x](http://x)", "`a|b`"]


def test_no_cell_of_markdown_ends_early_or_becomes_markup() -> None:
    commonmark = pytest.importorskip("markdown_it", reason="markdown-it is not installed")
    table = pd.DataFrame({"model": CELLS, "a|b": 0.5})
    html = commonmark.MarkdownIt("commonmark").enable("table").render(markdown("T", table))
    cells = [cell.split("</td>")[0] for cell in html.split("<td")[1:]]
    assert len(cells) == 2 * len(CELLS)
    assert "<a " not in html
    assert "<code" not in html
    assert "<script" not in html


def test_no_cell_of_latex_is_a_command() -> None:
    table = pd.DataFrame({"model": [r"\input{x}", "50 % of $y$ & more", "[x]", "*y"], "n": 1.0})
    text = latex("Caption.", table, "tab:x", ["model"])
    assert r"\input" not in text
    assert r"50 \% of \$y\$ \& more" in text
    assert "\n{[}x]" in text
    assert "\n{*}y" in text


@pytest.mark.skipif(not shutil.which("pdflatex"), reason="no LaTeX is installed")
def test_latex_is_taken_by_latex(tmp_path: Path) -> None:
    table = latex("C.", pd.DataFrame({"model": ["[x]", "*y", "a_b^c~d"], "n": 1.0}), "t", ["model"])
    begin = r"\documentclass{article}\usepackage{booktabs}\begin{document}"
    (tmp_path / "t.tex").write_text(f"{begin}{table}\\end{{document}}")
    command = ["pdflatex", "-halt-on-error", "t.tex"]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)
