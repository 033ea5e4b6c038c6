"""The joined table, correlations and what is said of rows that do not belong together."""

import copy
import io
import math
from typing import Any

import numpy as np
import pandas as pd
import pytest

from neuronxa_tasks.data.belebele_overlap import LINES_OUTSIDE_BELEBELE
from neuronxa_tasks.data.languages import FLORES, FLORES_HEAD, FLORES_LONGTAIL
from neuronxa_tasks.data.line_numbers import line_numbers, line_ranges
from neuronxa_tasks.errors import ReportError
from neuronxa_tasks.report.compute.build import build_report
from neuronxa_tasks.report.compute.renaming import Renaming
from neuronxa_tasks.report.compute.report_tables import Report
from neuronxa_tasks.report.read.parsing import parse_results
from tests.reference import naive_pearson
from tools.synthetic_results import results

LANGUAGES = tuple(
    dict.fromkeys(
        ["eng_Latn", "deu_Latn", "fra_Latn", "zho_Hans", "spa_Latn", "ace_Arab", *FLORES[::3]]
    )
)


def report_of(*contents: dict[str, Any], **options: Any) -> Report:
    files = [parse_results(content, f"file{i}.json") for i, content in enumerate(contents)]
    return build_report(files, **options)


@pytest.fixture(scope="module")
def report() -> Report:
    return report_of(results(languages=LANGUAGES))


def row(table: pd.DataFrame, **keys: object) -> Any:
    for key, value in keys.items():
        table = table[table[key] == value]
    (found,) = table.itertuples(index=False)
    return found


def test_a_row_has_alignment_beside_benchmarks() -> None:
    content = results(languages=LANGUAGES)
    table = report_of(content).languages.set_index("language")
    assert len(table) == len(LANGUAGES)
    german = table.loc["deu_Latn"]
    assert (german["branch"], table.loc["ace_Arab", "branch"]) == ("Germanic", "Malayo-Sumbawan")
    assert german["nasca"] == content["results"]["neuronxa_flores_deu_Latn"]["nasca,none"]
    assert german["Belebele (5-shot)"] == content["results"]["belebele_deu_Latn"]["acc,none"]
    assert german["m-MMLU (5-shot)"] == content["results"]["m_mmlu_de"]["acc,none"]
    assert german["m-ARC (5-shot) acc_norm"] == content["results"]["arc_de"]["acc_norm,none"]
    assert (german["name"], german["script"], german["family"], german["resource"]) == (
        "German",
        "Latin",
        "Indo-European",
        "head",
    )
    assert math.isnan(table.loc["eng_Latn", "nasca"])
    assert math.isnan(table.loc["ace_Arab", "Belebele (5-shot)"])


@pytest.mark.parametrize("metric", ["nasca", "navca", "mexa"])
@pytest.mark.parametrize("benchmark", ["Belebele (5-shot)", "m-ARC (5-shot)", "m-MMLU (5-shot)"])
def test_correlations_are_over_joined_languages_without_english(
    report: Report, metric: str, benchmark: str
) -> None:
    table = report.languages
    pairs = [
        (x, y)
        for language, x, y in zip(table["language"], table[metric], table[benchmark], strict=True)
        if language != "eng_Latn" and x == x and y == y
    ]
    found = row(report.correlations, metric=metric, benchmark=benchmark)
    assert found.n == len(pairs)
    assert found.pearson == pytest.approx(naive_pearson(*map(list, zip(*pairs, strict=True))))
    assert found.fisher_low < found.pearson < found.fisher_high
    assert found.bootstrap_low < found.pearson < found.bootstrap_high
    assert found.measure == metric


def test_english_is_left_out_and_said_so(report: Report) -> None:
    assert ("English", "left out of every correlation and mean") in set(
        report.skipped.itertuples(index=False, name=None)
    )


