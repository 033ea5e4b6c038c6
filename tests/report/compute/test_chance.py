"""What chance would do: the binomial of a layer, permutations of a mean, and what is said of it."""

import math
from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from neuronxa_tasks.report.compute.build import build_report
from neuronxa_tasks.report.compute.chance import (
    binomial_p,
    corrected,
    ideal_chance,
    layer_chance,
    matching_p,
)
from neuronxa_tasks.report.compute.report_tables import Report
from neuronxa_tasks.report.read.parsing import parse_results
from neuronxa_tasks.report.show import headline
from tools.synthetic_results import results

LANGUAGES = ("eng_Latn", "deu_Latn", "fra_Latn", "zho_Hans", "swh_Latn", "ace_Arab", "ewe_Latn")


def naive_p(k: int, n: int) -> float:
    """Equation 5 of the paper, term by term."""
    p = 1 / (2 * n - 1)
    return 1 - sum(math.comb(n, i) * p**i * (1 - p) ** (n - i) for i in range(k))


def poisson_tail(counts: Iterable[float], means: Iterable[float]) -> list[float]:
    """P(X >= k), term by term."""
    return [
        1 - sum(math.exp(-mean) * mean**i / math.factorial(i) for i in range(round(k)))
        for k, mean in zip(counts, means, strict=True)
    ]


def report_of(content: dict[str, Any]) -> Report:
    return build_report([parse_results(content, "x.json")])


@pytest.mark.parametrize(("k", "n"), [(0, 100), (1, 100), (5, 100), (3, 10), (2, 2)])
def test_the_binomial_is_that_of_the_paper(k: int, n: int) -> None:
    assert binomial_p(k, n) == pytest.approx(naive_p(k, n), abs=1e-12)


def test_five_of_a_hundred_pairs_are_as_improbable_as_the_paper_says() -> None:
    assert float(binomial_p(5, 100)) == pytest.approx(0.00016, abs=0.000005)


def test_chance_is_that_of_random_similarities() -> None:
    generator = np.random.default_rng(0)
    n, found = 6, 0
    for _ in range(2000):
        c = generator.random((n, n))
        for i in range(n):
            others = [c[i, j] for j in range(n) if j != i] + [c[j, i] for j in range(n) if j != i]
            found += c[i, i] > max(others)
    assert found / 2000 / n == pytest.approx(ideal_chance(n), abs=0.01)


def shuffled_counts(m: int, n: int, times: int) -> list[int]:
    """How many of m matches, at most one in each row and column, random orders make true pairs."""
    generator = np.random.default_rng(0)
    rows, columns = generator.permutation(n)[:m], generator.permutation(n)[:m]
    counts = []
    for _ in range(times):
        order = generator.permutation(n)
        counts.append(sum(order[i] == j for i, j in zip(rows, columns, strict=True)))
    return counts


@pytest.mark.parametrize(("m", "n"), [(5, 100), (50, 100), (100, 100), (20, 30)])
def test_chance_in_a_layer_is_that_of_shuffled_sentences(m: int, n: int) -> None:
    counts = np.array(shuffled_counts(m, n, 4000))
    chance, _ = layer_chance(np.array([0.0]), np.array([n]), np.array([float(m)]))
    assert chance[0] == m / n**2
    assert counts.mean() / n == pytest.approx(chance[0], abs=0.1 / n)
    for k in range(4):
        assert matching_p(k, m, n) == pytest.approx((counts >= k).mean(), abs=0.025)


def test_where_hubs_leave_few_neighbours_chance_is_below_the_papers() -> None:
    scores, pairs = np.array([0.02, 0.02]), np.array([100, 100])
    (own, ideal), (p, ideal_p) = layer_chance(scores, pairs, np.array([5.0, math.nan]))
    assert (own, ideal) == (0.0005, pytest.approx(1 / 199))
    assert p < 0.05 < ideal_p


