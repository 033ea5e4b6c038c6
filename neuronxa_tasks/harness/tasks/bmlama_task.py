"""The harness task of one language of BMLAMA-53: its queries, its requests, its metrics."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from lm_eval.api.metrics import mean

from neuronxa_tasks.alignment.rank_consistency import rank_consistency, ranking
from neuronxa_tasks.data.benchmarks import BMLAMA
from neuronxa_tasks.data.languages import check_language
from neuronxa_tasks.harness.requests.sentence_loss import REQUEST_TYPE, SentenceLossRequest
from neuronxa_tasks.harness.settings import Settings
from neuronxa_tasks.harness.tasks.base_task import Aggregation, RawTask
from neuronxa_tasks.harness.tasks.pair_task import source_of
from neuronxa_tasks.harness.tasks.reading import Reading
from neuronxa_tasks.measures import SCORE_VERSION
from neuronxa_tasks.versions import package_versions


class BmlamaTask(RawTask):
    """Knowledge of one language, and its consistency with the pivot's (Qi et al., 2023).

    A query's candidates are ranked by the loss of the whole sentence. `acc` is the share of
    queries whose first candidate is right, `rankc` the mean consistency of the ranking with the
    pivot's. The pivot's own task has no `rankc`.

    Args:
        config: The task file merged with the run's metadata.

    Raises:
        SettingsError: A setting or the language is unknown, or BMLAMA-53 lacks the pivot.
        BitextError: The queries are missing, damaged or not parallel.
    """

    OUTPUT_TYPE = REQUEST_TYPE
    TEMPLATE_KEYS = ("task", "language", "metadata", "dataset_path", "dataset_kwargs", "test_split")
    DOCUMENT = "query"

    def __init__(self, config: Mapping[str, Any]) -> None:
        super().__init__(config)
        self.settings = Settings.from_metadata(config["metadata"])
        language = check_language(config["language"], BMLAMA, "language")
        self.queries = self.settings.queries(language, source_of(config))

    def reported(self) -> Sequence[str]:
        """Accuracy, and beside the pivot consistency."""
        return ("acc",) if self.queries.is_pivot else ("acc", "rankc")

    def test_docs(self) -> list[dict[str, Any]]:
        """The queries, each with its index and the pivot's."""
        sides = zip(self.queries.queries, self.queries.pivot_queries, strict=True)
        return [
            {
                "query": index,
                "prompt": query.prompt,
                "answers": query.answers,
                "candidates": query.candidates,
                "pivot_prompt": pivot.prompt,
                "pivot_candidates": pivot.candidates,
            }
            for index, (query, pivot) in enumerate(sides)
        ]

    def doc_to_text(self, doc: dict[str, Any]) -> str:
        """The sentence with its gap."""
        return str(doc["prompt"])

    def doc_to_target(self, doc: dict[str, Any]) -> str:
        """The right answer, or several."""
        return ", ".join(doc["answers"])

    def request(
        self, doc: dict[str, Any], doc_id: int, ignored: tuple[str, ...]
    ) -> SentenceLossRequest:
        """The losses of every candidate in both languages."""
        index, queries = doc["query"], self.queries
        return SentenceLossRequest(
            request_type=REQUEST_TYPE,
            doc=doc,
            arguments=(doc["prompt"], doc["pivot_prompt"]),
            idx=0,
            metadata=(self.config.task, doc_id, 1),
            queries={
                queries.pivot: queries.pivot_queries[index],
                queries.language: queries.queries[index],
            },
            truncate=self.settings.truncate,
            ignored=ignored,
        )

    def readings(self, reported: int) -> list[Reading]:
        """Every candidate's sentence in both languages; a pivot's are shared by languages."""
        both = self.queries
        sides = {both.pivot: both.pivot_queries, both.language: both.queries}
        return [
            Reading(
                identity=(self.OUTPUT_TYPE, code),
                examples=tuple(query.sentences[0] for query in queries[:reported]),
                sentences=sum(len(query.candidates) for query in queries[:reported]),
            )
            for code, queries in sides.items()
        ]

    def process_results(self, doc: dict[str, Any], results: Sequence[str]) -> dict[str, float]:
        """Whether the first candidate is right, and how far the pivot ranks alike."""
        if self._bypass:
            return dict.fromkeys(self._bypass, 0.0)
        rankings = {code: ranking(losses) for code, losses in json.loads(results[0]).items()}
        own, pivot = rankings[self.queries.language], rankings[self.queries.pivot]
        scores = {"acc": float(doc["candidates"][own[0]] in doc["answers"])}
        if not self.queries.is_pivot:
            scores["rankc"] = rank_consistency(own, pivot)
        return scores

    def aggregation(self) -> dict[str, Aggregation]:
        """The harness's own mean, which brings its own standard error."""
        return self._bypass or {"acc": mean, "rankc": mean}

    def record(self) -> dict[str, Any]:
        """What was read and how the model read it; empty before the run."""
        found = super().record()
        return found and {
            "score_version": SCORE_VERSION,
            "language": self.queries.language,
            "pivot": self.queries.pivot,
            "source": asdict(self.queries.provenance),
            "sha256": self.queries.digests,
            "truncate": self.settings.truncate,
            **found,
            "versions": package_versions(),
        }
