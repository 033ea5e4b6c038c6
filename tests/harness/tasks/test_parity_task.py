"""Information parity: what is computed, how often, by which models, and what is refused."""

import math
import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import torch
from lm_eval.api.instance import Instance
from lm_eval.api.model import LM
from lm_eval.evaluator import simple_evaluate

from neuronxa_tasks.data.corpora import MINIATURE
from neuronxa_tasks.errors import BitextError, ModelError, SettingsError
from neuronxa_tasks.harness.model import NeuronXALM
from neuronxa_tasks.harness.run.cost import part_cost
from neuronxa_tasks.measures import SCORE_VERSION
from tests.families import build_model
from tests.processes import python
from tests.runs import TASKS, Evaluate, Heard, answers, our_tasks, record, results_of
from tests.sentences import FLORES, lines

GERMAN, ENGLISH, FRENCH = (
    f"neuronxa_flores_parity_{code}" for code in ("deu_Latn", "eng_Latn", "fra_Latn")
)


class LengthLM(LM):
    """No Hugging Face model: a sentence takes a nat per character."""

    def __init__(self, of_none: float = 0.0) -> None:
        super().__init__()
        self.asked: list[str] = []
        self.of_none = of_none

    def loglikelihood_rolling(self, requests: Sequence[Instance]) -> list[float]:
        self.asked += [request.args[0] for request in requests]
        return [self.of_none or -float(len(request.args[0])) for request in requests]

    def loglikelihood(self, requests: Sequence[Instance]) -> list[tuple[float, bool]]:
        raise NotImplementedError

    def generate_until(self, requests: Sequence[Instance]) -> list[str]:
        raise NotImplementedError


def expected_nats(lm: NeuronXALM, text: str, *, special: bool) -> float:
    """Token by token in float64, each given the prefix token and those before it."""
    ids = lm.tokenizer(text, add_special_tokens=special)["input_ids"]
    total, before = 0.0, [lm.prefix_token_id]
    for token in ids:
        with torch.no_grad():
            logits = lm.model(torch.tensor([before])).logits[0, -1].double()
        total -= float(logits[token] - torch.logsumexp(logits, 0))
        before.append(token)
    return total


@pytest.mark.parametrize("family", ["llama", "gpt2"])
@pytest.mark.parametrize("special", [True, False])
def test_a_sentence_takes_the_nats_of_its_tokens_given_the_prefix(
    tokenizer: Any, run_tasks: Evaluate, family: str, special: bool
) -> None:
    lm = NeuronXALM(
        pretrained=build_model(family), tokenizer=tokenizer, batch_size=3, add_bos_token=special
    )
    results = run_tasks(lm, GERMAN, limit=3)
    found = answers(results, GERMAN)
    for side, code in (("pivot", "eng_Latn"), ("language", "deu_Latn")):
        wanted = [expected_nats(lm, t.strip(), special=special) for t in lines(FLORES, code)[:3]]
        assert [answer[side] for answer in found] == pytest.approx(wanted, rel=1e-4)
    assert record(results, GERMAN)["bos"] is special


def test_the_scores_are_those_of_the_nats(run_tasks: Evaluate) -> None:
    results = run_tasks(LengthLM(), GERMAN)
    pivot, own = ([s.strip() for s in lines(FLORES, c)] for c in ("eng_Latn", "deu_Latn"))
    ratios = torch.tensor(
        [len(p) / len(o) for p, o in zip(pivot, own, strict=True)], dtype=torch.float64
    )
    scores = results["results"][GERMAN]
    assert scores["parity,none"] == pytest.approx(float(ratios.mean()))
    assert scores["parity_stderr,none"] == pytest.approx(float(ratios.std()) / len(own) ** 0.5)
    size = sum(len(sentence.encode()) for sentence in own)
    bits = sum(map(len, own)) / math.log(2) / size
    assert scores["bits_per_byte,none"] == pytest.approx(bits)
    assert scores["bits_per_byte_stderr,none"] == "N/A"
    assert results["higher_is_better"][GERMAN] == {"parity": True, "bits_per_byte": False}
    assert record(results, GERMAN)["reported"] == {
        "pairs": len(own),
        "pivot_nats": sum(map(len, pivot)),
        "language_nats": sum(map(len, own)),
        "bytes": size,
        "ratio_of_sums": pytest.approx(sum(map(len, pivot)) / sum(map(len, own))),
    }


