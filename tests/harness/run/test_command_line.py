"""Wrong arguments are refused in one sentence, before a model is loaded."""

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from neuronxa_tasks.commands.run import execute, run
from neuronxa_tasks.errors import ModelError, NeuronXAError, SettingsError
from neuronxa_tasks.harness.model_loading import model_loader
from neuronxa_tasks.harness.run.command_line import read_arguments

TASK = ("--tasks", "neuronxa_flores_deu_Latn")


@pytest.fixture
def _no_model(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(name: str) -> None:
        raise AssertionError(f"{name} is loaded")

    monkeypatch.setattr("neuronxa_tasks.harness.run.parted_run.model_loader", refuse)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--limit", "nan"), r"`--limit`.*nan"),
        (("--limit", "inf"), r"`--limit`.*inf"),
        (("--limit", "0"), r"`--limit`.*above 0.*got 0"),
        (("--limit", "-3"), r"`--limit`.*-3"),
        (("--batch_size", "0"), r"`--batch_size`.*got 0"),
        (("--batch_size", "-1"), r"`--batch_size`.*got -1"),
        (("--batch_size", "many"), r"`--batch_size`.*many"),
        (("--max_batch_size", "0"), r"`--max_batch_size`.*got 0"),
        (("--num_fewshot", "-1"), r"`--num_fewshot`.*got -1"),
        (("--samples", '{"task": 3}'), r"`--samples`.*got 3 of task"),
        (("--samples", '{"task": ["1"]}'), r"`--samples`.*\['1'\] of task"),
        (("--samples", '{"task": [-1]}'), r"`--samples`.*\[-1\] of task"),
        (("--samples", '{"task": [1, 1]}'), r"`--samples`.*\[1, 1\] of task"),
        (("--samples", '{"task": []}'), r"`--samples`.*\[\] of task"),
        (("--samples", "[1]"), r"`--samples`.*\[1\]"),
        (("--samples", "nothing.json"), r"`--samples`.*nothing.json"),
        (("--metadata", "{"), r"`--metadata`.*KEY=VALUE or JSON"),
        (("--model_args", "{"), r"`--model_args`.*KEY=VALUE or JSON"),
        (("--config", "nothing.yaml"), r"`--config`.*nothing.yaml"),
    ],
)
def test_what_no_run_can_take_is_refused(arguments: tuple[str, ...], message: str) -> None:
    with pytest.raises(SettingsError, match=message):
        read_arguments([*TASK, *arguments])


@pytest.mark.usefixtures("_no_model")
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), r"`--tasks`.*got none"),
        (("--tasks", ","), r"`--tasks`.*got none"),
        (("--tasks", "neuronxa_flores_deu_Latin"), r"did you mean neuronxa_flores_deu_Latn\?"),
        (("--tasks", "neuronxa_flores_deu_Latn fra"), r"'neuronxa_flores_deu_Latn fra'"),
        ((*TASK, "--samples", '{"neuronxa_flores_deu": [0]}'), r"`--samples`.*did you mean"),
        ((*TASK, "--metadata", "colour=red"), r"Unknown key `colour`"),
        ((*TASK, "--metadata", "flores_dir=/no/such"), r"`flores_dir`.*/no/such"),
        ((*TASK, "--log_samples"), r"--output_path"),
        ((*TASK, "--output_path", "/dev/null"), r"`--output_path`.*/dev/null"),
        ((*TASK, "--output_path", "/dev/null/below.json"), r"`--output_path`.*/dev/null"),
    ],
)
def test_what_this_run_cannot_take_is_refused_before_a_model_is_loaded(
    arguments: tuple[str, ...], message: str, flores_dir: Path
) -> None:
    given = [*arguments]
    if "--metadata" not in given:
        given += ["--metadata", f"flores_dir={flores_dir}", "n_pairs=4"]
    with pytest.raises(NeuronXAError, match=message) as raised:
        run(given)
    assert raised.value.exit_code == 2


