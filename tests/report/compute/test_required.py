from typing import Any

import pytest

from neuronxa_tasks.data.published_text import DIGESTS
from neuronxa_tasks.errors import ReportError
from neuronxa_tasks.report.compute.required import Requirement, required
from neuronxa_tasks.report.read.parsing import parse_results
from tools.synthetic_results import results

LANGUAGES = ("deu_Latn", "swh_Latn")


def content(model: str = "org/model", **options: Any) -> dict[str, Any]:
    return results(model, LANGUAGES, benchmarks=False, **options)


def published(made: dict[str, Any]) -> dict[str, Any]:
    """The same results, as of the published sentences."""
    digests = {
        tuple(line.split("\t")[:3]): line.split("\t")[3]
        for line in DIGESTS.read_text(encoding="ascii").splitlines()
    }
    for task in made["results"]:
        record = made["configs"][task]["metadata"]["neuronxa"]
        digest = digests["flores", record["language"], str(record["n_pairs"])]
        record["sha256"]["language"] = digest + "0" * 48
    return made


def found(made: dict[str, Any], *requirements: str) -> list[tuple[str, str]]:
    needed = [Requirement.parse(text) for text in requirements]
    findings = required(parse_results(made, "x.json"), needed)
    return [(finding.level, finding.text) for finding in findings]


def test_sentences_that_are_not_the_published_ones_are_noted() -> None:
    assert found(published(content())) == []
    text = "flores: other sentences than the published ones for deu_Latn, swh_Latn"
    assert found(content()) == [("note", f"{text} of 2 known languages")]
    assert found(content(), "text") == [("fault", f"{text} of 2 known languages")]
    assert found(published(content()), "text") == [
        ("ok", "flores: the published sentences of 2 of 2 languages")
    ]


def test_of_another_number_of_pairs_the_sentences_are_not_known() -> None:
    assert found(content(pairs=57)) == []
    text = "flores: the published sentences of 0 of 2 languages"
    assert found(content(pairs=57), "text") == [("fault", text)]


@pytest.mark.parametrize(
    ("requirement", "model", "expected"),
    [
        ("hub-id", "org/model", ("ok", "hub-id: org/model")),
        ("hub-id", "./model", ("fault", "hub-id should be given, but is nothing")),
        ("hub-id", "/home/me/model", ("fault", "hub-id should be given, but is nothing")),
        ("dtype", "org/model", ("ok", "dtype: bfloat16")),
        ("dtype=float32", "org/model", ("fault", "dtype should be float32, but is bfloat16")),
        ("commit", "org/model", ("fault", "commit should be given, but is nothing")),
        ("fingerprint", "org/model", ("fault", "fingerprint should be given, but is nothing")),
        ("pivot=eng_Latn", "org/model", ("ok", "pivot: eng_Latn")),
        ("n_pairs=50", "org/model", ("fault", "n_pairs should be 50, but is 100")),
        ("bos=True", "org/model", ("ok", "bos: True")),
    ],
)
def test_what_is_required_has_to_be_said_or_to_be_so(
    requirement: str, model: str, expected: tuple[str, str]
) -> None:
    assert found(published(content(model)), requirement) == [expected]


def test_a_commit_that_is_said_is_shown() -> None:
    made = published(content())
    made["config"]["model_sha"] = "c0ffee"
    assert found(made, "commit") == [("ok", "commit: c0ffee")]


@pytest.mark.parametrize("text", ["licence", "text=flores", ""])
def test_a_requirement_that_there_is_not_is_a_sentence(text: str) -> None:
    with pytest.raises(ReportError, match=r"Expected `--require` to be NAME or NAME=VALUE"):
        Requirement.parse(text)
