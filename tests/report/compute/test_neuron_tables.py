"""What `neuronxa neurons` wrote becomes tables and charts."""

import json
from typing import Any

import pandas as pd
import pytest

from neuronxa_tasks.report.compute.build import build_report
from neuronxa_tasks.report.compute.neuron_tables import (
    Contents,
    ablations,
    carriers,
    neurons,
    overlaps,
)
from neuronxa_tasks.report.compute.report_tables import Report
from neuronxa_tasks.report.read.parsing import parse_results
from neuronxa_tasks.report.show.charts.neuron_charts import neuron_charts
from neuronxa_tasks.report.show.tables.neurons_of_languages import neuron_tables
from neuronxa_tasks.results.neuron_findings import Neurons
from tests.report import analyses
from tests.report.analyses import CODES, analysis

CONDITION = "FLORES, pivot deu_Latn, 100 pairs, 3 languages, filter 0.95, share 0.01, bar 0.95"


def content(**changes: Any) -> Neurons:
    return Neurons.model_validate(analyses.neurons(**changes))


def report_of(*contents: dict[str, Any]) -> Report:
    files = [
        parse_results(analysis("neurons", c, date=float(i + 1)), f"file{i}.json")
        for i, c in enumerate(contents)
    ]
    return build_report(files)


def test_every_language_has_a_row_per_layer() -> None:
    table = neurons([("m", content())])
    assert list(zip(table["language"], table["layer"], strict=True)) == [
        (code, layer) for code in CODES for layer in (2, 3)
    ]
    assert table["specific"].tolist() == [0, 2, 1, 2, 2, 2]
    assert table["specific_to_any"].tolist() == [2, 4] * 3
    assert table["shared"].tolist() == [5, 0] * 3
    assert table["correlation"].isna().tolist() == [True, True] + [False] * 4
    assert table["correlation_specific"].dropna().tolist() == [-0.5, -0.5]
    assert set(table["condition"]) == {CONDITION}


def test_every_two_languages_overlap_in_both_orders() -> None:
    table = overlaps([("m", content())]).set_index(["language", "other"])["value"]
    assert len(table) == 6
    assert table["deu_Latn", "fra_Latn"] == table["fra_Latn", "deu_Latn"] == 0.5
    assert table["rus_Cyrl", "fra_Latn"] == 0.25


def test_an_ablation_has_a_row_per_language_and_outlives_a_later_call_without_one() -> None:
    contents: Contents = [("m", content()), ("m", content(ablation=False))]
    table = ablations(contents)
    assert table["language"].tolist() == CODES
    assert set(table["ablated"]) == {"fra_Latn"}
    assert table["parity"].tolist() == [1.0, 0.75, 0.5]
    assert table["random_nats"].tolist() == [1.0, 1.0, 1.125]


def test_the_newest_of_two_alike_counts() -> None:
    contents: Contents = [("m", content()), ("m", content(overlap=[0.0, 0.0, 1.0]))]
    assert overlaps(contents)["value"].max() == 1
    assert len(neurons(contents)) == 6
    assert len(carriers(contents)) == 2


@pytest.mark.parametrize("changes", [{"share": 0.05}, {"sha256": ["x", "y", "z"]}])
def test_other_thresholds_or_sentences_are_another_condition(changes: dict[str, Any]) -> None:
    contents: Contents = [("m", content()), ("m", content(**changes))]
    assert neurons(contents)["condition"].nunique() == 2
    assert len(neurons(contents)) == 12


def test_nothing_found_is_no_rows_charts_or_tables() -> None:
    for table in (neurons([]), overlaps([]), carriers([]), ablations([])):
        assert table.empty
    empty = report_of()
    assert neuron_charts(empty) == {}
    assert neuron_tables(empty) == []


def test_the_tables_name_neurons_and_what_happens_without_them() -> None:
    languages, listed, without = neuron_tables(report_of(analyses.neurons()))
    assert [row[0].text for row in languages.rows] == ["Russian", "French", "German"]
    assert [row[1].text for row in languages.rows] == ["French", "German", "French"]
    assert [row[2].text for row in languages.rows] == ["4", "3", "2"]
    assert [row[0].text for row in listed.rows] == ["shared by all", "of some language"]
    (row,) = without.rows
    assert [cell.text for cell in row] == [
        *("French", "3", "\N{MINUS SIGN}0.2500", "\N{MINUS SIGN}0.0078", "1.500", "1.000"),
        *("0.0625", "0.0000"),
    ]
    assert row[2].note == "± 0.0625"
    assert all(CONDITION in table.caption for table in (languages, listed, without))


def test_the_charts_are_drawn_and_both_ablations_on_one_scale() -> None:
    charts = neuron_charts(report_of(analyses.neurons()))
    assert set(charts) == {
        *("neurons", "neuron_correlations", "neuron_overlap"),
        *("neuron_ablation", "neuron_ablation_random"),
    }
    domains = [
        charts[name].to_dict()["encoding"]["color"]["scale"]["domain"]
        for name in ("neuron_ablation", "neuron_ablation_random")
    ]
    assert domains == [[-0.25, 0.25]] * 2


def test_an_ablation_that_changes_nothing_can_be_drawn() -> None:
    given = analyses.neurons()
    for row in given["ablation"]["ablated"]:
        row["change"] = row["random_change"] = [0.0, 0.0, 0.0]
    json.dumps(neuron_charts(report_of(given))["neuron_ablation"].to_dict())


def test_languages_without_any_neuron_have_no_nearest() -> None:
    given = analyses.neurons(ablation=False, overlap=[0.0, 0.0, 0.0])
    for entry in given["found"]:
        entry["specific"] = [0, 0]
    languages, _ = neuron_tables(report_of(given))
    assert all(row[1].missing and row[3].missing for row in languages.rows)


def test_two_models_have_charts_and_tables_of_their_own() -> None:
    one, two = (analysis("neurons", analyses.neurons()) for _ in range(2))
    two["config"]["model_args"]["pretrained"] = "org/other"
    report = build_report([parse_results(one, "a.json"), parse_results(two, "b.json")])
    assert len(neuron_charts(report)) == 10
    captions = [table.caption for table in neuron_tables(report)]
    assert sum("org/model, FLORES" in caption for caption in captions) == 3
    assert isinstance(report.neurons, pd.DataFrame)
