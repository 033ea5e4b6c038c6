"""What the documentation names exists, and its Python runs."""

import re
from pathlib import Path
from typing import Any

import pytest

from neuronxa_tasks import alignment
from neuronxa_tasks.measures import BASELINES, MEASURES
from tests.docs.blocks import FILES, ROOT, blocks
from tests.runs import our_tasks

DOCS = ROOT / "docs"
WITH_PYTHON = [file for file in FILES if any(block.language == "python" for block in blocks(file))]


def text_of(name: str) -> str:
    return (DOCS / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("file", WITH_PYTHON, ids=lambda file: file.name)
def test_the_python_of_a_page_runs_from_top_to_bottom(
    file: Path, make_lm: Any, flores_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The harness's own tasks, 14,000 files, would be read first.
    tasks = our_tasks(flores_dir=str(flores_dir), n_pairs="all")
    monkeypatch.setattr("lm_eval.evaluator.TaskManager", lambda metadata: tasks)
    lm = make_lm()
    # What a reader has before.
    namespace: dict[str, Any] = {"model": lm.model, "tokenizer": lm.tokenizer}
    for block in blocks(file):
        if block.language == "python":
            exec(compile(block.text, str(block), "exec"), namespace)  # noqa: S102


def test_every_difference_from_the_paper_says_where_it_is_made() -> None:
    rows = re.findall(r"^\| (?!what|-).+ \| (.+?) \|$", text_of("differences.md"), re.MULTILINE)
    places = [row.strip("`") for row in rows if row != "---"]
    assert len(places) > 15
    assert [place for place in places if not (ROOT / place).is_file()] == []


def test_the_functions_of_the_measures_are_public() -> None:
    rows = re.findall(r"^\| .+ \| `(\w+)` \|$", text_of("measures.md"), re.MULTILINE)
    assert set(rows) >= {"weak_alignment", "retrieve", "csls", *BASELINES} - {"cka_debiased"}
    assert set(rows) <= set(alignment.__all__)


def test_every_measure_has_its_formula() -> None:
    named = set(re.findall(r"`(\w+)`", text_of("measures.md")))
    assert set(MEASURES) <= named


@pytest.mark.parametrize("file", sorted(DOCS.glob("*.md")), ids=lambda file: file.name)
def test_a_page_is_in_the_contents_once(file: Path) -> None:
    contents = (ROOT / "mkdocs.yml").read_text(encoding="utf-8").partition("\nnav:")[2]
    assert len(re.findall(rf"[ :]{re.escape(file.name)}$", contents, re.MULTILINE)) == 1