def test_tokens_are_the_trivial_predictor_and_what_is_given_in_partial_correlations(
    report: Report,
) -> None:
    trivial = row(report.correlations, metric="tokens", benchmark="Belebele (5-shot)")
    assert trivial.pearson < 0
    found = row(report.correlations, metric="nasca", benchmark="Belebele (5-shot)")
    assert abs(found.partial) < abs(found.pearson)
    assert found.partial_low < found.partial < found.partial_high
    assert found.partial_n == found.n
    pairs = {(d.metric, d.other) for d in report.differences.itertuples()}
    assert pairs == {
        *(("nasca", "navca"), ("nasca", "mexa"), ("navca", "mexa")),
        *(("nasca", "tokens"), ("navca", "tokens"), ("mexa", "tokens")),
        *(("nasca", "surface"), ("navca", "surface"), ("mexa", "surface")),
        ("tokens", "surface"),
    }


def test_the_surface_is_a_predictor_and_given_in_partial_correlations(report: Report) -> None:
    surface = report.languages["surface"]
    assert surface.notna().any()
    table = report.languages[report.languages["language"] != "eng_Latn"]
    both = table[["nasca", "surface", "Belebele (5-shot)"]].dropna().to_numpy()
    design = np.stack([np.ones(len(both)), both[:, 1]], axis=1)
    rest = both - design @ np.linalg.lstsq(design, both, rcond=None)[0]
    found = row(report.correlations, metric="nasca", benchmark="Belebele (5-shot)")
    expected = np.corrcoef(rest[:, 0], rest[:, 2])[0, 1]
    assert found.partial_surface == pytest.approx(expected)
    own = row(report.correlations, metric="surface", benchmark="Belebele (5-shot)")
    assert own.pearson == pytest.approx(np.corrcoef(both[:, 1], both[:, 2])[0, 1])
    assert own.measure == "surface"


def test_results_without_a_surface_have_an_empty_column_and_no_row() -> None:
    content = results(languages=LANGUAGES)
    for config in content["configs"].values():
        config.get("metadata", {}).get("neuronxa", {}).pop("surface", None)
    report = report_of(content)
    assert report.languages["surface"].isna().all()
    assert "surface" not in set(report.correlations["metric"])


# The first hundred lines that no passage holds.
OTHER_LINES = line_ranges(line_numbers(LINES_OUTSIDE_BELEBELE)[:100])


def test_belebele_beside_its_own_sentences_is_named_with_their_number() -> None:
    content = results(languages=LANGUAGES)
    (said,) = (p for p in report_of(content).problems if "passages" in p)
    assert said.startswith("Belebele (5-shot): the passages hold 98 of the 100 sentences of FLORES")
    for config in content["configs"].values():
        if record := config.get("metadata", {}).get("neuronxa"):
            record["lines"] = OTHER_LINES
    report = report_of(content)
    assert not any("passages" in problem for problem in report.problems)
    assert report.groups["condition"].iloc[0].endswith("100 pairs of lines 81-82,144-147,188-18…")


def test_differences_of_correlations_are_paired(report: Report) -> None:
    found = row(report.differences, metric="nasca", other="mexa", benchmark="Belebele (5-shot)")
    r = {
        c.metric: c.pearson
        for c in report.correlations.itertuples()
        if c.benchmark == "Belebele (5-shot)"
    }
    assert found.difference == pytest.approx(r["nasca"] - r["mexa"])
    assert found.low < found.difference < found.high
    assert found.p_corrected >= found.p


def test_a_metric_stands_out_where_another_can_be_told_from_it() -> None:
    content = results(languages=LANGUAGES)
    generator = np.random.default_rng(1)
    for name, config in content["configs"].items():
        # MEXA becomes noise, and no longer goes with any benchmark.
        if record := config.get("metadata", {}).get("neuronxa"):
            score = float(generator.random())
            record["metrics"]["mexa"] |= {"score": score, "layer_scores": [score] * 5}
            content["results"][name]["mexa,none"] = score
    report = report_of(content)
    found = report.correlations[report.correlations["benchmark"] == "Belebele (5-shot)"]
    marked = dict(zip(found["metric"], found["highest"], strict=True))
    assert marked == {
        "nasca": True,
        "navca": True,
        "mexa": False,
        "tokens": False,
        "surface": False,
    }
    # Nothing stands out that may be no correlation at all.
    for name in content["results"]:
        if name.startswith("belebele"):
            content["results"][name]["acc,none"] = float(generator.random())
    found = report_of(content).correlations
    assert not found.loc[found["benchmark"] == "Belebele (5-shot)", "highest"].any()


