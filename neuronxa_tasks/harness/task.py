"""The harness task of one language: its pairs, its requests, its metrics."""

import itertools
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from lm_eval.api.metrics import mean
from lm_eval.api.registry import get_metric_aggregation
from lm_eval.api.task import Task
from lm_eval.config.task import TaskConfig
from lm_eval.filters import build_filter_ensemble

from neuronxa_tasks.bitext import Bitext
from neuronxa_tasks.corpora import (
    FLORES_MTEB,
    TATOEBA_MTEB,
    flores_bitext,
    miniature_bitext,
    tatoeba_bitext,
)
from neuronxa_tasks.errors import SettingsError
from neuronxa_tasks.harness.install import install_request_method
from neuronxa_tasks.harness.quiet import quieten_harness
from neuronxa_tasks.harness.request import REQUEST_TYPE, BitextRequest
from neuronxa_tasks.languages import FLORES, MINIATURE, TATOEBA, check_language
from neuronxa_tasks.settings import Settings

# The harness finds a task's class when it loads the task, and only then: this is the
# moment at which a model of the run can still learn the request.
install_request_method()
quieten_harness()


TEMPLATE_KEYS = (
    *("task", "corpus", "language", "metadata"),
    *("dataset_path", "dataset_kwargs", "test_split"),
)


