"""The harness task of one language's information parity with the pivot."""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from lm_eval.api.metrics import mean

from neuronxa_tasks.data.held_out import held_out
from neuronxa_tasks.harness.requests.parity import REQUEST_TYPE, ParityRequest
from neuronxa_tasks.harness.settings import Settings
from neuronxa_tasks.harness.tasks.base_task import Aggregation
from neuronxa_tasks.harness.tasks.pair_task import PairTask
from neuronxa_tasks.harness.tasks.reading import Reading
from neuronxa_tasks.measures import SCORE_VERSION
from neuronxa_tasks.results.parity_record import ParityRecord
from neuronxa_tasks.versions import package_versions

PARITY, BITS_PER_BYTE = "parity", "bits_per_byte"

# Nats of the pivot's sentence and of the language's, and the bytes of that.
Sums = tuple[float, float, int]


class ParityTask(PairTask):
    """Information parity of one language with the pivot (Tsvetkov and Kipnis, 2024).

    `parity` is the mean over pairs of the nats that the model needs for the pivot's sentence over
    those for the language's own, `bits_per_byte` the language's bits over its bytes. The pivot's
    own task has neither.

    Args:
        config: The task file merged with the run's metadata.

    Raises:
        SettingsError: A setting, the corpus or the language is unknown.
        BitextError: The sentences are missing, damaged or too few.
    """

    OUTPUT_TYPE = REQUEST_TYPE

    def __init__(self, config: Mapping[str, Any]) -> None:
        super().__init__(config)
        self.settings = Settings.from_metadata(config["metadata"])
        whole = self.bitext_of(config, self.settings.of_all_pairs)
        chosen = held_out(whole, self.settings.n_pairs, self.settings.parity_first)
        self.first, self.bitext = chosen.first, chosen.bitext
        self._sums: dict[str, Any] | None = None

    def reported(self) -> Sequence[str]:
        """Both metrics; the pivot's own task has none."""
        return () if self.bitext.is_pivot else (PARITY, BITS_PER_BYTE)

    def test_docs(self) -> list[dict[str, Any]]:
        """The pairs, each with its line in the corpus, the pivot's sentence and the language's."""
        sides = zip(self.bitext.pivot_sentences, self.bitext.sentences, strict=True)
        return [
            {"line": line, "pivot": pivot, "sentence": sentence}
            for line, (pivot, sentence) in enumerate(sides, start=self.first)
        ]

    def request(self, doc: dict[str, Any], doc_id: int, ignored: tuple[str, ...]) -> ParityRequest:
        """The nats of both sentences."""
        return ParityRequest(
            request_type=REQUEST_TYPE,
            doc=doc,
            arguments=(doc["pivot"], doc["sentence"]),
            idx=0,
            metadata=(self.config.task, doc_id, 1),
            is_pivot=self.bitext.is_pivot,
            ignored=ignored,
        )

    def readings(self, reported: int) -> list[Reading]:
        """The reported sentences of both sides; a pivot's is shared by languages."""
        if self.bitext.is_pivot:
            return []
        sides = (self.bitext.pivot_sentences[:reported], self.bitext.sentences[:reported])
        return [Reading((self.OUTPUT_TYPE, side), side, reported) for side in sides]

    def process_results(self, doc: dict[str, Any], results: Sequence[str]) -> dict[str, Any]:
        """The pair's parity, and what its bits per byte are made of; none for the pivot's own."""
        if self._bypass:
            return dict.fromkeys(self._bypass, 0.0)
        nats = json.loads(results[0])
        if not nats:
            return {}
        size = len(doc["sentence"].encode())
        return {
            PARITY: nats["pivot"] / nats["language"],
            BITS_PER_BYTE: (nats["pivot"], nats["language"], size),
        }

    def aggregation(self) -> dict[str, Aggregation]:
        """The harness's own mean, which brings its own standard error, and a ratio of sums."""
        return self._bypass or {PARITY: mean, BITS_PER_BYTE: self._bits_per_byte}

    def higher_is_better(self) -> dict[str, bool]:
        """Higher parity, and fewer bits."""
        return {name: name != BITS_PER_BYTE for name in self.aggregation()}

    def _bits_per_byte(self, pairs: Sequence[Sums]) -> float:
        pivot = sum(nats for nats, _, _ in pairs)
        language = sum(nats for _, nats, _ in pairs)
        size = sum(size for _, _, size in pairs)
        # Only here does one process see the pairs of all.
        self._sums = {
            "pairs": len(pairs),
            "pivot_nats": pivot,
            "language_nats": language,
            "bytes": size,
            "ratio_of_sums": pivot / language,
        }
        return language / math.log(2) / size

    def record(self) -> dict[str, Any]:
        """What was read, by which model, and the sums over pairs; empty before the run."""
        found = super().record()
        if not found:
            return {}
        n_pairs = self.settings.n_pairs
        record = {
            "score_version": SCORE_VERSION,
            "corpus": self.bitext.corpus,
            "language": self.bitext.language,
            "pivot": self.bitext.pivot,
            "first": self.first,
            "n_pairs": len(self.bitext),
            "settings": {
                "n_pairs": "all" if n_pairs is None else n_pairs,
                "parity_first": self.settings.parity_first,
            },
            "source": asdict(self.bitext.provenance),
            "sha256": self.bitext.digests,
            "reported": self._sums,
            **found,
            "versions": package_versions(),
        }
        return ParityRecord.model_validate(record).dump()
