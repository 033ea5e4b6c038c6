import math

import numpy as np
import pandas as pd
import pytest

from neuronxa_tasks.report.compute.between_corpora import between_corpora
from neuronxa_tasks.report.compute.rows import CorpusRow

CODES = ["deu_Latn", "fra_Latn", "swh_Latn", "zho_Hans", "ell_Grek", "fin_Latn"]
FLORES = [0.1, 0.5, 0.2, 0.9, 0.4, 0.3]
NTREX = [0.2, 0.4, 0.3, 0.8, 0.5, 0.1]


def scores(corpus: str, values: list[float], **changes: object) -> pd.DataFrame:
    row = {"label": "m", "metric": "nasca", "corpus": corpus, "pivot": "eng_Latn"}
    row |= {"condition": f"{corpus}, 100 pairs", **changes}
    return pd.DataFrame({"language": CODES[: len(values)], "value": values}).assign(**row)


def naive_pearson(x: list[float], y: list[float]) -> float:
    mean_x, mean_y = sum(x) / len(x), sum(y) / len(y)
    products = [(a - mean_x) * (b - mean_y) for a, b in zip(x, y, strict=True)]
    squares = [sum((a - m) ** 2 for a in z) for z, m in ((x, mean_x), (y, mean_y))]
    return sum(products) / math.sqrt(math.prod(squares))


def test_a_metric_on_two_corpora_is_correlated_over_the_languages_of_both() -> None:
    english = scores("ntrex", [1.0]).assign(language="eng_Latn")
    table = pd.concat([scores("flores", FLORES), scores("ntrex", NTREX[:5]), english])
    (row,) = between_corpora(table).to_dict("records")
    assert tuple(row) == CorpusRow.columns()
    assert (row["condition"], row["other"]) == ("flores, 100 pairs", "ntrex, 100 pairs")
    assert row["n"] == 5
    assert row["pearson"] == pytest.approx(naive_pearson(FLORES[:5], NTREX[:5]))
    assert row["low"] < row["pearson"] < row["high"]
    assert row["difference"] == pytest.approx(np.mean(FLORES[:5]) - np.mean(NTREX[:5]))
    assert row["spearman"] == pytest.approx(
        naive_pearson(*(list(np.argsort(np.argsort(z)) * 1.0) for z in (FLORES[:5], NTREX[:5])))
    )


@pytest.mark.parametrize(
    "other",
    [
        scores("ntrex", NTREX[:4]),
        scores("ntrex", [0.5] * 6),
        scores("ntrex", NTREX, metric="mexa"),
        scores("ntrex", NTREX, label="another model"),
        scores("ntrex", NTREX, pivot="fra_Latn"),
        scores("flores", NTREX, condition="flores, 200 pairs"),
    ],
    ids=["few languages", "one value", "another metric", "model", "pivot", "the same corpus"],
)
def test_what_does_not_compare_corpora_has_no_row(other: pd.DataFrame) -> None:
    assert between_corpora(pd.concat([scores("flores", FLORES), other])).empty
    assert between_corpora(pd.DataFrame()).empty
