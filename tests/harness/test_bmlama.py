"""BMLAMA-53 as tasks of the harness: what is computed, how often, and what is refused."""

import copy
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import torch
from lm_eval.evaluator import simple_evaluate
from lm_eval.models.dummy import DummyLM
from lm_eval.tasks import TaskManager

from neuronxa_tasks.alignment.rank_consistency import rank_consistency
from neuronxa_tasks.data.bmlama import BMLAMA53, load_queries
from neuronxa_tasks.errors import ModelError, SettingsError
from neuronxa_tasks.harness.model import NeuronXALM
from neuronxa_tasks.harness.settings import Settings
from neuronxa_tasks.measures import SCORE_VERSION
from tests.bmlama_data import QUERIES, rows, write, write_all
from tests.conftest import is_probe
from tests.families import build_model
from tests.harness.conftest import TASKS, Evaluate
from tests.harness.test_runs import heard

GERMAN, ENGLISH, FRENCH = (f"neuronxa_bmlama53_{code}" for code in ("de", "en", "fr"))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_all(tmp_path)


def losses(results: dict[str, Any], task: str) -> list[dict[str, list[float]]]:
    """The model's answers in the order of the log."""
    return [json.loads(sample["resps"][0][0]) for sample in results["samples"][task]]


def expected_loss(lm: NeuronXALM, sentence: str, *, special: bool = True) -> float:
    """The definition: one sentence alone, in float64, token by token."""
    model = copy.deepcopy(lm.model).double()
    ids = lm.tokenizer(sentence, add_special_tokens=special)["input_ids"]
    with torch.no_grad():
        logits = model(torch.tensor([ids])).logits[0]
    total = 0.0
    for position, token in enumerate(ids[1:]):
        total -= float(torch.log_softmax(logits[position], dim=0)[token])
    return total / (len(ids) - 1)


@pytest.mark.parametrize("family", ["llama", "gpt2", "bloom", "gemma2"])
def test_the_loss_is_the_mean_cross_entropy_of_the_whole_sentence(
    make_lm: Any, run_tasks: Evaluate, folder: Path, family: str
) -> None:
    lm = make_lm(family)
    results = run_tasks(lm, GERMAN, metadata={"bmlama_dir": str(folder)}, limit=2)
    queries = load_queries("de", Settings(bmlama_dir=folder))
    for answer, own, pivot in zip(
        losses(results, GERMAN), queries.queries, queries.pivot_queries, strict=False
    ):
        for code, query in (("de", own), ("en", pivot)):
            wanted = [expected_loss(lm, sentence) for sentence in query.sentences]
            assert answer[code] == pytest.approx(wanted, rel=1e-5)


def test_without_a_first_token_the_sentences_own_first_is_only_context(
    tokenizer: Any, run_tasks: Evaluate, folder: Path
) -> None:
    lm = NeuronXALM(
        pretrained=build_model("llama"), tokenizer=tokenizer, batch_size=4, add_bos_token=False
    )
    results = run_tasks(lm, ENGLISH, metadata={"bmlama_dir": str(folder)}, limit=1)
    sentences = load_queries("en", Settings(bmlama_dir=folder)).queries[0].sentences
    wanted = [expected_loss(lm, sentence, special=False) for sentence in sentences]
    assert losses(results, ENGLISH)[0]["en"] == pytest.approx(wanted, rel=1e-5)
    record = results["configs"][ENGLISH]["metadata"]["neuronxa"]
    assert record["bos"] is False