def test_layers_of_an_unknown_number_of_pairs_have_no_p() -> None:
    scores, pairs = np.array([0.05, 0.05, 0.5, math.nan]), np.array([100, 0, 10, 100])
    chance, found = layer_chance(scores, pairs, np.full(4, math.nan))
    assert chance[[0, 2]].tolist() == [1 / 199, 1 / 19]
    assert found[[0, 2]] == pytest.approx([naive_p(5, 100), naive_p(5, 10)])
    assert np.isnan(found[[1, 3]]).all()


def test_a_correction_leaves_out_what_has_no_p() -> None:
    found = corrected(pd.Series([0.01, math.nan, 0.04, 0.03]))
    assert found[[0, 2, 3]].tolist() == pytest.approx([0.03, 0.04, 0.04])
    assert math.isnan(found[1])


def test_every_layer_of_an_alignment_measure_has_a_p_and_none_of_a_baseline() -> None:
    content = results(languages=LANGUAGES, metrics=("nasca", "cka"))
    report = report_of(content)
    for table in (report.layers, report.long[report.long["layer"].notna()]):
        named = table["metric"] if "metric" in table else table["measure"]
        assert table.loc[named == "cka", "p"].isna().all()
        aligned = table[named == "nasca"]
        expected = poisson_tail(aligned["value"] * 100, aligned["mutual_neighbours"] / 100)
        assert aligned["p"].to_numpy() == pytest.approx(expected, abs=1e-12)


def test_a_language_has_its_own_interval_and_p() -> None:
    content = results(languages=LANGUAGES)
    table = report_of(content).languages.set_index("language")
    record = content["configs"]["neuronxa_flores_fra_Latn"]["metadata"]["neuronxa"]
    shares = np.array(record["metrics"]["nasca"]["aligned_layers"]) / 4
    generator = np.random.default_rng(1)
    means = [generator.choice(shares, 100).mean() for _ in range(4000)]
    found = table.loc["fra_Latn"]
    assert found["nasca_low"] == pytest.approx(np.percentile(means, 2.5), abs=0.01)
    assert found["nasca_high"] == pytest.approx(np.percentile(means, 97.5), abs=0.01)
    assert found["nasca_p"] == 1 / 10001
    assert table.loc["ewe_Latn", "nasca_p"] == 0.4


def test_languages_above_chance_are_counted_after_correction() -> None:
    content = results(languages=LANGUAGES)
    (nasca, *_) = report_of(content).robustness.itertuples(index=False)
    # Quality falls from 0.9 to 0.1, so that the last language alone is aligned by chance.
    assert (nasca.metric, nasca.languages, nasca.above) == ("nasca", 6, 5)
    assert (nasca.not_above, nasca.pairs) == (("ewe_Latn",), 100)
    entries = [
        content["configs"][f"neuronxa_flores_{language}"]["metadata"]["neuronxa"]["metrics"][
            "nasca"
        ]
        for language in LANGUAGES[1:]
    ]
    neighbours = np.array([entry["mutual_neighbours"] for entry in entries])
    counts = 100 * np.array([entry["layer_scores"] for entry in entries])
    tail = poisson_tail(counts.ravel(), neighbours.ravel() / 100)
    assert nasca.layers == np.mean(np.array(tail) < 0.05)
    assert nasca.chance == pytest.approx(neighbours.mean() / 100**2)
    by_layer = neighbours.mean(axis=0)
    assert (nasca.neighbours_low, nasca.neighbours_high) == (by_layer.min(), by_layer.max())
    assert nasca.neighbours == pytest.approx(by_layer.mean())


def test_results_from_before_have_single_layers_only() -> None:
    content = results(languages=LANGUAGES)
    for config in content["configs"].values():
        for entry in config.get("metadata", {}).get("neuronxa", {}).get("metrics", {}).values():
            del entry["permutation_p"], entry["by_pairs"], entry["mutual_neighbours"]
    report = report_of(content)
    assert "nasca_p" not in report.languages
    assert report.languages["nasca_low"].notna().any()
    assert (report.robustness["languages"] == 0).all()
    assert report.robustness["layers"].gt(0.5).all()
    assert report.robustness["neighbours"].isna().all()
    assert report.robustness["chance"].tolist() == pytest.approx([1 / 199] * 3)
    assert sum("mutual nearest neighbours" in problem for problem in report.problems) == 1
    assert report.stability.empty


