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
    table["tokens"] = 3 - 2 * level

    layers = table.melt(["label", "condition", "language"], list(metrics), "metric", "mean")
    layers = layers.merge(pd.DataFrame({"layer": range(1, LAYERS + 1)}), how="cross")
    arch = np.sin(np.pi * layers["layer"] / (LAYERS + 1))
    layers["value"] = (layers.pop("mean") * 1.5 * arch).clip(0, 1)

    correlations = every(
        label=labels, condition=[CONDITION], benchmark=benchmarks, metric=[*metrics, "tokens"]
    )
    pearson = np.tile([0.91, 0.93, 0.82, -0.61], len(correlations) // 4)
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
        p=0.0004,
        spearman=pearson - 0.02,
        spearman_p=0.002,
        partial=pearson - 0.2,
        paper=np.where(correlations["metric"] == "nasca", 0.9513, np.nan),
        reason="",
    )
    correlations.loc[correlations["metric"] == "tokens", "partial"] = np.nan
    without = (correlations["metric"] == metrics[2]) & (correlations["benchmark"] == benchmarks[1])
    numbers = ["pearson", "fisher_low", "fisher_high", "bootstrap_low", "bootstrap_high", "p"]
    correlations.loc[without, [*numbers, "spearman", "spearman_p", "partial"]] = np.nan
    correlations.loc[without, "reason"] = "fewer than four languages" + bad[3]

    differences = every(
        label=labels,
        condition=[CONDITION],
        benchmark=benchmarks,
        metric=[metrics[0]],
        other=[metrics[2]],
    ).assign(difference=0.09, low=-0.03, high=0.21, p=0.14)
    groups = every(label=labels, condition=[CONDITION], group=list(GROUPS), metric=metrics)
    value = groups["group"].map(GROUPS) - groups["label"].map(labels.index) / 100
    groups = groups.assign(value=value, low=value - 0.03, high=value + 0.03, languages=languages)
    retrieval = every(
        label=labels, condition=[RETRIEVAL], language=codes, metric=list(RETRIEVED)
    ).assign(
        name=lambda made: made["language"].map(language_name) + bad[0],
        pivot="eng_Latn",
        value=lambda made: made["metric"].map(RETRIEVED),
        stderr=0.01,
        best_layer=14,
    )
    retrieval_groups = every(
        label=labels, condition=[RETRIEVAL], metric=list(RETRIEVED), group=["all", "longtail"]
    )
    value = retrieval_groups["metric"].map(RETRIEVED)
    retrieval_groups = retrieval_groups.assign(
        value=value, low=value - 0.02, high=value + 0.02, languages=languages
    )
    robustness = every(label=labels, condition=[CONDITION], metric=metrics).assign(
        pairs=100,
        chance=1 / 199,
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
        **{benchmarks[0]: 0.8},
    )
    averages = pd.concat(
        [
            every(over=["benchmarks"], label=labels, benchmark=[""]).assign(pearson=0.92, n=2),
            every(over=["models"], label=[""], benchmark=benchmarks).assign(pearson=0.9, n=models),
        ],
        ignore_index=True,
    ).assign(condition=CONDITION, metric=metrics[0])
    comparison = pd.DataFrame()
    if models == 2:
        one, two = (table[table["label"] == label].reset_index() for label in labels)
        comparison = one[["condition", "language", "name"]].assign(
            metric=metrics[0], a=one[metrics[0]], b=two[metrics[0]]
        )
        comparison["difference"] = comparison["a"] - comparison["b"]
        comparison["low"], comparison["high"] = -0.1, 0.1
        comparison["p"] = 0.5
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
        groups=groups,
        retrieval=retrieval,
        retrieval_groups=retrieval_groups,
        robustness=robustness,
        stability=stability,
        training=pd.DataFrame(),
        matrix=pd.DataFrame(),
        neighbours=pd.DataFrame(),
        maps=pd.DataFrame(),
        failing=pd.DataFrame(),
        comparison=comparison,
        compared=tuple(labels) if models == 2 else (),
        skipped=pd.DataFrame({"what": ["xnli" + bad[0]], "why": ["no alignment task" + bad[1]]}),
        problems=("The digest of one corpus is unknown." + bad[2],),
        command="neuronxa report out --output report" + bad[0],
        version="0.1.0",
    )
