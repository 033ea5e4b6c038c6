"""Text of the user's own: a task file of a few lines, and what is refused in one."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from lm_eval.api.model import LM
from lm_eval.evaluator import evaluate

from neuronxa_tasks.data.bitext import Bitext
from neuronxa_tasks.errors import BitextError, SettingsError
from neuronxa_tasks.harness.tasks.own_text_task import OwnRetrievalTask, OwnTextTask
from neuronxa_tasks.report.read.parsing import parse_results
from tests.runs import Evaluate, our_tasks, record
from tests.sentences import FLORES, lines

CLASS = "class: !function neuronxa_tasks.harness.tasks.own_text_task."
FILES = [str(FLORES / "devtest" / f"{code}.devtest") for code in ("eng_Latn", "deu_Latn")]
NEWS = {"corpus": "news", "language": "deu_Latn", "bitext": FILES}


def config(**keys: Any) -> dict[str, Any]:
    """What the harness makes of a task file, from which a key that is None is left out."""
    given = {"task": "neuronxa_own_news_deu_Latn", "metadata": {}, **NEWS, **keys}
    return {key: value for key, value in given.items() if value is not None}


def bitext(**keys: Any) -> Bitext:
    return OwnTextTask(config(**keys)).bitext


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for task, task_class in (
        ("neuronxa_own_news_deu_Latn", "OwnTextTask"),
        ("neuronxa_own_news_retrieval_deu_Latn", "OwnRetrievalTask"),
    ):
        text = f"{CLASS}{task_class}\n{yaml.safe_dump({'task': task, **NEWS})}"
        (tmp_path / f"{task}.yaml").write_text(text)
    return tmp_path


def test_a_task_file_of_five_lines_gives_what_the_same_text_gives_in_flores(
    lm: LM, run_tasks: Evaluate, folder: Path
) -> None:
    own, retrieval = "neuronxa_own_news_deu_Latn", "neuronxa_own_news_retrieval_deu_Latn"
    tasks = our_tasks(folder, n_pairs="all").load([own, retrieval])
    results = dict(evaluate(lm=lm, task_dict=tasks))
    flores = run_tasks(lm, "deu_Latn", "neuronxa_flores_retrieval_deu_Latn")
    kept, theirs = record(results, own), record(flores, "deu_Latn")
    for key in ("metrics", "sha256", "n_pairs", "pivot", "language", "tokens", "score_version"):
        assert kept[key] == theirs[key], key
    assert (
        record(results, retrieval)["metrics"]["nas_both"]
        == (record(flores, "neuronxa_flores_retrieval_deu_Latn")["metrics"]["nas_both"])
    )
    assert kept["corpus"] == "news"
    assert kept["source"] == {"dataset": ", ".join(FILES), "revision": None, "split": "all"}
    assert results["n-shot"][own] == 0

    content = {**results, "config": {"model_args": {"pretrained": "m"}}}
    file = parse_results(content, "results.json")
    assert {row.condition.corpus for row in (*file.alignments, *file.retrievals)} == {"news"}
    assert {row.language for row in file.alignments} == {"deu_Latn"}
    assert file.retrievals
    assert not file.problems


def test_a_pivot_and_a_number_of_pairs_are_taken(tmp_path: Path) -> None:
    table = tmp_path / "text.tsv"
    table.write_text("fr\tde\nUn\tEins\nDeux\tZwei\nTrois\tDrei\n")
    keys = {"pivot": "fra_Latn", "bitext": str(table), "columns": ["fr", "de"]}
    found = bitext(**keys, metadata={"n_pairs": 2, "pivot": "fra_Latn"})
    assert (found.pivot, found.language) == ("fra_Latn", "deu_Latn")
    assert (found.pivot_sentences, found.sentences) == (("Un", "Deux"), ("Eins", "Zwei"))


def test_retrieval_takes_all_pairs() -> None:
    name = "neuronxa_own_news_retrieval_deu_Latn"
    found = OwnRetrievalTask(config(task=name)).bitext
    assert len(found) == len(lines(FLORES, "deu_Latn"))


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        ({"corpus": "flores"}, r"`corpus` of your own text .* none of flores.*'flores'"),
        ({"corpus": "My_Text"}, r"`corpus` of your own text .*'My_Text'"),
        ({"corpus": 3}, r"`corpus` of your own text .*'3'"),
        ({"corpus": None}, "to give corpus"),
        ({"language": False}, r"`language` .*'False': a code that YAML reads .* needs quotes"),
        ({"language": "german!"}, r"`language` to be the code of a language.*'german!'"),
        ({"pivot": "deu_Latn"}, r"`language` to be another than the pivot.*deu_Latn"),
        ({"metadata": {"pivot": "fra_Latn"}}, r"`pivot` in `--metadata` but eng_Latn.*fra_Latn"),
        ({"task": "mine"}, r"to be called neuronxa_own_news_deu_Latn.*mine"),
        ({"bitext": None}, "either `bitext`.*both or neither"),
        ({"dataset_path": "org/name"}, "either `bitext`.*both or neither"),
        ({"bitext": None, "dataset_path": "org/name"}, "`test_split` and in `dataset_kwargs`"),
        ({"bitext": []}, r"`bitext` to be one file .*\[\]"),
        ({"bitext": ["a", "b", "c"]}, r"`bitext` to be one file"),
        ({"bitext": {"a": 1}}, r"`bitext` to be one file"),
        ({"columns": ["en", "en"]}, r"`columns` to be the names of two.*\['en', 'en'\]"),
        ({"columns": "en,de"}, r"`columns` to be the names of two"),
    ],
)
def test_a_wrong_task_file_is_refused_in_a_sentence(keys: dict[str, Any], message: str) -> None:
    with pytest.raises(SettingsError, match=message):
        bitext(**keys)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("One.\n" * 3, "as many sentences on both sides of news eng_Latn and deu_Latn"),
        ("\n" * 16, "line 1 of the second side is empty"),
        (Path(FILES[0]).read_text(), "all 16 sentences are the same"),
    ],
)
def test_the_checks_of_every_corpus_apply(tmp_path: Path, content: str, message: str) -> None:
    other = tmp_path / "other.txt"
    other.write_text(content)
    with pytest.raises(BitextError, match=message):
        bitext(bitext=[FILES[0], str(other)])
    with pytest.raises(BitextError, match="at most the 16 pairs"):
        bitext(metadata={"n_pairs": 17})