def test_baselines_alone_have_nothing_to_do_with_chance() -> None:
    report = report_of(results(languages=LANGUAGES, metrics=("cka", "sads")))
    assert report.robustness.empty
    assert report.languages["cka"].notna().sum() == len(LANGUAGES) - 1
    assert report.groups["low"].isna().all()


def test_a_language_whose_pairs_are_all_missed_has_an_interval_and_no_error() -> None:
    content = results(languages=LANGUAGES)
    entry = content["configs"]["neuronxa_flores_ewe_Latn"]["metadata"]["neuronxa"]["metrics"][
        "nasca"
    ]
    entry |= {"aligned_layers": [0] * 100, "layer_scores": [0.0] * 4, "score": 0.0}
    found = report_of(content).languages.set_index("language").loc["ewe_Latn"]
    assert found["nasca"] == found["nasca_low"] == 0
    assert found["nasca_high"] == pytest.approx(0.037, abs=5e-4)
    assert math.isnan(found["nasca_stderr"])


def test_articles_widen_what_is_said_beside_pairs() -> None:
    content = results(languages=LANGUAGES)
    articles = [place // 4 for place in range(100)]
    for config in content["configs"].values():
        if record := config.get("metadata", {}).get("neuronxa"):
            record["articles"] = articles
            for entry in record["metrics"].values():
                # Whole articles are aligned or not.
                aligned = [entry["aligned_layers"][article] for article in articles]
                entry["aligned_layers"] = aligned
    report = report_of(content)
    known = report.languages[report.languages["nasca"].notna()]
    assert (known["nasca_articles_stderr"] > 1.5 * known["nasca_stderr"]).all()
    for table, prefix in ((known, "nasca_"), (report.groups, "")):
        width = table[f"{prefix}high"] - table[f"{prefix}low"]
        by_articles = table[f"{prefix}articles_high"] - table[f"{prefix}articles_low"]
        assert (by_articles > 1.3 * width).all()
    assert "times that over pairs" in headline.articles(report)


def test_two_models_are_compared_over_articles_too() -> None:
    contents = [results(f"org/{name}", LANGUAGES, seed=seed) for seed, name in enumerate("ab")]
    articles = [place // 4 for place in range(100)]
    for content in contents:
        content["configs"]["neuronxa_flores_deu_Latn"]["metadata"]["neuronxa"]["articles"] = (
            articles
        )
    files = [parse_results(c, f"{i}.json") for i, c in enumerate(contents)]
    report = build_report(files, compared=("org/a", "org/b"))
    nasca = report.comparison[report.comparison["metric"] == "nasca"].set_index("language")
    german = nasca.loc["deu_Latn"]
    kept = [
        np.array(
            c["configs"]["neuronxa_flores_deu_Latn"]["metadata"]["neuronxa"]["metrics"]["nasca"][
                "aligned_layers"
            ]
        )
        / 4
        for c in contents
    ]
    difference = kept[0] - kept[1]
    sums = [(difference - difference.mean())[4 * a : 4 * a + 4].sum() for a in range(25)]
    error = math.sqrt(25 / 24 * sum(u**2 for u in sums)) / 100
    reach = stats.t(24).ppf(0.975) * error
    assert german["articles_low"] == pytest.approx(difference.mean() - reach)
    assert german["articles_high"] == pytest.approx(difference.mean() + reach)
    # One language alone has known articles, so that nothing is corrected.
    assert german["articles_p"] == pytest.approx(2 * stats.t(24).sf(abs(difference.mean()) / error))
    assert nasca.drop("deu_Latn")["articles_p"].isna().all()