def test_fewer_than_five_languages_and_constant_columns_have_a_reason() -> None:
    few = report_of(results(languages=LANGUAGES[:4])).correlations
    assert few["pearson"].isna().all()
    assert few["reason"].str.contains("needed: 5").all()
    content = results(languages=LANGUAGES)
    for task, values in content["results"].items():
        if task.startswith("belebele"):
            values["acc,none"] = 0.25
    found = row(report_of(content).correlations, metric="nasca", benchmark="Belebele (5-shot)")
    assert math.isnan(found.pearson)
    assert found.reason == "every language has the same value"


def test_group_means_are_unweighted_and_their_interval_draws_pairs_for_all_languages(
    report: Report,
) -> None:
    table = report.languages
    head = table[table["language"].isin(FLORES_HEAD) & table["nasca"].notna()]
    longtail = table[table["language"].isin(FLORES_LONGTAIL) & table["nasca"].notna()]
    for group, members in (("head", head), ("longtail", longtail)):
        found = row(report.groups, group=group, metric="nasca")
        assert found.value == pytest.approx(members["nasca"].mean())
        assert found.languages == len(members)
        assert found.low < found.value < found.high


def test_layers_are_numbered_as_the_record_says(report: Report) -> None:
    numbers = report.layers.groupby("metric", observed=True)["layer"].agg(["min", "max"])
    assert numbers.loc["nasca"].tolist() == [1, 4]
    assert numbers.loc["mexa"].tolist() == [0, 4]
    means = report.layers.groupby(["metric", "language"], observed=True)["value"].mean()
    expected = row(report.languages, language="deu_Latn")
    assert means["nasca", "deu_Latn"] == pytest.approx(expected.nasca)


def test_the_long_table_has_numbers_where_numbers_are_meant() -> None:
    content = results(languages=LANGUAGES)
    record = content["configs"]["neuronxa_flores_deu_Latn"]["metadata"]["neuronxa"]
    del record["n_pairs"], record["bos"]
    written = build_report([parse_results(content, "x")]).long.to_parquet(index=False)
    long = pd.read_parquet(io.BytesIO(written))
    kinds = long.dtypes.astype(str).to_dict()
    assert {name: kind for name, kind in kinds.items() if kind != "category"} == {
        **{"n": "Int64", "n_shot": "Int64", "layer": "Int16", "bos": "boolean"},
        "mutual_neighbours": "Int32",
        **dict.fromkeys(["value", "stderr", "p"], "float64"),
    }
    aligned = long[long["measure"] == "nasca"]
    known = {*LANGUAGES} - {"eng_Latn", "deu_Latn"}
    assert set(aligned.loc[aligned["n"] == 100, "language"]) == known
    assert aligned.loc[aligned["language"] == "deu_Latn", ["n", "bos"]].isna().all(axis=None)
    assert set(long.loc[long["n_shot"] == 5, "measure"]) >= {"belebele", "m_arc_acc_norm"}


def test_the_long_table_has_every_score_and_layer(report: Report) -> None:
    long = report.long
    assert list(long.columns)[:6] == "model revision adapter corpus pivot language".split()
    aligned = len(LANGUAGES) - 1
    assert long["layer"].notna().sum() == aligned * (4 + 4 + 5)
    means = long[long["layer"].isna() & (long["measure"] == "nasca")]
    assert len(means) == aligned
    assert set(means["n"]) == {100}
    arc = long[long["measure"] == "m_arc_acc_norm"]
    assert set(arc["n_shot"]) == {5}


def test_backends_join_and_results_of_several_files_make_one_row() -> None:
    alignment = results(languages=LANGUAGES, benchmarks=False)
    vllm = results(languages=LANGUAGES, alignment=False)
    vllm["config"] |= {"model": "vllm", "model_args": "pretrained=org/model,dtype=auto"}
    report = report_of(alignment, vllm)
    assert report.models["label"].tolist() == ["org/model"]
    assert report.correlations["pearson"].notna().all()


