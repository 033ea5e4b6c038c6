"""What is printed commands no terminal, and every terminal takes it."""

import io

import pytest

from neuronxa_tasks.report.show.terminal import say


def test_control_characters_are_shown(capsys: pytest.CaptureFixture[str]) -> None:
    say("a  | b\x1b[31m\n\ta\rb\x07")
    assert (
        capsys.readouterr().out
        == "a  | b\N{REPLACEMENT CHARACTER}[31m\na b\N{REPLACEMENT CHARACTER}\n"
    )


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "utf-8"])
def test_any_encoding_takes_any_text(encoding: str) -> None:
    stream = io.TextIOWrapper(io.BytesIO(), encoding=encoding)
    say("Bokmål \N{EM DASH} नी \udcff", stream)
    stream.flush()
    written = stream.buffer.getvalue().decode(encoding)  # type: ignore[attr-defined]
    assert ("\\u2014" in written) == (encoding != "utf-8")
    assert "\N{REPLACEMENT CHARACTER}" in written or "\\ufffd" in written
