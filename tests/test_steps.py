"""The steps that published checkpoints carry in their names."""

import pytest

from neuronxa_tasks.errors import SettingsError
from neuronxa_tasks.identity.training_steps import (
    LARGEST,
    Step,
    find_step,
    find_step_in_path,
    step_pattern,
)


@pytest.mark.parametrize(
    ("revision", "step", "rest"),
    [
        ("step0", 0, ""),
        ("step64", 64, ""),
        ("step143000", 143000, ""),
        ("step1000-tokens4B", 1000, ""),
        ("stage1-step1000-tokens3B", 1000, "stage1"),
        ("stage2-ingredient1-step1000-tokens3B", 1000, "stage2-ingredient1"),
        ("stage2-ingredient1-step0", 0, "stage2-ingredient1"),
        ("step2627139-tokens15T", 2627139, ""),
        ("ckpt_000", 0, ""),
        ("ckpt_358", 358, ""),
        ("CrystalCoder_phase1_checkpoint_055500", 55500, "CrystalCoder_phase1"),
        ("stage1-step-40000", 40000, "stage1"),
        ("step-125000", 125000, ""),
        ("iter_0001000", 1000, ""),
        ("global_step1000", 1000, ""),
        ("checkpoint-500", 500, ""),
        ("checkpoint-1000step", 1000, ""),
        ("seed3-step100", 100, "seed3"),
        ("exp_step2_checkpoint-500", 500, "exp_step2"),
    ],
)
def test_steps_of_published_checkpoints_are_read(revision: str, step: int, rest: str) -> None:
    assert find_step(revision) == Step(step, rest)


@pytest.mark.parametrize(
    "text", ["main", "5e3a1c", "it-SFT", "100B", "checkpoint_pct010", "last-checkpoint", "v1.0", ""]
)
def test_other_names_have_none(text: str) -> None:
    assert find_step(text) is None


@pytest.mark.parametrize("digits", ["9" * 25, "9" * 5000, str(LARGEST + 1)])
def test_a_step_that_no_64_bit_integer_holds_is_none(digits: str) -> None:
    assert find_step(f"step{digits}") is None
    assert find_step(f"step{digits}", step_pattern(r"step(?P<step>\d+)")) is None
    assert find_step(f"step{LARGEST}") == Step(LARGEST, "")


@pytest.mark.parametrize(
    ("path", "step", "rest"),
    [
        ("/runs/a/step3", 3, "/runs/a"),
        ("/runs/a/lr1-step3", 3, "/runs/a/lr1"),
        ("runs/a/checkpoint-500", 500, "runs/a"),
        ("org/model-step-500", 500, "org/model"),
        ("TinyLlama/TinyLlama-1.1B-intermediate-step-1431k-3T", 1431000, None),
    ],
)
def test_a_folder_names_its_step_last(path: str, step: int, rest: str | None) -> None:
    found = find_step_in_path(path)
    assert found is not None
    assert found.number == step
    assert rest is None or found.rest == rest


@pytest.mark.parametrize("path", ["stepfun-ai/step3", "step3", "org/model-7b", "/step3/model"])
def test_a_model_that_is_called_step_is_no_checkpoint(path: str) -> None:
    assert find_step_in_path(path) is None


def test_a_step_that_is_a_folder_of_its_own_leaves_a_path() -> None:
    step = find_step_in_path("/runs/seed1/100B/model", step_pattern(r"(?P<step>\d+)B"))
    assert step is not None
    assert (step.number, step.rest) == (100, "/runs/seed1/model")


def test_a_pattern_sees_the_whole_path() -> None:
    pattern = step_pattern(r"global_step_(?P<step>\d+)")
    found = find_step_in_path("runs/global_step_7/actor/hf", pattern)
    assert found is not None
    assert found.number == 7


@pytest.mark.parametrize(("text", "message"), [("(", "regular expression"), (r"\d+", "group")])
def test_a_pattern_without_a_step_is_refused(text: str, message: str) -> None:
    with pytest.raises(SettingsError, match=f"`--step-pattern`.*{message}"):
        step_pattern(text)
