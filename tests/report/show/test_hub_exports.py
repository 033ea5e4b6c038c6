"""What a report writes for other places is what those places read."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from huggingface_hub import ModelCard, parse_eval_result_entries

from neuronxa_tasks.report.compute.build import build_report
from neuronxa_tasks.report.read.parsing import parse_results
from neuronxa_tasks.report.show.every_eval_ever import every_eval_ever
from neuronxa_tasks.report.show.hub_exports import eval_results_yaml, model_card
from neuronxa_tasks.report.show.model_scores import ModelScores, model_scores
from tools.synthetic_results import results

LANGUAGES = ("eng_Latn", "deu_Latn", "fra_Latn", "zho_Hans", "swh_Latn", "tur_Latn")
SCHEMA = Path(__file__).parents[2] / "files" / "every_eval_ever-0.3.0.schema.json"


def scores_of(content: dict[str, Any]) -> ModelScores:
    (found,) = model_scores(build_report([parse_results(content, "x.json")]))
    return found


@pytest.fixture(scope="module")
def scores() -> ModelScores:
    return scores_of(results("org/model", LANGUAGES, metrics=("nasca", "mexa", "sads")))


def test_the_hub_reads_its_evaluation_results(scores: ModelScores) -> None:
    entries = parse_eval_result_entries(yaml.safe_load(eval_results_yaml(scores)))
    assert [entry.task_id for entry in entries] == [
        f"neuronxa_flores_{metric}" for metric in ("nasca", "mexa", "sads")
    ]
    assert {entry.dataset_id for entry in entries} == {"mteb/FloresBitextMining"}
    # 1.8e9 seconds after 1970 began.
    assert entries[0].date == "2027-01-15T08:00:00+00:00"
    assert entries[0].value == pytest.approx(scores.languages["nasca"].mean())


def test_the_hub_reads_its_model_card(scores: ModelScores) -> None:
    card = ModelCard(model_card(scores))
    found = {(r.metric_type, r.dataset_config): r.metric_value for r in card.data.eval_results}
    assert found["nasca", "all"] == pytest.approx(scores.languages["nasca"].mean())
    assert card.data.model_name == "org/model"


def test_a_card_names_languages_above_chance_and_others(scores: ModelScores) -> None:
    text = model_card(scores)
    above, below = (line for line in text.splitlines() if line.startswith("**Measured"))
    assert above.startswith("**Measured, above chance** (4): German (")
    assert below.startswith("**Measured, not above chance** (1): Turkish (")


def test_records_of_every_eval_ever_follow_its_schema(scores: ModelScores) -> None:
    record = json.loads(every_eval_ever(scores))
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    assert schema["version"] == record["schema_version"]
    jsonschema.validate(record, schema)
    assert len(record["evaluation_results"]) == 3 * (len(LANGUAGES) - 1)
    by_id = {result["evaluation_result_id"]: result for result in record["evaluation_results"]}
    german = scores.languages.set_index("language").loc["deu_Latn"]
    assert by_id["nasca_deu_Latn"]["score_details"]["score"] == german["nasca"]
    assert by_id["sads_deu_Latn"]["metric_config"]["min_score"] == -2
    assert "uncertainty" not in by_id["sads_deu_Latn"]["score_details"]


def test_a_strangers_name_is_no_path_and_no_markup() -> None:
    scores = scores_of(results("../../x/<b>", LANGUAGES))
    assert "/" not in scores.file_name
    assert not scores.file_name.startswith(".")
    assert ModelCard(model_card(scores)).data.model_name == scores.label


def test_benchmarks_alone_give_no_such_file() -> None:
    content = results("org/model", LANGUAGES, alignment=False)
    assert not list(model_scores(build_report([parse_results(content, "x.json")])))