def test_a_folder_gets_its_name_by_model_id() -> None:
    alignment = results("./checkpoint", LANGUAGES, benchmarks=False)
    benchmarks = results("org/model", LANGUAGES, alignment=False)
    renamings = [Renaming.parse("./checkpoint=org/model")]
    report = report_of(alignment, benchmarks, renamings=renamings)
    assert report.models["label"].tolist() == ["org/model"]
    assert report.correlations["pearson"].notna().all()


def test_the_same_run_twice_counts_once_and_is_said() -> None:
    once = report_of(results(languages=LANGUAGES))
    twice = report_of(results(languages=LANGUAGES), results(languages=LANGUAGES))
    pd.testing.assert_frame_equal(twice.languages, once.languages)
    assert any("repeats" in problem for problem in twice.problems)


def test_two_models_of_one_name_are_told_and_the_newer_is_used() -> None:
    older = results(languages=LANGUAGES, seed=1, date=1.0)
    newer = results(languages=LANGUAGES, seed=2, date=2.0)
    for contents in ((older, newer), (newer, older)):
        report = report_of(*contents)
        expected = newer["results"]["neuronxa_flores_deu_Latn"]["nasca,none"]
        assert row(report.languages, language="deu_Latn").nasca == expected
        assert any("differ" in p and "--model-id" in p for p in report.problems)


@pytest.mark.parametrize(
    "other",
    [
        {"pivot": "fra_Latn"},
        {"pairs": 50},
    ],
)
def test_other_settings_are_kept_apart_and_said(other: dict[str, Any]) -> None:
    report = report_of(results(languages=LANGUAGES), results(languages=LANGUAGES, **other))
    assert report.languages["condition"].nunique() == 2
    assert any("2 settings, which are kept apart" in problem for problem in report.problems)
    assert report.correlations.groupby("condition").ngroups == 2


@pytest.mark.parametrize(
    ("key", "value"), [("bos", False), ("score_version", 2), ("sha256", {"pivot": "cd" * 32})]
)
def test_other_tokens_versions_and_texts_are_kept_apart(key: str, value: object) -> None:
    other = results(languages=LANGUAGES)
    for config in other["configs"].values():
        if record := config.get("metadata", {}).get("neuronxa"):
            record[key] = value
    report = report_of(results(languages=LANGUAGES), other)
    assert report.languages["condition"].nunique() == 2


def test_results_that_do_not_say_join_each_other_only_with_a_warning() -> None:
    silent = results(languages=LANGUAGES)
    for config in silent["configs"].values():
        config.pop("metadata", None)
    report = report_of(results(languages=LANGUAGES), silent)
    assert report.languages["condition"].nunique() == 2
    assert any("does not say how" in problem for problem in report.problems)
    assert report_of(silent).correlations["pearson"].notna().any()


def test_numbers_of_shots_make_columns_of_their_own() -> None:
    report = report_of(
        results(languages=LANGUAGES), results(languages=LANGUAGES, alignment=False, n_shot=0)
    )
    assert "Belebele (0-shot)" in report.benchmarks
    assert "Belebele (5-shot)" in report.benchmarks


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"alignment": False}, "has benchmark scores only"),
        ({"benchmarks": False}, "has alignment scores only"),
    ],
)
def test_half_of_a_report_is_a_report_and_says_which(
    options: dict[str, Any], expected: str
) -> None:
    report = report_of(results(languages=LANGUAGES, **options))
    assert ("org/model", expected) in set(report.skipped.itertuples(index=False, name=None))
    assert len(report.languages) > 30
    assert report.correlations.empty


def test_nothing_at_all_is_an_empty_report() -> None:
    report = report_of(results())
    assert report.languages.empty
    assert report.metrics == report.benchmarks == ()


def test_the_papers_own_figure_stands_beside_its_models() -> None:
    report = report_of(results("meta-llama/Llama-3.1-8B", LANGUAGES))
    found = row(report.correlations, metric="nasca", benchmark="Belebele (5-shot)")
    assert found.paper == 0.9588
    assert row(report.correlations, metric="mexa", benchmark="m-ARC (5-shot)").paper == 0.9551


