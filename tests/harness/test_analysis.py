"""What the commands that run a model themselves make of their arguments."""

import sys
from pathlib import Path

import pytest

from neuronxa_tasks.arguments import names
from neuronxa_tasks.commands.analysis.matrix import matrix
from neuronxa_tasks.commands.analysis.session import parser, start
from neuronxa_tasks.commands.run import run


def test_the_recorded_command_is_the_one_that_was_given(
    tmp_path: Path, flores_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "argv", ["notebook", "--of", "somebody"])
    arguments = ["--model_args", "pretrained=some/model,token=abc", "--output_path", str(tmp_path)]
    made = parser("inspect", "…")
    made.add_argument("--languages", type=names)
    typed = [*arguments, "--languages", "deu_Latn, fra_Latn"]
    analysis = start("inspect", typed, made.parse_args(typed))
    assert analysis.languages == ("deu_Latn", "fra_Latn")
    assert analysis.command == (
        f"neuronxa inspect --model_args 'pretrained=some/model,token=…' --output_path {tmp_path} "
        "--languages 'deu_Latn, fra_Latn'"
    )


def test_lists_of_languages_may_have_spaces_in_every_command(tmp_path: Path) -> None:
    text = "deu_Latn, fra_Latn ,nolang"
    model = ["--model_args", "pretrained=no/such-model", "--output_path", str(tmp_path)]
    for command in (
        lambda: matrix([*model, "--languages", text]),
        lambda: run(["--tasks", "neuronxa_flores", *model, "--languages", text]),
    ):
        with pytest.raises(ValueError, match=r"--languages.*nolang") as error:
            command()
        assert "' fra_Latn" not in str(error.value)
