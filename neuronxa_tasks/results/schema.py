"""The JSON Schema of a results file, for a validator elsewhere."""

from pathlib import Path
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from neuronxa_tasks.results.analyses import Inspection, Matrix
from neuronxa_tasks.results.parity_record import ParityRecord
from neuronxa_tasks.results.record import LanguageRecord
from neuronxa_tasks.results.run_record import Run

# What `results_schema` gives, for readers without Python.
SCHEMA_FILE = Path(__file__).parent / "results.schema.json"

_CORPUS = "flores|tatoeba|miniature"
_LANGUAGE = "[a-z]{3}(_[A-Z][a-z]{3})?"
_RECORDS: dict[str, type[BaseModel]] = {
    f"^neuronxa_({_CORPUS})(_retrieval)?_{_LANGUAGE}$": LanguageRecord,
    f"^neuronxa_({_CORPUS})_parity_{_LANGUAGE}$": ParityRecord,
}
_ANALYSES: dict[str, type[BaseModel]] = {"matrix": Matrix, "inspection": Inspection}


def results_schema() -> dict[str, Any]:
    """The JSON Schema of what a report reads: the run, and every record of these tasks.

    It says what each field may be. What fields have to say together, `neuronxa check` looks at.
    """
    run = Run.model_json_schema(ref_template="#/$defs/{model}")
    definitions = run.pop("$defs", {})
    models = [*_RECORDS.values(), *_ANALYSES.values()]
    references, found = models_json_schema(
        [(model, "validation") for model in models], ref_template="#/$defs/{model}"
    )
    definitions |= found["$defs"]
    of_model = {model: references[model, "validation"] for model in models}
    tasks = {
        pattern: {
            "type": "object",
            "properties": {
                "metadata": {"type": "object", "properties": {"neuronxa": of_model[model]}}
            },
        }
        for pattern, model in _RECORDS.items()
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Results file of lm-evaluation-harness with NeuronXA",
        "description": "A file of `lm_eval`, or of `neuronxa matrix` or `neuronxa inspect`.",
        "type": "object",
        "properties": {
            **run["properties"],
            "results": {"type": ["object", "null"], "additionalProperties": {"type": "object"}},
            "configs": {"type": ["object", "null"], "patternProperties": tasks},
            **{key: of_model[model] for key, model in _ANALYSES.items()},
        },
        "anyOf": [
            {"required": ["results", "configs"]},
            *({"required": ["neuronxa_analysis", key]} for key in _ANALYSES),
        ],
        "$defs": dict(sorted(definitions.items())),
    }