def test_baselines_stand_beside_alignment_in_the_papers_order() -> None:
    report = report_of(
        results(languages=LANGUAGES, metrics=("svcca", "cka_nas", "mexa", "cka", "nasca"))
    )
    assert report.metrics == ("nasca", "mexa", "cka", "cka_nas", "svcca")
    found = row(report.correlations, metric="cka_nas", benchmark="Belebele (5-shot)")
    assert (found.measure, found.activation) == ("cka_nas", "gate")
    assert found.n > 5
    assert {"cka", "svcca", "cka_nas"} <= set(report.long["measure"])
    assert "cka_low" not in report.languages


def test_bmlama_takes_no_shots_and_has_the_papers_figure_for_both_metrics() -> None:
    content = results("meta-llama/Llama-3.1-8B", LANGUAGES, benchmarks=False)
    for place, code in enumerate(("de", "fr", "zh", "es", "ca", "he")):
        task = f"neuronxa_bmlama53_{code}"
        content["n-shot"][task] = 0
        content["results"][task] = {"acc,none": place / 7, "rankc,none": 1 / (1 + place)}
    report = report_of(content)
    assert report.benchmarks == ("BMLAMA-53 acc (0-shot)", "BMLAMA-53 RankC (0-shot)")
    nasca = report.correlations[report.correlations["metric"] == "nasca"]
    assert nasca["paper"].nunique() == 1
    assert nasca["paper"].notna().all()
    measures = set(report.long.loc[report.long["corpus"].isna(), "measure"])
    assert measures == {"bmlama53", "bmlama53_rankc"}


def test_the_papers_figures_are_of_english_and_of_its_models_only() -> None:
    french = report_of(results("meta-llama/Llama-3.1-8B", LANGUAGES, pivot="fra_Latn"))
    assert french.correlations["paper"].isna().all()
    assert report_of(results(languages=LANGUAGES)).correlations["paper"].isna().all()


def test_the_papers_figures_are_of_the_model_as_it_was_measured() -> None:
    for changes in ({"revision": "step1000"}, {"peft": "x"}, {"pairs": 50}, {"n_shot": 0}):
        report = report_of(results("meta-llama/Llama-3.1-8B", LANGUAGES, **changes))
        assert report.correlations["paper"].isna().all()


def test_a_bare_number_of_an_outside_score_is_the_checkpoint_of_that_step() -> None:
    outside = results("org/model", LANGUAGES, alignment=False, revision="1000")
    report = report_of(results("org/model", LANGUAGES, revision="step1000"), outside)
    assert report.models["label"].tolist() == ["org/model@step1000"]


def test_a_name_that_no_file_is_of_is_told() -> None:
    report = report_of(results(languages=LANGUAGES), renamings=[Renaming.parse("x=org/y")])
    assert "--model-id names x, which no file is of; they are of org/model" in report.problems


def test_a_file_of_other_tasks_is_named_and_is_no_model() -> None:
    report = report_of(results(languages=LANGUAGES), results("org/other"))
    assert report.models["label"].tolist() == ["org/model"]
    assert ("file1.json", "has nothing that this report knows") in set(
        report.skipped.itertuples(index=False, name=None)
    )


def test_languages_in_no_benchmark_are_listed(report: Report) -> None:
    (found,) = report.skipped.loc[report.skipped["what"] == "Languages in no benchmark", "why"]
    assert "ace_Arab" in found
    assert "deu_Latn" not in found


def test_other_sentences_under_the_same_pivot_are_told() -> None:
    other = results("org/other", LANGUAGES)
    record = other["configs"]["neuronxa_flores_deu_Latn"]["metadata"]["neuronxa"]
    record["sha256"]["language"] = "0" * 64
    problems = report_of(results(languages=LANGUAGES), other).problems
    assert any("other sentences than each other for deu_Latn" in problem for problem in problems)


def test_without_records_a_mean_has_no_interval() -> None:
    silent = results(languages=LANGUAGES)
    for config in silent["configs"].values():
        config.pop("metadata", None)
    groups = report_of(silent).groups
    assert groups["value"].notna().all()
    assert groups["low"].isna().all()


