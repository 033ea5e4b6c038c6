"""A model's scores in the forms of the Hub: evaluation results, and a model card to paste from."""

import json

from tabulate import tabulate

from neuronxa_tasks.report.columns import ALL, GROUPS
from neuronxa_tasks.report.compute.report_tables import each_row
from neuronxa_tasks.report.show.inert import inert
from neuronxa_tasks.report.show.model_scores import ModelScores
from neuronxa_tasks.report.show.number_formats import interval, metric_title, number


def eval_results_yaml(scores: ModelScores) -> str:
    """The file for `.eval_results/` of the model's repository.

    Its form is the Hub's own: https://huggingface.co/docs/hub/eval-results.
    """
    # Half a second to import.
    from huggingface_hub import EvalResultEntry, eval_result_entries_to_yaml

    source = scores.corpus.source
    entries = [
        EvalResultEntry(
            dataset_id=source.dataset,
            dataset_revision=source.revision,
            task_id=f"neuronxa_{scores.corpus.name}_{mean.metric}",
            value=mean.value,
            date=scores.date.isoformat() if scores.date else None,
            notes=f"{scores.condition}, mean over {mean.languages} languages, "
            f"neuronxa-tasks {scores.version}",
        )
        for mean in scores.means
        if mean.group == ALL
    ]
    # JSON is YAML.
    return json.dumps(eval_result_entries_to_yaml(entries), indent=2, ensure_ascii=False) + "\n"


def model_card(scores: ModelScores) -> str:
    """Front matter with a `model-index`, and a section on the model's languages."""
    from huggingface_hub import EvalResult, ModelCardData

    source = scores.corpus.source
    results = [
        EvalResult(
            task_type="cross-lingual-alignment",
            task_name="Cross-lingual alignment (NeuronXA)",
            dataset_type=source.dataset,
            dataset_name=f"{scores.corpus.title}, {GROUPS[mean.group]} languages",
            dataset_config=mean.group,
            dataset_split=source.split,
            dataset_revision=source.revision,
            metric_type=mean.metric,
            metric_name=metric_title(mean.metric),
            metric_value=mean.value,
            metric_args={"settings": scores.condition, "languages": mean.languages},
        )
        for mean in scores.means
    ]
    card = ModelCardData(model_name=scores.label, eval_results=results)
    return f"---\n{card.to_yaml()}\n---\n\n{_section(scores)}"


def _section(scores: ModelScores) -> str:
    first = scores.metrics[0]
    title = metric_title(first)
    lines = [
        "## Languages",
        f"{title} is the share of layers in which a sentence and its translation are each other's "
        f"nearest neighbours, over pairs ({inert(scores.condition)}; neuronxa-tasks "
        f"{scores.version}). It says how alike the model represents languages, not how well it "
        "writes them.",
        tabulate(
            [
                [GROUPS[m.group], m.languages, number(m.value), interval(m.low, m.high)]
                for m in scores.means
                if m.metric == first
            ],
            headers=["languages", "number", title, "95 % interval"],
            tablefmt="pipe",
            disable_numparse=True,
        ),
    ]
    measured = scores.languages.dropna(subset=[first]).sort_values(first, ascending=False)
    below = measured["language"].isin(scores.not_above)
    parts = {
        f"Measured{', above chance' if scores.tested else ''}": measured[~below],
        "Measured, not above chance": measured[below],
    }
    for what, rows in parts.items():
        if len(rows):
            named = ", ".join(
                f"{inert(row.name)} ({getattr(row, first):.2f})" for row in each_row(rows)
            )
            lines.append(f"**{what}** ({len(rows)}): {named}.")
    return "\n\n".join(lines) + "\n"