def test_the_scores_are_those_of_the_losses(
    lm: NeuronXALM, run_tasks: Evaluate, folder: Path
) -> None:
    results = run_tasks(lm, GERMAN, metadata={"bmlama_dir": str(folder)})
    hits, consistencies = [], []
    for answer, (_, right, choice) in zip(losses(results, GERMAN), QUERIES, strict=True):
        orders = {
            code: sorted(range(len(choice)), key=lambda i, of=of: of[i])
            for code, of in answer.items()
        }
        hits.append(choice[orders["de"][0]] in right)
        consistencies.append(rank_consistency(orders["de"], orders["en"]))
    n = len(QUERIES)
    scores = results["results"][GERMAN]
    assert scores["acc,none"] == pytest.approx(sum(hits) / n)
    assert scores["rankc,none"] == pytest.approx(sum(consistencies) / n)
    assert 0 < scores["acc,none"] < 1
    deviation = torch.tensor(consistencies, dtype=torch.float64).std().item()
    assert scores["rankc_stderr,none"] == pytest.approx(deviation / n**0.5)


@pytest.mark.parametrize("batch_size", [1, 3, 64, "auto"])
def test_the_batch_size_changes_no_score(
    make_lm: Any, lm: NeuronXALM, run_tasks: Evaluate, folder: Path, batch_size: int | str
) -> None:
    options = {"metadata": {"bmlama_dir": str(folder)}}
    one, other = (run_tasks(m, GERMAN, **options) for m in (lm, make_lm(batch_size=batch_size)))
    for expected, answer in zip(losses(one, GERMAN), losses(other, GERMAN), strict=True):
        for code, values in answer.items():
            assert values == pytest.approx(expected[code], rel=1e-5)
    assert other["results"][GERMAN] == pytest.approx(one["results"][GERMAN])


def test_the_pivots_sentences_are_run_once_for_all_tasks(
    make_lm: Any, run_tasks: Evaluate, folder: Path
) -> None:
    lm = make_lm()
    seen: list[int] = []
    lm.model.register_forward_pre_hook(
        lambda module, args: seen.append(0 if is_probe(args[0]) else len(args[0]))
    )
    run_tasks(lm, GERMAN, FRENCH, ENGLISH, metadata={"bmlama_dir": str(folder)})
    settings = Settings(bmlama_dir=folder)
    distinct = [
        {s for query in load_queries(code, settings).queries for s in query.sentences}
        for code in ("de", "fr", "en")
    ]
    assert sum(seen) == sum(map(len, distinct))


def test_a_language_scores_alone_what_it_scores_beside_others(
    lm: NeuronXALM, run_tasks: Evaluate, folder: Path
) -> None:
    metadata = {"bmlama_dir": str(folder)}
    alone = run_tasks(lm, GERMAN, metadata=metadata)
    beside = run_tasks(lm, FRENCH, ENGLISH, GERMAN, metadata=metadata)
    assert losses(beside, GERMAN) == losses(alone, GERMAN)


def test_the_pivots_own_task_has_an_accuracy_and_stays_out_of_the_mean_consistency(
    lm: NeuronXALM, folder: Path, tmp_path: Path
) -> None:
    (tmp_path / "few.yaml").write_text(
        f"group: few\ntask: [{GERMAN}, {ENGLISH}, {FRENCH}]\naggregate_metric_list:\n"
        "  - {metric: acc, weight_by_size: false}\n  - {metric: rankc, weight_by_size: false}\n"
    )
    manager = TaskManager(
        include_path=[str(TASKS), str(tmp_path)],
        include_defaults=False,
        metadata={"bmlama_dir": str(folder)},
    )
    results = simple_evaluate(model=lm, tasks=["few"], task_manager=manager)
    scores = results["results"]
    assert "rankc,none" not in scores[ENGLISH]
    for metric, tasks in (("acc", (GERMAN, ENGLISH, FRENCH)), ("rankc", (GERMAN, FRENCH))):
        mean = sum(scores[task][f"{metric},none"] for task in tasks) / len(tasks)
        assert scores["few"][f"{metric},none"] == pytest.approx(mean)


