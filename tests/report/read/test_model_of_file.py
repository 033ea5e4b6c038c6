from contextlib import suppress
from typing import Any

import pytest

from neuronxa_tasks.errors import ReportError
from neuronxa_tasks.identity.model_identity import Model
from neuronxa_tasks.report.compute.renaming import Renaming, rename
from neuronxa_tasks.report.read.model_of_file import model_of


def results(model_args: Any, **rest: Any) -> dict[str, Any]:
    return {"config": {"model": "hf", "model_args": model_args}, **rest}


def test_the_backend_is_not_the_models_identity() -> None:
    of_hf = model_of(results({"pretrained": "org/model", "dtype": "bfloat16"}))
    of_vllm = model_of(results("pretrained=org/model,gpu_memory_utilization=0.8,revision=main"))
    of_api = model_of(results({"model": "org/model", "base_url": "x"}))
    assert of_hf == of_vllm == of_api == Model("org/model")


def test_a_revision_and_an_adapter_make_another_model() -> None:
    given = {"pretrained": "org/model", "revision": "step1000", "peft": "adapters/de"}
    assert model_of(results(given)) == Model("org/model", "step1000", "adapters/de")


def test_a_file_without_arguments_still_has_the_harnesss_name() -> None:
    assert model_of({"model_name": "org/model"}) == Model("org/model")


def test_a_file_that_names_no_model_is_refused() -> None:
    with pytest.raises(ReportError, match="names no model"):
        model_of({"config": None})


@pytest.mark.parametrize(
    "junk",
    [None, 1, 1.5, True, "", [], "{", "a=b", '{"a":' * 50_000, {"pretrained": "m", "x": "(" * 999}],
    ids=lambda junk: str(junk)[:9],
)
@pytest.mark.parametrize("place", ["model_args", "config", "model", "fields", "sha"])
def test_whatever_stands_in_a_file_it_names_a_model_or_is_refused(place: str, junk: Any) -> None:
    record: dict[str, Any] = {"model": {"fingerprint": "f", "folders": {}}}
    content: dict[str, Any] = results({"pretrained": "m"})
    content["configs"] = {"task": {"metadata": {"neuronxa": record}}}
    match place:
        case "model_args":
            content["config"]["model_args"] = junk
        case "config":
            content["config"] = junk
        case "model":
            record["model"] = junk
        case "fields":
            record["model"] = {"fingerprint": junk, "folders": junk}
        case "sha":
            content["config"]["model_sha"] = content["transformers_version"] = junk
    with suppress(ReportError):
        model = model_of(content)
        assert (model.label, hash(model)) == (model.label, hash(model_of(content)))
        assert model.checkpoint() == (model.label, None)


def test_the_model_is_the_folder_that_the_record_names() -> None:
    content = results({"pretrained": "./demo", "peft": "./lora", "dtype": "bfloat16"})
    folders = {"pretrained": "/data/demo", "peft": "/data/lora", "unheard": "/data/of"}
    record = {"fingerprint": "f" * 64, "folders": folders}
    content["config"] |= {"model_dtype": "torch.bfloat16", "neuronxa_model": record}
    content["transformers_version"] = "5.23.0"
    model = model_of(content)
    assert model == Model("/data/demo", "", "/data/lora")
    assert model.origin.typed == Model("demo", "", "lora")
    assert model.origin.fingerprint == "f" * 64
    assert model.origin.loaded == ("bfloat16", "5.23.0")


@pytest.mark.parametrize(
    ("model", "step"),
    [
        (Model("runs/a/checkpoint-1000"), 1000),
        (Model("org/model", "step2000"), 2000),
        (Model("org/model", "step_3000"), 3000),
        (Model("runs/iter_0004000"), 4000),
        (Model("org/model", "", "lora/checkpoint-50"), 50),
        (Model("org/model", "stage1-step5000-tokens10B"), 5000),
        (Model("runs/global_step1000"), 1000),
        (Model("org/model-7b"), None),
        (Model("stepfun-ai/step3"), None),
        (Model("org/model", "main"), None),
    ],
)
def test_the_step_is_read_from_the_usual_names(model: Model, step: int | None) -> None:
    assert model.checkpoint()[1] == step


def test_checkpoints_of_one_run_are_one_series() -> None:
    checkpoints = [Model("org/model", f"step{n}") for n in (1, 2)]
    folders = [Model(f"runs/a/checkpoint-{n}") for n in (1, 2)]
    adapters = [Model("org/model", "", f"lora/checkpoint-{n}") for n in (1, 2)]
    assert {m.checkpoint()[0] for m in checkpoints} == {"org/model"}
    assert {m.checkpoint()[0] for m in folders} == {"runs/a"}
    assert len({m.checkpoint()[0] for m in adapters}) == 1


def test_a_local_folder_and_an_adapter_can_be_given_names() -> None:
    renamings = [Renaming.parse("./here=org/model@step5"), Renaming.parse("lora=org/tuned")]
    assert rename(Model("./here"), renamings) == Model("org/model", "step5")
    assert rename(Model("org/base", "", "lora"), renamings) == Model("org/tuned")
    assert rename(Model("./here", "", "lora"), renamings) == Model("org/tuned")
    assert rename(Model("other"), renamings) == Model("other")


@pytest.mark.parametrize("text", ["nothing", "=name", "path="])
def test_a_name_of_another_form_is_refused(text: str) -> None:
    with pytest.raises(ReportError, match="PATH=NAME"):
        Renaming.parse(text)
