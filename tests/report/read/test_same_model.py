"""Which results files share a row, and what the row is called."""

from typing import Any

import pytest

from neuronxa_tasks.identity.training_steps import step_pattern
from neuronxa_tasks.report.compute.build import build_report
from neuronxa_tasks.report.compute.renaming import Renaming
from neuronxa_tasks.report.compute.report_tables import Report
from neuronxa_tasks.report.read.parsing import parse_results
from neuronxa_tasks.report.read.scores import ResultsFile
from tools.synthetic_results import results

LANGUAGES = ("deu_Latn", "fra_Latn", "rus_Cyrl", "spa_Latn", "swh_Latn")


def recorded(
    model: str = "demo",
    *,
    folder: str = "",
    fingerprint: str | None = "aaaaaaaaaa",
    sha: str = "",
    dtype: str = "torch.bfloat16",
    **options: Any,
) -> dict[str, Any]:
    """A results file with alignment scores, whose records say which weights were measured."""
    content = results(model, LANGUAGES, **{"benchmarks": False, **options})
    content["config"] |= {"model_sha": sha, "model_dtype": dtype}
    folders = {"pretrained": folder} if folder else {}
    for configuration in content["configs"].values():
        if record := configuration.get("metadata", {}).get("neuronxa"):
            record["model"] = {"fingerprint": fingerprint, "folders": folders}
    return content


def benchmarks(model: str = "demo", **options: Any) -> dict[str, Any]:
    """A results file of another backend, which knows nothing of our records."""
    return results(model, LANGUAGES, alignment=False, **options)


def report_of(*contents: dict[str, Any], names: tuple[str, ...] = (), **options: Any) -> Report:
    files: list[ResultsFile] = [
        parse_results(content, f"{chr(97 + place)}.json") for place, content in enumerate(contents)
    ]
    return build_report(files, [Renaming.parse(name) for name in names], **options)


def labels(report: Report) -> list[str]:
    return sorted(report.models["label"])


def test_benchmarks_of_another_backend_join_by_name() -> None:
    report = report_of(recorded("org/model"), benchmarks("org/model", revision="main"))
    assert labels(report) == ["org/model"]
    assert not report.correlations["pearson"].isna().all()


@pytest.mark.parametrize("spelling", ["demo", "demo/", "./demo", "/home/me/work/demo"])
def test_spellings_of_one_folder_are_one_model(spelling: str) -> None:
    report = report_of(recorded("demo", folder="/home/me/work/demo"), benchmarks(spelling))
    assert labels(report) == ["demo"]


def test_a_relative_path_in_two_folders_is_two_models() -> None:
    report = report_of(
        recorded("./demo", folder="/home/me/one/demo"),
        recorded("./demo", folder="/home/me/two/demo", fingerprint="bbbbbbbbbb"),
        benchmarks("demo"),
    )
    assert labels(report) == ["demo", "one/demo", "two/demo"]
    (problem,) = [text for text in report.problems if "may be any of" in text]
    assert "c.json" in problem
    assert "--model-id c.json=NAME" in problem
    assert report.correlations.empty or report.correlations["pearson"].isna().all()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({}, {"load_in_4bit": "True"}),
        ({"subfolder": "a"}, {"subfolder": "b"}),
        ({"gguf_file": "m.Q4_K_M.gguf"}, {"gguf_file": "m.Q8_0.gguf"}),
        ({"load_in_4bit": "True"}, {"load_in_4bit": "True", "bnb_4bit_quant_type": "nf4"}),
        ({"delta": "org/delta"}, {}),
    ],
    ids=str,
)
def test_models_that_differ_never_share_a_row(one: dict[str, str], other: dict[str, str]) -> None:
    first = recorded("org/model", fingerprint="aaaaaaaaaa", **one)
    second = recorded("org/model", fingerprint="bbbbbbbbbb", seed=1, **other)
    report = report_of(first, second)
    assert len(labels(report)) == 2
    assert report.long.groupby(["model", "adapter", "variant"], observed=True).ngroups == 2
    joined = report_of(first, benchmarks("org/model", **other))
    assert len(labels(joined)) == 2
    assert not any("repeats" in text or "differ from" in text for text in report.problems)


