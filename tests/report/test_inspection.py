"""What `neuronxa inspect` wrote becomes tables and maps."""

import json
from typing import Any

from neuronxa_tasks.report.compute import inspections as inspection
from neuronxa_tasks.report.show.charts.sentence_maps import inspection_charts
from neuronxa_tasks.results.analyses import Inspection
from tests.report.sample import HOSTILE


def kind(layer: int, aligned: list[bool]) -> dict[str, Any]:
    points = [[float(i), layer + i / 2] for i in range(len(aligned))]
    return {
        "layer": layer,
        "layers": 8,
        "share": sum(aligned) / len(aligned),
        "aligned": aligned,
        "points": {"pivot": points, "language": [[-x, -y] for x, y in points]},
    }


def failure(pair: int, margin: float | None = -0.1, side: str = "language") -> dict[str, Any]:
    return {
        "pair": pair,
        "aligned_layers": 3,
        "margin": margin,
        "neighbour": None if margin is None else pair + 1,
        "side": side,
        "pivot_sentence": f"sentence {pair}",
        "sentence": f"Satz {pair}",
        "neighbour_sentence": None if margin is None else f"{side} {pair + 1}",
    }


def content(language: str = "deu_Latn", pairs: int = 40, **changes: Any) -> Inspection:
    entry = {
        "corpus": "flores",
        "pivot": "eng_Latn",
        "language": language,
        "n_pairs": pairs,
        "embedding": kind(0, [True] * pairs),
        "nas": kind(5, [i < 4 for i in range(pairs)]),
        "failing": [failure(pair) for pair in range(4, pairs)],
    }
    return Inspection.model_validate({"languages": [{**entry, **changes}]})


def test_a_map_has_a_row_per_sentence_and_kind() -> None:
    table = inspection.maps([("m", content(pairs=10))])
    assert len(table) == 10 * 2 * 2
    row = table[(table["kind"] == "nas") & (table["side"] == "language")].iloc[3]
    assert row[["label", "pivot", "language", "language_name"]].tolist() == [
        "m",
        "eng_Latn",
        "deu_Latn",
        "German",
    ]
    assert (row["layer"], row["share"], row["pair"], row["aligned"]) == (5, 0.4, 3, True)
    assert (row["x"], row["y"]) == (-3.0, -6.5)


def test_a_language_inspected_again_replaces_what_was_found_before() -> None:
    contents = [("m", content(pairs=10)), ("m", content(pairs=12)), ("other", content(pairs=14))]
    found = inspection.failing(contents)
    assert found.groupby("label").size().to_dict() == {"m": 8, "other": 10}


def test_nothing_inspected_is_no_rows_charts_or_tables() -> None:
    maps, failing = inspection.maps([]), inspection.failing([])
    assert maps.empty
    assert failing.empty
    assert inspection_charts(maps) == {}
    assert inspection.failing_tables(failing) == []


def test_a_failing_pair_names_its_neighbour_and_the_side_it_stands_on() -> None:
    failures = [failure(4, side="pivot"), failure(5), failure(6, None)]
    given = content(pairs=10, failing=failures)
    (table,) = inspection.failing_tables(inspection.failing([("m", given)]))
    assert "3 of 10 pairs" in table.caption
    assert [row[0].note for row in table.rows] == ["pair 4", "pair 5", "pair 6"]
    neighbours = [(row[2].text, row[2].note) for row in table.rows]
    assert neighbours[:2] == [("pivot 5", "English, pair 5"), ("language 6", "German, pair 6")]
    assert neighbours[2] == ("\N{EN DASH}", "")
    assert [row[3].text for row in table.rows] == ["\N{MINUS SIGN}0.100"] * 2 + ["\N{EN DASH}"]
    assert table.rows[0][4].text == "3 of 8"


def test_a_long_table_is_cut_and_says_so() -> None:
    (table,) = inspection.failing_tables(inspection.failing([("m", content(pairs=50))]))
    assert len(table.rows) == 30
    assert "46 of 50 pairs" in table.caption
    assert "30 are shown, failing_pairs.csv has all" in table.caption


def test_every_language_has_two_maps_that_name_layer_and_share() -> None:
    contents = [("m", content()), ("m", content("swh_Latn"))]
    charts = inspection_charts(inspection.maps(contents))
    assert list(charts) == [
        "map_embedding_flores_eng_latn_deu_latn",
        "map_nas_flores_eng_latn_deu_latn",
        "map_embedding_flores_eng_latn_swh_latn",
        "map_nas_flores_eng_latn_swh_latn",
    ]
    title = charts["map_nas_flores_eng_latn_swh_latn"].to_dict()["title"]
    assert title["text"] == "English and Swahili: NAS, layer 5"
    assert "10% of 40 pairs" in title["subtitle"][0]


def test_a_chart_holds_both_ends_of_every_pair() -> None:
    charts = inspection_charts(inspection.maps([("m", content(pairs=10))]))
    (rows,) = charts["map_nas_flores_eng_latn_deu_latn"].to_dict()["datasets"].values()
    assert rows[3] == {
        "pair": 3,
        "state": "aligned",
        "name": ["English", "German"],
        "x": [3.0, -3.0],
        "y": [6.5, -6.5],
    }
    assert rows[4]["state"] == "not aligned"


def test_several_models_are_named_in_maps_and_tables() -> None:
    contents = [("model a", content()), ("model b", content())]
    charts = inspection_charts(inspection.maps(contents))
    assert "map_nas_flores_eng_latn_deu_latn_model_b" in charts
    titles = [chart.to_dict()["title"]["subtitle"][0] for chart in charts.values()]
    assert titles == ["model a"] * 2 + ["model b"] * 2
    first, second = inspection.failing_tables(inspection.failing(contents))
    assert "model a" in first.caption
    assert "model b" in second.caption


def test_the_text_of_a_corpus_stays_text() -> None:
    failures = [failure(pair) for pair in range(4, 10)]
    for row, text in zip(failures, HOSTILE, strict=False):
        row["sentence"] = row["neighbour_sentence"] = text
    given = content(pairs=10, failing=failures)
    (table,) = inspection.failing_tables(inspection.failing([("m", given)]))
    assert [row[1].text for row in table.rows][: len(HOSTILE)] == list(HOSTILE)
    charts = inspection_charts(inspection.maps([("m", given)]))
    assert HOSTILE[0] not in json.dumps([chart.to_dict() for chart in charts.values()])
