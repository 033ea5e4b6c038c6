"""What other commands found out about a model is read, shown, exported, and refused if damaged."""

import copy
import json
from pathlib import Path
from typing import Any

import jsonschema
import pandas as pd
import pytest

from neuronxa_tasks.cli import main
from neuronxa_tasks.data.miniature import CAVEAT
from neuronxa_tasks.errors import ReportError
from neuronxa_tasks.report.compute.build import build_report
from neuronxa_tasks.report.compute.report_tables import Report
from neuronxa_tasks.report.read.parsing import parse_results
from neuronxa_tasks.report.show.folder import MANIFEST
from neuronxa_tasks.report.show.summary import summary_schema
from neuronxa_tasks.results.analyses import Matrix
from tests.report.analyses import CODES, analysis, inspection, matrix, neurons
from tools.synthetic_results import results


def without_a_point() -> dict[str, Any]:
    content = copy.deepcopy(inspection())
    content["languages"][0]["nas"]["points"]["pivot"].pop()
    return content


def report_of(*contents: dict[str, Any]) -> Report:
    return build_report([parse_results(c, f"file{i}.json") for i, c in enumerate(contents)])


def test_an_analysis_is_read_with_its_model_and_no_scores() -> None:
    file = parse_results(analysis("matrix", matrix([0.1, 0.2, 0.3])), "x.json")
    (found,) = file.analyses
    assert isinstance(found, Matrix)
    assert (found.languages, file.model.label) == (CODES, "org/model")
    assert not file.alignments
    assert not file.empty


def test_another_kind_is_left_out_and_said() -> None:
    (problem,) = report_of(analysis("horoscope", {})).problems
    assert problem == (
        "file0.json: an analysis of another kind than matrix, inspection, neurons, left out: "
        "'horoscope'"
    )


@pytest.mark.parametrize(
    "damaged",
    [
        analysis("matrix", matrix([0.1])),
        analysis("matrix", None),
        analysis("inspection", {"languages": [{"corpus": "flores"}]}),
        analysis("inspection", without_a_point()),
        analysis("neurons", neurons(overlap=[])),
        analysis("neurons", {"ablation": "all"}),
    ],
)
def test_a_damaged_analysis_costs_itself_only(damaged: dict[str, Any]) -> None:
    whole = analysis("matrix", matrix([0.1, 0.2, 0.3]))
    report = report_of(damaged, whole, analysis("inspection", inspection()))
    (problem,) = report.problems
    assert problem.startswith("file0.json: damaged")
    assert len(report.matrix) == 6
    assert len(report.failing) == 1


def test_a_file_that_names_no_model_is_refused() -> None:
    content = analysis("matrix", matrix([0.1, 0.2, 0.3]))
    with pytest.raises(ReportError, match="names no model"):
        parse_results(content | {"config": {}}, "x.json")
    with pytest.raises(ReportError, match="`config` should be a table"):
        parse_results(content | {"config": "x"}, "x.json")


def test_the_newer_of_two_analyses_counts_whatever_their_order() -> None:
    older, newer = (
        analysis("matrix", matrix([score] * 3), date) for score, date in ((0.1, 1.0), (0.9, 2.0))
    )
    for contents in ((older, newer), (newer, older)):
        assert set(report_of(*contents).matrix["value"]) == {0.9}


def test_analyses_of_the_miniature_say_that_it_is_invented() -> None:
    assert CAVEAT in report_of(analysis("matrix", matrix([0.1] * 3, "miniature"))).problems
    assert CAVEAT in report_of(analysis("neurons", neurons(corpus="miniature"))).problems
    of_pairs = copy.deepcopy(inspection())
    of_pairs["languages"][0]["corpus"] = "miniature"
    assert CAVEAT in report_of(analysis("inspection", of_pairs)).problems
    assert CAVEAT not in report_of(analysis("inspection", inspection())).problems


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder as `neuronxa matrix`, `neuronxa inspect` and `neuronxa neurons` leave it."""
    for kind, content in (
        ("matrix", matrix([0.1, 0.2, 0.3])),
        ("inspection", inspection()),
        ("neurons", neurons()),
    ):
        path = tmp_path / "out" / f"{kind}_2026-11-01T05-00-00.000000.json"
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps(analysis(kind, content)))
    return path.parent


def test_analyses_alone_make_a_report(folder: Path, tmp_path: Path) -> None:
    target = tmp_path / "report"
    assert main(["report", str(folder), "--output", str(target)]) == 0
    tables = (
        "matrix.csv map.csv failing_pairs.csv neurons.csv neuron_overlap.csv "
        "neuron_carriers.csv ablation.csv"
    )
    names = {path.name for path in target.iterdir()}
    assert names == {"report.html", "summary.json", "figures", *tables.split(), MANIFEST}
    page = (target / "report.html").read_text()
    assert (
        "Of every two of 3 languages, mean NASCA is 0.20; French and Russian (0.30) have the "
        "highest, German and French (0.10) the lowest. Of 2 pairs of English and German, aligned "
        "are 50% on Embedding in layer 2 and 50% on NAS in layer 2. Of 3 languages, Russian (4) "
        "has most neurons of its own, German (2) fewest."
    ) in page
    for heading in (
        "Every language with every other",
        "Looking inside",
        "Neurons of languages",
    ):
        assert f">{heading}</a></h2>" in page
    assert "Good morning. &lt;b&gt;" in page
    assert len(pd.read_csv(target / "matrix.csv")) == 6
    assert pd.read_csv(target / "failing_pairs.csv")["margin"].tolist() == [-0.25]
    assert pd.read_csv(target / "neurons.csv")["specific"].tolist() == [0, 2, 1, 2, 2, 2]
    assert pd.read_csv(target / "ablation.csv")["change"].tolist() == [0.0, -0.25, 0.125]
    names = {path.name for path in (target / "figures").iterdir()}
    assert {"neurons.svg", "neuron_overlap.svg", "neuron_ablation_random.png"} <= names
    assert {"matrix_nasca.svg", "map_nas_flores_eng_latn_deu_latn.png"} <= names
    jsonschema.validate(json.loads((target / "summary.json").read_text()), summary_schema())


def test_scores_and_analyses_of_a_model_stand_together(folder: Path, tmp_path: Path) -> None:
    path = folder / "results_2026-11-02T05-00-00.000000.json"
    path.write_text(json.dumps(results(languages=["eng_Latn", *CODES])))
    target = tmp_path / "report"
    assert main(["report", str(folder), "--output", str(target)]) == 0
    assert len(json.loads((target / "summary.json").read_text())["models"]) == 1
    assert "mean NASCA is" in (target / "report.html").read_text()
