"""What a run is said to cost, against what it runs."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from lm_eval.api.model import LM
from lm_eval.api.registry import get_model
from lm_eval.tasks import TaskManager

from neuronxa_tasks.harness.model import NeuronXALM
from neuronxa_tasks.harness.run.cost import Cost, part_cost, seconds_per_token
from tests.harness.conftest import TASKS, Evaluate, record

PROMPTS = {
    "system_instruction": None,
    "apply_chat_template": False,
    "fewshot_as_multiturn": False,
    "chat_template": None,
}

Load = Callable[..., dict[str, Any]]


@pytest.fixture
def load(tmp_path: Path, flores_dir: Path) -> Load:
    """Tasks of ours by name, and tasks made of five equal documents by their configuration."""
    lines = [{"text": "one two three", "answer": "four"}] * 5
    data = tmp_path / "data.json"
    data.write_text("\n".join(json.dumps(line) for line in lines))
    shared = {
        "dataset_path": "json",
        "dataset_kwargs": {"data_files": {"test": str(data)}},
        "test_split": "test",
        "doc_to_text": "{{text}}",
        "doc_to_target": "{{answer}}",
    }

    def load(*names: str, **config: Any) -> dict[str, Any]:
        manager = TaskManager(
            include_path=str(TASKS),
            include_defaults=False,
            metadata={"flores_dir": str(flores_dir), "n_pairs": "all"},
        )
        asked = [*names, *([{"task": "made_up", **shared, **config}] if config else [])]
        return dict(manager.load(asked)["tasks"])

    return load


def cost(lm: LM, tasks: dict[str, Any], **changes: Any) -> Cost:
    options = {"limit": None, "samples": None, "seed": 1234, **PROMPTS, **changes}
    return part_cost(lm, tasks, **options)


def test_alignment_costs_every_sentence_once(
    lm: NeuronXALM, load: Load, run_tasks: Evaluate
) -> None:
    tasks = load("neuronxa_flores_deu_Latn", "neuronxa_flores_fra_Latn")
    found = cost(lm, tasks)
    results = run_tasks(lm, "deu_Latn", "fra_Latn")
    german, french = (record(results, code)["tokens"] for code in ("deu_Latn", "fra_Latn"))
    tokens = sum(german["pivot"]) + sum(german["language"]) + sum(french["language"])
    assert found.requests == 32
    assert found.tokens == pytest.approx(tokens, rel=0.25)


def test_a_limit_spares_requests_but_no_candidates(lm: NeuronXALM, load: Load) -> None:
    tasks = load("neuronxa_flores_deu_Latn")
    whole = cost(lm, tasks)
    assert cost(lm, tasks, limit=4) == Cost(4, whole.tokens)
    assert cost(lm, tasks, samples={"neuronxa_flores_deu_Latn": [3, 5]}).requests == 2


@pytest.mark.parametrize(
    ("config", "requests", "texts"),
    [
        # A prompt is run once for answers of one token, and once per longer answer.
        (
            {
                "output_type": "multiple_choice",
                "doc_to_choice": ["four", "five six"],
                "doc_to_target": 0,
            },
            10,
            ["one two three", " four", "one two three", " five six"],
        ),
        ({"output_type": "generate_until"}, 5, ["one two three"]),
        ({"output_type": "loglikelihood_rolling"}, 5, ["four"]),
    ],
)
def test_benchmarks_cost_their_prompts(
    lm: NeuronXALM, load: Load, config: dict[str, Any], requests: int, texts: list[str]
) -> None:
    found = cost(lm, load(**config))
    prompt = len(lm.tok_encode(texts[0]))
    answers = sum(len(lm.tok_encode(t, add_special_tokens=False)) for t in texts[1::2])
    prompts = max(1, len(texts) // 2)
    assert found.requests == requests
    assert found.tokens == 5 * (prompt * prompts + answers)
    assert cost(lm, load(**config), limit=2).requests == requests * 2 // 5


def test_another_backend_is_told_its_requests_only(load: Load) -> None:
    found = cost(get_model("dummy")(), load("neuronxa_flores_deu_Latn"))
    assert found == Cost(16, 0)
    assert found.sentence("x", None) == "x: 16 requests"


def test_long_runs_are_told_in_hours() -> None:
    assert Cost(10, 36_000_000).sentence("x", 1e-3).endswith("about 36.0 M tokens, about 10.0 h")


def test_time_is_measured_on_the_model(lm: NeuronXALM) -> None:
    assert 0 < seconds_per_token(lm, 20) < 1
