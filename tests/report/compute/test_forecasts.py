"""Every model and benchmark has forecasts that beat the mean, or a sentence that says why not."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from neuronxa_tasks.data.languages import FLORES, family
from neuronxa_tasks.errors import ReportError
from neuronxa_tasks.report.compute.build import build_report
from neuronxa_tasks.report.compute.forecast_validation import FORECAST, PREDICTORS
from neuronxa_tasks.report.compute.forecasts import ForecastSettings, forecasts
from neuronxa_tasks.report.compute.report_tables import Report
from neuronxa_tasks.report.compute.rows import ForecastRow, ForecastValidationRow
from neuronxa_tasks.report.read.parsing import parse_results
from neuronxa_tasks.report.read.scores import Column
from neuronxa_tasks.report.show.summary import records
from tools.synthetic_results import results

LANGUAGES = tuple(
    dict.fromkeys(["eng_Latn", "deu_Latn", "fra_Latn", "zho_Hans", "spa_Latn", *FLORES[::3]])
)
BELEBELE = "Belebele (5-shot)"


def run(model: str = "org/model", **options: Any) -> dict[str, Any]:
    return results(model, LANGUAGES, **{"metrics": ("nasca",), **options})


def report_of(*contents: dict[str, Any], **settings: Any) -> Report:
    files = [parse_results(content, f"file{i}.json") for i, content in enumerate(contents)]
    return build_report(files, forecast=ForecastSettings(**settings))


def belebele_of(
    scored: Callable[[str], bool] = lambda _: True, score: Callable[[float], float] = float
) -> dict[str, Any]:
    """A run whose only benchmark is Belebele, of some languages, with scores of our own."""
    content = run()
    for task, values in list(content["results"].items()):
        if task.startswith("belebele_") and scored(task.removeprefix("belebele_")):
            values["acc,none"] = score(values["acc,none"])
        elif task.startswith(("belebele", "arc", "m_mmlu")):
            del content["results"][task]
    return content


def reason(report: Report) -> str:
    (row,) = report.forecast_validation.itertuples()
    assert not row.forecast
    assert report.forecasts.empty
    return str(row.reason)


@pytest.fixture(scope="module")
def report() -> Report:
    measured = [run(f"org/m{i}", seed=i) for i in range(3)]
    return report_of(*measured, run("org/new", seed=9, benchmarks=False))


def test_every_language_with_alignment_has_a_forecast_and_the_measured_ones_their_score(
    report: Report,
) -> None:
    rows = report.forecasts.query(f"label == 'org/m0' and benchmark == '{BELEBELE}'")
    table = report.languages.query("label == 'org/m0'").set_index("language")
    assert set(rows["language"]) == set(LANGUAGES) - {"eng_Latn"}
    measured = rows.set_index("language")["measured"]
    expected = table.loc[measured.index, BELEBELE].rename("measured")
    pd.testing.assert_series_equal(measured, expected, check_dtype=False)
    assert (rows["low"] <= rows["forecast"]).all()
    assert (rows["forecast"] <= rows["high"]).all()
    assert (rows["low"] >= 0.25).all()


def test_what_lies_outside_what_was_fitted_is_marked(report: Report) -> None:
    rows = report.forecasts.query(f"label == 'org/m0' and benchmark == '{BELEBELE}'")
    table = report.languages.query("label == 'org/m0'").set_index("language")
    fitted = table.loc[rows.loc[rows["measured"].notna(), "language"], ["nasca", "tokens"]]
    for row in rows.itertuples():
        own = table.loc[row.language, ["nasca", "tokens"]]
        outside = ((own < fitted.min()) | (own > fitted.max())).any()
        assert row.extrapolated == outside
    assert 0 < rows["extrapolated"].sum() < len(rows)


def test_every_predictor_is_validated_by_leaving_out_languages_and_families(report: Report) -> None:
    rows = report.forecast_validation.query(f"label == 'org/m0' and benchmark == '{BELEBELE}'")
    names = ["mean", "tokens", "surface", "alignment", FORECAST, "alignment x English"]
    assert list(zip(rows["left_out"], rows["predictor"], strict=True)) == [
        (group, name) for group in ("language", "family") for name in names
    ]
    used = report.forecasts.query(f"label == 'org/m0' and benchmark == '{BELEBELE}'").dropna(
        subset=["measured"]
    )
    mean = [
        used.loc[used["family"] != family(code), "measured"].mean() for code in used["language"]
    ]
    found = rows.query("left_out == 'family'").set_index("predictor")
    assert found.loc["mean", "error"] == pytest.approx(
        np.sqrt(np.mean((np.array(mean) - used["measured"]) ** 2))
    )
    table = report.languages.query("label == 'org/m0'").set_index("language")
    product = table.loc[used["language"], "nasca"] * table.loc["eng_Latn", BELEBELE]
    errors = product.clip(0.25, 1).to_numpy() - used["measured"].to_numpy()
    assert found.loc["alignment x English", "error"] == pytest.approx(np.sqrt(np.mean(errors**2)))
    assert found.loc[FORECAST, "forecast"]
    assert found.loc[FORECAST, "p"] < 0.05
    assert 0.7 < found.loc[FORECAST, "covered"] <= 1


def test_a_model_without_the_benchmark_is_forecast_from_others(report: Report) -> None:
    rows = report.forecasts.query("label == 'org/new'")
    assert set(rows["benchmark"]) == set(report.benchmarks[:3]) - {"m-ARC (5-shot) acc_norm"}
    assert rows["measured"].isna().all()
    checked = report.forecast_validation.query("label == 'org/new'")
    assert set(checked["left_out"]) == {"model"}
    assert set(checked["groups"]) == {3}


def test_fewer_than_three_other_models_are_no_ground_for_a_forecast() -> None:
    pair = [run(f"org/m{i}", seed=i) for i in range(2)]
    found = report_of(*pair, run("org/new", benchmarks=False))
    rows = found.forecast_validation.query("label == 'org/new'")
    assert rows["reason"].str.endswith("2, needed to forecast another: 3").all()


def test_checkpoints_of_one_run_count_as_one_model() -> None:
    steps = [run("org/m", seed=i, revision=f"step{i}000", date=1.8e9 + i) for i in range(3)]
    found = report_of(*steps, run("org/new", benchmarks=False))
    rows = found.forecast_validation.query("label == 'org/new'")
    assert rows["reason"].str.endswith("1, needed to forecast another: 3").all()


def test_parity_is_a_rival_where_there_is_some_and_forecast_within_bounds_of_its_own() -> None:
    content = run()
    for code in LANGUAGES[1:]:
        task = f"neuronxa_flores_parity_{code}"
        own = content["results"][f"neuronxa_flores_{code}"]["nasca,none"]
        content["results"][task] = {"parity,none": 0.2 + 2 * own, "parity_stderr,none": 0.01}
        content["configs"][task] = {"task": task}
        content["n-shot"][task] = 0
    found = report_of(content)
    parity = next(name for name in found.benchmarks if "Parity" in name)
    checked = found.forecast_validation.groupby("benchmark")["predictor"].agg(set)
    assert "parity" in checked[BELEBELE]
    assert "parity" not in checked[parity]
    assert (found.forecasts.query("benchmark == @parity")["forecast"] > 1).any()


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (
            belebele_of(lambda code: code in ("eng_Latn", "deu_Latn", "zho_Hans")),
            "fewer than 10 languages of this model have alignment, tokens and it, and models "
            "with as many: 0, needed to forecast another: 3",
        ),
        (belebele_of(score=lambda _: 0.5), "every language has the same score"),
        (belebele_of(score=lambda s: 0.25 + (s * 1e4 % 2 - 1) / 100), "its scores are at chance"),
        (
            belebele_of(lambda code: family(code) == "Indo-European"),
            "families of the languages that have both: 1, needed: 3",
        ),
        (
            belebele_of(score=lambda s: 0.3 + 0.3 * (s * 1e4 % 1)),
            "no better than the mean of all where families are left out: skill ",
        ),
    ],
    ids=["few languages", "constant", "chance", "one family", "no relation"],
)
def test_a_benchmark_that_cannot_be_forecast_has_a_reason(
    content: dict[str, Any], expected: str
) -> None:
    rows = report_of(content).forecast_validation
    (said,) = rows["reason"].dropna()
    assert said.startswith(expected)
    assert not rows["forecast"].any()


def test_constant_alignment_has_a_reason(report: Report) -> None:
    table = report.languages.query("label == 'org/m0'").assign(nasca=0.5)
    columns = {BELEBELE: Column("belebele", 5)}
    found, checked = forecasts(table, report.models, ["nasca"], columns, ForecastSettings())
    assert found.empty
    assert list(checked["reason"]) == ["every language has the same alignment"]


def test_a_metric_that_was_not_measured_has_a_reason_by_default_and_is_refused_by_name() -> None:
    content = run(metrics=("mexa",))
    found = report_of(content)
    assert found.forecasts.empty
    assert found.forecast_validation["reason"].str.contains("choose another by --metric").all()
    assert set(report_of(content, metric="mexa").forecasts["metric"]) == {"mexa"}
    with pytest.raises(ReportError, match=r"`--metric` to be one of mexa, .* got 'navca'"):
        report_of(content, metric="navca")


def test_a_sure_interval_needs_more_languages() -> None:
    content = belebele_of(lambda code: code in LANGUAGES[:40])
    found = report_of(content, confidence=0.99)
    assert reason(found).endswith("needed: 99")


def test_one_wrong_benchmark_is_refused_beside_a_right_one() -> None:
    content = run()
    with pytest.raises(ReportError, match=r"`--benchmark` to be one of .* but got 'belebeel'"):
        report_of(content, benchmarks=("belebele", "belebeel"))
    found = report_of(content, benchmarks=("belebele", "m-MMLU (5-shot)"))
    assert set(found.forecast_validation["benchmark"]) == {BELEBELE, "m-MMLU (5-shot)"}


def test_rows_are_as_they_are_described(report: Report) -> None:
    for row in records(report.forecasts):
        ForecastRow.model_validate(row)
    for row in records(report.forecast_validation):
        ForecastValidationRow.model_validate(row)


def test_the_documentation_names_every_column_and_predictor() -> None:
    text = (Path(__file__).parents[3] / "docs" / "report.md").read_text()
    columns = text.partition("\n`forecast.csv`: ")[2].partition("\n\n`matrix.csv`")[0]
    named = set(re.findall(r"`(\w+)`", columns))
    assert named >= {*ForecastRow.columns(), *ForecastValidationRow.columns()}
    section = text.partition("## Languages without a benchmark")[2].partition("\n## ")[0]
    for words in PREDICTORS:
        assert words.split(" ")[0] in section
