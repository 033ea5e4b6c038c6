"""Everything of lm_eval that the package uses although it is private, or replaces.

Seen in lm_eval 0.4.13, which has no hook for any of it; whatever else the package imports from
the harness is public. When a release moves something, this is the file to mend.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from types import ModuleType
from typing import Any

import lm_eval.api.model
import lm_eval.api.registry
import lm_eval.evaluator
import lm_eval.tasks
from lm_eval._cli import HarnessCLI  # The flags of `lm_eval run`, and what it does with them.
from lm_eval._cli.utils import MergeDictAction  # How it reads `--metadata` and `--model_args`.
from lm_eval.api.model import LM
from lm_eval.api.task import Task
from lm_eval.config.task import TaskConfig
from lm_eval.filters import build_filter_ensemble
from lm_eval.loggers import EvaluationTracker
from lm_eval.models.huggingface import HFLM
from torch import Tensor

__all__ = ["HarnessCLI", "MergeDictAction"]

# What the harness calls on the way from a text to its score: its one forward pass, and what
# stands around that.
FORWARD = "_model_call"
SCORING = ("tok_encode", "loglikelihood", "_loglikelihood_tokens")
# The log-likelihood of a whole text.
WHOLE_TEXT = "loglikelihood_rolling"

# What it logs once for every task of a group, by logger: so many messages are enough.
REPEATED_MESSAGES = {
    "lm_eval.evaluator_utils": (0, r"\s+Task: neuronxa_"),
    "lm_eval.api.task": (0, r"neuronxa_miniature_\w+: Custom kwargs"),
    "lm_eval.evaluator": (1, r"num_fewshot has been set to 0 for neuronxa_"),
}


def forward_pass(lm: HFLM) -> Callable[[Tensor], Tensor]:
    """What gives logits of shape `(B, T, V)` for token ids of shape `(B, T)`.

    The public methods take texts and give scores.
    """
    method: Callable[[Tensor], Tensor] = lm._model_call
    return method


def set_processes(lm: HFLM, rank: int, world_size: int) -> None:
    """Tell a model which process of how many it is in: its properties cannot be set."""
    lm._rank = rank
    lm._world_size = world_size


def response_database(lm: LM) -> str:
    """The file of answers under `--use_cache`; empty without the option.

    A model knows it by the hook that its cache has given it.
    """
    database = lm.cache_hook.dbdict
    return str(database.filename) if database is not None else ""


def results_date(tracker: EvaluationTracker) -> str:
    """The date in the names of the files that the harness has written; empty if it has not."""
    return str(getattr(tracker, "date_id", None) or "")


def attach(model_class: type[LM], name: str, method: Callable[..., list[str]]) -> None:
    """Give a model class the method that answers the requests of that name.

    The harness looks a request's method up by its name, and has no way to add one.

    Raises:
        RuntimeError: Another package has put an attribute of that name there.
    """
    there = model_class.__dict__.get(name, method)
    if there is not method:
        raise RuntimeError(
            f"Expected {model_class.__name__} without an attribute `{name}`, but "
            f"{there.__module__} has set one: uninstall one of the two packages"
        )
    setattr(model_class, name, method)


class BareTask(Task):
    """A task without what the harness's own constructor would load and log.

    Args:
        config: The task file merged with the run's metadata, without `OWN_KEYS`.
    """

    # What a task file says to its class alone.
    OWN_KEYS = ("class", "corpus", "language", "pivot", "bitext", "columns")

    def __init__(self, config: Mapping[str, Any]) -> None:
        # The base class would make a configuration of a generation task, and say so.
        self._config = TaskConfig(**{k: v for k, v in config.items() if k not in self.OWN_KEYS})
        self._filters = [build_filter_ensemble("none", [["take_first", None]])]
        self._instances: list[Any] = []


@contextmanager
def stand_ins(
    task_manager: object, simple_evaluate: object, get_model: object, caching_lm: object
) -> Iterator[None]:
    """For a time the harness's command line uses these, which it looks up when it runs."""
    with (
        _replaced(lm_eval.tasks, "TaskManager", task_manager),
        _replaced(lm_eval, "simple_evaluate", simple_evaluate),
        _replaced(lm_eval.api.registry, "get_model", get_model),
        _replaced(lm_eval.api.model, "CachingLM", caching_lm),
    ):
        yield


@contextmanager
def stand_in_evaluate(evaluate: object) -> Iterator[None]:
    """For a time `simple_evaluate` evaluates by this."""
    with _replaced(lm_eval.evaluator, "evaluate", evaluate):
        yield


@contextmanager
def _replaced(module: ModuleType, name: str, value: object) -> Iterator[None]:
    original = getattr(module, name)
    setattr(module, name, value)
    try:
        yield
    finally:
        setattr(module, name, original)
