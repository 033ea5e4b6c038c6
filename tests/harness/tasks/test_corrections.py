"""Corrections of the measure in whole runs: names, numbers, and what is not changed."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from neuronxa_tasks.errors import SettingsError
from neuronxa_tasks.harness.model import NeuronXALM
from neuronxa_tasks.harness.model_encoder import tokenize
from neuronxa_tasks.measures import CORRECTIONS, metric_named
from neuronxa_tasks.report.compute.build import build_report
from neuronxa_tasks.report.read.parsing import parse_results
from tests import reference
from tests.families import FAMILIES
from tests.passes import is_probe
from tests.runs import Evaluate, record
from tests.sentences import lines

ALL = {"correction": list(CORRECTIONS)}
RETRIEVAL = "neuronxa_flores_retrieval_deu_Latn"


def layers_of(
    lm: NeuronXALM, family: str, sides: list[list[str]], kind: str
) -> list[list[list[reference.Floats]]]:
    """For every layer both sides' sentence states."""
    source = {"nas": "gate", "nav": "product", "embedding": "embedding"}[kind]
    pooled = [
        [
            [
                reference.pool(reference.state(tokens, kind), "weighted")
                for tokens in reference.token_states(lm.model, FAMILIES[family], ids)[source]
            ]
            for ids in tokenize(lm, texts)
        ]
        for texts in sides
    ]
    return [
        [list(x), list(y)] for x, y in zip(*(zip(*s, strict=True) for s in pooled), strict=True)
    ]


def expected(
    layers: list[list[list[reference.Floats]]], centred: bool, k: int | None
) -> list[tuple[list[bool], list[bool]]]:
    return [reference.found(reference.similarities(x, y, centred, k)) for x, y in layers]


@pytest.mark.parametrize("family", ["llama", "gpt2"])
def test_every_metric_of_our_own_sentences_is_the_references(
    make_lm: Callable[..., NeuronXALM], run_tasks: Evaluate, flores_dir: Path, family: str
) -> None:
    lm = make_lm(family)
    results = run_tasks(lm, "deu_Latn", RETRIEVAL, metadata={**ALL, "csls_k": 3})
    sides = [lines(flores_dir, code) for code in ("eng_Latn", "deu_Latn")]
    alignment, retrieval = (record(results, t)["metrics"] for t in ("deu_Latn", RETRIEVAL))
    for kind, measure in (("nas", "nasca"), ("nav", "navca"), ("embedding", "mexa")):
        layers = layers_of(lm, family, sides, kind)
        for ending, centred, k in (
            ("", False, None),
            ("_centred", True, None),
            ("_csls_k3", False, 3),
            ("_centred_csls_k3", True, 3),
        ):
            wanted = expected(layers, centred, k)
            both = [np.mean([f and b for f, b in zip(*w, strict=True)]) for w in wanted]
            name = f"{measure}{ending}"
            assert alignment[name]["layer_scores"] == both, name
            assert results["results"]["neuronxa_flores_deu_Latn"][f"{name},none"] == pytest.approx(
                np.mean(both)
            )
            for direction, place in (("forward", 0), ("backward", 1)):
                name = f"{kind}_{direction}{ending}"
                assert retrieval[name]["layer_scores"] == [np.mean(w[place]) for w in wanted], name
            assert retrieval[f"{kind}_both{ending}"]["score"] == max(both)


def test_real_sentences_score_as_the_reference_does_but_for_one_pair(
    lm: NeuronXALM, run_tasks: Evaluate, real_data: Path
) -> None:
    folder = real_data / "flores200"
    metadata = {**ALL, "flores_dir": str(folder), "n_pairs": 100}
    metrics = record(run_tasks(lm, "deu_Latn", metadata=metadata), "deu_Latn")["metrics"]
    sides = [lines(folder, code)[:100] for code in ("eng_Latn", "deu_Latn")]
    for kind, measure in (("nas", "nasca"), ("nav", "navca"), ("embedding", "mexa")):
        layers = layers_of(lm, "llama", sides, kind)
        for correction in CORRECTIONS:
            k = 10 if correction.endswith("csls") else None
            wanted = expected(layers, correction.startswith("centred"), k)
            both = [np.mean([f and b for f, b in zip(*w, strict=True)]) for w in wanted]
            name = measure if correction == "none" else f"{measure}_{correction}"
            np.testing.assert_allclose(metrics[name]["layer_scores"], both, atol=0.01001)


