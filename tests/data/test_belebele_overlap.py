import json
import re
import unicodedata
from pathlib import Path

from neuronxa_tasks.data.belebele_overlap import LINES_OUTSIDE_BELEBELE, lines_in_belebele
from neuronxa_tasks.data.line_numbers import line_numbers

DOCS = Path(__file__).parents[2] / "docs"


def letters(text: str) -> str:
    return re.sub(r"[\W_]", "", unicodedata.normalize("NFKC", text)).lower()


def test_the_lines_are_those_that_no_passage_holds(real_data: Path) -> None:
    passages = {
        letters(json.loads(line)["flores_passage"])
        for line in (real_data / "belebele" / "eng_Latn.jsonl").read_text("utf-8").splitlines()
    }
    text = (real_data / "flores200" / "devtest" / "eng_Latn.devtest").read_text("utf-8")
    outside = [
        number
        for number, line in enumerate(text.splitlines(), start=1)
        if not any(letters(line) in passage for passage in passages)
    ]
    assert outside == list(line_numbers(LINES_OUTSIDE_BELEBELE))


def test_the_documentation_gives_the_same_lines() -> None:
    text = (DOCS / "report.md").read_text("utf-8")
    assert LINES_OUTSIDE_BELEBELE in re.sub(r"\s", "", text)
    assert len(line_numbers(LINES_OUTSIDE_BELEBELE)) == 195
    assert lines_in_belebele(range(1, 1013)) == 817
