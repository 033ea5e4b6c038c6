"""What is kept of a programme's results."""

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from examples.real_models.kept import kept, main
from neuronxa_tasks.cli import main as neuronxa
from neuronxa_tasks.data.miniature import MODEL, SENTENCES
from neuronxa_tasks.report.read.parsing import parse_results
from tests.runs import results_of

SETTINGS = {"pooling": ["weighted", "last"], "correction": ["none", "centred"]}


@pytest.fixture(scope="module")
def output(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A programme's output of two steps."""
    folder = tmp_path_factory.mktemp("output")
    typed = ["--model", "neuronxa", "--model_args", f"pretrained={MODEL}", "--device", "cpu"]
    typed += ["--tasks", "neuronxa_miniature_deu_Latn,neuronxa_miniature_parity_deu_Latn"]
    typed += ["--metadata", json.dumps(SETTINGS)]
    assert neuronxa(["run", *typed, "--output_path", str(folder / "results" / "alignment")]) == 0
    return folder


def content(output: Path) -> dict[str, Any]:
    return results_of(output)


def test_every_kept_figure_is_read_as_from_the_results(output: Path) -> None:
    whole = parse_results(content(output), "file")
    read = parse_results(kept(content(output), "miniature"), "file")
    assert read.model.name == "miniature"
    assert [(s.language, s.value) for s in read.scores] == [
        (s.language, s.value) for s in whole.scores
    ]
    wanted = {a.metric: a for a in whole.alignments}
    assert {a.metric for a in read.alignments} == wanted.keys() - {
        f"{measure}_last_centred" for measure in ("nasca", "navca", "mexa")
    }
    for row in read.alignments:
        assert (row.value, row.layers) == (wanted[row.metric].value, wanted[row.metric].layers)


def test_nothing_is_kept_of_the_text_and_of_where_it_was_run(output: Path) -> None:
    text = json.dumps(kept(content(output), "miniature"), ensure_ascii=False)
    assert str(output.parent) not in text
    assert str(MODEL) not in text
    assert str(Path.home()) not in text
    for sentence in (SENTENCES / "deu_Latn.txt").read_text(encoding="utf-8").splitlines():
        assert sentence.strip() not in text


def test_the_same_results_give_the_same_file(output: Path, tmp_path: Path) -> None:
    files = []
    for name in ("first", "second"):
        assert main([str(output), "miniature", str(tmp_path / name)]) == 0
        (file,) = (tmp_path / name).iterdir()
        files.append(file.read_bytes())
    assert files[0] == files[1]
    assert json.loads(gzip.decompress(files[0])) == kept(content(output), "miniature")
