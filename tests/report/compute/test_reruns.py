from typing import Any

from neuronxa_tasks.report.compute.reruns import reruns
from neuronxa_tasks.report.read.parsing import parse_results
from tools.synthetic_results import results

LANGUAGES = ("deu_Latn", "swh_Latn")


def content(**options: Any) -> dict[str, Any]:
    return results(**{"languages": LANGUAGES, "benchmarks": False, **options})


def found(one: dict[str, Any], other: dict[str, Any]) -> list[tuple[bool, str]]:
    here, there = parse_results(one, "new.json"), parse_results(other, "old.json")
    return [(finding.good, finding.text) for finding in reruns(here, [there])]


def test_a_run_that_says_the_same_again_is_named_and_good() -> None:
    assert found(content(), content()) == [
        (True, "run again: the same 6 scores as in old.json"),
    ]


def test_the_largest_change_is_named() -> None:
    changed = content()
    task = "neuronxa_flores_swh_Latn"
    for metric, value in (("mexa", 0.9), ("nasca", 0.0)):
        entry = changed["configs"][task]["metadata"]["neuronxa"]["metrics"][metric]
        entry["score"] = value
    old = content()["results"][task]["mexa,none"]
    assert found(changed, content()) == [
        (
            True,
            "run again: 2 of 6 scores differ from those in old.json, most mexa of swh_Latn: "
            f"0.9000, there {old:.4f}",
        )
    ]


def test_other_models_and_other_settings_are_no_reruns() -> None:
    assert not found(content(), content(model="org/other"))
    assert not found(content(), content(pairs=50))
    assert not found(content(), content(revision="step1000"))


def test_other_weights_under_the_same_name_are_a_fault() -> None:
    def of_weights(fingerprint: str) -> dict[str, Any]:
        made = content()
        for config in made["configs"].values():
            config["metadata"]["neuronxa"]["model"] = {"fingerprint": fingerprint}
        return made

    assert (
        False,
        "old.json has other weights under the same name, org/model: give the revision of each",
    ) in found(of_weights("a"), of_weights("b"))
    assert all(good for good, _ in found(of_weights("a"), of_weights("a")))
