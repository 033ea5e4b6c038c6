"""`neuronxa stability`: one pass, many numbers of pairs."""

import json
import re
from pathlib import Path

import pytest

from neuronxa_tasks.commands.stability import stability
from neuronxa_tasks.data.miniature import MODEL
from neuronxa_tasks.errors import SettingsError
from neuronxa_tasks.harness.model import NeuronXALM
from neuronxa_tasks.harness.run.parted_run import Finished
from tests.harness.conftest import Evaluate

TASK = "neuronxa_miniature_deu_Latn"


def by_pairs(results: dict) -> dict[str, float]:
    return results["configs"][TASK]["metadata"]["neuronxa"]["metrics"]["nasca"]["by_pairs"]


def test_the_score_of_fewer_pairs_is_that_of_a_run_with_fewer_pairs(
    run_tasks: Evaluate,
) -> None:
    lm = NeuronXALM(pretrained=str(MODEL), batch_size=50, device="cpu")
    every = by_pairs(run_tasks(lm, TASK, metadata={"n_pairs": "all"}))
    assert list(every) == ["10", "20", "50", "100", "200", "300"]
    for n in (10, 50, 200):
        results = run_tasks(lm, TASK, metadata={"n_pairs": n})
        assert results["results"][TASK]["nasca,none"] == pytest.approx(every[str(n)])


def test_the_command_runs_all_pairs_and_prints_scores_against_their_number(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.argv", ["neuronxa"])
    arguments = [
        *("--model", "neuronxa", "--model_args", f"pretrained={MODEL}", "--batch_size", "50"),
        *("--tasks", "neuronxa_miniature", "--languages", "deu_Latn,spa_Latn"),
        *("--output_path", str(tmp_path)),
    ]
    assert stability(arguments) == 0
    (file,) = tmp_path.rglob("results_*.json")
    scores = by_pairs(json.loads(file.read_text()))
    printed = capsys.readouterr().out
    assert "300" in scores
    for n in scores:
        assert re.search(rf"\| +{n} +\|", printed)


@pytest.mark.parametrize(
    ("typed", "tasks", "metadata"),
    [
        ([], ("neuronxa_flores",), {"n_pairs": "all"}),
        (["-t", TASK], (TASK,), {"n_pairs": "all"}),
        (["--tasks", "a", "b"], ("a", "b"), {"n_pairs": "all"}),
        (["--tasks", "a,b", "-t", "c"], ("a", "b", "c"), {"n_pairs": "all"}),
        (
            ["--metadata", "pivot=fra_Latn", "--metadata", "n_pairs=200"],
            ("neuronxa_flores",),
            {"pivot": "fra_Latn", "n_pairs": 200},
        ),
        (
            ["--metadata", '{"pivot": "fra_Latn"}', "-t", "a"],
            ("a",),
            {"pivot": "fra_Latn", "n_pairs": "all"},
        ),
    ],
)
def test_what_is_asked_for_is_run_and_nothing_else(
    monkeypatch: pytest.MonkeyPatch, typed: list[str], tasks: tuple[str, ...], metadata: dict
) -> None:
    asked = []
    monkeypatch.setattr(
        "neuronxa_tasks.commands.stability.execute",
        lambda given, shown: asked.append(given) or Finished(None, ()),
    )
    assert stability(["--model", "hf", *typed]) == 0
    assert (asked[0].tasks, asked[0].metadata) == (tasks, metadata)


@pytest.mark.parametrize("flag", ["--tasks", "-t"])
def test_retrieval_is_refused(flag: str) -> None:
    with pytest.raises(SettingsError, match=r"`--tasks` of alignment.*neuronxa_flores_retrieval"):
        stability([flag, "arc_de", "neuronxa_flores_retrieval"])
