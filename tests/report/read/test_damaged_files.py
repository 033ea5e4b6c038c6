"""One bad file, field or path costs itself only, and is named."""

import copy
import json
import os
from pathlib import Path
from typing import Any

import pytest

from neuronxa_tasks.cli import main
from neuronxa_tasks.errors import ReportError
from neuronxa_tasks.report.compute.build import build_report
from neuronxa_tasks.report.compute.completeness import check_complete
from neuronxa_tasks.report.read.parsing import parse_results
from neuronxa_tasks.report.read.results_files import read_results_file, results_files
from neuronxa_tasks.report.show.text import printed
from tools.synthetic_results import results

LANGUAGES = ("eng_Latn", "deu_Latn", "fra_Latn", "zho_Hans", "swh_Latn", "spa_Latn")
GERMAN = "neuronxa_flores_deu_Latn"
NAME = "results_2026-11-21T05-00-00.000000.json"


def write(folder: Path, text: str | bytes) -> Path:
    folder.mkdir(exist_ok=True, parents=True)
    path = folder / NAME
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


@pytest.fixture(scope="module")
def whole() -> dict[str, Any]:
    return results(languages=LANGUAGES)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[" * 100_000, "nested"),
        ('{"results": {}, "configs": {}, "config": ' + '{"a":' * 60 + "1" + "}" * 61, "nested"),
        ('{"results": {}, "configs": {}, "date": NaN}', "`date`"),
        ('{"results": {}, "configs": {}, "date": true}', "`date`"),
        ('{"results": {}, "configs": {}, "date": ' + "9" * 5000 + "}", "`date`"),
        ('{"results": {}, "configs": {}, "config": {"limit": "all"}}', "`config.limit`"),
        ('{"results": {}, "configs": {}, "config": {"model_args": 5}}', "`config.model_args"),
        ('{"results": {}, "configs": {}, "n-shot": []}', "`n-shot`"),
    ],
    ids=lambda text: text[:50],
)
def test_a_file_that_does_not_fit_is_named_with_its_field(
    tmp_path: Path, text: str, message: str
) -> None:
    path = write(tmp_path, text)
    with pytest.raises(ReportError, match=message) as caught:
        read_results_file(path)
    assert str(caught.value).startswith(str(path))
    assert len(str(caught.value)) < 500


@pytest.mark.parametrize(
    "encode",
    [
        lambda text: text.encode("utf-8-sig"),
        lambda text: text.encode("utf-16"),
        lambda text: text.encode("utf-32"),
    ],
)
def test_a_byte_order_mark_is_no_damage(tmp_path: Path, whole: dict[str, Any], encode: Any) -> None:
    file = read_results_file(write(tmp_path, encode(json.dumps(whole))))
    assert file.alignments
    assert not file.problems


def test_an_integer_that_cannot_be_read_costs_its_own_entry(
    tmp_path: Path, whole: dict[str, Any]
) -> None:
    content = copy.deepcopy(whole)
    content["n-shot"]["belebele_deu_Latn"] = "HUGE"
    path = write(tmp_path, json.dumps(content).replace('"HUGE"', "9" * 5000))
    file = read_results_file(path)
    (problem,) = file.problems
    assert "belebele_deu_Latn is damaged and left out: `n_shot`" in problem
    assert len(file.scores) == len(parse_results(whole, "x").scores) - 1


@pytest.mark.parametrize("n_shot", [-1, 0.5, True, "5", [5], {}, 10**30, float("nan")], ids=repr)
def test_a_number_of_shots_is_a_small_integer(whole: dict[str, Any], n_shot: object) -> None:
    content = copy.deepcopy(whole)
    content["n-shot"]["belebele_deu_Latn"] = n_shot
    (problem,) = parse_results(content, "x.json").problems
    assert "`n_shot`" in problem


@pytest.mark.parametrize("samples", [5, {"original": 3}, {"original": -1, "effective": 3}])
def test_numbers_of_documents_are_counts(whole: dict[str, Any], samples: object) -> None:
    content = copy.deepcopy(whole)
    content["n-samples"] = {"belebele_deu_Latn": samples}
    (problem,) = parse_results(content, "x.json").problems
    assert "`n_samples" in problem


