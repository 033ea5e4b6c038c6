"""What is in every exported table, as the documentation lists it and programs read it."""

import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import jsonschema
import pandas as pd
import pyarrow.parquet as pq
import pytest

from neuronxa_tasks.report.compute import rows
from neuronxa_tasks.report.compute.build import build_report
from neuronxa_tasks.report.compute.report_tables import Report
from neuronxa_tasks.report.read.parsing import parse_results
from neuronxa_tasks.report.show.exports import write_report
from neuronxa_tasks.report.show.folder import ReportFolder
from neuronxa_tasks.report.show.summary import summary_schema
from tests.report.analyses import analysis, inspection, matrix
from tools.synthetic_results import results

LANGUAGES = ("eng_Latn", "deu_Latn", "fra_Latn", "zho_Hans", "swh_Latn", "tur_Latn")
DOCS = Path(__file__).parents[3] / "docs" / "report.md"
ROWS = {
    "correlations.csv": rows.CorrelationRow,
    "stability.csv": rows.StabilityRow,
    "checkpoints.csv": rows.TrainingRow,
    "changes.csv": rows.ChangeRow,
}


def silent_retrieval() -> dict[str, Any]:
    """Retrieval of a file that keeps no record, and so no best layer."""
    return {
        "results": {"neuronxa_flores_retrieval_deu_Latn": {"nas_both,none": 0.5}},
        "configs": {},
        "config": {"model_args": {"pretrained": "org/silent"}},
    }


def report_of(*contents: dict[str, Any]) -> Report:
    return build_report([parse_results(c, f"{n}.json") for n, c in enumerate(contents)])


def exported(report: Report, folder: Path) -> dict[str, Path]:
    with ReportFolder(folder) as written:
        write_report(report, written, "")
    return {path.name: path for path in written.written}


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Everything that a report can hold."""
    runs = [
        results("org/a", LANGUAGES, seed=step, revision=f"step{step}00", retrieval=step == 0)
        for step in range(5)
    ]
    others = [analysis("matrix", matrix([0.5, 0.4, 0.3])), analysis("inspection", inspection())]
    report = report_of(*runs, silent_retrieval(), *others)
    return exported(report, tmp_path_factory.mktemp("report"))


def documented(name: str) -> list[str]:
    (text,) = re.findall(
        rf"^`{re.escape(name)}`[^:]*?: (.*?)\n\n", DOCS.read_text("utf-8"), re.MULTILINE | re.DOTALL
    )
    return re.findall(r"`(\w+)`", re.sub(r"\([^)]*\)", "", text))


@pytest.mark.parametrize(
    "name", ["correlations.csv", "retrieval.csv", "checkpoints.csv", "changes.csv"]
)
def test_the_columns_are_those_of_the_documentation(name: str, files: dict[str, Path]) -> None:
    assert list(pd.read_csv(files[name])) == documented(name)


@pytest.mark.parametrize(
    ("name", "columns"),
    [
        ("correlations.csv", ["n"]),
        ("retrieval.csv", ["best_layer"]),
        ("stability.csv", ["pairs", "languages"]),
        ("checkpoints.csv", ["steps", "languages"]),
        ("changes.csv", ["first", "last"]),
    ],
)
def test_whole_numbers_are_written_as_such(
    name: str, columns: Sequence[str], files: dict[str, Path]
) -> None:
    table = pd.read_csv(files[name], dtype=str)
    for column in columns:
        assert table[column].dropna().str.fullmatch(r"\d+").all(), column
        assert table[column].notna().any(), column


@pytest.mark.parametrize("name", ROWS)
def test_every_row_is_one_of_the_summarys_schema(name: str, files: dict[str, Path]) -> None:
    for row in pd.read_csv(files[name]).to_dict("records"):
        known = {key: None if pd.isna(value) else value for key, value in row.items()}
        # An empty text and nothing are the same in CSV.
        texts = {
            key: "" for key in ("activation", "pooling") if key in known and known[key] is None
        }
        ROWS[name].model_validate({**known, **texts})


def test_the_summary_has_whole_numbers_and_follows_its_schema(files: dict[str, Path]) -> None:
    summary = json.loads(files["summary.json"].read_text("utf-8"))
    jsonschema.validate(summary, summary_schema())
    for key in ("layers", "parameters"):
        assert {type(model[key]) for model in summary["models"]} == {int, type(None)}, key


def test_the_long_table_has_the_types_that_are_documented(files: dict[str, Path]) -> None:
    schema = pq.read_schema(files["long.parquet"])
    types = {field.name: str(field.type) for field in schema}
    assert {types[name] for name in ("n", "n_shot")} == {"int64"}
    assert types["layer"] == "int16"
    assert types["bos"] == "bool"
    assert {types[name] for name in ("value", "stderr", "p")} == {"double"}
    about = DOCS.read_text("utf-8").split("`long.parquet`, with ")[1].split("\n\n")[0]
    assert [name for name in types if f"`{name}`" not in about] == []
    long = pd.read_parquet(files["long.parquet"])
    assert long[long["n"] == 100].shape[0] > 100
    assert long[long["n_shot"] > 1].shape[0] > 10


@pytest.mark.parametrize(
    "contents",
    [
        [results("org/a", LANGUAGES, benchmarks=False)],
        [results("org/a", LANGUAGES, alignment=False)],
        [results("org/a", LANGUAGES[:2])],
        [silent_retrieval()],
        [analysis("matrix", matrix([0.5, 0.4, 0.3]))],
        [analysis("inspection", inspection())],
    ],
)
def test_no_file_is_empty_whatever_little_there_is(
    contents: list[dict[str, Any]], tmp_path: Path
) -> None:
    for name, path in exported(report_of(*contents), tmp_path).items():
        if path.suffix == ".csv":
            assert len(pd.read_csv(path)), name
        elif path.suffix == ".parquet":
            assert len(pd.read_parquet(path)), name
        else:
            assert path.read_text("utf-8").strip(), name


def test_a_report_of_less_leaves_nothing_of_the_one_before(tmp_path: Path) -> None:
    more = exported(report_of(results("org/a", LANGUAGES, retrieval=True)), tmp_path)
    (tmp_path / "notes.csv").write_text("mine")
    less = exported(report_of(analysis("matrix", matrix([0.5, 0.4, 0.3]))), tmp_path)
    assert {"retrieval.csv", "correlations.csv", "long.parquet", "tables.md"} <= more.keys()
    there = {path.name for path in tmp_path.iterdir() if not path.name.startswith(".")}
    assert (
        there == {*less, "notes.csv"} == {"report.html", "summary.json", "matrix.csv", "notes.csv"}
    )