def test_another_pivot_is_the_one_compared_with(
    lm: NeuronXALM, run_tasks: Evaluate, folder: Path
) -> None:
    results = run_tasks(
        *(lm, GERMAN, FRENCH, "neuronxa_bmlama53_la"),
        metadata={"bmlama_dir": str(folder), "pivot": "fra_Latn"},
    )
    assert losses(results, GERMAN)[0].keys() == {"de", "fr"}
    assert losses(results, FRENCH)[0].keys() == {"fr"}
    assert losses(results, "neuronxa_bmlama53_la")[0].keys() == {"la", "fr"}
    assert "rankc,none" not in results["results"][FRENCH]


def test_the_record_says_what_was_read(lm: NeuronXALM, run_tasks: Evaluate, folder: Path) -> None:
    results = run_tasks(lm, GERMAN, metadata={"bmlama_dir": str(folder)}, limit=2)
    record = results["configs"][GERMAN]["metadata"]["neuronxa"]
    assert json.loads(json.dumps(record)) == record
    queries = load_queries("de", Settings(bmlama_dir=folder))
    assert record["sha256"] == queries.digests
    assert record["source"] == {
        "dataset": str(folder),
        "revision": None,
        "split": BMLAMA53.split,
    }
    assert (record["language"], record["pivot"], record["score_version"]) == (
        "de",
        "en",
        SCORE_VERSION,
    )
    assert (record["bos"], record["dtype"], record["truncate"]) == (True, "float32", False)
    assert record["ignored"] == []
    assert set(record["versions"]) == {"neuronxa-tasks", "lm_eval", "transformers", "torch"}


def test_samples_choose_the_queries(lm: NeuronXALM, run_tasks: Evaluate, folder: Path) -> None:
    metadata = {"bmlama_dir": str(folder)}
    results = run_tasks(lm, GERMAN, metadata=metadata, samples={GERMAN: [4, 1]})
    assert [sample["doc"]["query"] for sample in results["samples"][GERMAN]] == [4, 1]
    assert [len(answer["de"]) for answer in losses(results, GERMAN)] == [4, 2]
    with pytest.raises(SettingsError, match=r"different numbers from 0 to 5"):
        run_tasks(lm, GERMAN, metadata=metadata, samples={GERMAN: [6]})