def test_the_number_format_is_a_setting_and_no_name() -> None:
    other = recorded("org/model", dtype="torch.float32", fingerprint="bbbbbbbbbb")
    assert labels(report_of(recorded("org/model"), other)) == ["org/model"]


def test_one_name_with_two_sets_of_weights_is_two_models_and_said() -> None:
    report = report_of(
        recorded("org/model"),
        recorded("org/model", fingerprint="bbbbbbbbbb", seed=1),
        recorded("org/model"),
    )
    assert labels(report) == ["org/model [aaaaaaa]", "org/model [bbbbbbb]"]
    (problem,) = [text for text in report.problems if "whose weights differ" in text]
    assert "[aaaaaaa] in a.json, c.json; [bbbbbbb] in b.json" in problem


def test_benchmarks_that_may_be_of_either_weights_join_neither() -> None:
    report = report_of(
        recorded("org/model"),
        recorded("org/model", fingerprint="bbbbbbbbbb"),
        benchmarks("org/model"),
    )
    assert len(labels(report)) == 3
    assert report.correlations.empty or report.correlations["pearson"].isna().all()


def test_two_commits_of_a_branch_are_two_models_unless_their_weights_are_equal() -> None:
    same = [recorded("org/model", sha=sha) for sha in ("1111111111", "2222222222")]
    assert labels(report_of(*same)) == ["org/model"]
    unknown = [recorded("org/model", sha=s, fingerprint=None) for s in ("1111111111", "2222222222")]
    assert labels(report_of(*unknown)) == ["org/model [1111111]", "org/model [2222222]"]


def test_each_file_can_be_given_its_models_name() -> None:
    contents = [recorded("org/model"), recorded("org/model", fingerprint="bbbbbbbbbb", seed=1)]
    report = report_of(*contents, names=("a.json=org/old", "./b.json=org/new@v2"))
    assert labels(report) == ["org/new@v2", "org/old"]
    assert not report.problems


def test_a_model_can_be_named_by_what_the_report_calls_it() -> None:
    content = recorded("demo", folder="/home/me/work/demo", load_in_4bit="True")
    for name in ("demo (load_in_4bit)", "a.json"):
        assert labels(report_of(content, names=(f"{name}=org/m",))) == ["org/m"]
    for name in ("demo", "./demo/", "/home/me/work/demo"):
        assert labels(report_of(content, names=(f"{name}=org/m",))) == ["org/m (load_in_4bit)"]
    (problem,) = report_of(content, names=("demmo=org/m",)).problems
    assert "names demmo, which no file is of" in problem


def test_an_adapter_joins_its_base_where_it_is_given_its_name() -> None:
    tuned = recorded("base", fingerprint="bbbbbbbbbb", peft="lora", benchmarks=True)
    assert labels(report_of(recorded("base"), tuned, names=("lora=base",))) == ["base"]


def test_equal_names_do_not_hide_different_weights() -> None:
    contents = [recorded("a"), recorded("b", fingerprint="bbbbbbbbbb")]
    assert len(labels(report_of(*contents, names=("a=org/m", "b=org/m")))) == 2


def test_no_home_folder_is_shown() -> None:
    report = report_of(
        recorded("x", folder="/home/me/runs/checkpoint-5"),
        recorded("y", folder="/home/me/runs/checkpoint-10", steer_path="/home/me/steer.pt"),
    )
    assert labels(report) == ["runs/checkpoint-10 (steer_path=steer.pt)", "runs/checkpoint-5"]
    assert "/home/me" not in report.models.drop(columns="sources").to_string()
    assert "/home/me" not in report.long.to_string()


