from typing import Any

from neuronxa_tasks.report.compute.copies import copies
from neuronxa_tasks.report.read.parsing import parse_results
from tools.synthetic_results import results

LANGUAGES = ("deu_Latn", "fra_Latn", "rus_Cyrl", "swh_Latn")


def file(model: str = "org/model", **options: Any) -> Any:
    options = {"languages": LANGUAGES, "retrieval": True, **options}
    return parse_results(results(model, **options), f"{model}.json")


def found(one: Any, *others: Any) -> list[str]:
    return [finding.text for finding in copies(one, others)]


def test_a_model_under_another_name_is_a_copy() -> None:
    assert found(file("new/model"), file()) == [
        "36 of 36 scores have the same outcome for every pair as those of org/model in "
        "org/model.json: one is a copy of the other"
    ]


def test_a_part_of_a_copy_is_one_whatever_settings_it_claims() -> None:
    content = results("new/model", LANGUAGES)
    for task in [task for task in content["results"] if "swh" in task]:
        del content["results"][task]
    for config in content["configs"].values():
        if record := config.get("metadata", {}).get("neuronxa"):
            record["bos"] = False
    (text,) = found(parse_results(content, "new.json"), file(retrieval=False))
    assert text.startswith("9 of 9 scores")


def test_the_same_model_is_no_copy_of_itself() -> None:
    assert not found(file(), file())


def test_another_model_is_no_copy() -> None:
    assert not found(file("new/model", seed=1), file())


def test_models_that_know_nothing_are_no_copies_of_each_other() -> None:
    def untrained(name: str) -> Any:
        content = results(name, LANGUAGES, benchmarks=False)
        for task, values in content["results"].items():
            for metric, entry in content["configs"][task]["metadata"]["neuronxa"][
                "metrics"
            ].items():
                count = len(entry["layer_scores"])
                entry |= {"score": 0.0, "layer_scores": [0.0] * count, "by_pairs": {}}
                entry["aligned_layers"] = [0] * 100
                values[f"{metric},none"] = 0.0
        return parse_results(content, f"{name}.json")

    assert not found(untrained("a/a"), untrained("b/b"))


def test_a_language_that_came_out_the_same_is_no_copy() -> None:
    own, other = results("new/model", LANGUAGES, seed=1), results("org/model", LANGUAGES)
    task = "neuronxa_flores_swh_Latn"
    own["configs"][task], own["results"][task] = other["configs"][task], other["results"][task]
    assert not found(parse_results(own, "own.json"), parse_results(other, "other.json"))