class AlignmentTask(Task):
    """Alignment of one language with the pivot.

    The task file gives, beside the harness's own keys, `corpus` (`flores`, `tatoeba` or
    `miniature`) and `language`; everything else the user sets by `--metadata`.

    Args:
        config: The task file merged with the run's metadata.

    Raises:
        SettingsError: A setting, the corpus or the language is unknown.
        BitextError: The sentences are missing, damaged or too few.
    """

    OUTPUT_TYPE = REQUEST_TYPE

    def __init__(self, config: Mapping[str, Any]) -> None:
        if missing := [key for key in TEMPLATE_KEYS if key not in config]:
            raise SettingsError(
                f"Expected the task file of {config.get('task')} to give {', '.join(missing)}: "
                "include the template that stands beside this package's task files"
            )
        # The base class would make a configuration of a generation task, and say so.
        ours = ("class", "corpus", "language")
        self._config = TaskConfig(**{k: v for k, v in config.items() if k not in ours})
        self._filters = [build_filter_ensemble("none", [["take_first", None]])]
        self._instances: list[BitextRequest] = []
        self.VERSION = config["metadata"].get("version")
        self.settings = Settings.from_metadata(config["metadata"])
        self.bitext = self._load(config)
        self._bypass: dict[str, Callable[[Sequence[float]], float]] = {}

    def _load(self, config: Mapping[str, Any]) -> Bitext:
        hub = {
            "path": config["dataset_path"],
            "revision": config["dataset_kwargs"].get("revision"),
            "split": config["test_split"],
        }
        if config["corpus"] == "flores":
            language = check_language(config["language"], FLORES, "language")
            return flores_bitext(language, self.settings, replace(FLORES_MTEB, **hub))
        if config["corpus"] == "tatoeba":
            language = check_language(config["language"], TATOEBA, "language")
            return tatoeba_bitext(language, self.settings, replace(TATOEBA_MTEB, **hub))
        if config["corpus"] == "miniature":
            language = check_language(config["language"], MINIATURE, "language")
            return miniature_bitext(language, self.settings)
        raise SettingsError(
            f"Expected `corpus` of {config['task']} to be flores, tatoeba or miniature, "
            f"but got {config['corpus']!r}"
        )

    def has_training_docs(self) -> bool:
        """False: there are no shots."""
        return False

    def has_validation_docs(self) -> bool:
        """False: all pairs are test pairs."""
        return False

    def has_test_docs(self) -> bool:
        """True."""
        return True

    def test_docs(self) -> list[dict[str, Any]]:
        """The pairs, each with its index, the pivot's sentence and the language's."""
        sides = zip(self.bitext.pivot_sentences, self.bitext.sentences, strict=True)
        return [
            {"pair": index, "pivot": pivot, "sentence": sentence}
            for index, (pivot, sentence) in enumerate(sides)
        ]

    def doc_to_text(self, doc: dict[str, Any]) -> str:
        """The pivot's sentence."""
        return str(doc["pivot"])

    def doc_to_target(self, doc: dict[str, Any]) -> str:
        """The language's sentence."""
        return str(doc["sentence"])

    def build_all_requests(
        self,
        *,
        limit: int | None = None,
        samples: list[int] | None = None,
        rank: int = 0,
        world_size: int = 1,
        cache_requests: bool = False,
        system_instruction: str | None = None,
        apply_chat_template: bool = False,
        **kwargs: Any,
    ) -> None:
        """Make a request of every reported pair.

        `limit` and `samples` choose what is reported, never the candidates. Options that
        belong to prompts are noted and otherwise without effect; so is the harness's request
        cache, whose key knows neither pivot nor folder.
        """
        options = {
            "--cache_requests": cache_requests,
            "--system_instruction": system_instruction is not None,
            "--apply_chat_template": apply_chat_template,
        }
        ignored = tuple(option for option, given in options.items() if given)
        reported = len(self._reported(limit, samples))
        if reported < world_size:
            raise SettingsError(
                f"Expected at least one reported pair of {self.config.task} per process, but got "
                f"{reported} pairs for {world_size} processes: start fewer, or report more"
            )
        docs = self.doc_iterator(rank=rank, limit=limit, samples=samples, world_size=world_size)
        self._instances = [
            BitextRequest(
                request_type=REQUEST_TYPE,
                doc=doc,
                arguments=(doc["pivot"], doc["sentence"]),
                idx=0,
                metadata=(self.config.task, doc_id, 1),
                bitext=self.bitext,
                settings=self.settings,
                ignored=ignored,
            )
            for doc_id, doc in docs
        ]

    def doc_iterator(
        self,
        *,
        rank: int = 0,
        limit: int | None = None,
        world_size: int = 1,
        samples: list[int] | None = None,
    ) -> Iterator[tuple[int, dict[str, Any]]]:
        """This process's share of the reported pairs, numbered.

        Under `samples` the harness takes a number for a position in that list, while its own
        iterator counts in the order of the file.
        """
        docs = self.test_docs()
        numbered = enumerate(docs[index] for index in self._reported(limit, samples))
        return itertools.islice(numbered, rank, None, world_size)

    def _reported(self, limit: int | None, samples: list[int] | None) -> Sequence[int]:
        n = len(self.bitext)
        if samples is None:
            return range(min(n, limit or n))
        if not samples or len(set(samples)) < len(samples) or not set(samples) <= set(range(n)):
            raise SettingsError(
                f"Expected `--samples` of {self.config.task} to be different numbers from 0 to "
                f"{n - 1}, at least one, but got {samples}"
            )
        return samples

    def construct_requests(self, doc: dict[str, Any], ctx: str, **kwargs: Any) -> None:
        """Unused: `build_all_requests` makes them without prompts."""
        raise NotImplementedError

    def process_results(self, doc: dict[str, Any], results: Sequence[str]) -> dict[str, float]:
        """Share of layers in which the pair is aligned, by metric; none for the pivot's own."""
        if self._bypass:
            return dict.fromkeys(self._bypass, 0.0)
        answer = json.loads(results[0])
        return {
            metric.name: len(answer[metric.name]["aligned"]) / answer[metric.name]["layers"]
            for metric in self.settings.metrics
            if metric.name in answer
        }

    def aggregation(self) -> dict[str, Callable[[Sequence[float]], float]]:
        """The harness's own mean, which brings its own standard error."""
        return self._bypass or {metric.name: mean for metric in self.settings.metrics}

    def higher_is_better(self) -> dict[str, bool]:
        """True for every metric."""
        return dict.fromkeys(self.aggregation(), True)

    def override_metric(self, metric_name: str) -> None:
        """Report `metric_name` alone, as the harness asks under `--predict_only`."""
        self._bypass = {metric_name: get_metric_aggregation(metric_name)}

    def dump_config(self) -> dict[str, Any]:
        """The configuration, with the language's record in its metadata."""
        config: dict[str, Any] = self.config.to_dict()
        if self._instances and (record := self._instances[0].record):
            config["metadata"] = {**config["metadata"], "neuronxa": record}
        return config