@pytest.mark.parametrize(
    ("task", "key"),
    [
        ("belebele_deu_Latn", "acc,none"),
        ("arc_de", "acc_norm,none"),
        ("belebele_deu_Latn", "acc_stderr,none"),
    ],
)
@pytest.mark.parametrize("value", [50, -3, True, "0.5", [], 1e308, 10**400], ids=repr)
def test_a_score_that_cannot_be_is_named_and_the_check_says_so(
    whole: dict[str, Any], task: str, key: str, value: object
) -> None:
    if key == "acc_stderr,none" and value == 50:
        pytest.skip("large, and not impossible")
    content = copy.deepcopy(whole)
    content["results"][task][key] = value
    file = parse_results(content, "x.json")
    (problem,) = file.problems
    assert f"{task} is damaged and left out: `{key}`" in problem
    assert problem in [finding.text for finding in check_complete(file) if not finding.good]
    assert not [s for s in file.scores if (s.language, s.benchmark) == ("deu_Latn", task)]


@pytest.mark.parametrize("value", [-5, 1e308, True, 1.5, "high"])
def test_an_alignment_score_that_cannot_be_is_named_with_or_without_a_record(
    whole: dict[str, Any], value: object
) -> None:
    recorded, silent = copy.deepcopy(whole), copy.deepcopy(whole)
    kept = recorded["configs"][GERMAN]["metadata"]["neuronxa"]["metrics"]["nasca"]
    kept["score"] = value
    silent["configs"].pop(GERMAN)
    silent["results"][GERMAN]["nasca,none"] = value
    for content in (recorded, silent):
        file = parse_results(content, "x.json")
        (problem,) = file.problems
        assert f"{GERMAN} is damaged" in problem
        assert "nasca" in problem
        assert {a.language for a in file.alignments} == {*LANGUAGES} - {"eng_Latn", "deu_Latn"}


@pytest.mark.parametrize("place", ["configs", "metadata", "neuronxa", "results"])
@pytest.mark.parametrize("value", [5, "x", [1]], ids=repr)
def test_what_is_no_table_is_named(whole: dict[str, Any], place: str, value: object) -> None:
    content = copy.deepcopy(whole)
    if place in ("configs", "results"):
        content[place][GERMAN] = value
    elif place == "metadata":
        content["configs"][GERMAN]["metadata"] = value
    else:
        content["configs"][GERMAN]["metadata"]["neuronxa"] = value
    (problem,) = parse_results(content, "x.json").problems
    assert GERMAN in problem


def test_a_language_that_nobody_knows_is_shown_by_its_code(whole: dict[str, Any]) -> None:
    content = copy.deepcopy(whole)
    for table in ("results", "configs"):
        content[table]["neuronxa_flores_qqq_Abcd"] = content[table].pop(GERMAN)
    report = build_report([parse_results(content, "x.json")])
    assert "qqq_Abcd" in set(report.languages["language"])


@pytest.mark.parametrize(
    "name", ["m\x07", "a\u2028b", "half \ud800", "new\nline", "x\x00y", "\ufffe", "\u202eabc"]
)
def test_a_name_is_clean_wherever_it_stands(whole: dict[str, Any], name: str) -> None:
    content = copy.deepcopy(whole)
    content["config"] |= {"model_args": {"pretrained": name, "revision": name}, "model": name}
    content["lm_eval_version"] = name
    content["configs"][GERMAN]["metadata"]["neuronxa"]["sha256"]["pivot"] = name
    file = parse_results(content, f"{name}.json")
    report = build_report([file])
    text = f"{printed(report)}{report.models.to_dict('records')}"
    assert text.replace("\n", "").isprintable()
    assert text.encode()
    assert len(file.alignments) == 3 * (len(LANGUAGES) - 1)