def test_every_sentence_is_run_once_for_all_tasks(run_tasks: Evaluate) -> None:
    lm = LengthLM()
    run_tasks(lm, GERMAN, FRENCH)
    codes = ("eng_Latn", "deu_Latn", "fra_Latn")
    assert sorted(lm.asked) == sorted({s.strip() for c in codes for s in lines(FLORES, c)})


def test_the_pivots_own_task_has_no_metric_and_is_not_run(run_tasks: Evaluate) -> None:
    lm = LengthLM()
    results = run_tasks(lm, GERMAN, ENGLISH)
    assert not [key for key in results["results"][ENGLISH] if "parity" in key and "," in key]
    assert "bits_per_byte,none" not in results["results"][ENGLISH]
    assert record(results, ENGLISH).get("reported") is None
    with pytest.raises(SettingsError, match=rf"got only {ENGLISH}, whose parity is 1: add"):
        run_tasks(LengthLM(), ENGLISH)


def test_another_pivot_is_the_one_compared_with(run_tasks: Evaluate) -> None:
    results = run_tasks(LengthLM(), ENGLISH, FRENCH, metadata={"pivot": "fra_Latn"})
    french, english = (lines(FLORES, code)[0].strip() for code in ("fra_Latn", "eng_Latn"))
    assert answers(results, ENGLISH)[0] == {"pivot": len(french), "language": len(english)}
    assert "parity,none" not in results["results"][FRENCH]
    assert record(results, ENGLISH)["pivot"] == "fra_Latn"


def test_the_record_says_which_pairs_were_read(run_tasks: Evaluate, flores_dir: Path) -> None:
    metadata = {"parity_first": 3, "n_pairs": 4}
    results = run_tasks(LengthLM(), GERMAN, metadata=metadata, limit=2)
    kept = record(results, GERMAN)
    assert (kept["first"], kept["n_pairs"], kept["reported"]["pairs"]) == (3, 4, 2)
    assert kept["settings"] == metadata
    assert (kept["corpus"], kept["language"], kept["pivot"]) == ("flores", "deu_Latn", "eng_Latn")
    assert kept["source"] == {"dataset": str(flores_dir), "revision": None, "split": "devtest"}
    assert kept["score_version"] == SCORE_VERSION
    docs = [sample["doc"] for sample in results["samples"][GERMAN]]
    assert [doc["line"] for doc in docs] == [3, 4]
    assert docs[0]["sentence"] == lines(FLORES, "deu_Latn")[2].strip()


def test_samples_choose_the_pairs(run_tasks: Evaluate) -> None:
    results = run_tasks(LengthLM(), GERMAN, samples={GERMAN: [4, 1]})
    assert [sample["doc"]["line"] for sample in results["samples"][GERMAN]] == [5, 2]
    assert record(results, GERMAN)["reported"]["pairs"] == 2


def test_predictions_alone_have_no_score() -> None:
    manager = our_tasks(flores_dir=str(FLORES), n_pairs="all")
    results = simple_evaluate(
        model=LengthLM(), tasks=[GERMAN], task_manager=manager, predict_only=True
    )
    assert "parity,none" not in results["results"][GERMAN]
    assert len(answers(results, GERMAN)) == len(lines(FLORES, "deu_Latn"))


def test_options_of_prompts_have_no_effect_and_are_named(run_tasks: Evaluate, heard: Heard) -> None:
    plain = run_tasks(LengthLM(), GERMAN)
    told = run_tasks(LengthLM(), GERMAN, system_instruction="Be brief.")
    assert answers(told, GERMAN) == answers(plain, GERMAN)
    assert "--system_instruction: no effect" in heard()
    assert record(told, GERMAN)["ignored"] == ["--system_instruction"]


def test_the_estimate_counts_the_pivots_sentences_once(lm: NeuronXALM) -> None:
    manager = our_tasks(flores_dir=str(FLORES), n_pairs="all")
    options = {"limit": None, "samples": None, "seed": None}
    costs = [
        part_cost(lm, manager.load(names)["tasks"], **options)
        for names in ([GERMAN], [FRENCH], [GERMAN, FRENCH], [GERMAN, FRENCH, ENGLISH])
    ]
    n = len(lines(FLORES, "deu_Latn"))
    assert [cost.requests for cost in costs] == [n, n, 2 * n, 3 * n]
    pivot = costs[0].tokens + costs[1].tokens - costs[2].tokens
    assert pivot > 0
    assert costs[3].tokens == costs[2].tokens