def test_options_of_prompts_have_no_effect_and_are_named(
    lm: NeuronXALM, run_tasks: Evaluate, folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    metadata = {"bmlama_dir": str(folder)}
    plain = run_tasks(lm, GERMAN, metadata=metadata)
    with heard(caplog):
        told = run_tasks(lm, GERMAN, metadata=metadata, system_instruction="Be brief.")
    assert losses(told, GERMAN) == losses(plain, GERMAN)
    assert any(message.startswith("--system_instruction: no effect") for message in caplog.messages)
    record = told["configs"][GERMAN]["metadata"]["neuronxa"]
    assert record["ignored"] == ["--system_instruction"]


def test_predictions_alone_have_no_score(
    lm: NeuronXALM, folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    manager = TaskManager(
        include_path=str(TASKS), include_defaults=False, metadata={"bmlama_dir": str(folder)}
    )
    results = simple_evaluate(model=lm, tasks=[GERMAN], task_manager=manager, predict_only=True)
    assert "acc,none" not in results["results"][GERMAN]
    assert len(losses(results, GERMAN)) == len(QUERIES)


def test_a_batch_that_does_not_fit_is_run_in_halves(
    make_lm: Any, lm: NeuronXALM, run_tasks: Evaluate, folder: Path
) -> None:
    metadata = {"bmlama_dir": str(folder)}
    small = make_lm(batch_size=16)
    sizes: list[int] = []

    def short_of_memory(module: Any, args: Any) -> None:
        if is_probe(args[0]):
            return
        sizes.append(len(args[0]))
        if sizes[-1] > 4:
            raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2 GiB.")

    small.model.register_forward_pre_hook(short_of_memory)
    answers = losses(run_tasks(small, GERMAN, metadata=metadata), GERMAN)
    assert sizes[:3] == [16, 8, 4]
    assert max(sizes[3:]) == 4
    for expected, answer in zip(
        losses(run_tasks(lm, GERMAN, metadata=metadata), GERMAN), answers, strict=True
    ):
        assert answer["de"] == pytest.approx(expected["de"], rel=1e-5)


def test_a_sentence_longer_than_the_context_is_an_error_or_cut(
    make_lm: Any, run_tasks: Evaluate, folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    lm = make_lm(max_position_embeddings=12)
    metadata = {"bmlama_dir": str(folder)}
    with pytest.raises(ModelError, match=r"at most the 12 tokens .* of en \(English\).*truncate"):
        run_tasks(lm, GERMAN, metadata=metadata)
    with heard(caplog):
        cut = run_tasks(lm, GERMAN, metadata={**metadata, "truncate": True})
    assert any("German were cut to the model's context" in m for m in caplog.messages)
    assert cut["configs"][GERMAN]["metadata"]["neuronxa"]["truncate"] is True


def test_a_sentence_of_a_single_token_has_no_loss_and_is_refused(
    tokenizer: Any, run_tasks: Evaluate, folder: Path
) -> None:
    lm = NeuronXALM(pretrained=build_model("llama"), tokenizer=tokenizer, add_bos_token=False)
    lines = rows("en")
    lines[1] = "<mask>\tB\tA, B, C\tB"
    write(folder, "en", lines)
    with pytest.raises(ModelError, match=r"at least 2 for sentence 1 of en .*returned 1 for 'A'"):
        run_tasks(lm, ENGLISH, metadata={"bmlama_dir": str(folder)})


def test_losses_that_are_not_finite_name_a_sentence(
    make_lm: Any, run_tasks: Evaluate, folder: Path
) -> None:
    lm = make_lm()
    with torch.no_grad():
        lm.model.lm_head.weight.fill_(torch.nan)
    with pytest.raises(ModelError, match=r"NaN or infinity .* en \(English\), first for 'Goethe"):
        run_tasks(lm, GERMAN, metadata={"bmlama_dir": str(folder)})


def test_a_model_without_predictions_in_view_is_refused(run_tasks: Evaluate, folder: Path) -> None:
    with pytest.raises(ModelError, match=rf"Hugging Face model for {GERMAN}, but got DummyLM"):
        run_tasks(DummyLM(), GERMAN, metadata={"bmlama_dir": str(folder)})


def test_two_processes_share_the_queries(model_dir: Path, folder: Path, tmp_path: Path) -> None:
    scores = []
    for launcher in ([], ["torch.distributed.run", "--standalone", "--nproc_per_node=2", "-m"]):
        out = tmp_path / f"out{len(scores)}"
        done = subprocess.run(
            [
                *(sys.executable, "-m", *launcher, "neuronxa_tasks.cli", "run"),
                *("--model", "neuronxa", "--model_args", f"pretrained={model_dir},dtype=float32"),
                *("--tasks", f"{GERMAN},{ENGLISH}", "--device", "cpu", "--batch_size", "4"),
                *("--metadata", f"bmlama_dir={folder}", "--include_path", str(TASKS)),
                *("--output_path", str(out)),
            ],
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr[-3000:]
        (file,) = out.rglob("results_*.json")
        scores.append(json.loads(file.read_text())["results"])
    for task in (GERMAN, ENGLISH):
        assert scores[1][task] == pytest.approx(scores[0][task])


def test_real_queries_run(lm: NeuronXALM, run_tasks: Evaluate, real_data: Path) -> None:
    if not (real_data / "bmlama53").is_dir():
        pytest.skip("the folder of real text has no bmlama53/")
    metadata = {"bmlama_dir": str(real_data / "bmlama53"), "pivot": "heb_Hebr"}
    results = run_tasks(lm, "neuronxa_bmlama53_zh", metadata=metadata, limit=3)
    scores = results["results"]["neuronxa_bmlama53_zh"]
    assert 0 <= scores["acc,none"] <= 1
    assert 0 < scores["rankc,none"] <= 1
