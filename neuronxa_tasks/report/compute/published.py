"""The paper's own correlations, to stand beside ours (its Tables 3, 4, 8, 9 and 11)."""

import csv
import functools
from importlib.resources import files
from pathlib import PurePath

# The weights that the paper's names stand for, by the last part of their Hub id.
MODELS: dict[str, str] = {
    "Llama-3.1-8B": "Llama 3.1 8B",
    "Meta-Llama-3.1-8B": "Llama 3.1 8B",
    "Meta-Llama-3-8B": "Llama 3 8B",
    "Llama-2-7b-hf": "Llama 2 7B",
    "Llama-3.2-3B": "Llama 3.2 3B",
    "Qwen2.5-14B": "Qwen 2.5 14B",
    "Qwen2.5-7B": "Qwen 2.5 7B",
    "Mistral-7B-v0.3": "Mistral 0.3 7B",
    "OLMo-2-1124-7B": "OLMo 2 7B",
    "glm-4-9b": "GLM 4 9B",
    "glm-4-9b-hf": "GLM 4 9B",
}


# Table 9 prints for Llama 3.1 8B the same CKA, SVCCA and ANC under BMLAMA as under XNLI, so
# that the former are left empty in the table, as are models that Tables 8, 9 and 11 lack.
@functools.cache
def _table() -> dict[tuple[str, str, str, str], dict[str, str]]:
    text = files("neuronxa_tasks.report.compute").joinpath("published.csv").read_text("utf-8")
    return {
        (row["corpus"], row["benchmark"], row["pooling"], row["measure"]): row
        for row in csv.DictReader(text.splitlines())
    }


def published_pearson(
    model: str, corpus: str, benchmark: str, pooling: str, measure: str
) -> float | None:
    """Pearson's r that the paper gives for this model, with English as the pivot.

    Args:
        model: Hub id or path of the weights.
        corpus: `flores` or `tatoeba`.
        benchmark: `m_arc`, `m_mmlu`, `belebele`, `xnli` or `bmlama53`.
        pooling: `weighted`, `mean` or `last`.
        measure: `nasca`, `navca`, `mexa`, or on embeddings `cka`, `svcca` or `anc`.

    Returns:
        None where the paper gives none, or a misprint.

    Example:
        >>> published_pearson("meta-llama/Llama-3.1-8B", "flores", "belebele", "weighted", "nasca")
        0.9588
    """
    row = _table().get((corpus, benchmark, pooling, measure), {})
    figure = row.get(MODELS.get(PurePath(model).name, ""))
    return float(figure) if figure else None
