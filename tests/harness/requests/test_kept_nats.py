"""Information parity goes on where it died: `--use_cache`."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from lm_eval.api.instance import Instance
from lm_eval.api.model import CachingLM
from lm_eval.models.huggingface import HFLM

from neuronxa_tasks.harness.model import NeuronXALM
from neuronxa_tasks.harness.requests import kept_nats
from tests.runs import Evaluate

GERMAN, FRENCH = (f"neuronxa_flores_parity_{code}" for code in ("deu_Latn", "fra_Latn"))

MakeLM = Callable[..., NeuronXALM]


@dataclass
class Calls:
    """Counts what the harness's method is asked, and ends like a killed run where it is told to.

    Attributes:
        sentences: Of every call.
        last: How many calls are answered; None for all.
    """

    sentences: list[int] = field(default_factory=list)
    last: int | None = None


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> Calls:
    made = Calls()
    method = HFLM.loglikelihood_rolling

    def counted(lm: HFLM, requests: Sequence[Instance], **options: Any) -> list[float]:
        if made.last == len(made.sentences):
            raise KeyboardInterrupt
        made.sentences.append(len(requests))
        return list(method(lm, requests, **options))

    monkeypatch.setattr(HFLM, "loglikelihood_rolling", counted)
    monkeypatch.setattr(kept_nats, "AT_ONCE", 10)
    return made


def cached(lm: HFLM, folder: Path) -> CachingLM:
    return CachingLM(lm, str(folder / "cache_rank0.db"))


def test_a_run_that_was_ended_goes_on_and_gives_the_same_numbers(
    make_lm: MakeLM, run_tasks: Evaluate, calls: Calls, tmp_path: Path
) -> None:
    calls.last = 2
    with pytest.raises(KeyboardInterrupt):
        run_tasks(cached(make_lm(), tmp_path), GERMAN, FRENCH)
    calls.last = None
    resumed = run_tasks(cached(make_lm(), tmp_path), GERMAN, FRENCH)
    whole = len(calls.sentences)
    again = run_tasks(cached(make_lm(), tmp_path), GERMAN, FRENCH)
    assert len(calls.sentences) == whole
    # The two chunks before the end, and after it only the others.
    assert calls.sentences[:2] == [10, 10]
    uninterrupted = run_tasks(cached(make_lm(), tmp_path / "other"), GERMAN, FRENCH)
    assert calls.sentences[whole:] == calls.sentences[:whole]
    assert resumed == again == uninterrupted


def test_without_a_cache_all_sentences_are_asked_at_once(
    lm: NeuronXALM, run_tasks: Evaluate, calls: Calls
) -> None:
    run_tasks(lm, GERMAN, FRENCH)
    assert len(calls.sentences) == 1


@pytest.mark.parametrize("changed", ["weight", "bos", "batch_size"])
def test_another_model_or_another_way_of_running_it_finds_nothing(
    make_lm: MakeLM, run_tasks: Evaluate, calls: Calls, tmp_path: Path, changed: str
) -> None:
    run_tasks(cached(make_lm(), tmp_path), GERMAN)
    before = list(calls.sentences)
    lm = make_lm(**({"batch_size": 3} if changed == "batch_size" else {}))
    if changed == "weight":
        lm.model.model.layers[2].mlp.up_proj.weight.data[5, 7] += 1
    if changed == "bos":
        lm.add_bos_token = False
    run_tasks(cached(lm, tmp_path), GERMAN)
    assert calls.sentences == before * 2


class OwnScoring(NeuronXALM):
    """Scores text in a way of its own, which no key tells."""

    def loglikelihood_rolling(self, requests: Any, disable_tqdm: bool = False) -> list[float]:
        return [2.0 * value for value in super().loglikelihood_rolling(requests, disable_tqdm)]


def test_nothing_is_kept_of_a_class_that_scores_text_in_a_way_of_its_own(
    model_dir: Path, run_tasks: Evaluate, tmp_path: Path
) -> None:
    lm = OwnScoring(pretrained=str(model_dir), device="cpu", batch_size=4)
    run_tasks(cached(lm, tmp_path), GERMAN)
    assert not (tmp_path / "cache_neuronxa.db").exists()