@pytest.mark.parametrize("digits", [19, 40, 5000])
def test_a_step_that_no_table_holds_is_no_step(whole: dict[str, Any], digits: int) -> None:
    for arguments in (
        {"pretrained": f"runs/checkpoint-{'9' * digits}"},
        {"pretrained": "org/m", "revision": f"step{'9' * digits}"},
    ):
        content = copy.deepcopy(whole)
        content["config"]["model_args"] = arguments
        report = build_report([parse_results(content, "x.json")])
        assert report.models["step"].isna().all()
        assert len(report.languages) == len(LANGUAGES)


def test_results_of_a_loaded_model_bear_its_name(whole: dict[str, Any]) -> None:
    content = {key: whole[key] for key in ("results", "configs", "n-shot")}
    content["config"] = {"model": "org/loaded", "model_args": None, "limit": None}
    assert parse_results(content, "x.json").model.label == "org/loaded"
    content["config"] = {"model": "hf", "model_args": "dtype=auto"}
    with pytest.raises(ReportError, match="names no model"):
        parse_results(content, "x.json")


@pytest.mark.parametrize(("limit", "shown"), [(20.0, "limit 20"), (0.25, "limit 0.25")])
def test_a_limit_is_shown_as_it_was_typed(whole: dict[str, Any], limit: float, shown: str) -> None:
    content = copy.deepcopy(whole)
    content["config"]["limit"] = limit
    headings = {s.heading for s in parse_results(content, "x").scores}
    assert f"Belebele (5-shot, {shown})" in headings


@pytest.mark.parametrize(
    "keys",
    [
        ("acc_norm,none",),
        ("nas_backward,none",),
        ("nas_both,none",),
    ],
)
def test_a_file_with_one_unusual_score_makes_a_report(keys: tuple[str, ...]) -> None:
    content = results(languages=LANGUAGES, retrieval=True)
    for task, values in [*content["results"].items()]:
        if not any(key in values for key in keys):
            del content["results"][task]
        else:
            content["results"][task] = {key: values[key] for key in keys}
    for configs in (content["configs"], {}):
        report = build_report([parse_results({**content, "configs": configs}, "x.json")])
        assert printed(report)


def test_english_alone_stands_beside_another_model(whole: dict[str, Any]) -> None:
    english = results("org/english", ["eng_Latn"])
    for contents in ((whole, english), (english,)):
        assert printed(build_report([parse_results(c, "x.json") for c in contents]))


def broken(folder: Path, kind: str) -> Path:
    path = folder / NAME
    if kind == "link to itself":
        path.symlink_to(path)
    elif kind == "pipe":
        os.mkfifo(path)
    elif kind == "folder":
        path.mkdir()
    elif kind == "long":
        return folder / ("x" * 300)
    else:
        return folder / "nothing"
    return path


@pytest.mark.parametrize("kind", ["link to itself", "pipe", "folder", "long", "missing"])
def test_a_path_that_is_no_file_is_named_and_the_others_are_reported(
    tmp_path: Path, whole: dict[str, Any], kind: str, capsys: pytest.CaptureFixture[str]
) -> None:
    good = write(tmp_path / "good", json.dumps(whole))
    bad = broken(tmp_path, kind)
    assert main(["report", str(bad), str(good)]) == 0
    assert f"{bad.name}" in capsys.readouterr().out
    assert main(["report", str(bad)]) == 2
    assert f"{bad.name}" in capsys.readouterr().err
    assert main(["report", "--check", str(bad)]) == (1 if kind == "pipe" else 2)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_folder_without_permission_is_named(tmp_path: Path) -> None:
    write(tmp_path / "closed", "{}")
    (tmp_path / "closed").chmod(0)
    found, problems = results_files([tmp_path])
    (tmp_path / "closed").chmod(0o700)
    assert not found
    assert "closed" in " ".join(problems)


def test_a_file_name_of_other_bytes_is_read_and_shown(
    tmp_path: Path, whole: dict[str, Any]
) -> None:
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/mod\xe8le_2026-11-21T05-00-00.json"))
    path.write_text(json.dumps(whole))
    found, problems = results_files([tmp_path])
    assert (found, problems) == ([path], [])
    file = read_results_file(path)
    assert file.path.encode()
    path.write_text("{")
    with pytest.raises(ReportError) as caught:
        read_results_file(path)
    assert str(caught.value).encode()
