"""The paper's claims, held against what is kept of real models."""

from dataclasses import replace
from itertools import takewhile
from pathlib import Path

import pytest

from examples.real_models import claims
from examples.real_models.kept import kept_alignments
from tests.real_models import GEMMA, KEPT

DOCS = (Path(__file__).parents[2] / "docs" / "real-models.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("model", sorted(KEPT.iterdir()), ids=lambda folder: folder.name)
def test_the_documentation_shows_what_is_kept(
    model: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert claims.main([str(model)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) > 20
    assert [line for line in lines if line not in DOCS] == []


def test_what_is_information_parity_itself_predicts_it_best() -> None:
    metrics = claims.by_metric(kept_alignments(GEMMA))
    parity = {row.language: row.value**2 for row in metrics["navca"]}
    table = takewhile(bool, claims.prediction_lines(metrics, parity)[2:])
    cells = (line.strip("|").split("|") for line in table)
    rows = {name.strip(): float(pearson.split()[0]) for name, pearson, *_ in cells}
    assert rows["navca"] == max(rows.values())
    assert 0.9 < rows["navca"] < 1
    assert rows["log of tokens"] < 0


def test_a_metric_is_above_another_by_their_difference_in_every_language() -> None:
    lower = claims.by_metric(kept_alignments(GEMMA))["nasca"]
    higher = [replace(row, value=row.value * 1.01 + 0.1) for row in lower]
    (*_, line) = claims.differences({"higher": higher, "lower": lower}, [("higher", "lower")])
    assert "| 0.10" in line
    assert line.endswith(f"| {len(lower)} of {len(lower)} |")