def test_the_papers_definition_comes_first_and_is_not_changed(
    lm: NeuronXALM, run_tasks: Evaluate
) -> None:
    plain = record(run_tasks(lm, "deu_Latn"), "deu_Latn")["metrics"]
    every = record(run_tasks(lm, "deu_Latn", metadata=ALL), "deu_Latn")["metrics"]
    assert [*plain] == ["nasca", "navca", "mexa"] == [*every][:3]
    assert {name: every[name] for name in plain} == plain
    assert len(every) == 12
    assert (plain["nasca"]["correction"], plain["nasca"]["csls_k"]) == ("none", None)
    kept = every["navca_centred_csls"]
    assert (kept["correction"], kept["csls_k"]) == ("centred_csls", 10)


def test_one_pass_serves_all_corrections(
    make_lm: Callable[..., NeuronXALM], run_tasks: Evaluate
) -> None:
    counts = []
    for metadata in ({}, ALL):
        lm = make_lm()
        seen: list[int] = []
        lm.model.get_decoder().register_forward_pre_hook(
            lambda module, args, kwargs, seen=seen: seen.append(
                0 if is_probe(kwargs["input_ids"]) else len(kwargs["input_ids"])
            ),
            with_kwargs=True,
        )
        run_tasks(lm, "deu_Latn", metadata=metadata)
        counts.append(sum(seen))
    assert counts[0] == counts[1] > 0


def test_a_correction_alone_is_all_there_is(lm: NeuronXALM, run_tasks: Evaluate) -> None:
    metadata = {"correction": "csls", "measures": "nasca", "pooling": "last"}
    metrics = record(run_tasks(lm, "deu_Latn", metadata=metadata), "deu_Latn")["metrics"]
    assert [*metrics] == ["nasca_last_csls"]


@pytest.mark.parametrize(
    ("metadata", "message"),
    [
        ({"correction": "centered"}, "`correction` to be one of none, centred, csls, centred_csls"),
        ({"correction": []}, "`correction` to be one of .* or a list of them"),
        ({"csls_k": 0}, "`csls_k` to be an integer >= 1"),
        ({"csls_k": "10"}, "`csls_k` to be an integer >= 1"),
        ({"corection": "csls"}, "did you mean `correction`"),
    ],
)
def test_a_wrong_value_is_refused(
    lm: NeuronXALM, run_tasks: Evaluate, metadata: dict[str, Any], message: str
) -> None:
    with pytest.raises(SettingsError, match=message):
        run_tasks(lm, "deu_Latn", metadata=metadata)


def test_a_report_has_a_column_for_each(lm: NeuronXALM, run_tasks: Evaluate) -> None:
    results = run_tasks(lm, "deu_Latn", "fra_Latn", metadata={**ALL, "csls_k": 5})
    file = parse_results({**results, "model_name": "org/m"}, "results_1.json")
    assert not file.problems
    report = build_report([file])
    endings = ("", "_centred", "_csls_k5", "_centred_csls_k5")
    names = [f"{m}{ending}" for ending in endings for m in ("nasca", "navca", "mexa")]
    assert [*report.metrics] == names
    assert set(report.long["measure"]) == set(names)
    table = report.languages.set_index("language")
    for name in names:
        score = results["results"]["neuronxa_flores_deu_Latn"][f"{name},none"]
        assert table.loc["deu_Latn", name] == pytest.approx(score)
        metric = metric_named(name)
        assert metric is not None
    title = metric_named("nasca_centred_csls_k5")
    assert title is not None
    assert title.title == "NASCA (centred, CSLS, k5)"
