"""Exports are read as they are meant by spreadsheets, Markdown and LaTeX."""

import io
from pathlib import Path

import pandas as pd
import pytest

from neuronxa_tasks.report.show.exports import csv_text, write_report
from neuronxa_tasks.report.show.folder import ReportFolder
from neuronxa_tasks.report.show.text import markdown
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
