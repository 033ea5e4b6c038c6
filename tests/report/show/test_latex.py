"""Tables for papers: taken by LaTeX as they are, and no wider than what they say."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from neuronxa_tasks.data.languages import FLORES, language_name
from neuronxa_tasks.report.show.exports import write_report
from neuronxa_tasks.report.show.folder import ReportFolder
from neuronxa_tasks.report.show.latex import latex
from neuronxa_tasks.report.show.tables.cells import NOTHING, Cell, Table, decimal, whole
from tests.report.sample import sample_report

# Those of LaTeX itself, and of booktabs and longtable.
COMMANDS = set(
    r"""
    \begin \end \caption \label \centering \toprule \midrule \bottomrule \textbf \scriptsize
    \endfirsthead \endhead \endfoot \endlastfoot \multicolumn
    \textbackslash \textasciitilde \textasciicircum \textless \textgreater \textbar
    \cdot \rightarrow \Leftrightarrow \dots \ss \ae \AE \oe \OE \o \O \l \L
    \u \r \H \v \d \b \c \\ \{ \} \$ \& \# \_ \% \` \' \^ \~ \= \. \"
    """.split()
)

NAMES = [
    *(r"\input{x}", "50 % of $y$ & more", "[x]", "*y", "a_b^c~d", "#1", '"q" `r`', "<s|t>"),
    *("Bokmål – Kabiyè · ạ̄", "→ ⇔ − …", "Łódź, ħ, đ", "中文 \N{REPLACEMENT CHARACTER}", "\u0301x"),
    *map(language_name, FLORES),
]


def table(*names: str, caption: str = "Scores") -> Table:
    rows = [[Cell(name), decimal(0.5, strong=True, note="0.4 to \u22120.1")] for name in names]
    return Table(caption, ["Language", "NASCA"], rows)


def documents(folder: Path) -> list[str]:
    """Everything that may stand in `tables.tex`: of one model and of several, short and long."""
    texts = [latex(table(*NAMES, caption="\\ 50 % [of] {all}"), "long"), latex(table("a"), "short")]
    for models, languages in ((1, 12), (1, 60), (2, 12), (20, 12)):
        with ReportFolder(folder / f"{models}-{languages}") as made:
            write_report(sample_report(models, hostile=True, languages=languages), made, "")
        texts.append((made.path / "tables.tex").read_text(encoding="ascii"))
    return texts


def test_every_character_and_command_is_known_to_every_latex(tmp_path: Path) -> None:
    for text in documents(tmp_path):
        assert text.isascii()
        assert text.replace("\n", "").isprintable()
        typeset = re.sub("^%.*", "", text, flags=re.MULTILINE)
        assert set(re.findall(r"\\(?:[A-Za-z]+|.)", typeset)) <= COMMANDS
        assert text.count("{") == text.count("}")


@pytest.mark.parametrize("program", ["pdflatex", "lualatex"])
def test_latex_takes_it_as_it_is(tmp_path: Path, program: str) -> None:
    if not shutil.which(program):
        pytest.skip(f"no {program} is installed")
    begin = r"\documentclass{article}\usepackage{booktabs,longtable}\begin{document}"
    body = "\n".join(documents(tmp_path))
    (tmp_path / "t.tex").write_text(f"{begin}\n{body}\n\\end{{document}}")
    command = [program, "-halt-on-error", "-interaction=nonstopmode", "t.tex"]
    done = subprocess.run(command, cwd=tmp_path, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-2000:]
    assert "Missing character" not in (tmp_path / "t.log").read_text(encoding="latin-1")


def test_a_long_table_goes_on_over_pages() -> None:
    assert r"\begin{longtable}" in latex(table(*map(str, range(41))), "x")
    assert r"\begin{table}" in latex(table(*map(str, range(40))), "x")


def test_what_all_rows_share_stands_in_the_caption_and_scores_stay() -> None:
    rows = [
        [Cell("org/m"), Cell(name), whole(12), decimal(0.5), NOTHING] for name in ("Head", "All")
    ]
    heads = ["Model", "Group", "Languages", "NASCA", "MEXA"]
    text = latex(Table("Means", heads, rows, 2), "means")
    assert r"\caption{Means. Model: org/m. Languages: 12.}" in text
    assert r"\label{tab:means}" in text
    assert "Group & NASCA \\\\" in text
    assert r"\begin{tabular}{lr}" in text
    alone = latex(Table("Means", heads, rows[:1], 2), "means")
    assert r"\caption{Means. Model: org/m.}" in alone
    assert "Group & Languages & NASCA \\\\" in alone


def test_only_what_a_test_lets_stand_out_is_bold(tmp_path: Path) -> None:
    for models, bold in ((2, False), (3, True)):
        with ReportFolder(tmp_path / str(models)) as folder:
            write_report(sample_report(models), folder, "")
        means = (folder.path / "tables.tex").read_text().split(r"\end{table}")[0]
        assert (r"\textbf" in means) is bold
        assert ("bold is what cannot be told" in means) is bold