def test_averages_are_over_models_and_over_benchmarks() -> None:
    report = report_of(*(results(f"org/{i}", LANGUAGES, seed=i) for i in range(3)))
    found = row(report.averages, over="models", benchmark="Belebele (5-shot)", metric="nasca")
    own = report.correlations
    own = own[(own["metric"] == "nasca") & (own["benchmark"] == "Belebele (5-shot)")]
    assert (found.pearson, found.n) == (pytest.approx(own["pearson"].mean()), 3)
    assert row(report.averages, over="benchmarks", label="org/0", metric="mexa").n == 3


def test_checkpoints_are_no_models_of_their_own_in_an_average() -> None:
    report = report_of(
        *(results("org/model", LANGUAGES, seed=i, revision=f"step{i}000") for i in (1, 2))
    )
    assert set(report.averages["over"]) == {"benchmarks"}


def test_checkpoints_have_steps_and_one_series() -> None:
    report = report_of(
        *(results("org/model", LANGUAGES, seed=i, revision=f"step{i}000") for i in (1, 2))
    )
    assert report.models["step"].tolist() == [1000, 2000]
    assert report.models["series"].unique().tolist() == ["org/model"]


def test_two_models_are_compared_on_the_same_pairs() -> None:
    report = report_of(
        results("org/a", LANGUAGES, seed=1),
        results("org/b", LANGUAGES, seed=2),
        compared=("org/a", "org/b"),
    )
    table = report.comparison
    assert len(table) == 3 * (len(LANGUAGES) - 1)
    np.testing.assert_allclose(table["difference"], table["a"] - table["b"], atol=1e-12)
    assert ((table["low"] <= table["difference"]) & (table["difference"] <= table["high"])).all()
    # Both are drawn alike, so that almost nothing is left after correction.
    assert (table["p"] < 0.05).mean() < 0.05


def test_a_model_does_not_differ_from_itself() -> None:
    report = report_of(
        results("org/a", LANGUAGES), results("org/b", LANGUAGES), compared=("org/a", "org/b")
    )
    assert (report.comparison["p"] == 1).all()


def test_models_that_cannot_be_compared_are_refused() -> None:
    a, b = results("org/a", LANGUAGES), results("org/b", LANGUAGES, pairs=50)
    with pytest.raises(ReportError, match="no language in common"):
        report_of(a, b, compared=("org/a", "org/b"))
    with pytest.raises(ReportError, match="name two of org/a, but got 'org/c'"):
        report_of(a, compared=("org/a", "org/c"))


def test_tatoeba_joins_by_language_and_has_its_own_groups() -> None:
    content = results(languages=LANGUAGES, benchmarks=True)
    for language, code in (("deu_Latn", "deu"), ("zho_Hans", "cmn"), ("fra_Latn", "fra")):
        config = content["configs"].pop(f"neuronxa_flores_{language}")
        content["configs"][f"neuronxa_tatoeba_{code}"] = config
        values = content["results"].pop(f"neuronxa_flores_{language}")
        content["results"][f"neuronxa_tatoeba_{code}"] = values
    report = report_of(content)
    assert report_of(content, _of_another_source(content)).languages["condition"].nunique() == 3
    tatoeba = report.languages[report.languages["condition"].str.startswith("TATOEBA")]
    scored = tatoeba.loc[tatoeba["nasca"].notna(), "language"]
    assert set(scored) == {"deu_Latn", "fra_Latn", "zho_Hans"}
    found = report.groups[report.groups["condition"].str.startswith("TATOEBA")]
    assert set(found["group"]) == {"all", "head"}
    assert (found["low"] < found["value"]).all()


def _of_another_source(content: dict[str, Any]) -> dict[str, Any]:
    """The same results of Tatoeba from another revision, and nothing else."""
    other = copy.deepcopy(content)
    for name in [name for name in other["results"] if "tatoeba" not in name]:
        other["results"].pop(name)
    for name, config in other["configs"].items():
        if "tatoeba" in name:
            config["metadata"]["neuronxa"]["source"]["revision"] = "another"
    return other
