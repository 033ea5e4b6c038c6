"""`neuronxa check` as the maintainer of a leaderboard runs it."""

import json
from pathlib import Path
from typing import Any

import pytest

from neuronxa_tasks.cli import main
from neuronxa_tasks.data.languages import FLORES
from neuronxa_tasks.report.compute.required import NAMES
from neuronxa_tasks.report.show.verdict import FORMATS
from tools.strangers import ENOUGH, EXPECTED, LANGUAGES, leaderboard, strangers
from tools.synthetic_results import results


@pytest.fixture
def board(tmp_path: Path) -> Path:
    """The results that a leaderboard has."""
    return leaderboard(tmp_path / "results")


def checked(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> tuple[int, Any]:
    code = main(["check", *arguments, "--format", "json"])
    return code, json.loads(capsys.readouterr().out)


def put(path: Path, content: dict[str, Any]) -> Path:
    path.write_text(json.dumps(content))
    return path


def test_six_files_of_strangers_are_told_apart(
    board: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = strangers(tmp_path / "inbox")
    arguments = [*map(str, files.values()), "--against", str(board)]
    code, verdict = checked([*arguments, "--min-languages", str(ENOUGH)], capsys)
    assert code == 1
    assert not verdict["good"]
    for (name, path), file in zip(files.items(), verdict["files"], strict=True):
        assert file["path"] == str(path)
        said = {(f["level"], f["topic"]) for f in file["findings"]} - {("note", "text")}
        assert {topic for level, topic in said if level != "ok"} == EXPECTED[name], name
        assert file["good"] == (name in ("good", "rerun")), name


def test_a_good_file_and_a_rerun_end_with_0(
    board: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = strangers(tmp_path / "inbox")
    for name in ("good", "rerun"):
        arguments = [str(files[name]), "--against", str(board), "--min-languages", "2"]
        assert main(["check", *arguments]) == 0
    printed = capsys.readouterr().out
    assert "note  run again: " in printed
    assert "scores differ from those in" in printed


def test_files_are_checked_beside_each_other_and_not_beside_themselves(
    board: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    few = ["--min-languages", "2"]
    code, verdict = checked([str(board), "--against", str(board), *few], capsys)
    assert code == 0
    assert len(verdict["files"]) == 3
    assert not [f for file in verdict["files"] for f in file["findings"] if f["topic"] == "rerun"]
    one, two = (results(f"org/{name}", LANGUAGES) for name in ("one", "two"))
    paths = [str(put(tmp_path / f"{n}.json", made)) for n, made in enumerate((one, two))]
    code, verdict = checked([*paths, *few], capsys)
    assert code == 1
    assert ["copy" in str(file["findings"]) for file in verdict["files"]] == [True, True]


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["{missing}"],
        ["{file}", "{missing}"],
        ["{empty}"],
        ["{file}", "--against", "{missing}"],
        ["{file}", "--min-languages", "0"],
        ["{file}", "--min-languages", "many"],
        ["{file}", "--require", "licence"],
        ["{file}", "--format", "yaml"],
        ["{file}", "--output", "x"],
    ],
)
def test_wrong_arguments_end_with_2(
    arguments: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    places = {"missing": tmp_path / "no.json", "empty": tmp_path / "empty", "file": ""}
    places["empty"].mkdir()
    places["file"] = put(tmp_path / "x.json", results("org/m", LANGUAGES))
    try:
        code = main(["check", *(text.format(**places) for text in arguments)])
    except SystemExit as ended:
        code = int(str(ended.code))
    printed = capsys.readouterr()
    assert (code, printed.out) == (2, "")
    assert "xpected" in printed.err or "usage: neuronxa check" in printed.err


def test_a_new_leaderboard_has_nothing_to_stand_beside(tmp_path: Path) -> None:
    whole = put(tmp_path / "x.json", results("org/m", FLORES))
    (tmp_path / "results").mkdir()
    assert main(["check", str(whole), "--against", str(tmp_path / "results")]) == 0


def test_what_is_required_is_looked_for(tmp_path: Path) -> None:
    whole = str(put(tmp_path / "x.json", results("org/m", FLORES)))
    assert main(["check", whole, "--require", "hub-id", "dtype=bfloat16", "n_pairs=100"]) == 0
    assert main(["check", whole, "--require", "commit"]) == 1


def test_the_schema_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "--schema"]) == 0
    assert json.loads(capsys.readouterr().out)["title"].startswith("Results file of")


def test_every_file_of_no_use_is_a_finding(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a.json").write_text("{}")
    (tmp_path / "b.json").write_bytes(b"\xff\xfe")
    code, verdict = checked([str(tmp_path / name) for name in ("a.json", "b.json")], capsys)
    assert code == 1
    assert [[f["topic"] for f in file["findings"]] for file in verdict["files"]] == [
        ["damage"],
        ["damage"],
    ]


def test_all_that_can_be_asked_for_is_documented() -> None:
    text = (Path(__file__).parents[2] / "docs" / "leaderboard.md").read_text("utf-8")
    flags = ("--against", "--min-languages", "--require", "--format", "--schema")
    missing = [name for name in (*NAMES, *FORMATS, *flags) if f"`{name}" not in text]
    assert not missing


def test_every_topic_that_is_found_is_documented(
    board: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = (Path(__file__).parents[2] / "docs" / "leaderboard.md").read_text("utf-8")
    files = strangers(tmp_path / "inbox")
    arguments = [*map(str, files.values()), "--against", str(board), "--require", "commit"]
    _, verdict = checked(arguments, capsys)
    topics = {finding["topic"] for file in verdict["files"] for finding in file["findings"]}
    assert len(topics) >= 6
    assert not [topic for topic in topics if f"| `{topic}` |" not in text]
