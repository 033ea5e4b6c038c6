"""The harness task of one language: its pairs, its requests, its metrics."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from lm_eval.api.metrics import mean

from neuronxa_tasks.errors import SettingsError
from neuronxa_tasks.harness.requests.alignment_request import REQUEST_TYPE, BitextRequest
from neuronxa_tasks.harness.requests.outcome_record import pair_value
from neuronxa_tasks.harness.settings import Settings
from neuronxa_tasks.harness.tasks.base_task import Aggregation
from neuronxa_tasks.harness.tasks.pair_task import PairTask
from neuronxa_tasks.harness.tasks.reading import Reading
from neuronxa_tasks.measures import Metric


class AlignmentTask(PairTask):
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

    @staticmethod
    def read_settings(metadata: Mapping[str, Any]) -> Settings:
        """The settings of the run."""
        return Settings.from_metadata(metadata)

    @property
    def metrics(self) -> tuple[Metric, ...]:
        """What is measured."""
        return self.settings.metrics

    def __init__(self, config: Mapping[str, Any]) -> None:
        super().__init__(config)
        self.settings = self.read_settings(config["metadata"])
        self.bitext = self.bitext_of(config, self.settings)
        self._check_svcca()

    def _check_svcca(self) -> None:
        """Before the model runs; SVCCA itself would say so only after that."""
        settings, n = self.settings, len(self.bitext)
        if (
            any(metric.measure == "svcca" for metric in self.metrics)
            and settings.svcca_variance is None
            and settings.svcca_k >= n
        ):
            raise SettingsError(
                f"Expected `svcca_k` to be below the number of pairs, but got {settings.svcca_k} "
                f"with {n} pairs of {self.config.task}: lower it, or raise `n_pairs`"
            )

    def reported(self) -> Sequence[str]:
        """Every metric that was measured; the pivot's own task has none."""
        names = () if self.bitext.is_pivot else tuple(metric.name for metric in self.metrics)
        # Before the run all of them: what a model cannot give is known after it.
        record = self.record()
        return tuple(name for name in names if not record or name in record["metrics"])

    def test_docs(self) -> list[dict[str, Any]]:
        """The pairs, each with its index, the pivot's sentence and the language's."""
        sides = zip(self.bitext.pivot_sentences, self.bitext.sentences, strict=True)
        return [
            {"pair": index, "pivot": pivot, "sentence": sentence}
            for index, (pivot, sentence) in enumerate(sides)
        ]

    def request(self, doc: dict[str, Any], doc_id: int, ignored: tuple[str, ...]) -> BitextRequest:
        """The alignment of a pair; `--limit` chooses what is reported, never the candidates."""
        return BitextRequest(
            request_type=REQUEST_TYPE,
            doc=doc,
            arguments=(doc["pivot"], doc["sentence"]),
            idx=0,
            metadata=(self.config.task, doc_id, 1),
            bitext=self.bitext,
            settings=self.settings,
            metrics=self.metrics,
            ignored=ignored,
        )

    def readings(self, reported: int) -> list[Reading]:
        """Both sides, all of them, whatever is reported; a pivot's is shared by languages."""
        sides = (self.bitext.pivot_sentences, self.bitext.sentences)
        return [Reading(side, side, len(side)) for side in sides]

    def process_results(self, doc: dict[str, Any], results: Sequence[str]) -> dict[str, float]:
        """The pair's value by metric; none for the pivot's own."""
        if self._bypass:
            return dict.fromkeys(self._bypass, 0.0)
        answer = json.loads(results[0])
        return {m.name: pair_value(m, answer[m.name]) for m in self.metrics if m.name in answer}

    def aggregation(self) -> dict[str, Aggregation]:
        """The harness's own mean, which brings its own standard error; a baseline has none."""
        return self._bypass or {
            metric.name: common_value if metric.family == "baseline" else mean
            for metric in self.metrics
        }


class RetrievalTask(AlignmentTask):
    """Retrieval of one language's sentences by the pivot's, and the other way (section 3.1).

    All pairs are candidates unless `n_pairs` says otherwise.
    """

    @staticmethod
    def read_settings(metadata: Mapping[str, Any]) -> Settings:
        """The settings of the run, with all pairs where it does not say how many."""
        return Settings.from_metadata({"n_pairs": "all", **metadata})

    @property
    def metrics(self) -> tuple[Metric, ...]:
        """Every direction on every kind of states."""
        return self.settings.retrieval_metrics


def common_value(values: Sequence[float]) -> float:
    """The value that all pairs have in common."""
    return values[0]
