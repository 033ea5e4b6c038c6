"""A report's folder holds that report, whole files, and whatever else a user put there."""

import errno
import json
import os
from pathlib import Path

import pytest

from neuronxa_tasks.errors import ReportError
from neuronxa_tasks.report.show.folder import MANIFEST, ReportFolder


def fill(folder: Path, **files: str) -> ReportFolder:
    with ReportFolder(folder) as report:
        for name, text in files.items():
            report.write(name, text)
    return report


def names(folder: Path) -> set[str]:
    return {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()}


def test_what_an_earlier_report_alone_wrote_goes(tmp_path: Path) -> None:
    fill(tmp_path, a="1", b="1", **{"figures/c.svg": "1"})
    (tmp_path / "mine.txt").write_text("mine")
    fill(tmp_path, a="2")
    assert names(tmp_path) == {"a", "mine.txt", MANIFEST}
    assert not (tmp_path / "figures").exists()
    assert (tmp_path / "a").read_text() == "2"


def test_what_was_changed_or_added_since_stays(tmp_path: Path) -> None:
    fill(tmp_path, a="1", **{"figures/b.svg": "1", "figures/c.svg": "1"})
    (tmp_path / "a").write_text("changed")
    (tmp_path / "figures" / "mine.svg").write_text("mine")
    fill(tmp_path)
    assert names(tmp_path) == {"a", "figures/mine.svg", MANIFEST}


@pytest.mark.parametrize(
    "manifest",
    [b"", b"\xff", b"[]", b'{"files": 3}', b'{"files": {"../outside": "x"}}', b"[" * 100_000],
)
def test_a_manifest_that_is_none_removes_nothing(tmp_path: Path, manifest: bytes) -> None:
    outside, folder = tmp_path / "outside", tmp_path / "report"
    outside.write_text("mine")
    folder.mkdir()
    (folder / "kept").write_text("mine")
    (folder / MANIFEST).write_bytes(manifest)
    assert not fill(folder, a="1").failures
    assert names(tmp_path) == {"outside", "report/kept", "report/a", f"report/{MANIFEST}"}


def test_nothing_is_removed_through_a_link(tmp_path: Path) -> None:
    fill(tmp_path / "report", **{"figures/a.svg": "1"})
    (tmp_path / "report" / "figures").rename(tmp_path / "elsewhere")
    (tmp_path / "report" / "figures").symlink_to(tmp_path / "elsewhere")
    fill(tmp_path / "report")
    assert (tmp_path / "elsewhere" / "a.svg").exists()


def test_a_file_that_cannot_be_written_is_named_and_the_others_are_written(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "mine").write_text("mine")
    report = fill(tmp_path, a="1", b="1", c="1")
    assert report.failures == [f"Could not write b in {tmp_path}: Is a directory"]
    assert names(tmp_path) == {"a", "b/mine", "c", MANIFEST}


def test_a_full_disk_leaves_no_file_that_is_cut(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(tmp_path, a="whole")

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    # The last thing before a file takes its name.
    monkeypatch.setattr(os, "fsync", full)
    report = fill(tmp_path, a="other", b="other")
    monkeypatch.undo()
    assert report.failures == [
        f"Could not write a, b, {MANIFEST} in {tmp_path}: No space left on device"
    ]
    assert report.written == []
    assert (tmp_path / "a").read_text() == "whole"
    assert json.loads((tmp_path / MANIFEST).read_text())["files"].keys() == {"a"}


def test_a_report_that_is_interrupted_knows_the_files_of_both(tmp_path: Path) -> None:
    fill(tmp_path, a="1", b="1")

    def interrupted() -> None:
        with ReportFolder(tmp_path) as report:
            report.write("c", "1")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert names(tmp_path) == {"a", "b", "c", MANIFEST}
    fill(tmp_path, a="2")
    assert names(tmp_path) == {"a", MANIFEST}


def test_a_folder_that_cannot_be_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    for folder in (tmp_path / "file", tmp_path / "file" / "below", tmp_path / ("x" * 300)):
        with pytest.raises(ReportError, match="Expected a folder to write to in `--output`"):
            ReportFolder(folder)


def test_a_pipe_in_the_manifests_place_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / MANIFEST)
    assert fill(tmp_path, a="1").failures == []
    assert (tmp_path / "a").read_text() == "1"
