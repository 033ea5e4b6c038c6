"""A model's scores as a record of Every Eval Ever, by its schema of version 0.3.0.

The schema is every_eval_ever/schemas/eval.schema.json of github.com/evaleval/every_eval_ever.
"""

import json
from typing import Any

import pandas as pd

from neuronxa_tasks.measures import metric_named
from neuronxa_tasks.report.columns import ENDINGS
from neuronxa_tasks.report.show.model_scores import ModelScores
from neuronxa_tasks.results.ranges import range_of_metric

_SCHEMA_VERSION = "0.3.0"
# Who ran it a results file does not say; whoever publishes the record puts it there.
_UNKNOWN = "unknown"


def every_eval_ever(scores: ModelScores) -> str:
    """The record: a result for every metric and language."""
    moment = f"{scores.date.timestamp():.0f}" if scores.date else "0"
    rows: list[dict[Any, Any]] = scores.languages.to_dict("records")
    record = {
        "schema_version": _SCHEMA_VERSION,
        "evaluation_id": f"neuronxa_{scores.corpus.name}/{scores.label}/{moment}",
        "evaluation_timestamp": moment,
        # Not the clock: the same results give the same file.
        "retrieved_timestamp": moment,
        "source_metadata": {
            "source_name": "neuronxa report",
            "source_type": "evaluation_run",
            "source_organization_name": _UNKNOWN,
            "evaluator_relationship": "other",
        },
        "eval_library": {"name": "neuronxa-tasks", "version": scores.version},
        "model_info": {
            "name": scores.label,
            "id": scores.model,
            "additional_details": {
                "deployment_type": "self_deployed",
                # Neurons are seen in weights only.
                "model_availability": "open_weights",
            },
        },
        "evaluation_results": [
            _result(scores, metric, row)
            for metric in scores.metrics
            for row in rows
            if not pd.isna(row[metric])
        ],
    }
    # Python indents JSON ten times as slowly as it writes it, and there are thousands of results.
    return json.dumps(record, ensure_ascii=False) + "\n"


def _result(scores: ModelScores, metric: str, row: dict[Any, Any]) -> dict[str, Any]:
    known = metric_named(metric)
    least, most = range_of_metric(known) if known else (None, None)
    source = scores.corpus.source
    details: dict[str, Any] = {"score": row[metric]}
    low, high = (row.get(f"{metric}{ENDINGS[end]}") for end in ("low", "high"))
    if low is not None and not pd.isna(low):
        interval = {"lower": low, "upper": high, "confidence_level": 0.95}
        details["uncertainty"] = {"confidence_interval": {**interval, "method": "bootstrap"}}
    return {
        "evaluation_result_id": f"{metric}_{row['language']}",
        "evaluation_name": f"neuronxa_{scores.corpus.name}_{row['language']}",
        "source_data": {
            "dataset_name": scores.corpus.title,
            "source_type": "hf_dataset",
            "hf_repo": source.dataset,
            "hf_split": source.split,
        },
        "metric_config": {
            "metric_id": metric,
            "metric_name": metric,
            "metric_parameters": {"settings": scores.condition},
            "lower_is_better": False,
            "score_type": "continuous",
            "min_score": least,
            "max_score": most,
        },
        "score_details": details,
    }