@pytest.mark.parametrize(
    ("model", "changes", "message"),
    [
        ("hf", {"pretrained": "/no/such/model"}, "/no/such/model"),
        ("hf", {"dtype": "float7"}, "float7"),
        ("hf", {"colour": "red"}, "colour"),
        ("hf", {"revision": 3, "tokenizer": "/no/such/tokenizer"}, "/no/such/tokenizer"),
    ],
)
def test_a_model_that_cannot_be_loaded_is_one_sentence(
    model: str, changes: dict[str, Any], message: str, model_dir: Path
) -> None:
    arguments = {"pretrained": str(model_dir), **changes}
    with pytest.raises(ModelError, match=rf"Expected `--model hf`.*{message}") as raised:
        model_loader(model).create_from_arg_obj(arguments, {"device": "cpu"})
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize("arguments", [{"pretraind": "org/name"}, {"dtype": "float32"}])
def test_arguments_without_a_model_say_how_to_name_one(arguments: dict[str, Any]) -> None:
    with pytest.raises(ModelError, match=f"got {next(iter(arguments))}: add pretrained=MODEL"):
        model_loader("hf").create_from_arg_obj(arguments, {"device": "cpu"})


def test_weights_that_are_damaged_are_one_sentence(tmp_path: Path, model_dir: Path) -> None:
    for file in model_dir.iterdir():
        (tmp_path / file.name).write_bytes(
            file.read_bytes()[: 500 if "tensors" in file.name else None]
        )
    with pytest.raises(ModelError, match="Expected `--model hf`"):
        model_loader("hf").create_from_arg_obj({"pretrained": str(tmp_path)}, {"device": "cpu"})


def test_an_unknown_kind_of_model_is_one_sentence() -> None:
    with pytest.raises(ModelError, match=r"`--model`.*got hfx"):
        model_loader("hfx")


def test_names_may_stand_with_spaces_after_commas_and_in_several_flags() -> None:
    asked = read_arguments(["-t", "a, b", "c", "--tasks", "d", "--languages", "deu_Latn, fra_Latn"])
    assert asked.tasks == ("a", "b", "c", "d")
    assert asked.languages == ("deu_Latn", "fra_Latn")


def test_a_file_of_samples_is_read(tmp_path: Path) -> None:
    (tmp_path / "samples.json").write_text('{"a": [2, 0]}')
    asked = read_arguments([*TASK, "--samples", str(tmp_path / "samples.json")])
    assert asked.options.samples == {"a": [2, 0]}


def test_what_is_typed_goes_before_the_file_of_config(tmp_path: Path) -> None:
    file = tmp_path / "run.yaml"
    file.write_text(
        "tasks: neuronxa_flores, belebele\nmetadata: n_pairs=50,pivot=fra_Latn\n"
        "batch_size: 8\nlimit: 3\nnum_fewshot: 5\n"
    )
    asked = read_arguments(["--config", str(file), "--limit", "2", "--num_fewshot", "0"])
    assert asked.tasks == ("neuronxa_flores", "belebele")
    assert asked.metadata == {"n_pairs": 50, "pivot": "fra_Latn"}
    options = asked.options
    assert (options.limit, options.num_fewshot, options.batch_size) == (2, 0, 8)
    assert read_arguments(["--config", str(file), *TASK]).tasks == TASK[1:]


@pytest.mark.parametrize(
    ("content", "message"), [("tasks: [", "YAML"), ("- a", "mapping"), ("limit: x", "`--limit`")]
)
def test_a_file_of_config_that_cannot_be_read_is_one_sentence(
    tmp_path: Path, content: str, message: str
) -> None:
    (tmp_path / "run.yaml").write_text(content)
    with pytest.raises(SettingsError, match=message):
        read_arguments(["--config", str(tmp_path / "run.yaml"), *TASK])


def test_the_tasks_of_the_file_of_config_are_narrowed_and_its_keys_known(tmp_path: Path) -> None:
    file = tmp_path / "run.yaml"
    file.write_text(json.dumps({"tasks": ["neuronxa_flores"], "colours": 3}))
    with pytest.raises(SettingsError, match="colours"):
        execute(read_arguments(["--config", str(file), "--languages", "deu_Latn"]))


def test_the_arguments_of_the_process_are_as_before(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["program", "of", "its", "own"])
    read_arguments(TASK)
    with pytest.raises(SettingsError):
        read_arguments(["--metadata", "{"])
    assert sys.argv == ["program", "of", "its", "own"]
