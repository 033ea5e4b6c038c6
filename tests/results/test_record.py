"""A record is what its types say, in what is written and in what is read."""

import copy
import json
from typing import Any

import jsonschema
import pytest
from pydantic import ValidationError

from neuronxa_tasks.results.record import LanguageRecord
from neuronxa_tasks.results.validation import fault
from tools.synthetic_results import results

TASK = "neuronxa_flores_deu_Latn"


def record() -> dict[str, Any]:
    given = results(languages=["deu_Latn"], metrics=("nasca", "cka", "cka_debiased", "sads_nas"))
    found: dict[str, Any] = copy.deepcopy(given["configs"][TASK]["metadata"]["neuronxa"])
    return found


def changed(path: str, value: Any) -> dict[str, Any]:
    found = target = record()
    *parents, last = path.split(".")
    for key in parents:
        target = target[int(key)] if isinstance(target, list) else target[key]
    target[int(last) if isinstance(target, list) else last] = value
    return found


def test_what_is_given_comes_back_and_fits_the_schema() -> None:
    given = record() | {"ignored": ["chat template"], "of a newer version": {"x": [1]}}
    dumped = LanguageRecord.model_validate(given).dump()
    assert json.loads(json.dumps(dumped)) == given
    jsonschema.validate(dumped, LanguageRecord.model_json_schema())


def test_a_record_may_leave_everything_out() -> None:
    assert LanguageRecord.model_validate({}).dump() == {}


def test_a_metric_of_a_newer_version_is_no_damage() -> None:
    given = changed("metrics.horoscope", {"score": 7.0})
    assert LanguageRecord.model_validate(given).metrics["horoscope"].score == 7


@pytest.mark.parametrize(
    ("path", "low", "high"),
    [
        ("metrics.nasca.score", 0, 1),
        ("metrics.nasca.layer_scores.0", 0, 1),
        ("metrics.nasca.permutation_p", 0, 1),
        ("metrics.nasca.by_pairs.10", 0, 1),
        ("metrics.cka.score", 0, 1),
        ("metrics.cka_debiased.layer_scores.2", -1, 1),
        ("metrics.sads_nas.score", -2, 2),
        ("score_version", 1, 1_000_000),
        ("tokens.language.0", 0, 2**53),
        ("truncated.pivot", 0, 2**53),
    ],
)
def test_a_number_has_the_range_of_its_definition(path: str, low: int, high: int) -> None:
    for end in (low, high):
        LanguageRecord.model_validate(changed(path, end))
    for beyond in (low - 1, high + 1, 10**30, 10**400):
        with pytest.raises(ValidationError) as caught:
            LanguageRecord.model_validate(changed(path, beyond))
        # A rule over several fields names the list, not the place in it.
        assert path.removesuffix(".0").removesuffix(".2") in fault(caught.value)


def test_rounding_is_no_damage() -> None:
    LanguageRecord.model_validate(changed("metrics.cka.score", 1 + 1e-12))


NUMBERS = ("score_version", "n_pairs", "tokens.pivot.0", "metrics.nasca.first_layer")
NUMBERS += ("metrics.nasca.score", "metrics.nasca.layer_scores.1", "metrics.nasca.aligned_layers.0")


@pytest.mark.parametrize("path", NUMBERS)
@pytest.mark.parametrize(
    "value", [True, "1", [1], {}, float("nan"), float("inf"), -1, 10**30], ids=repr
)
def test_what_is_no_number_is_named(path: str, value: object) -> None:
    with pytest.raises(ValidationError) as caught:
        LanguageRecord.model_validate(changed(path, value))
    assert path.removesuffix(".1") in fault(caught.value)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("sha256.pivot", ["ab"]),
        ("sha256.language", 5),
        ("sha256", []),
        ("bos", 1),
        ("bos", "yes"),
        ("pivot", "klingon or so"),
        ("pivot", "\ud800"),
        ("pivot", "eng_Latn" * 100),
        ("n_pairs", 0),
        ("source", {"revision": "abc"}),
        ("metrics", []),
        ("metrics.nasca.layer_scores", [0.5] * 100_000),
        ("metrics.nasca.by_pairs", {str(m): 0.5 for m in range(1, 101)}),
        ("metrics.nasca.by_pairs", {"9" * 5000: 0.5}),
        ("metrics.nasca.by_pairs", {"many": 0.5}),
        ("metrics.nasca.by_pairs", {"101": 0.5}),
        ("metrics.nasca.aligned_layers", [1] * 99),
        ("metrics.nasca.aligned_layers", [5] * 100),
        ("metrics.nasca.mutual_neighbours", [5] * 3),
        ("metrics.nasca.mutual_neighbours", [5, 5, 5, 101]),
        ("metrics.nasca.best_layer", 9),
        ("metrics.nasca.held_out", 2),
        ("lines", "1-99"),
        ("lines", "9-1"),
        ("lines", ",".join(["1-1000000"] * 5000)),
        ("articles", [0] * 99),
        ("articles", [-1] * 100),
        ("surface", {"score": 0.5, "aligned": [1]}),
        ("surface", {"score": 2.0, "aligned": [1] * 100}),
        ("metrics.nasca.outcomes", [2] * 100),
    ],
    ids=lambda value: repr(value)[:40],
)
def test_what_does_not_fit_is_named_in_a_short_sentence(path: str, value: object) -> None:
    with pytest.raises(ValidationError) as caught:
        LanguageRecord.model_validate(changed(path, value))
    said = fault(caught.value)
    assert path.rpartition(".")[2] in said
    assert len(said) < 300
    assert said.encode()