def test_a_quantized_model_alone_is_not_called_by_its_bare_name() -> None:
    content = recorded("org/model", load_in_4bit="True", bnb_4bit_quant_type="nf4")
    assert labels(report_of(content)) == ["org/model (load_in_4bit)"]


def over_training(*revisions: str, model: str = "org/model", **options: Any) -> Report:
    contents = [
        results(model, LANGUAGES[place % 2 :], seed=place, revision=revision)
        for place, revision in enumerate(revisions)
    ]
    return report_of(*contents, **options)


def test_checkpoints_of_two_stages_are_two_series() -> None:
    report = over_training(
        *(f"stage1-step{n}-tokens{n}B" for n in (1, 2, 3, 4, 5)),
        *(f"stage2-ingredient1-step{n}-tokens{n}B" for n in (1, 2, 3, 4, 5)),
    )
    assert set(report.models["series"]) == {"org/model@stage1", "org/model@stage2-ingredient1"}
    assert set(report.training["series"]) == set(report.models["series"])
    assert set(report.training["steps"]) == {5}


def test_short_steps_are_steps_and_in_numerical_order() -> None:
    names = [f"step{n}" for n in (512, 0, 64, 8, 1, 143000, 2, 16)]
    report = over_training(*names)
    assert report.models["step"].tolist() == [0, 1, 2, 8, 16, 64, 512, 143000]
    assert set(report.training["steps"]) == {8}
    assert not any("Left out" in text for text in report.problems)


def test_every_checkpoint_that_is_left_out_is_named_with_the_reason() -> None:
    names = [f"step{n}" for n in range(5)]
    report = over_training(*names, "main", "stage2-step1", "step4-tokens9B", "step9" + "9" * 30)
    said = "\n".join(text for text in report.problems if "Left out" in text)
    assert "org/model, org/model@step9" in said
    assert "their names have no step" in said
    assert "org/model@stage2-step1: org/model@stage2 has 1 steps, and a correlation needs 5" in said
    assert "org/model@step4, org/model@step4-tokens9B: org/model has several" in said


def test_a_checkpoint_that_lacks_a_benchmark_or_alignment_is_named() -> None:
    contents = [results("org/model", LANGUAGES, seed=n, revision=f"step{n}") for n in range(6)]
    contents += [
        results("org/model", LANGUAGES, benchmarks=False, revision="step7"),
        results("org/model", LANGUAGES, alignment=False, revision="step8"),
    ]
    said = "\n".join(text for text in report_of(*contents).problems if "Left out" in text)
    assert "org/model@step7: they have no Belebele (5-shot)" in said
    assert "org/model@step8: they have no alignment scores" in said


def test_models_without_checkpoints_are_not_said_to_be_left_out() -> None:
    contents = [results("org/one", LANGUAGES), results("org/two", LANGUAGES, revision="v2")]
    assert not any("Left out" in text for text in report_of(*contents).problems)


def test_variants_of_one_model_are_no_models_of_their_own_in_a_mean() -> None:
    languages = (*LANGUAGES, "ell_Grek", "hin_Deva")
    whole = results("org/one", languages)
    for content, models in (
        (results("org/one", languages, seed=1, load_in_4bit="True"), 0),
        (results("org/two", languages, seed=1), 2),
    ):
        averages = report_of(whole, content).averages
        assert set(averages.loc[averages["over"] == "models", "n"]) == ({models} - {0})


def test_a_pattern_says_where_the_step_stands() -> None:
    names = [f"{n}B" for n in (100, 200, 300, 400, 1000)]
    assert over_training(*names).models["step"].isna().all()
    report = over_training(*names, steps=step_pattern(r"(?P<step>\d+)B"))
    assert report.models["step"].tolist() == [100, 200, 300, 400, 1000]
    assert set(report.training["series"]) == {"org/model"}
