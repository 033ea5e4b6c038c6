import json
from pathlib import Path

import pytest

from neuronxa_tasks.data.miniature import MODEL
from neuronxa_tasks.errors import SettingsError
from neuronxa_tasks.harness.run.own_text_files import own_text_folder, task_file
from tests.processes import python
from tests.runs import our_tasks, results_of
from tests.sentences import FLORES

FILES = ",".join(str(FLORES / "devtest" / f"{code}.devtest") for code in ("eng_Latn", "deu_Latn"))


def test_codes_are_free_and_may_be_left_out() -> None:
    for typed, name, pivot in (
        ("mine=a.txt,b.txt", "neuronxa_own_mine_und", "eng_Latn"),
        ("mine:pt-BR=a.tsv", "neuronxa_own_mine_pt-BR", "eng_Latn"),
        ("mine:fra_Latn, deu_Latn=a.tmx", "neuronxa_own_mine_deu_Latn", "fra_Latn"),
    ):
        task, text = task_file(typed)
        assert task == name
        assert f'pivot: "{pivot}"' in text


@pytest.mark.parametrize(
    "typed", ["", "mine", "=a,b", "mine=", "mine=a,b,c", "mine:a,b,c=d", ":deu_Latn=a"]
)
def test_what_is_no_name_and_files_is_refused(typed: str) -> None:
    with pytest.raises(SettingsError, match="NAME:LANGUAGE=FILE,FILE"):
        task_file(typed)


def test_one_name_and_language_twice_is_refused() -> None:
    with (
        pytest.raises(SettingsError, match="neuronxa_own_mine_deu_Latn 2 times"),
        own_text_folder(["mine:deu_Latn=a,b", "mine:fra_Latn=a,b", "mine:deu_Latn=c,d"]),
    ):
        pass


def test_the_harness_finds_the_tasks_while_the_folder_is_there() -> None:
    with own_text_folder([f"mine:deu_Latn={FILES}", f"mine:de-AT={FILES}"]) as (folders, tasks):
        loaded = our_tasks(Path(folders[0]), n_pairs=4).load(tasks)["tasks"]
        assert [loaded[task].bitext.language for task in tasks] == ["deu_Latn", "de-AT"]
    assert not Path(folders[0]).exists()


def test_a_run_measures_them_beside_other_tasks_and_the_report_joins_benchmarks(
    tmp_path: Path,
) -> None:
    run = python(
        *("-m", "neuronxa_tasks.cli", "run", "--model", "neuronxa"),
        *("--model_args", f"pretrained={MODEL}", "--device", "cpu", "--batch_size", "8"),
        *("--tasks", "neuronxa_miniature_continuations_deu_Latn", "--limit", "4"),
        *("--bitext", f"mine:deu_Latn={FILES}", "--languages", "swh_Latn"),
        *("--metadata", "n_pairs=8", "truncate=true", "--output_path", "out"),
        cwd=tmp_path,
    )
    assert run.returncode == 0, run.stderr
    assert "neuronxa_own_mine_deu_Latn" in run.stdout
    results = results_of(tmp_path / "out")
    kept = results["configs"]["neuronxa_own_mine_deu_Latn"]["metadata"]["neuronxa"]
    assert (kept["corpus"], kept["n_pairs"]) == ("mine", 8)
    (row,) = results["neuronxa"]["languages"]
    assert row["condition"].startswith("MINE, pivot eng_Latn, 8 pairs")
    assert {"nasca", "Continuations (0-shot, limit 4)"} <= row.keys()
    assert json.dumps(results)
