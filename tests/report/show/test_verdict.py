import json

from neuronxa_tasks.finding import Finding
from neuronxa_tasks.report.compute.checked_file import CheckedFile
from neuronxa_tasks.report.show.verdict import Verdict, as_github, as_json, as_markdown, as_text

GOOD = CheckedFile("good.json", "org/a", (Finding(True, "all of it", "coverage"),))
BAD = CheckedFile(
    "in/bad,1.json",
    "org/b",
    (
        Finding(True, "all of it", "coverage"),
        Finding(True, "seen before", "rerun", note=True),
        Finding(False, "100 % other\nthings", "settings"),
    ),
)
HOSTILE = "@you <img> `x` [a](http://b.c) | ::error:: www.b.c *x*"


def test_a_file_alone_is_its_lines_and_several_have_names() -> None:
    assert as_text([GOOD]) == "ok    all of it"
    assert as_text([GOOD, BAD]).splitlines()[:4] == [
        "good.json: org/a: good",
        "  ok    all of it",
        "in/bad,1.json: org/b: 1 fault",
        "  ok    all of it",
    ]
    assert "  note  seen before\n  FAULT 100 % other" in as_text([GOOD, BAD])


def test_json_follows_its_schema_and_says_what_is_good() -> None:
    verdict = Verdict.model_validate(json.loads(as_json([GOOD, BAD])))
    assert (verdict.good, [file.good for file in verdict.files]) == (False, [True, False])
    assert [finding.level for finding in verdict.files[1].findings] == ["ok", "note", "fault"]
    assert Verdict.model_validate_json(as_json([GOOD])).good


def test_github_gets_a_command_for_what_it_should_show() -> None:
    assert as_github([GOOD, BAD]).splitlines() == [
        "::notice file=in/bad%2C1.json,title=rerun::seen before",
        "::error file=in/bad%2C1.json,title=settings::100 %25 other%0Athings",
        "1 of 2 results files are good",
    ]


def test_a_comment_begins_with_what_is_wrong() -> None:
    lines = as_markdown([GOOD, BAD]).splitlines()
    assert lines[0] == "**1 of 2 results files are good**"
    topics = [line.split("|")[2].strip() for line in lines if line.startswith("| ")]
    assert topics == ["about", "coverage", "about", "settings", "rerun", "coverage"]


def test_a_strangers_text_stays_text_in_a_comment() -> None:
    text = as_markdown([CheckedFile(HOSTILE, HOSTILE, (Finding(False, HOSTILE, "copy"),))])
    assert not any(bad in text for bad in ("@you", "<img>", "http://", "www.b", "[a](", " *x*"))
    (row,) = [line for line in text.splitlines() if "copy" in line]
    # The cell's own four signs and the one that is escaped.
    assert row.count("|") == 5


def test_a_comment_is_no_longer_than_github_takes() -> None:
    long = Finding(False, "x" * 100_000, "damage")
    assert len(as_markdown([CheckedFile("a" * 100_000, "m" * 100_000, (long,))])) < 6000
