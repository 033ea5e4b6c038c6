"""Every language with every other, as tables and as a map."""

import json
import re
from itertools import combinations, pairwise
from typing import Any

import numpy as np
import pandas as pd
import pytest
import vl_convert

from neuronxa_tasks.data.languages import FLORES, MINIATURE, family, language_name, script_name
from neuronxa_tasks.report.compute.language_matrix import matrix_table, neighbours
from neuronxa_tasks.report.show.charts.matrix_charts import matrix_charts
from neuronxa_tasks.results.analyses import Matrix

CODES = ("deu_Latn", "hin_Deva", "fra_Latn", "urd_Arab", "swh_Latn")


def content(codes: tuple[str, ...] = CODES, seed: int = 0, **changes: Any) -> Matrix:
    scores = np.random.default_rng(seed).random(len(codes) * (len(codes) - 1) // 2)
    given = {
        "corpus": "flores",
        "n_pairs": 100,
        "languages": list(codes),
        "sha256": [f"digest of {code}" for code in codes],
        "metrics": {"nasca": {"scores": scores.tolist()}},
    }
    return Matrix.model_validate({**given, **changes})


def values(table: pd.DataFrame) -> dict[tuple[str, str], float]:
    return dict(
        zip(zip(table["language"], table["other"], strict=True), table["value"], strict=True)
    )


def test_every_two_languages_stand_there_in_both_orders() -> None:
    given = content()
    table = matrix_table([("org/Model", given)])
    assert list(table) == [
        *("label", "corpus", "condition", "metric", "language", "other", "value")
    ]
    found = values(table)
    assert len(found) == len(table) == 20
    scores = given.metrics["nasca"].scores
    for (language, other), score in zip(combinations(CODES, 2), scores, strict=True):
        assert found[language, other] == found[other, language] == score
    assert set(table["label"]) == {"org/Model"}
    assert set(table["condition"]) == {"FLORES, 100 pairs, 5 languages"}


def test_the_newest_of_two_alike_counts() -> None:
    table = matrix_table([("a", content()), ("a", content(seed=1)), ("b", content())])
    assert values(table[table["label"] == "a"]) == values(matrix_table([("a", content(seed=1))]))
    assert values(table[table["label"] == "b"]) == values(matrix_table([("b", content())]))


def test_other_sentences_are_another_condition() -> None:
    other = content(seed=1, sha256=["else"] * 5)
    table = matrix_table([("a", content()), ("a", other), ("a", content(CODES[:4]))])
    sizes = table.groupby("condition").size()
    assert sorted(sizes) == [12, 20, 20]
    assert len([c for c in sizes.index if re.search("5 languages, text [0-9a-f]{12}$", c)]) == 2


def test_neighbours_are_the_best_and_the_means_of_the_like_and_the_unlike() -> None:
    table = matrix_table([("a", content())])
    scores = values(table)
    found = neighbours(table).set_index("language")
    assert sorted(found.index) == sorted(CODES)
    for code in CODES:
        others = sorted((c for c in CODES if c != code), key=lambda c: -scores[code, c])
        row = found.loc[code]
        assert [row[f"nearest_{place}"] for place in (1, 2, 3)] == others[:3]
        assert [row[f"value_{place}"] for place in (1, 2, 3)] == [
            scores[code, c] for c in others[:3]
        ]
        assert row["mean"] == pytest.approx(np.mean([scores[code, c] for c in others]))
        for of, within, across in (
            (family, "within_family", "across_families"),
            (script_name, "within_script", "across_scripts"),
        ):
            same = [scores[code, c] for c in others if of(c) == of(code)]
            rest = [scores[code, c] for c in others if of(c) != of(code)]
            assert row[within] == pytest.approx(np.mean(same) if same else np.nan, nan_ok=True)
            assert row[across] == pytest.approx(np.mean(rest) if rest else np.nan, nan_ok=True)


def test_two_languages_have_one_neighbour_each() -> None:
    found = neighbours(matrix_table([("a", content(CODES[:2]))]))
    assert list(found["nearest_1"]) == ["hin_Deva", "deu_Latn"]
    assert (
        found[["nearest_2", "value_2", "nearest_3", "value_3", "within_family"]]
        .isna()
        .sum(axis=None)
        == 8
    )


def test_languages_that_are_alike_stand_side_by_side_on_the_map() -> None:
    group = {code: place % 3 for place, code in enumerate(MINIATURE)}
    scores = [0.9 if group[a] == group[b] else 0.1 for a, b in combinations(MINIATURE, 2)]
    given = content(MINIATURE, metrics={"nasca": {"scores": scores}})
    chart = matrix_charts(matrix_table([("a", given)]))["matrix_nasca"].to_dict()
    rows = next(iter(chart["datasets"].values()))
    by_name = {language_name(code): group[code] for code in MINIATURE}
    order = [by_name[row["name"]] for row in rows]
    assert sum(a != b for a, b in pairwise(order)) == 2
    for i, row in enumerate(rows):
        assert row["value"][i] is None
        for j, value in enumerate(row["value"]):
            assert j == i or value == (0.9 if order[i] == order[j] else 0.1)


def test_several_models_and_metrics_have_a_map_each() -> None:
    both = {name: {"scores": [0.5] * 10} for name in ("nasca", "navca_mean")}
    table = matrix_table([("a", content(metrics=both)), ("b", content())])
    charts = matrix_charts(table)
    assert list(charts) == [
        "matrix_nasca_a_flores_100_pairs_5_languages",
        "matrix_navca_mean_a_flores_100_pairs_5_languages",
        "matrix_nasca_b_flores_100_pairs_5_languages",
    ]
    assert "b" in charts["matrix_nasca_b_flores_100_pairs_5_languages"].to_dict()["description"]


def test_nothing_is_drawn_of_nothing() -> None:
    assert matrix_charts(pd.DataFrame()) == {}


def test_all_languages_stay_small_and_hold_their_data_once() -> None:
    chart = matrix_charts(matrix_table([("a", content(FLORES))]))["matrix_nasca"].to_dict()
    assert len(json.dumps(chart)) < 400_000
    assert list(chart["datasets"]) == [chart["data"]["name"]]


@pytest.mark.parametrize(("codes", "named"), [(MINIATURE, True), (FLORES[:70], False)])
def test_the_map_names_few_languages_and_says_how_many_there_are_of_many(codes, named) -> None:
    chart = matrix_charts(matrix_table([("a", content(codes))]))["matrix_nasca"]
    svg = vl_convert.vegalite_to_svg(chart.properties(width=600).to_dict())
    assert (">Swahili<" in svg or ">Afrikaans<" in svg) == named
    assert (">70 languages<" in svg) != named
    assert ">Family" in svg
    assert ">Script" in svg
