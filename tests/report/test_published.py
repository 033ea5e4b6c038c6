"""The paper's correlations, checked by what it says of them elsewhere."""

from statistics import mean

import pytest

from neuronxa_tasks.report.compute.published import MODELS, published_pearson

BENCHMARKS = ("m_arc", "m_mmlu", "belebele")
TRANSFER = ("xnli", "bmlama53")
# The columns of Tables 8 and 9, of which Table 10 is the mean.
COMPARED = (
    *("Llama-3.1-8B", "Llama-2-7b-hf", "Llama-3.2-3B", "Qwen2.5-7B"),
    *("Mistral-7B-v0.3", "OLMo-2-1124-7B", "glm-4-9b"),
)


def figures(benchmarks: tuple[str, ...], measure: str, *models: str) -> list[float]:
    """Every published figure on FLORES with weighted pooling."""
    found = [
        published_pearson(model, "flores", benchmark, "weighted", measure)
        for benchmark in benchmarks
        for model in models
    ]
    return [figure for figure in found if figure is not None]


@pytest.mark.parametrize(
    ("measure", "printed"),
    [
        ("cka", 0.7596),
        ("svcca", 0.9246),
        ("anc", 0.9313),
        ("mexa", 0.9091),
        ("nasca", 0.9541),
        ("navca", 0.9430),
    ],
)
def test_the_benchmarks_average_to_table_10(measure: str, printed: float) -> None:
    found = figures(BENCHMARKS, measure, *COMPARED)
    assert len(found) == len(BENCHMARKS) * len(COMPARED)
    assert mean(found) == pytest.approx(printed, abs=1e-4)


@pytest.mark.parametrize(
    ("measure", "printed"), [("mexa", 0.8058), ("nasca", 0.8597), ("navca", 0.8588)]
)
def test_transfer_averages_to_table_10(measure: str, printed: float) -> None:
    assert mean(figures(TRANSFER, measure, *COMPARED)) == pytest.approx(printed, abs=1e-4)


@pytest.mark.parametrize(
    ("measure", "repeated", "printed"),
    [("cka", 0.6694, 0.6804), ("svcca", 0.8800, 0.8407), ("anc", 0.8645, 0.8537)],
)
def test_the_cells_that_repeat_xnli_are_empty_and_table_10_counts_them(
    measure: str, repeated: float, printed: float
) -> None:
    assert published_pearson("Llama-3.1-8B", "flores", "bmlama53", "weighted", measure) is None
    assert published_pearson("Llama-3.1-8B", "flores", "xnli", "weighted", measure) == repeated
    rest = figures(TRANSFER, measure, *COMPARED)
    assert len(rest) == 2 * len(COMPARED) - 1
    assert mean([*rest, repeated]) == pytest.approx(printed, abs=1e-4)


@pytest.mark.parametrize(
    ("benchmarks", "measure", "printed"),
    [(BENCHMARKS, "nasca", 0.9556), (TRANSFER, "nasca", 0.8514)],
)
def test_all_models_average_to_the_abstract(
    benchmarks: tuple[str, ...], measure: str, printed: float
) -> None:
    one_each = {column: model for model, column in MODELS.items()}.values()
    assert mean(figures(benchmarks, measure, *one_each)) == pytest.approx(printed, abs=1e-4)


@pytest.mark.parametrize(
    ("model", "corpus", "measure"),
    [
        ("Llama-3.1-8B", "tatoeba", "cka"),
        ("Meta-Llama-3-8B", "flores", "cka"),
        ("Llama-3.1-8B", "flores", "sads"),
        ("no/such-model", "flores", "nasca"),
    ],
)
def test_what_the_paper_does_not_give_is_none(model: str, corpus: str, measure: str) -> None:
    assert published_pearson(model, corpus, "m_arc", "weighted", measure) is None