@pytest.mark.parametrize("nothing", [1e-300, -math.inf, math.nan])
def test_nats_that_no_ratio_can_be_made_of_name_a_sentence(
    run_tasks: Evaluate, nothing: float
) -> None:
    with pytest.raises(ModelError, match=r"positive and finite number of nats, but got .* for '"):
        run_tasks(LengthLM(of_none=nothing), GERMAN)


def test_a_model_that_gives_no_log_likelihoods_is_named(run_tasks: Evaluate) -> None:
    class ChatLM(LengthLM):
        def loglikelihood_rolling(self, requests: Sequence[Instance]) -> list[float]:
            raise NotImplementedError("chat completions have none")

    with pytest.raises(ModelError, match=r"but ChatLM does not \(chat completions have none\)"):
        run_tasks(ChatLM(), GERMAN)


@pytest.mark.parametrize("value", [0, -1, 1.5, True, "first", 2_000_000])
def test_a_first_line_that_is_none_is_refused(run_tasks: Evaluate, value: object) -> None:
    with pytest.raises(SettingsError, match=r"`parity_first` to be an integer >= 1 and at most"):
        run_tasks(LengthLM(), GERMAN, metadata={"parity_first": value})


def test_too_few_pairs_from_there_on_are_refused(run_tasks: Evaluate) -> None:
    few = {"parity_first": 15, "n_pairs": 4}
    with pytest.raises(BitextError, match=r"Expected 4 pairs from line 15 .* but got 2 of 16"):
        run_tasks(LengthLM(), GERMAN, metadata=few)


def test_two_processes_share_the_pairs(model_dir: Path, tmp_path: Path) -> None:
    found = []
    for launcher in ([], ["torch.distributed.run", "--standalone", "--nproc_per_node=2", "-m"]):
        out = tmp_path / f"out{len(found)}"
        arguments = shlex.split(
            f"--model neuronxa --model_args pretrained={model_dir},dtype=float32 --device cpu "
            f"--batch_size 4 --tasks {GERMAN},{FRENCH} --limit 5 "
            f'--metadata flores_dir={FLORES} n_pairs=all --include_path "{TASKS}" '
            f"--output_path {out}"
        )
        done = python("-m", *launcher, "neuronxa_tasks.cli", "run", *arguments)
        assert done.returncode == 0, done.stderr[-3000:]
        found.append(results_of(out))
    for task in (GERMAN, FRENCH):
        one, other = (results["results"][task] for results in found)
        assert other["parity,none"] == pytest.approx(one["parity,none"], rel=1e-5)
        assert other["parity_stderr,none"] == pytest.approx(one["parity_stderr,none"], rel=1e-4)
        sums = [record(results, task)["reported"] for results in found]
        assert sums[1] == pytest.approx(sums[0], rel=1e-5)
        assert sums[0]["pairs"] == 5


def test_the_miniature_has_parity_too(lm: NeuronXALM) -> None:
    task = "neuronxa_miniature_parity_spa_Latn"
    results = simple_evaluate(model=lm, tasks=[task], task_manager=our_tasks(), limit=2)
    kept = results["configs"][task]["metadata"]["neuronxa"]
    assert (kept["first"], kept["n_pairs"]) == (201, 100)
    assert kept["sha256"]["language"] != MINIATURE.load("spa_Latn", n_pairs=100).digests["language"]
    assert 0 < results["results"][task]["parity,none"] < 10


def test_real_pairs_are_none_of_the_aligned_ones(real_data: Path) -> None:
    manager = our_tasks(
        flores_dir=str(real_data / "flores200"), tatoeba_dir=str(real_data / "tatoeba" / "v1")
    )
    names = ["neuronxa_flores_parity_ace_Arab", "neuronxa_tatoeba_parity_deu"]
    for task in manager.load(names)["tasks"].values():
        assert (task.first, len(task.bitext)) == (501, 100)
        whole = task.settings.bitext(task.bitext.corpus, task.bitext.language)
        assert not set(task.bitext.sentences) & set(whole.sentences)
