"""Standard output that closes, fills up or lacks letters."""

import io
import os
import subprocess
import sys
from pathlib import Path

import pytest

from neuronxa_tasks.cli import main
from neuronxa_tasks.data.miniature import MODEL
from neuronxa_tasks.standard_output import SteadyStream, steady_streams

COMMAND = f"{sys.executable} -m neuronxa_tasks.cli path demo-model"


class Closing(io.StringIO):
    """Takes one text, then closes as `head` does."""

    def write(self, text: str) -> int:
        if self.getvalue():
            raise BrokenPipeError(32, "Broken pipe")
        return super().write(text)


def shell(command: str, folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["/bin/sh", "-c", command],
        cwd=folder,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("to", [">&-", ">/dev/full"])
def test_output_that_cannot_be_written_is_said_and_exit_code_1(tmp_path: Path, to: str) -> None:
    if to == ">/dev/full" and not Path("/dev/full").exists():
        pytest.skip("this system has no /dev/full")
    done = shell(f"{COMMAND} {to}", tmp_path)
    assert done.returncode == 1
    (said,) = done.stderr.splitlines()
    assert said.startswith("neuronxa: standard output was not written in full: ")


def test_a_reader_that_closes_gets_no_traceback(tmp_path: Path) -> None:
    # The reader is gone before anything is written.
    done = shell(f"(sleep 1; {COMMAND}; echo code $? >&2) | true", tmp_path)
    assert done.stderr.splitlines()[-1] == "code 1"
    assert "Traceback" not in done.stderr
    assert "Exception" not in done.stderr


@pytest.mark.parametrize("to", ["2>&-", "2>/dev/full"])
def test_errors_that_nobody_reads_change_nothing(tmp_path: Path, to: str) -> None:
    done = shell(f"{COMMAND} {to}", tmp_path)
    assert (done.returncode, done.stdout.strip()) == (0, str(MODEL))
    assert shell(f"{COMMAND} more {to}", tmp_path).returncode == 2


def test_a_closed_output_is_no_file_that_is_opened_later(tmp_path: Path) -> None:
    program = (
        "import os, sys\n"
        "from neuronxa_tasks.standard_output import steady_streams\n"
        "with steady_streams(), open('results', 'w') as file:\n"
        "    os.write(1, b'noise of a library')\n"
        "    file.write('results')\n"
    )
    (tmp_path / "program.py").write_text(program)
    assert shell(f"{sys.executable} program.py >&-", tmp_path).returncode == 0
    assert (tmp_path / "results").read_text() == "results"


def test_what_runs_goes_on_after_its_reader_is_gone() -> None:
    stream = SteadyStream(Closing())
    written = [stream.write(text) for text in ("table", "more", "more")]
    stream.flush()
    assert written == [5, 4, 4]
    assert stream.getvalue() == "table"
    assert stream.fault == "Broken pipe"


def test_letters_that_an_encoding_lacks_are_escaped() -> None:
    raw = io.BytesIO()
    stream = SteadyStream(io.TextIOWrapper(raw, encoding="ascii"))
    stream.write("nasca ↑ ± 東")
    stream.flush()
    assert raw.getvalue() == rb"nasca \u2191 \xb1 \u6771"
    assert stream.fault == ""


def test_half_a_letter_is_escaped() -> None:
    raw = io.BytesIO()
    stream = SteadyStream(io.TextIOWrapper(raw, encoding="utf-8"))
    stream.write("caf\udce9")
    stream.flush()
    assert raw.getvalue() == rb"caf\udce9"


def test_the_streams_of_the_process_are_as_before(monkeypatch: pytest.MonkeyPatch) -> None:
    before = sys.stdout, sys.stderr
    with steady_streams():
        assert isinstance(sys.stdout, SteadyStream)
    assert (sys.stdout, sys.stderr) == before
    monkeypatch.setattr(sys, "stdout", Closing("closed"))
    assert main(["path", "demo-model"]) == 1
