import json
from typing import Any

import pytest

from neuronxa_tasks.report.compute.comparable import comparable
from neuronxa_tasks.report.read.parsing import parse_results
from tools.synthetic_results import results

LANGUAGES = ("deu_Latn", "fra_Latn", "swh_Latn")


def file(**options: Any) -> Any:
    return parse_results(results(languages=LANGUAGES, **options), "x.json")


def found(one: Any, *others: Any) -> list[tuple[bool, str]]:
    return [(finding.good, finding.text) for finding in comparable(one, others)]


def test_files_with_the_same_settings_may_stand_side_by_side() -> None:
    assert found(file(), file(seed=1), file(seed=2)) == [
        (True, "flores: the same settings as 2 of 2 other files, nasca, navca, mexa")
    ]


def test_nothing_is_said_of_a_file_alone() -> None:
    assert not found(file())


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"pivot": "fra_Latn"}, "flores differs in pivot: fra_Latn, but eng_Latn in 2 of 3"),
        ({"pairs": 50}, "flores differs in n_pairs: 50, but 100 in 2 of 3"),
        ({"n_shot": 0}, "Belebele (0-shot), but Belebele (5-shot) in 3 of 3"),
    ],
)
def test_a_setting_that_most_others_do_not_have_is_named(
    options: dict[str, Any], message: str
) -> None:
    others = [file(seed=1), file(seed=2), file(pairs=20)]
    assert (False, f"{message} other files") in found(file(**options), *others)


def test_another_version_is_named() -> None:
    content = results(languages=LANGUAGES)
    for config in content["configs"].values():
        if record := config.get("metadata", {}).get("neuronxa"):
            record["score_version"] = 2
    (fault,) = found(file(), parse_results(content, "other.json"))
    assert fault == (False, "flores differs in score_version: 1, but 2 in 1 of 1 other files")


def test_where_others_are_divided_either_half_is_good() -> None:
    others = [file(pairs=50), file(seed=1)]
    for pairs in (50, 100):
        assert [good for good, _ in found(file(pairs=pairs), *others)] == [True]


def test_sentences_that_most_others_do_not_have_are_named() -> None:
    content = results(languages=LANGUAGES)
    record = content["configs"]["neuronxa_flores_deu_Latn"]["metadata"]["neuronxa"]
    record["sha256"]["language"] = "0" * 64
    odd = parse_results(content, "odd.json")
    fault = (False, "flores: other sentences than most other files for deu_Latn")
    assert fault in found(odd, file(seed=1), file(seed=2))
    assert fault not in found(file(), odd, file(seed=2))


def test_files_without_anything_in_common_are_not_comparable() -> None:
    mean = file(metrics=("nasca_mean",))
    text = "flores: the same settings as 1 of 1 other files, without a metric in common"
    assert (False, text) in found(file(), mean)
    content = json.loads(json.dumps(results(languages=LANGUAGES)).replace("flores", "ntrex"))
    text = "alignment on flores, where the other files have ntrex"
    assert (False, text) in found(file(), parse_results(content, "ntrex.json"))


def test_a_file_of_benchmarks_alone_speaks_against_no_alignment() -> None:
    benchmarks = file(alignment=False)
    assert all(good for good, _ in found(file(), benchmarks))
    assert found(file(benchmarks=False), benchmarks) == []
