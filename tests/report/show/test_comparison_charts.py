"""Compared models are drawn: over all languages, and in each."""

from typing import Any

import pandas as pd

from neuronxa_tasks.report.compute.build import build_report
from neuronxa_tasks.report.read.parsing import parse_results
from neuronxa_tasks.report.show.charts.comparison_charts import comparison_charts
from neuronxa_tasks.report.show.charts.style import specification_of
from tools.synthetic_results import results

LANGUAGES = ("eng_Latn", "deu_Latn", "fra_Latn", "rus_Cyrl", "spa_Latn")
LABELS = ("org/a", "org/b", "org/c")


def rows_of(chart: Any) -> pd.DataFrame:
    (rows,) = specification_of(chart)["datasets"].values()
    return pd.DataFrame(rows)


def test_every_two_of_three_models_are_compared_by_means_and_by_language() -> None:
    contents = [results(name, LANGUAGES, seed=seed) for seed, name in enumerate(LABELS)]
    files = [parse_results(content, f"{i}.json") for i, content in enumerate(contents)]
    report = build_report(files, compared=LABELS)
    charts = comparison_charts(report)
    means = rows_of(charts["comparison"])
    assert set(means["models"]) == {
        "a less\nb",
        "a less\nc",
        "b less\nc",
    }
    assert set(means["metric"]) == {"NASCA", "NAVCA", "MEXA"}
    assert ((means["low"] < means["difference"]) & (means["difference"] < means["high"])).all()
    differences = {name: rows_of(chart) for name, chart in charts.items() if "differ" in name}
    assert len(differences) == 3
    own = differences["difference_org_a_less_org_b"]
    assert list(own["value"]) == sorted(own["value"], reverse=True)
    table = report.comparison[report.comparison["metric"] == "nasca"]
    table = table[(table["label"] == "org/a") & (table["other"] == "org/b")]
    told = own.set_index("language").loc[table["language"], "kind"] != "not told"
    assert told.tolist() == (table["p"] < 0.05).tolist()


def test_nothing_is_drawn_of_models_that_are_not_compared() -> None:
    file = parse_results(results("org/a", LANGUAGES), "a.json")
    assert comparison_charts(build_report([file])) == {}
