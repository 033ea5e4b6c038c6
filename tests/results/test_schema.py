import json
from typing import Any

import jsonschema
import pytest

from neuronxa_tasks.data.miniature import CHECKPOINTS
from neuronxa_tasks.report.read.results_files import read_content
from neuronxa_tasks.results.schema import SCHEMA_FILE, results_schema
from tests.report.analyses import analysis, inspection, matrix
from tools.synthetic_results import results

TASK = "neuronxa_flores_deu_Latn"


def test_the_file_that_is_shipped_is_the_schema() -> None:
    """To remake it: neuronxa check --schema > neuronxa_tasks/results/results.schema.json."""
    assert json.loads(SCHEMA_FILE.read_text(encoding="utf-8")) == results_schema()


def test_it_is_a_schema_and_real_files_follow_it() -> None:
    jsonschema.Draft202012Validator.check_schema(results_schema())
    validator = jsonschema.Draft202012Validator(results_schema())
    for path in CHECKPOINTS.glob("*.json"):
        validator.validate(read_content(path))
    validator.validate(results("org/m", ["deu_Latn"], retrieval=True))
    validator.validate(analysis("matrix", matrix([0.5, 0.4, 0.3])))
    validator.validate(analysis("inspection", inspection()))


@pytest.mark.parametrize(
    ("key", "value"),
    [("n_pairs", -1), ("n_pairs", "100"), ("bos", "yes"), ("language", 5), ("metrics", [])],
)
def test_a_record_that_does_not_fit_does_not_follow_it(key: str, value: Any) -> None:
    content = results("org/m", ["deu_Latn"])
    content["configs"][TASK]["metadata"]["neuronxa"][key] = value
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(content, results_schema())


def test_what_is_no_results_file_does_not_follow_it() -> None:
    for content in ({}, {"results": {}}, [], {"neuronxa_analysis": "matrix"}):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(content, results_schema())
