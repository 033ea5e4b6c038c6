"""Correlations of several models at once, and within each, against loops."""

import numpy as np
import pandas as pd
import pytest

from neuronxa_tasks.report.compute.pooled import pooled_correlations
from tests.reference import naive_pearson


def table(slope: float, gap: float, models: int = 3, languages: int = 15) -> pd.DataFrame:
    """Models with a slope within, and a gap that moves both scores of a whole model."""
    generator = np.random.default_rng(2)
    rows = [
        {
            "label": f"org/{model}",
            "condition": "c",
            "language": f"l{language}",
            "nasca": 0.02 * language + gap * model,
            "B": 0.02 * language * slope + gap * model + 0.02 * generator.standard_normal(),
        }
        for model in range(models)
        for language in range(languages)
    ]
    return pd.DataFrame(rows)


def test_pooling_can_turn_the_sign_and_that_is_said() -> None:
    made = table(slope=-1, gap=1.0)
    (row,) = pooled_correlations(made, ["nasca"], ["B"]).to_dict("records")
    assert row["pooled"] == pytest.approx(naive_pearson(list(made["nasca"]), list(made["B"])))
    rest_x: list[float] = []
    rest_y: list[float] = []
    for label in made["label"].unique():
        own = made[made["label"] == label]
        rest_x += list(own["nasca"] - sum(own["nasca"]) / len(own))
        rest_y += list(own["B"] - sum(own["B"]) / len(own))
    assert row["within"] == pytest.approx(naive_pearson(rest_x, rest_y))
    assert row["within"] < 0 < row["pooled"]
    assert row["within_low"] < row["within"] < row["within_high"]
    assert (row["differ"], row["models"], row["n"]) == ("sign", 3, 45)


def test_models_of_one_level_differ_in_nothing() -> None:
    (row,) = pooled_correlations(table(slope=1, gap=0.0), ["nasca"], ["B"]).to_dict("records")
    assert row["differ"] == ""
    assert row["pooled"] == pytest.approx(row["within"], abs=0.05)


def test_one_model_alone_and_constant_scores_are_not_pooled() -> None:
    assert pooled_correlations(table(1, 0, models=1), ["nasca"], ["B"]).empty
    assert pooled_correlations(table(1, 1).assign(B=0.5), ["nasca"], ["B"]).empty
    # A score that differs between models only has nothing within.
    made = table(1, 1)
    level = made["label"].map({"org/0": 0.1, "org/1": 0.2, "org/2": 0.3})
    assert pooled_correlations(made.assign(B=level), ["nasca"], ["B"]).empty
