"""A report built by hand, with numbers that look like a real one's."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from neuronxa_tasks.data.languages import FLORES, FLORES_HEAD, language_name
from neuronxa_tasks.report.compute.report_tables import Report

METRICS = ("nasca", "navca", "mexa")
BENCHMARKS = ("Belebele (5-shot)", "m-ARC (5-shot)")
CONDITION = "FLORES-200, pivot eng_Latn, 100 pairs"
RETRIEVAL = "FLORES-200, pivot eng_Latn, 1012 pairs"
LAYERS = 8
PARTIALS = [
    f"partial{given}{end}"
    for given in ("", "_surface")
    for end in ("", "_low", "_high", "_p", "_n")
]
# A model's mean over the languages of a group, and over all pairs of retrieval.
GROUPS = {"all": 0.55, "head": 0.71, "longtail": 0.42}
RETRIEVED = {"nas_both": 0.61, "embedding_both": 0.58}

HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(2)>',
    "</script><b>bold</b>\\users\\",
    "{{7*7}}",
)


def every(**columns: Sequence[object]) -> pd.DataFrame:
    """A row for every combination of what the columns hold."""
    return pd.MultiIndex.from_product(columns.values(), names=columns).to_frame(index=False)


def sample_report(models: int = 1, hostile: bool = False, languages: int = 12) -> Report:
    """A report on some models; with `hostile`, every free text tries to become markup."""
    rng = np.random.default_rng(7)
    bad = HOSTILE if hostile else ("", "", "", "")
    labels = [f"org/Model-{i}{bad[i % 4]}" for i in range(models)]
    metrics = METRICS
    benchmarks = (BENCHMARKS[0] + bad[2], BENCHMARKS[1] + bad[0])
    codes = [code for code in FLORES if code != "eng_Latn"][-languages:]

    table = every(label=labels, condition=[CONDITION], language=codes)
    table["name"] = table["language"].map(language_name) + bad[0]
    table["script"] = table["language"].str.split("_").str[1] + bad[1]
    table["family"] = np.where(table.index % 3 == 0, "Bantu" + bad[3], "Indo-European")
    table["branch"] = table["family"]
    table["resource"] = np.where(table["language"].isin(FLORES_HEAD), "head", "longtail")
    level = np.tile(np.linspace(0.1, 0.85, languages), models)
    for metric in metrics:
        table[metric] = (level + rng.normal(0, 0.05, len(table))).clip(0, 1)
        table[f"{metric}_stderr"] = 0.02
        table[f"{metric}_low"] = table[metric] - 0.04
        table[f"{metric}_high"] = table[metric] + 0.04
        table[f"{metric}_p"] = np.where(table["language"] == codes[0], 0.3, 0.001)
    for benchmark in benchmarks:
        table[benchmark] = 0.25 + 0.6 * level + rng.normal(0, 0.04, len(table))
    table.loc[table.index % languages == 1, benchmarks[1]] = np.nan
    # One is not measured, another has a forecast in its place.
    table.loc[table.index % languages == 2, benchmarks[1]] = np.nan
    table["tokens"] = 3 - 2 * level
    table["surface"] = (0.3 + np.where(table.index % 3 == 0, 0, 0.4)).clip(0, 1)

    layers = table.melt(["label", "condition", "language"], list(metrics), "metric", "mean")
    layers = layers.merge(pd.DataFrame({"layer": range(1, LAYERS + 1)}), how="cross")
    arch = np.sin(np.pi * layers["layer"] / (LAYERS + 1))
    layers["value"] = (layers.pop("mean") * 1.5 * arch).clip(0, 1)
    layers["chance"] = 0.001 * layers["layer"]

    correlations = every(
        label=labels,
        condition=[CONDITION],
        benchmark=benchmarks,
        metric=[*metrics, "tokens", "surface"],
    )
    pearson = np.tile([0.91, 0.93, 0.82, -0.61, 0.35], len(correlations) // 5)
    correlations = correlations.assign(
        measure=correlations["metric"],
        activation="gate",
        pooling="weighted",
        n=languages,
        pearson=pearson,
        fisher_low=pearson - 0.11,
        fisher_high=pearson + 0.05,
        bootstrap_low=pearson - 0.12,
        bootstrap_high=pearson + 0.04,
        branch_low=pearson - 0.2,
        branch_high=pearson + 0.05,
        family_low=np.nan,
        family_high=np.nan,
        p=0.0004,
        p_corrected=0.0008,
        highest=np.tile([True, True, False, False, False], len(correlations) // 5),
        spearman=pearson - 0.02,
        spearman_p=0.002,
        partial=pearson - 0.2,
        partial_low=pearson - 0.5,
        partial_high=pearson - 0.1,
        partial_p=0.01,
        partial_n=languages,
        partial_surface=pearson - 0.1,
        partial_surface_low=pearson - 0.4,
        partial_surface_high=pearson,
        partial_surface_p=0.02,
        partial_surface_n=languages,
        saturation=np.where(correlations["metric"] == "mexa", "mexa near 0 in 5 of 12", ""),
        paper=np.where(correlations["metric"] == "nasca", 0.9513, np.nan),
        reason="",
    )
    correlations.loc[correlations["metric"].isin(["tokens", "surface"]), PARTIALS] = np.nan
    without = (correlations["metric"] == metrics[2]) & (correlations["benchmark"] == benchmarks[1])
    numbers = correlations.select_dtypes("float").columns.drop("paper")
    correlations.loc[without, numbers] = np.nan
    correlations.loc[without, "reason"] = "fewer than four languages" + bad[3]

    differences = every(
        label=labels,
        condition=[CONDITION],
        benchmark=benchmarks,
        metric=[metrics[0]],
        other=[metrics[2]],
    ).assign(
        **{"difference": 0.09, "low": -0.03, "high": 0.21, "branch_low": -0.1, "branch_high": 0.3},
        **{"p": 0.14, "p_corrected": 0.2, "apart": False},
    )
    groups = every(label=labels, condition=[CONDITION], group=list(GROUPS), metric=metrics)
    value = groups["group"].map(GROUPS) - groups["label"].map(labels.index) / 100
    groups = groups.assign(value=value, low=value - 0.03, high=value + 0.03, languages=languages)
    groups = groups.assign(articles_low=np.nan, articles_high=np.nan)
    leaderboard = groups.assign(
        rank=pd.array(groups["label"].map(labels.index).clip(1), dtype="Int64"),
        rank_last=pd.array(groups["label"].map(labels.index).clip(1) + 1, dtype="Int64"),
        of=languages,
        leader=None,
        beside=np.nan,
        highest=groups["label"].isin(labels[:2]) & (models > 2),
    )
    pooled = pd.DataFrame()
    if models > 1:
        pooled = every(condition=[CONDITION], metric=metrics, benchmark=benchmarks).assign(
            **{"models": models, "n": models * languages, "pooled": 0.5, "within": -0.2},
            **{"pooled_low": 0.3, "pooled_high": 0.7, "within_low": -0.4, "within_high": 0.1},
            differ="sign",
        )
    retrieval = every(
        label=labels, condition=[RETRIEVAL], language=codes, metric=list(RETRIEVED)
    ).assign(
        name=lambda made: made["language"].map(language_name) + bad[0],
        pivot="eng_Latn",
        value=lambda made: made["metric"].map(RETRIEVED),
        stderr=0.01,
        best_layer=14,
        held_out=lambda made: made["value"] - 0.04,
    )
    retrieval_groups = every(
        label=labels, condition=[RETRIEVAL], metric=list(RETRIEVED), group=["all", "longtail"]
    )
    value = retrieval_groups["metric"].map(RETRIEVED)
    retrieval_groups = retrieval_groups.assign(
        value=value,
        low=value - 0.02,
        high=value + 0.02,
        articles_low=np.nan,
        articles_high=np.nan,
        languages=languages,
        held_out=value - 0.04,
        highest=retrieval_groups["metric"] == "nas_both",
    )
    robustness = every(label=labels, condition=[CONDITION], metric=metrics).assign(
        pairs=100,
        chance=0.0045,
        neighbours=45.0,
        neighbours_low=10.0,
        neighbours_high=80.0,
        effective_pairs=61.0,
        languages=languages,
        above=languages - 1,
        not_above=lambda made: [(codes[0],)] * len(made),
        layers=0.9,
    )
    stability = every(label=labels, condition=[CONDITION], metric=metrics, pairs=[10, 100]).assign(
        languages=languages,
        all=lambda made: 0.6 - made["pairs"] / 1000,
        head=0.7,
        longtail=0.5,
        order=0.9,
        reliability=0.96,
        **{benchmarks[0]: 0.8},
    )
    forecasts = table.melt(
        ["label", "condition", "language", "name", "family"],
        list(benchmarks),
        "benchmark",
        "measured",
    ).assign(metric=metrics[0], forecast=0.5, low=0.4, high=0.65, confidence=0.9)
    unforeseen = (forecasts["language"] == codes[1]) & forecasts["measured"].isna()
    forecasts = forecasts[~unforeseen].assign(
        extrapolated=lambda made: made["language"] == codes[2]
    )
    validation = every(
        label=labels,
        condition=[CONDITION],
        benchmark=benchmarks,
        metric=metrics[:1],
        left_out=["language", "family"],
        predictor=["mean", "alignment and tokens"],
    ).assign(languages=languages, groups=5, error=0.08, confidence=0.9, reason=None)
    whole = validation["predictor"] != "mean"
    decisive = whole & (validation["left_out"] == "family")
    validation["skill"] = np.where(whole, 0.62, 0.0)
    validation["p"] = np.where(decisive, 0.005, np.nan)
    validation["covered"] = np.where(decisive, 0.92, np.nan)
    validation["forecast"] = decisive
    averages = pd.concat(
        [
            every(over=["benchmarks"], label=labels, benchmark=[""]).assign(pearson=0.92, n=2),
            every(over=["models"], label=[""], benchmark=benchmarks).assign(pearson=0.9, n=models),
        ],
        ignore_index=True,
    ).assign(condition=CONDITION, metric=metrics[0])
    comparison = compared_means = pd.DataFrame()
    if models == 2:
        compared_means = every(
            label=labels[:1], other=labels[1:], condition=[CONDITION], metric=metrics[:1]
        ).assign(
            **{"languages": languages, "a": 0.55, "b": 0.54, "difference": 0.01, "low": -0.01},
            **{"high": 0.03, "p": 0.3, "ahead": 1, "behind": 0},
        )
        one, two = (table[table["label"] == label].reset_index() for label in labels)
        comparison = one[["condition", "language", "name"]].assign(
            metric=metrics[0], a=one[metrics[0]], b=two[metrics[0]]
        )
        comparison["difference"] = comparison["a"] - comparison["b"]
        comparison["low"], comparison["high"] = -0.1, 0.1
        comparison["p"] = 0.5
        comparison["articles_low"], comparison["articles_high"] = -0.12, 0.12
        comparison["articles_p"] = 0.6
        comparison = comparison.assign(label=labels[0], other=labels[1])
    corpora = every(
        label=labels, condition=[CONDITION], metric=metrics, other=["NTREX, pivot eng_Latn"]
    ).assign(n=languages, pearson=0.9, low=0.8, high=0.95, spearman=0.88, difference=-0.02)
    return Report(
        models=pd.DataFrame(
            {
                "label": labels,
                "model": labels,
                "revision": "main",
                "adapter": "",
                "series": labels,
                "step": pd.array([pd.NA] * models, dtype="Int64"),
                "condition": CONDITION,
                "dtype": "bfloat16",
                "layers": LAYERS,
                "versions": "lm_eval 0.4.13, transformers 5.23.0" + bad[2],
                "sources": [f"out/results_{i}.json{bad[1]}" for i in range(models)],
            }
        ),
        metrics=metrics,
        benchmarks=benchmarks,
        languages=table,
        layers=layers,
        long=pd.DataFrame(),
        correlations=correlations,
        differences=differences,
        corpora=corpora,
        averages=averages,
        pooled=pooled,
        groups=groups,
        leaderboard=leaderboard,
        retrieval=retrieval,
        retrieval_groups=retrieval_groups,
        robustness=robustness,
        stability=stability,
        training=pd.DataFrame(),
        changed_means=pd.DataFrame(),
        changes=pd.DataFrame(),
        forecasts=forecasts,
        forecast_validation=validation,
        matrix=pd.DataFrame(),
        neighbours=pd.DataFrame(),
        maps=pd.DataFrame(),
        failing=pd.DataFrame(),
        neurons=pd.DataFrame(),
        neuron_overlap=pd.DataFrame(),
        carriers=pd.DataFrame(),
        ablation=pd.DataFrame(),
        compared_means=compared_means,
        comparison=comparison,
        compared=tuple(labels) if models == 2 else (),
        skipped=pd.DataFrame({"what": ["xnli" + bad[0]], "why": ["no alignment task" + bad[1]]}),
        problems=("The digest of one corpus is unknown." + bad[2],),
        command="neuronxa report out --output report" + bad[0],
        version="0.1.0",
    )
